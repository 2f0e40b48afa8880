"""Tryton's sale promotions on the workload. Runs in the environment of the peers, JSON in and out.

Tryton knows one kind: so many units of some goods, or so much money, and a formula for the new unit
price of these goods. So every deal on goods is given to it as a percentage with a count, and the
thresholds, which it cannot take off a whole basket, as one percent off everything from there on.
What is timed is `Sale.apply_promotion` alone on a saved sale that is read anew for each run, in a
database of SQLite in memory.
"""

import json
import sys
from datetime import timedelta
from decimal import Decimal
from time import perf_counter_ns

from proteus import Model
from trytond.modules.account.tests.tools import create_chart, get_accounts
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.pool import Pool
from trytond.tests.tools import activate_modules
from trytond.transaction import Transaction


def money(minor):
    """Return an amount as Tryton keeps it."""
    return Decimal(minor).scaleb(-2)


def make_goods(prices_minor, unit, revenue):
    """Make the products; return them by number."""
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_revenue = revenue
    category.save()
    products = []
    for number, price in enumerate(prices_minor):
        template = Model.get("product.template")(name=f"SKU{number}", type="goods")
        template.default_uom, template.salable = unit, True
        template.lead_time, template.list_price = timedelta(0), money(price)
        template.account_category = category
        template.save()
        products.append(template.products[0])
    return products


def make_promotions(offers, products, unit, currency):
    """Make each offer, as far as Tryton knows it; it applies them in its own order."""
    for id, kind, count, value, goods in offers:
        promotion = Model.get("sale.promotion")(name=id)
        if kind == "spend":
            promotion.amount, promotion.currency = money(count), currency
            promotion.formula = "0.99 * unit_price"
        else:
            rate = 1_000_000 - (value if kind == "percent" else 150_000)
            promotion.quantity, promotion.unit = count, unit
            promotion.formula = f"Decimal('{rate / 1_000_000:.6f}') * unit_price"
        for number in goods:
            promotion.products.append(Model.get("product.product")(products[number].id))
        promotion.save()


def make_sale(rows, products):
    """Make the sale; return its number."""
    party = Model.get("party.party")(name="Customer")
    party.save()
    sale = Model.get("sale.sale")(party=party)
    for number, units in rows:
        line = sale.lines.new()
        line.product, line.quantity = products[number], units
    sale.save()
    return sale.id


def apply(database, user, context, sale):
    """Apply all promotions to the sale once; return the time and what came off."""
    with Transaction().start(database, user, readonly=True, context=context):
        sale = Pool().get("sale.sale")(sale)
        before = sum(line.unit_price * Decimal(line.quantity) for line in sale.lines)
        began = perf_counter_ns()
        sale.apply_promotion()
        took = perf_counter_ns() - began
        after = sum(line.unit_price * Decimal(line.quantity) for line in sale.lines)
        return took, int((before - after).scaleb(2)), int(before.scaleb(2))


def main():
    """Read the workload; for each line after it run once, write the time and the discount."""
    task = json.loads(sys.stdin.readline())
    config = activate_modules("sale_promotion")
    create_company()
    company = get_company()
    create_chart(company)
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    products = make_goods(task["prices_minor"], unit, get_accounts(company)["revenue"])
    make_promotions(task["offers"], products, unit, company.currency)
    sale = make_sale(task["basket"], products)
    for _ in sys.stdin:
        run = apply(config.database_name, config.user, config.context, sale)
        print(json.dumps(run), flush=True)


if __name__ == "__main__":
    main()
