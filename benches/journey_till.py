"""The baskets of the Journey as sales of a till, with and without its promotions."""

import csv
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter_ns

from cashwrap import Till
from cashwrap.bench.shop import gtin_of
from cashwrap.promotions.model import BasketLine
from cashwrap.promotions.rules import RuleSet

SETTINGS = 'shop_name = "Journey"\nsame_item = "new_line"\n'
CASH_MINOR = 100_000_00


class Sales:
    """A shop that sells what is in the baskets."""

    def __init__(self, folder: Path, baskets: Sequence[Sequence[BasketLine]]) -> None:
        self._baskets = baskets
        known = {line.goods.sku: line for lines in baskets for line in lines}
        self._codes = {sku: str(gtin_of(number)) for number, sku in enumerate(known)}
        catalog = folder / "catalog"
        catalog.mkdir()
        self._write(catalog, known)
        Till.create(folder / "shop", SETTINGS, witness=[])
        self.till = Till.open(folder / "shop", witness=[])
        self.till.import_catalog(catalog)

    def _write(self, folder: Path, known: dict[str, BasketLine]) -> None:
        paths = {line.goods.categories for line in known.values()}
        parents = {department: "" for _, department in paths}
        with (folder / "categories.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("code", "name", "parent"))
            rows.writerows((code, code, parent) for code, parent in parents.items())
            rows.writerows((code, code, parent) for code, parent in sorted(paths))
        with (folder / "items.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("sku", "name", "gtins", "category", "tags", "price"))
            for sku, line in known.items():
                goods, price = line.goods, f"{line.unit_minor // 100}.{line.unit_minor % 100:02d}"
                tags = "|".join(goods.tags)
                rows.writerow((sku, sku, self._codes[sku], goods.categories[0], tags, price))

    def sell(self, rules: RuleSet | None = None) -> tuple[list[int], list[int]]:
        """Sell every basket for cash; return the times of the sales, ns, and what was paid."""
        if rules is not None:
            self.till.publish_rules(rules)
        times, paid = [], []
        for lines in self._baskets:
            began = perf_counter_ns()
            sale = self.till.new_sale()
            for line in lines:
                rung = sale.scan(self._codes[line.goods.sku])
                if line.units > 1:
                    sale.set_quantity(rung.number, line.units)
            paid.append(sale.totals.payable_minor)
            sale.pay_cash(CASH_MINOR)
            times.append(perf_counter_ns() - began)
        return times, paid
