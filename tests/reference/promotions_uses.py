"""A plan as a proof tells it: every use of every rule, with its units on their lines."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from reference.promotions_cells import Cells, cells, places
from reference.promotions_item import Piece, Served
from reference.promotions_order import Taken
from reference.promotions_plans import Cart, Plan
from reference.promotions_scope import coupons_of
from reference.promotions_units import Kind, percent_base

from cashwrap.promotions.model import AppliedRule, UnitsUsed, Use
from cashwrap.promotions.rules import BuyGet, Candidates, Each, Off, Rule, Tiers


class Placed(NamedTuple):
    """A piece of a use on its line."""

    line: int
    piece: Piece
    kind: Kind


def applied(plan: Plan) -> tuple[AppliedRule, ...]:
    """Return every rule that gives something, in the order in which they come."""
    found = []
    rows = cells(plan)
    for rule_id, layer, _ in rows:
        rule = next(rule for rule in plan.cart.rules.rules if rule.id == rule_id)
        uses = tuple(uses_of(plan, rule, rows))
        saving = sum(use.saving_minor for use in uses)
        found.append(AppliedRule(rule.id, rule.version, layer, saving, uses))
    return tuple(found)


def uses_of(plan: Plan, rule: Rule, rows: Cells) -> Iterator[Use]:
    if rule.layer == "price":
        return special_uses(plan.cart, rule)
    if rule.layer == "item":
        return item_uses(plan, rule, plan.served[rule.id])
    taken = next(taken for taken in plan.taken if taken.rule.id == rule.id)
    row = next(dict(row) for rule_id, _, row in rows if rule_id == rule.id)
    return iter([order_use(plan, taken, row)])


def special_uses(cart: Cart, rule: Rule) -> Iterator[Use]:
    for kind in cart.kinds:
        before = kind.line.unit_minor
        for rule_id, minor in kind.specials:
            if rule_id == rule.id:
                assert isinstance(rule.benefit, Each)
                base = unit_base(cart, rule, rule.benefit.off, kind, before)
                for line, units in kind.lines:
                    used = (UnitsUsed(line, units, minor * units),)
                    yield Use(base * units, minor * units, used, times=units)
            before -= minor


def item_uses(plan: Plan, rule: Rule, served: Served) -> Iterator[Use]:
    codes = [code for _, code in coupons_of(rule, plan.cart.occasion)] if rule.coupon else []
    for use in told(rule, on_lines(plan, rule, served)):
        times = times_of(rule, use)
        entries = tuple(
            entry(rule, list(run)) for _, run in groupby(use, lambda x: run_of(rule, x))
        )
        yield Use(
            base_minor=sum(
                unit_base(plan.cart, rule, x.piece.take, x.kind, x.kind.price)
                for x in use
                if role(rule, x) == "get"
            ),
            saving_minor=sum(x.piece.minor for x in use),
            units=entries,
            step=step_of(rule, served),
            times=times,
            coupon=" ".join(codes[:times]),
        )
        codes = codes[times:]


def on_lines(plan: Plan, rule: Rule, served: Served) -> list[list[Placed]]:
    lines = {k: iter(places(plan, k, rule.id)) for k in range(len(plan.cart.kinds))}
    return [
        [Placed(next(lines[p.kind]), p, plan.cart.kinds[p.kind]) for p in use]
        for use in served.uses
    ]


def told(rule: Rule, uses: list[list[Placed]]) -> list[list[Placed]]:
    """Uses as a proof counts them: `Each` by line, `Tiers` all in one."""
    every = [placed for use in uses for placed in use]
    if isinstance(rule.benefit, Tiers):
        return [every]
    if isinstance(rule.benefit, Each):
        return [list(run) for _, run in groupby(every, lambda placed: placed.line)]
    return uses


def times_of(rule: Rule, use: list[Placed]) -> int:
    if isinstance(rule.benefit, Each | Tiers):
        return sum(placed.piece.take is not None for placed in use)
    return 1


def role(rule: Rule, placed: Placed) -> str:
    waits = placed.piece.take is None and not isinstance(rule.benefit, Tiers | Candidates)
    return "buy" if waits else "get"


def run_of(rule: Rule, placed: Placed) -> tuple[int, str, int]:
    got = isinstance(rule.benefit, BuyGet) and placed.piece.take is not None
    return placed.line, role(rule, placed), 0 if got else placed.piece.slot


def entry(rule: Rule, run: list[Placed]) -> UnitsUsed:
    line, _, slot = run_of(rule, run[0])
    minor = sum(placed.piece.minor for placed in run)
    return UnitsUsed(line, len(run), minor, "buy" if role(rule, run[0]) == "buy" else "get", slot)


def unit_base(cart: Cart, rule: Rule, take: Off | None, kind: Kind, price: int) -> int:
    """What a unit counts for in ``base_minor``: its list price where the percentage is of that."""
    if take is not None and take.percent_ppm is not None:
        return percent_base(rule, kind.line, price, cart.rules.policy)
    return price


def step_of(rule: Rule, served: Served) -> int:
    """The highest tier reached."""
    if not isinstance(rule.benefit, Tiers):
        return -1
    counts = [tier.from_count for tier in rule.benefit.tiers]
    reached = [n for n in counts if n <= len(served.taken[0])]
    return counts.index(max(reached))


def order_use(plan: Plan, taken: Taken, row: dict[int, int]) -> Use:
    units: Counter[int] = Counter()
    for i in taken.inside:
        units.update(dict(portions(plan, i)))
    entries = tuple(UnitsUsed(line, n, row.get(line, 0)) for line, n in sorted(units.items()))
    coupon = coupons_of(taken.rule, plan.cart.occasion)[0][1] if taken.rule.coupon else ""
    return Use(taken.base, taken.saving, entries, taken.step, taken.times, coupon)


def portions(plan: Plan, i: int) -> Counter[int]:
    parcel = plan.parcels[i]
    return Counter(places(plan, parcel.at, parcel.rule.id if parcel.rule else ""))
