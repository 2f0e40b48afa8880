"""Carts and rule sets made to be hard: steps of the search, time, and how good the answer is.

    python benches/odd_carts.py

The node budget is the default of a rule set. A cart is priced once from nothing, as at a till; the
first of its kind in a fresh engine. Beside it is what plain ways of choosing save (`greedy.py`); an
answer that saves less than one of them ends the run with a fault, proved or not.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import NamedTuple

from greedy import ORDERS, greedy_payable

from cashwrap.bench.dense import OCCASION, dense_cart, dense_rules
from cashwrap.bench.promoted import OCCASION as SHOP_OCCASION
from cashwrap.bench.promoted import Shoppers, shop_rules
from cashwrap.bench.solving import LINES, answer, filled
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Occasion
from cashwrap.promotions.rules import (
    Coupon,
    Each,
    Group,
    Off,
    Rule,
    RuleSet,
    SetPrice,
    Spend,
    Step,
    Tier,
    Tiers,
)

sys.path.append(str(Path(__file__).parent / "peers"))
import offers
import ours

SCATTERED = (0, 1, 2, 3, 4)
BASKETS = 100  # of a shop's customers, of which the one with the most steps is shown
TAGS = ("second-half", "buy-2-get-1", "three-for-40", "percent")


class Odd(NamedTuple):
    """A cart under its rules."""

    what: str
    rules: RuleSet
    lines: Sequence[BasketLine]
    occasion: Occasion = OCCASION


def goods(
    prices_minor: Iterable[int], units: int = 1, tags: tuple[str, ...] = ()
) -> list[BasketLine]:
    """Return lines of different SKUs at these prices."""
    return [
        BasketLine(line, Goods(f"SKU{line:05d}", tags=tags), price, units, price)
        for line, price in enumerate(prices_minor, 1)
    ]


def spread_prices(count: int) -> list[int]:
    """Return so many different prices, 9.90 and up."""
    return [990 + 137 * number % 9001 for number in range(count)]


def mix_of_six(*more: Rule) -> RuleSet:
    """Return a rule that any six units cost one price, and others."""
    mix = SetPrice(count=6, off=Off(price_minor=9990))
    return RuleSet(rules=(Rule(id="mix", layer="item", benefit=mix), *more))


def order_rules() -> tuple[Rule, ...]:
    """Return the spend tiers and the coupon of the dense carts."""
    return tuple(rule for rule in dense_rules().rules if rule.layer != "item")


def thirty_groups() -> RuleSet:
    """Return thirty deals of all kinds on everything, and the spend tiers."""
    half, free = Off(percent_ppm=500_000), Off(percent_ppm=1_000_000)
    benefits: list[Each | Group | SetPrice | Tiers] = [
        Group(every=n, off=half) for n in range(2, 9)
    ]
    benefits += [Group(every=n, off=free) for n in range(3, 10)]
    benefits += [SetPrice(count=n, off=Off(price_minor=n * 2500 - 900)) for n in range(2, 10)]
    benefits += [
        Tiers(tiers=(Tier(from_count=n, off=Off(percent_ppm=40_000 * n)),)) for n in range(2, 6)
    ]
    benefits += [Each(off=Off(percent_ppm=ppm)) for ppm in (50_000, 80_000, 100_000, 120_000)]
    rules = [
        Rule(id=f"deal{place}", layer="item", benefit=benefit)
        for place, benefit in enumerate(benefits)
    ]
    return RuleSet(rules=(*rules, *order_rules()))


def many_coupons(count: int) -> tuple[RuleSet, Occasion]:
    """Return coupons that all go together, and a customer who holds each of them."""
    names = [f"coupon{number:02d}" for number in range(count)]
    rules = [
        Rule(
            id=name,
            layer="coupon",
            group="free",
            coupon=Coupon(face_minor=100 * place),
            benefit=Spend(
                steps=(Step(at_minor=500 * place + 5000, off=Off(amount_minor=100 * place + 50)),)
            ),
        )
        for place, name in enumerate(names)
    ]
    held = tuple(HeldCoupon(name, name) for name in names)
    from cashwrap.promotions.rules import Choice

    groups = {"free": Choice(mode="all", inside="coupon"), "coupon": Choice(mode="all")}
    return RuleSet(rules=tuple(rules), groups=groups), Occasion(0, 0, coupons=held)


def excluding(count: int) -> RuleSet:
    """Return deals of which each excludes its neighbours, on everything, and the spend tiers."""
    rules = [
        Rule(
            id=f"deal{place}",
            layer="item",
            benefit=Group(every=2 + place % 3, off=Off(percent_ppm=300_000 + 20_000 * place)),
            tags=(f"t{place}",),
            excludes=(f"t{(place + 1) % count}",),
        )
        for place in range(count)
    ]
    return RuleSet(rules=(*rules, *order_rules()))


def scattered(inside: int) -> Odd:
    """Return the peers' basket under offers on goods at random, so many of the basket in each."""
    work = offers.workload(scattered=inside)
    what = f"20 lines, 97 scattered offers, {inside} + chance"
    return Odd(what, ours.rules_of(work.offers), ours.lines_of(work), ours.OCCASION)


def wide(count: int) -> Odd:
    """Return the hardest of a hundred baskets under rules on whole departments and categories."""
    rules = shop_rules(count, wide=True)
    engine, shoppers = PromotionEngine(rules), Shoppers(rules)
    baskets = [shoppers.basket(LINES) for _ in range(BASKETS)]
    hardest = max(
        baskets,
        key=lambda lines: filled(engine, SHOP_OCCASION, lines).solve().certificate.nodes,
    )
    return Odd(f"20 lines, {count:,} rules, most of them wide", rules, hardest, SHOP_OCCASION)


def odd_carts() -> list[Odd]:
    """Return all of them."""
    shop = shop_rules(200)
    coupons, holder = many_coupons(10)
    twenty = goods(spread_prices(20))
    return [
        Odd("20 products, any six for a price", mix_of_six(), twenty),
        Odd("  with spend tiers and a coupon", mix_of_six(*order_rules()), twenty),
        Odd("100 products, any six for a price, tiers", mix_of_six(*order_rules()),
            goods(spread_prices(100))),
        Odd("40 dense units", dense_rules(), dense_cart(40, 1)),
        Odd("100 dense units", dense_rules(), dense_cart(100, 1)),
        Odd("500 dense units", dense_rules(), dense_cart(500, 1)),
        Odd("500 lines under 200 rules of a shop", shop, Shoppers(shop).basket(500), SHOP_OCCASION),
        Odd("5,000 units of one kind, 4 deals, tiers", dense_rules(), goods([1990], 5000, TAGS)),
        Odd("5,000 units of five kinds, 4 deals, tiers", dense_rules(),
            goods([990, 1490, 1990, 2490, 3990], 1000, TAGS)),
        Odd("30 deals on everything, 10 units", thirty_groups(), goods(spread_prices(10))),
        Odd("30 deals on everything, 20 units", thirty_groups(), twenty),
        Odd("100 SKUs of one price, 4 deals, tiers", dense_rules(), goods([1990] * 100, 1, TAGS)),
        Odd("10 deals, each excluding the next, 20 units", excluding(10), twenty),
        Odd("10 coupons that go together", coupons, twenty, holder),
        *(scattered(inside) for inside in SCATTERED),
        wide(1000),
        wide(10_000),
    ]  # fmt: skip


class Row(NamedTuple):
    """What became of one cart; savings in minor units."""

    what: str
    nodes: int
    took_ns: int
    gap_minor: int
    saved_minor: int
    greedy_minor: dict[str, int]

    @property
    def beaten(self) -> bool:
        """Say whether a plain way of choosing saves more."""
        return self.saved_minor < max(self.greedy_minor.values())

    def __str__(self) -> str:
        said = f"gap {self.gap_minor / 100:.2f}" if self.gap_minor else "proved"
        greedy = "".join(f"{minor / 100:>11,.2f}" for minor in self.greedy_minor.values())
        return (
            f"{self.what:<42}{self.nodes:>9,}{self.took_ns / 1e6:>10,.3f}"
            f"{self.saved_minor / 100:>11,.2f}  {said:<11}{greedy}"
        )


def row(odd: Odd) -> Row:
    """Price one cart from nothing, then in the plain ways."""
    basket = filled(PromotionEngine(odd.rules), odd.occasion, odd.lines)
    began = perf_counter_ns()
    solution = answer(basket)
    took = perf_counter_ns() - began
    said = solution.certificate
    total = sum(line.unit_minor * line.units for line in odd.lines)
    plain = greedy_payable(odd.rules, odd.lines, odd.occasion)
    greedy = {name: total - payable for name, payable in plain.items()}
    return Row(odd.what, said.nodes, took, said.gap_minor, total - said.payable_minor, greedy)


def main() -> int:
    """Print the table; return 1 where a plain way of choosing was better."""
    head = f"{'':<42}{'steps':>9}{'ms':>10}{'saved':>11}  {'answer':<11}"
    print(head + "".join(f"{name:>11}" for name in ORDERS))
    beaten = False
    for odd in odd_carts():
        found = row(odd)
        beaten |= found.beaten
        print(f"{found}{'  BEATEN' if found.beaten else ''}", flush=True)
    return int(beaten)


if __name__ == "__main__":
    sys.exit(main())
