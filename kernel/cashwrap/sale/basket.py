"""A line of a sale as promotions see it: whole units of one price, or one divisible amount."""

from typing import Literal

from cashwrap.money import MILLI, PPM, checked, div_round
from cashwrap.pricing.cart import Before
from cashwrap.pricing.cart import Cart as Pricing
from cashwrap.promotions import model
from cashwrap.promotions.model import BasketLine
from cashwrap.sale.edits import Goods
from cashwrap.sale.line import Line

Amounts = Literal["as_priced", "net", "gross"]


def basket_line(line: Line, pricing: Pricing, amounts: Amounts = "as_priced") -> BasketLine:
    """Return a line as it stands in the pricing cart, before all discounts.

    Weighed and labelled goods, and packs of several, are one divisible unit that is worth the
    line; a set meal is a line of so many meals.
    """
    before = pricing.before(line.number)
    goods, base_milli = line.goods, line.goods.base_milli
    divisible = (
        goods.measure == "weight"
        or goods.labelled
        or base_milli != MILLI
        or line.quantity_milli % MILLI != 0
    )
    units = 1 if divisible else line.quantity_milli // MILLI
    return BasketLine(
        line.number,
        facts(goods),
        before.gross_minor // units,
        units,
        _list_minor(line, pricing, before, divisible, units),
        -(-before.least_minor // units),
        divisible,
        checked(div_round(line.quantity_milli * base_milli, MILLI, "half_up"))
        if divisible
        else MILLI,
        line.override_minor is not None,
        PPM if amounts == "as_priced" else getattr(before.taxed, amounts),
    )


def facts(goods: Goods) -> model.Goods:
    """Return what a rule's range looks at."""
    return model.Goods(goods.sku, goods.family, goods.categories, goods.tags)


def _list_minor(line: Line, pricing: Pricing, before: Before, divisible: bool, units: int) -> int:
    """Return one unit at list price: before an override, and outside the customer's own book."""
    goods, override = line.goods, line.override_minor
    if override is None and not goods.list_minor:
        return before.gross_minor // units
    unit_minor = goods.list_minor or goods.unit_minor
    if line.parts:  # its upcharges stay
        charged = goods.unit_minor if override is None else override
        return before.gross_minor // units - charged + unit_minor
    unit_minor = pricing.list_unit(line.number, unit_minor)
    if not divisible:
        return unit_minor
    return checked(div_round(unit_minor * line.quantity_milli, MILLI, "half_up"))
