"""Sell a Taiwanese grocer's baskets at a till without and with promotions; each must agree.

    python benches/replay_tafeng_rules.py DATA [--sales N] [--folder DIR]

DATA (or $TAFENG) is as in `replay_tafeng.py`. Each EAN has one price, that of its first line. Under
promotion are the 90 EANs sold most: ten at a special price, the others in deals of ten EANs each,
and spend tiers. What is paid must be what the engine says.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from replay_promotions import sell
from tafeng import Basket, read_baskets

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Goods
from cashwrap.promotions.rules import Each, Group, Off, Range, Rule, RuleSet, SetPrice, Spend, Step

DEALS = 90
TENTH = 10
TIERS = ((30_000, 2000), (60_000, 5000))


def lines_of(baskets: Sequence[Basket]) -> list[list[BasketLine]]:
    """Return the baskets as the engine sees them, at one price for each EAN."""
    prices: dict[str, int] = {}
    found = []
    for basket in baskets:
        lines = []
        for number, bought in enumerate(basket.lines, 1):
            price = prices.setdefault(bought.ean, bought.unit_minor)
            goods = Goods(bought.ean, categories=(f"C{bought.ean[-2:]}", "D"))
            lines.append(BasketLine(number, goods, price, bought.units, price))
        found.append(lines)
    return found


def tafeng_rules(baskets: Sequence[Sequence[BasketLine]]) -> RuleSet:
    """Return promotions on what is sold most."""
    sold = Counter[str]()
    for lines in baskets:
        for line in lines:
            sold[line.goods.sku] += line.units
    most = [sku for sku, _ in sold.most_common(DEALS)]
    special = Each(off=Off(percent_ppm=100_000))
    rules = [
        Rule(id=f"special{n}", layer="price", range=Range(skus=(sku,)), benefit=special)
        for n, sku in enumerate(most[:TENTH])
    ]
    half = Group(every=2, off=Off(percent_ppm=500_000))
    pair = SetPrice(count=2, off=Off(percent_ppm=100_000))
    for n in range(TENTH, DEALS):
        goods = Range(skus=tuple(most[(n + step) % DEALS] for step in range(TENTH)))
        rules.append(Rule(id=f"deal{n}", layer="item", range=goods, benefit=(half, pair)[n % 2]))
    steps = tuple(Step(at_minor=at, off=Off(amount_minor=off)) for at, off in TIERS)
    rules.append(Rule(id="tiers", layer="order", benefit=Spend(steps=steps)))
    return RuleSet(name="tafeng", rules=tuple(rules))


def main(argv: Sequence[str] | None = None) -> int:
    """Sell all of them twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", default=os.environ.get("TAFENG"), type=Path)
    parser.add_argument("--sales", type=int, default=2000, help="only the first N baskets")
    parser.add_argument("--folder", type=Path, help="where the shop is made (its disk is measured)")
    args = parser.parse_args(argv)
    if args.data is None:
        parser.error("name the data: a parquet or CSV file, or $TAFENG")
    baskets = lines_of(read_baskets(args.data, args.sales))
    engine = PromotionEngine(tafeng_rules(baskets))
    print(f"{len(baskets):,} baskets, {sum(map(len, baskets)):,} lines, {DEALS + 1} rules")
    with tempfile.TemporaryDirectory(prefix="cashwrap-tafeng-", dir=args.folder) as folder:
        sell(baskets, engine, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
