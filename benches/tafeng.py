"""The baskets of the Ta-Feng data as a shop would have them: days, sales, prices, deliveries.

The columns used are dt, customer, PRODUCT_ID (an EAN), AMOUNT (units), ASSET and SALES_PRICE (the
cost and the price of the whole line, whole NT$). A basket is what one customer bought on one day.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

COLUMNS = ("dt", "customer", "PRODUCT_ID", "AMOUNT", "ASSET", "SALES_PRICE")
MINOR = 100  # ISO 4217 gives the New Taiwan dollar two digits


class BoughtLine(NamedTuple):
    """One line of the data; totals in minor units."""

    ean: str
    units: int
    cost_minor: int
    total_minor: int

    @property
    def unit_minor(self) -> int:
        """Return the unit price, rounded up where the total does not divide by the units."""
        return -(-self.total_minor // self.units)


class Basket(NamedTuple):
    """What one customer bought on one day (``2000-11-01``)."""

    day: str
    customer: str
    lines: tuple[BoughtLine, ...]


def read_baskets(path: Path, sales_max: int = 0) -> list[Basket]:
    """Return the baskets by day, in the order in which the data names their first lines."""
    baskets: dict[tuple[str, str], list[BoughtLine]] = defaultdict(list)
    for dt, customer, ean, units, cost, total in _rows(path):
        line = BoughtLine(str(ean), int(units), int(cost) * MINOR, int(total) * MINOR)
        baskets[str(dt)[:10], str(customer)].append(line)
    found = sorted(baskets.items(), key=lambda each: each[0][0])
    chosen = found[:sales_max] if sales_max else found
    return [Basket(day, customer, tuple(lines)) for (day, customer), lines in chosen]


def _rows(path: Path) -> Iterator[tuple[object, ...]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield tuple(row[name] for name in COLUMNS)
        return
    import pyarrow.parquet as parquet

    columns = parquet.read_table(path, columns=list(COLUMNS)).to_pydict()
    yield from zip(*(columns[name] for name in COLUMNS), strict=True)


def by_day(baskets: Iterable[Basket]) -> dict[str, list[Basket]]:
    """Return the baskets of each day."""
    days: dict[str, list[Basket]] = {}
    for basket in baskets:
        days.setdefault(basket.day, []).append(basket)
    return days


def shelf_prices(baskets: Iterable[Basket]) -> dict[str, list[tuple[str, int]]]:
    """Return, for each EAN, the days on which its shelf price changed, with the new price.

    The shelf price of a day is the one that most of its lines have.
    """
    seen: dict[str, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for basket in baskets:
        for line in basket.lines:
            seen[line.ean][basket.day][line.unit_minor] += 1
    prices: dict[str, list[tuple[str, int]]] = {}
    for ean, days in seen.items():
        changes: list[tuple[str, int]] = []
        for day in sorted(days):
            usual = days[day].most_common(1)[0][0]
            if not changes or changes[-1][1] != usual:
                changes.append((day, usual))
        prices[ean] = changes
    return prices


def write_catalog(baskets: Sequence[Basket], folder: Path) -> int:
    """Write a catalog to import: every EAN a SKU, its shelf prices dated; return how many SKUs."""
    prices = shelf_prices(baskets)
    with (
        (folder / "items.csv").open("w", encoding="utf-8", newline="") as items,
        (folder / "prices.csv").open("w", encoding="utf-8", newline="") as dated,
    ):
        item_rows, price_rows = csv.writer(items), csv.writer(dated)
        item_rows.writerow(("sku", "name", "gtins", "price"))
        price_rows.writerow(("sku", "price", "from"))
        for ean, changes in sorted(prices.items()):
            item_rows.writerow((ean, f"商品{ean}", ean, _text(changes[0][1])))
            for day, minor in islice(changes, 1, None):
                price_rows.writerow((ean, _text(minor), f"{day}T00:00+08:00"))
    return len(prices)


def _text(minor: int) -> str:
    return f"{minor // MINOR}.{minor % MINOR:02d}"


def sums_by_ean(baskets: Iterable[Basket]) -> dict[str, tuple[int, int]]:
    """Return the units and the cost (minor units) of each EAN: what a delivery must bring."""
    sums: dict[str, tuple[int, int]] = {}
    for basket in baskets:
        for line in basket.lines:
            units, cost_minor = sums.get(line.ean, (0, 0))
            sums[line.ean] = (units + line.units, cost_minor + line.cost_minor)
    return sums
