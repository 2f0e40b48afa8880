"""The best promotions of larger carts, as an integer program that HiGHS solves.

It knows `Each`, `Group` (the cheapest of a group), `SetPrice` and `Bundle` for a price, `BuyGet`,
`Tiers`, and `Spend` with amounts, all at their default settings: what most promotions are. How the
rules form groups is a walk through the units in canonical order, so the meaning is that of
docs/promotions.md and not only its optimum. Only the amount left to pay is compared.
"""

import random
from collections.abc import Sequence
from itertools import pairwise

import highspy
from highspy.highs import highs_linear_expression as Linear
from reference.promotions_scope import covers
from reference.promotions_units import Kind, kinds_of, off
from reference.promotions_worlds import OPENED_MS, World

from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Occasion
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Coupon,
    Each,
    Group,
    Off,
    Policy,
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


def payable(world: World) -> int:
    """Return the least amount that is left to pay."""
    return Program(world).solve()


class Program:
    """One cart as an integer program: which rule each unit serves, which thresholds are used."""

    def __init__(self, world: World) -> None:
        self.world = world
        kinds = kinds_of(world.rules, world.lines, world.occasion)
        self.units = [kind for kind in kinds for _ in range(kind.count)]
        self.highs = highspy.Highs()
        self.highs.silent()
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        self.highs.setOptionValue("mip_abs_gap", 0.5)
        self.total = sum(unit.price for unit in self.units)
        self.takes: list[list[Linear]] = [[] for _ in self.units]
        self.saving = Linear()

    def solve(self) -> int:
        rules = self.world.rules.rules
        for rule in rules:
            if rule.layer == "item":
                self.item_rule(rule)
        for takes in self.takes:
            if takes:
                self.add(total(takes) <= 1)
        left = self.total - self.saving
        for layer in ("order", "coupon"):
            left = left - self.one_of([rule for rule in rules if rule.layer == layer], left)
        self.highs.minimize(left)
        assert self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return round(self.highs.getInfo().objective_function_value)

    def add(self, constraint: Linear) -> None:
        self.highs.addConstr(constraint)

    def wanted(self, wanted: Range) -> list[int]:
        return [u for u, unit in enumerate(self.units) if unit.room and covers(wanted, unit.line)]

    def take(self, u: int) -> Linear:
        """Whether a rule takes a unit."""
        taken = Linear(self.highs.addBinary())
        self.takes[u].append(taken)
        return taken

    # -- the item layer ---------------------------------------------------------------------------

    def item_rule(self, rule: Rule) -> None:
        benefit = rule.benefit
        if isinstance(benefit, Each):
            for u in self.wanted(rule.range):
                if minor := self.off(rule, benefit.off, u):
                    self.saving = self.saving + minor * self.take(u)
        elif isinstance(benefit, Group):
            assert benefit.which == "cheapest"
            self.groups(rule, benefit)
        elif isinstance(benefit, SetPrice):
            self.sets(rule, [Slot(range=rule.range, count=benefit.count)], benefit.off)
        elif isinstance(benefit, Bundle):
            self.sets(rule, benefit.slots, benefit.off)
        elif isinstance(benefit, BuyGet):
            self.buy_get(rule, benefit)
        else:
            assert isinstance(benefit, Tiers)
            self.tiers(rule, benefit)

    def off(self, rule: Rule, take: Off, u: int) -> int:
        unit: Kind = self.units[u]
        return off(take, rule, unit.line, unit.price, unit.floor, self.world.rules.policy)

    def groups(self, rule: Rule, benefit: Group) -> None:
        """A walk past the units, dearest first: in each group the last units have something off."""
        every = benefit.every
        at: list[Linear] = [Linear(), *(Linear() for _ in range(every - 1))]
        at[0] = at[0] + 1
        for u in self.wanted(rule.range):
            steps = [Linear(self.highs.addBinary()) for _ in range(every)]
            self.takes[u] += steps
            for state in range(every):
                self.add(steps[state] - at[state] <= 0)
            at = [at[state] - steps[state] + steps[state - 1] for state in range(every)]
            minor = self.off(rule, benefit.off, u)
            for state in range(every - benefit.get, every):
                self.saving = self.saving + minor * steps[state]
        self.add(at[0] >= 1)

    def sets(self, rule: Rule, slots: Sequence[Slot], price: Off) -> None:
        """Sets for a price that is less than any set costs: only their number matters."""
        assert price.price_minor is not None
        times = Linear(self.highs.addIntegral(lb=0, ub=len(self.units)))
        for slot in slots:
            taken = [(u, self.take(u)) for u in self.wanted(slot.range)]
            self.add(total([take for _, take in taken]) - slot.count * times == 0)
            for u, take in taken:
                self.saving = self.saving + self.units[u].price * take
        self.saving = self.saving - price.price_minor * times

    def buy_get(self, rule: Rule, benefit: BuyGet) -> None:
        times = Linear(self.highs.addIntegral(lb=0, ub=len(self.units)))
        for slot in benefit.buy:
            bought = [self.take(u) for u in self.wanted(slot.range)]
            self.add(total(bought) - slot.count * times == 0)
        got = [(u, self.take(u)) for u in self.wanted(rule.range)]
        self.add(total([take for _, take in got]) - benefit.get * times == 0)
        for u, take in got:
            self.saving = self.saving + self.off(rule, benefit.off, u) * take

    def tiers(self, rule: Rule, benefit: Tiers) -> None:
        """At most one tier, with as many units as it is for and fewer than the next asks for."""
        assert not benefit.marginal
        units = self.wanted(rule.range)
        most = [tier.from_count - 1 for tier in benefit.tiers[1:]] + [len(units)]
        chosen = []
        for tier, upper in zip(benefit.tiers, most, strict=True):
            used = Linear(self.highs.addBinary())
            taken = [self.take(u) for u in units if self.off(rule, tier.off, u)]
            self.add(total(taken) - tier.from_count * used >= 0)
            self.add(total(taken) - upper * used <= 0)
            eligible = [u for u in units if self.off(rule, tier.off, u)]
            for u, take in zip(eligible, taken, strict=True):
                self.saving = self.saving + self.off(rule, tier.off, u) * take
            chosen.append(used)
        self.add(total(chosen) <= 1)

    # -- thresholds on the whole cart -------------------------------------------------------------

    def one_of(self, rules: list[Rule], left: Linear) -> Linear:
        """At most one rule of a layer, at the highest step that what is left reaches."""
        given = Linear()
        chosen = []
        for rule in rules:
            assert isinstance(rule.benefit, Spend)
            assert rule.range == Range()
            steps = rule.benefit.steps
            above = [step.at_minor for step in steps[1:]] + [self.total + 1]
            for step, next_minor in zip(steps, above, strict=True):
                used = Linear(self.highs.addBinary())
                self.add(left - step.at_minor * used >= 0)
                self.add(left + self.total * used <= self.total + next_minor - 1)
                given = given + (step.off.amount_minor or 0) * used
                chosen.append(used)
        if chosen:
            self.add(total(chosen) <= 1)
        return given


def total(terms: Sequence[Linear]) -> Linear:
    summed = Linear()
    for term in terms:
        summed = summed + term
    return summed


# -- carts of this kind ---------------------------------------------------------------------------


def dense_world(dice: random.Random, units: int, node_budget: int = 1_000_000) -> World:
    """Five rules of the item layer that want the same goods, spend tiers, and a coupon."""
    prices = [dice.randint(60, 400) * dice.choice((1, 10)) for _ in range(dice.randint(4, 12))]
    skus = [f"S{n:02}" for n in range(len(prices))]
    lines = []
    left = units
    while left:
        n = min(left, dice.choice((1, 1, 2, 3)))
        left -= n
        at = dice.randrange(len(skus))
        goods = Goods(skus[at], f"f{at % 3}", (), ())
        lines.append(BasketLine(len(lines) + 1, goods, prices[at], n, prices[at]))
    item = [item_rule(dice, f"r{n}", skus, prices) for n in range(5)]
    later = order_rules(dice, sum(line.unit_minor * line.units for line in lines))
    return World(
        RuleSet(rules=(*item, *later), policy=Policy(node_budget=node_budget)),
        tuple(lines),
        Occasion(OPENED_MS, OPENED_MS, coupons=(HeldCoupon("c", "c1"),)),
    )


def item_rule(dice: random.Random, name: str, skus: list[str], prices: list[int]) -> Rule:
    some = tuple(sorted(dice.sample(skus, dice.randint(2, len(skus)))))
    cheapest = min(prices)
    percent = Off(percent_ppm=dice.choice((100_000, 200_000, 300_000, 500_000)))
    buy = Slot(range=Range(skus=some), count=dice.randint(1, 3))
    counts = sorted(dice.sample(range(2, 8), 2))
    kind = dice.randrange(6)
    if kind == 0:
        made = Each(off=percent)
    elif kind == 1:
        every = dice.randint(2, 4)
        made = Group(every=every, get=dice.randint(1, every - 1), off=percent)
    elif kind == 2:
        count = dice.randint(2, 4)
        made = SetPrice(
            count=count, off=Off(price_minor=count * cheapest * dice.randint(50, 99) // 100)
        )
    elif kind == 3:
        half = len(some) // 2
        slots = (Slot(range=Range(skus=some[:half])), Slot(range=Range(skus=some[half:])))
        made = Bundle(slots=slots, off=Off(price_minor=2 * cheapest * dice.randint(50, 99) // 100))
    elif kind == 4:
        made = BuyGet(buy=(buy,), off=percent)
    else:
        amounts = sorted((dice.randint(1, cheapest - 1), dice.randint(1, cheapest - 1)))
        made = Tiers(
            tiers=tuple(
                Tier(from_count=count, off=Off(amount_minor=amount))
                for count, amount in zip(counts, amounts, strict=True)
            )
        )
    return Rule(id=name, layer="item", benefit=made, range=Range(skus=some))


def order_rules(dice: random.Random, total_minor: int) -> list[Rule]:
    """Spend tiers, and a coupon on what is left, near what the cart may come to."""
    return [
        Rule(id="o", layer="order", benefit=spend(dice, total_minor, 3)),
        Rule(
            id="c", layer="coupon", benefit=spend(dice, total_minor, 1), coupon=Coupon(face_minor=1)
        ),
    ]


def spend(dice: random.Random, total_minor: int, count: int) -> Spend:
    at = sorted(dice.sample(range(total_minor // 3, total_minor), count))
    assert all(low < high for low, high in pairwise(at))
    amounts = sorted(dice.sample(range(1, total_minor // 8 + count + 1), count))
    steps = zip(at, amounts, strict=True)
    return Spend(steps=tuple(Step(at_minor=a, off=Off(amount_minor=amount)) for a, amount in steps))
