"""Real baskets of American households, from the Complete Journey data, and promotions for them.

DATA is a folder with cj_tx_w1_30.parquet and cj_products.parquet: lines with a basket, a product, a
quantity, what was paid and what the shop's own promotions took off (cents), and each product's
department, category and brand. A product's price here is the one that most of its lines have before
the shop's promotions; fuel and what else is not counted in pieces is left out.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as parquet

from cashwrap.promotions.model import BasketLine, Goods
from cashwrap.promotions.rules import (
    Bundle,
    Each,
    Group,
    Off,
    Range,
    Rule,
    RuleSet,
    SetPrice,
    Slot,
    Spend,
    Step,
    Tier,
    Tiers,
)

LINES, PRODUCTS = "cj_tx_w1_30.parquet", "cj_products.parquet"
PIECES_MAX = 50
CATEGORIES = 60  # the most sold have promotions
STEPS = ((5000, 300), (10_000, 800), (20_000, 2000))


class Journey(NamedTuple):
    """Baskets in the data's order, and how often each category is in one."""

    baskets: list[list[BasketLine]]
    sold: Counter[str]


def read_journey(folder: Path, baskets_max: int = 0) -> Journey:
    """Return the baskets of the data, or the first so many."""
    goods, rows = dict(_goods(folder)), list(_rows(folder))
    prices = _prices(rows)
    sold: Counter[str] = Counter()
    baskets: dict[int, list[BasketLine]] = defaultdict(list)
    for basket, product, quantity, _ in rows:
        if product not in goods:
            continue
        if baskets_max and basket not in baskets and len(baskets) == baskets_max:
            continue
        lines, price = baskets[basket], prices[product]
        lines.append(BasketLine(len(lines) + 1, goods[product], price, quantity, price))
        sold.update(goods[product].categories[:1])
    return Journey(list(baskets.values()), sold)


def _goods(folder: Path) -> Iterator[tuple[int, Goods]]:
    names = ("product_id", "department", "product_category", "brand")
    columns = parquet.read_table(folder / PRODUCTS, columns=list(names)).to_pydict()
    for product, department, category, brand in zip(*map(columns.get, names), strict=True):
        path = (_code(f"{department}/{category}"), _code(f"{department}"))
        yield product, Goods(str(product), categories=path, tags=(brand,) if brand else ())


def _code(name: str) -> str:
    return "_".join(name.split())


def _rows(folder: Path) -> Iterator[tuple[int, int, int, int]]:
    names = ("basket_id", "product_id", "quantity", "sales_value_c", "retail_disc_c")
    columns = parquet.read_table(folder / LINES, columns=list(names)).to_pydict()
    for basket, product, quantity, paid, off in zip(*map(columns.get, names), strict=True):
        if 0 < quantity <= PIECES_MAX and paid + off >= quantity:  # else given back, or away
            yield basket, product, quantity, paid + off


def _prices(rows: Iterable[tuple[int, int, int, int]]) -> dict[int, int]:
    seen: dict[int, Counter[int]] = defaultdict(Counter)
    for _, product, quantity, minor in rows:
        seen[product][minor // quantity] += 1
    return {product: prices.most_common(1)[0][0] for product, prices in seen.items()}


# -- promotions -----------------------------------------------------------------------------------


def journey_rules(sold: Counter[str], seed: int = 1) -> RuleSet:
    """Return promotions on the most sold categories, in turn of each kind, and spend tiers.

    Neighbours in the ranking share a bundle and every fourth category has a percentage besides,
    so that promotions overlap.
    """
    rolls = random.Random(seed)
    names = [name for name, _ in sold.most_common(CATEGORIES)]
    rules = [
        rule
        for place, name in enumerate(names)
        for rule in _rules_of(place, name, names[place - 1], rolls)
    ]
    steps = tuple(Step(at_minor=at, off=Off(amount_minor=off)) for at, off in STEPS)
    tiers = Rule(id="tiers", layer="order", benefit=Spend(steps=steps))
    return RuleSet(name="journey", rules=(*rules, tiers))


def _rules_of(place: int, name: str, neighbour: str, rolls: random.Random) -> Iterator[Rule]:
    goods, kind = Range(categories=(name,)), place % 4
    half, free = Off(percent_ppm=500_000), Off(percent_ppm=1_000_000)
    tiers = (
        Tier(from_count=2, off=Off(percent_ppm=100_000)),
        Tier(from_count=4, off=Off(percent_ppm=200_000)),
    )
    benefit: Group | SetPrice | Tiers = (
        Group(every=2, off=half),
        Group(every=3, off=free),
        SetPrice(count=3, off=Off(price_minor=rolls.randrange(300, 900, 50))),
        Tiers(tiers=tiers),
    )[kind]
    yield Rule(id=f"deal{place}", layer="item", range=goods, benefit=benefit)
    if kind == 0:
        off = Each(off=Off(percent_ppm=rolls.choice((100_000, 150_000, 200_000))))
        yield Rule(id=f"percent{place}", layer="item", range=goods, benefit=off)
    if kind == 2:
        slots = (Slot(range=goods), Slot(range=Range(categories=(neighbour,))))
        pair = Bundle(slots=slots, off=Off(percent_ppm=200_000))
        yield Rule(id=f"pair{place}", layer="item", benefit=pair)


def units_of(lines: Sequence[BasketLine]) -> int:
    """Return how many units a basket has."""
    return sum(line.units for line in lines)


def list_minor(lines: Sequence[BasketLine]) -> int:
    """Return what a basket comes to before promotions."""
    return sum(line.unit_minor * line.units for line in lines)


def by_kind(savings: Mapping[str, int]) -> dict[str, int]:
    """Return savings summed by the kind of the rules' ids."""
    sums: Counter[str] = Counter()
    for rule, minor in savings.items():
        sums[rule.rstrip("0123456789")] += minor
    return dict(sums.most_common())
