"""凑单: what the customer could add to pay less for more, found by pricing the larger cart.

Each hint names a rule, how much or how many of its goods to add, and what then comes off beyond
what comes off now. Nothing is guessed: the larger cart is priced by the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from cashwrap.money import PPM, div_round
from cashwrap.promotions.explain.alone import Alone
from cashwrap.promotions.explain.lacks import Short
from cashwrap.promotions.explain.proof import Chosen
from cashwrap.promotions.explain.slots import slots_of
from cashwrap.promotions.model import BasketLine, Hint
from cashwrap.promotions.occasions import why_not
from cashwrap.promotions.recheck.goods import covers
from cashwrap.promotions.repricing import Reprice, repricer
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Group,
    Range,
    Rule,
    SetPrice,
    Spend,
    Tiers,
)

if TYPE_CHECKING:
    from cashwrap.promotions.engine import Basket

LookUp = Callable[[str], BasketLine | None]
"""Find goods by SKU as one unit on a line, at what this customer would pay; None for none."""

LOOKED_UP_MAX = 20

MOST = 12
"""How many hints a cart gets at most: more than anybody reads out."""

TRIES_MAX = 4
"""How often the money to add is raised where what is added is itself promoted."""


class Wish(NamedTuple):
    """Goods of a rule to try: so much more money, or so many more units, of a range."""

    rule: Rule
    range: Range
    lacks: Short


def nothing_else(sku: str) -> BasketLine | None:
    """Find nothing: only goods that are in the basket are thought of."""
    return None


def hints(basket: Basket, look_up: LookUp = nothing_else) -> tuple[Hint, ...]:
    """Return what to add to a basket and what it brings, the largest gain first.

    ``look_up`` finds goods that are not in the basket, for what a set still needs.
    """
    solution = basket.solve()
    return hints_for(solution, repricer(basket.engine, solution.occasion), look_up)


def hints_for(chosen: Chosen, pricer: Reprice, look_up: LookUp = nothing_else) -> tuple[Hint, ...]:
    """Return the same for a choice, with another way to price the larger cart."""
    if not chosen.lines:
        return ()
    alone = Alone(chosen.rules, chosen.lines, chosen.occasion, chosen.applied)
    best: dict[str, Hint] = {}
    for wish in _wishes(alone, chosen.touching):
        if wish.rule.id not in best and (hint := _try(wish, alone, pricer, look_up)):
            best[wish.rule.id] = hint
    found = list(best.values())
    found.sort(key=lambda hint: (-hint.gain_minor, hint.add_minor, hint.add_count, hint.rule))
    return tuple(found[:MOST])


def _wishes(alone: Alone, touching: Sequence[int]) -> Iterator[Wish]:
    """Give the nearest thresholds, groups, sets and tiers that are not reached."""
    rules = alone.rules.rules
    for position in sorted(touching):
        rule = rules[position]
        if why_not(rule, alone.occasion) is not None:
            continue
        needs = [(need.range, alone.need_lacks(need)) for need in rule.needs]
        lacking = [Wish(rule, range_, lacks) for range_, lacks in needs if any(lacks)]
        if lacking:
            yield lacking[0]
        else:
            yield from _of_benefit(rule, alone)


def _of_benefit(rule: Rule, alone: Alone) -> Iterator[Wish]:
    benefit = rule.benefit
    if isinstance(benefit, Spend):
        # the rules of single goods might make way, so less may do than is missing as things stand
        before = _next_step(benefit, *alone.measure(rule, benefit))
        yield Wish(rule, rule.range, before)
        yield Wish(rule, rule.range, _next_step(benefit, *alone.measure_now(rule, benefit)))
    elif isinstance(benefit, Bundle | BuyGet):
        yield from _of_slots(rule, benefit, alone)
    else:
        units = _units_to_next(rule, alone)
        if units:
            yield Wish(rule, rule.range, Short(units=units))


def _next_step(benefit: Spend, minor: int, count: int) -> Short:
    """Return what the next step above the one reached lacks, in money and in units."""
    found = [
        Short(
            max(0, step.at_minor + benefit.above - minor) if step.at_minor else 0,
            max(0, step.at_count + benefit.above - count) if step.at_count else 0,
        )
        for step in benefit.steps
    ]
    last = benefit.steps[-1]
    if benefit.every and not any(found[-1]):
        if last.at_minor:
            return Short(last.at_minor - (minor - benefit.above) % last.at_minor)
        return Short(0, last.at_count - (count - benefit.above) % last.at_count)
    return min((lacks for lacks in found if any(lacks)), default=Short())


def _units_to_next(rule: Rule, alone: Alone) -> int:
    """Return how many units complete one more group or set, or reach the next tier."""
    benefit = rule.benefit
    there = alone.units(rule, rule.range)
    if not there:
        return 0
    if isinstance(benefit, Group):
        return benefit.every - there % benefit.every
    if isinstance(benefit, SetPrice):
        return benefit.count - there % benefit.count
    if isinstance(benefit, Tiers):
        above = [tier.from_count for tier in benefit.tiers if tier.from_count > there]
        return min(above) - there if above else 0
    return 0


def _of_slots(rule: Rule, benefit: Bundle | BuyGet, alone: Alone) -> Iterator[Wish]:
    """Give the one slot that is short, where only one is: what to add must be one thing."""
    slots = slots_of(rule, benefit)
    filled = alone.one_set(rule, benefit)
    lacks = []
    for slot in slots:
        have = sum(1 for unit in filled if (unit.role, unit.slot) == (slot.role, slot.slot))
        if have < slot.units:
            lacks.append(Wish(rule, slot.range, Short(units=slot.units - have)))
    if len(lacks) == 1:
        yield lacks[0]


def _try(wish: Wish, alone: Alone, pricer: Reprice, look_up: LookUp) -> Hint | None:
    """Return the hint of a wish, if the larger cart gets more off by its rule."""
    before = {each.rule: each.saving_minor for each in alone.applied}
    add = wish.lacks
    if not any(add):
        return None
    for _ in range(TRIES_MAX):
        larger = _larger(wish.range, add, alone, look_up)
        if larger is None:
            return None
        after = pricer(larger)
        own = sum(each.saving_minor for each in after if each.rule == wish.rule.id)
        gain = sum(each.saving_minor for each in after) - sum(before.values())
        if own > before.get(wish.rule.id, 0) and gain > 0:
            return Hint(wish.rule.id, add.minor, add.units, gain)
        if not add.minor or not isinstance(wish.rule.benefit, Spend):
            return None
        rest = Alone(alone.rules, larger, alone.occasion, after)
        more = _next_step(wish.rule.benefit, *rest.measure_now(wish.rule, wish.rule.benefit))
        if not more.minor:
            return None
        add = Short(add.minor + more.minor, add.units)
    return None


def _larger(range_: Range, add: Short, alone: Alone, look_up: LookUp) -> list[BasketLine] | None:
    """Return the cart with so many more units of the cheapest kind, or so much more money.

    Money is added as goods of the range at a price of their own, which no other rule of single
    goods looks at: whatever the customer takes, at least so much comes off.
    """
    kind = _kind(range_, alone.lines)
    if kind is None:
        return _with_other_goods(range_, add.units, alone, look_up)
    if add.units and kind.divisible:
        return None
    minor = add.minor - kind.unit_minor * add.units
    extra = _money(kind, minor, alone.lines) if minor > 0 else None
    units = add.units
    if extra is not None and not covers(range_, extra):  # the range asks for prices
        units, extra = -(-add.minor // kind.unit_minor), None
    lines = [replace(x, units=x.units + units) if x is kind else x for x in alone.lines]
    return [*lines, extra] if extra is not None else lines


def _with_other_goods(
    range_: Range, units: int, alone: Alone, look_up: LookUp
) -> list[BasketLine] | None:
    """Return the cart with the cheapest goods that the range names, where none are in it."""
    named = (look_up(sku) for sku in range_.skus[:LOOKED_UP_MAX])
    found = [line for line in named if line is not None and covers(range_, line)]
    if not found or not units:
        return None
    cheapest = min(found, key=lambda line: (line.unit_minor, line.goods.sku))
    number = max(line.line for line in alone.lines) + 1
    return [*alone.lines, replace(cheapest, line=number, units=units)]


def _money(kind: BasketLine, minor: int, lines: Sequence[BasketLine]) -> BasketLine:
    """Return goods of a kind that are worth so much where thresholds are measured."""
    priced = div_round(minor * PPM, kind.measure_ppm, "up")
    return BasketLine(
        line=max(line.line for line in lines) + 1,
        goods=kind.goods,
        unit_minor=priced,
        units=1,
        list_minor=priced,
        divisible=True,
        fixed_price=True,
        measure_ppm=kind.measure_ppm,
    )


def _kind(range_: Range, lines: Sequence[BasketLine]) -> BasketLine | None:
    """Return the cheapest line of a range whose goods come in pieces; any, if none does."""
    inside = [line for line in lines if covers(range_, line) and line.unit_minor > 0]
    pieces = [line for line in inside if not line.divisible and not line.fixed_price]
    return min(pieces or inside, key=lambda x: (x.unit_minor, x.goods.sku, x.line), default=None)
