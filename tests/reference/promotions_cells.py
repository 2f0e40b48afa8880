"""A plan brought to the lines of the cart: what each rule takes off each line."""

from collections import Counter
from collections.abc import Iterator

from reference.pricing import shared
from reference.promotions_order import Parcel, Taken
from reference.promotions_plans import Cart, Plan
from reference.promotions_units import by_turn

from cashwrap.promotions.rules import Layer, Rule

Cells = tuple[tuple[str, Layer, tuple[tuple[int, int], ...]], ...]
"""In the order in which they came: rule, layer, and of each line what comes off it."""

Portion = tuple[int, int]
"""Units of one parcel on one line: the line, and how many units."""


def cells(plan: Plan) -> Cells:
    """Return the line x rule matrix of a plan."""
    rows = list(special_rows(plan.cart)) + list(item_rows(plan))
    portions = [portions_of(plan, parcel) for parcel in plan.parcels]
    left = [line_amounts(plan, parcel, portions[i]) for i, parcel in enumerate(plan.parcels)]
    for taken in plan.taken:
        rows.append((taken.rule, order_row(plan, taken, portions, left)))
    return tuple(
        (rule.id, rule.layer, tuple(sorted((n, minor) for n, minor in row.items() if minor)))
        for rule, row in rows
    )


def special_rows(cart: Cart) -> Iterator[tuple[Rule, Counter[int]]]:
    for rule in by_turn(cart.rules.rules):
        row: Counter[int] = Counter()
        for kind in cart.kinds:
            minor = dict(kind.specials).get(rule.id, 0)
            for line, units in kind.lines:
                row[line] += minor * units
        if any(row.values()):
            yield rule, row


def item_rows(plan: Plan) -> Iterator[tuple[Rule, Counter[int]]]:
    for rule in by_turn(plan.cart.tree.rules[rule_id] for rule_id in plan.served):
        row: Counter[int] = Counter()
        for k in range(len(plan.cart.kinds)):
            minors = units_off(plan, k, rule.id)
            for line, minor in zip(places(plan, k, rule.id), minors, strict=True):
                row[line] += minor
        yield rule, row


def units_off(plan: Plan, k: int, rule_id: str) -> list[int]:
    """What comes off each unit of a kind that serves the rule: uses in order, slots in order."""
    served = plan.served.get(rule_id)
    uses = served.uses if served else ()
    return [piece.minor for use in uses for piece in use if piece.kind == k]


def places(plan: Plan, k: int, rule_id: str) -> list[int]:
    """The lines of the units of a kind that serve the rule; "" for those that serve none.

    Lines are filled in order of number: first with the units of rules, by id, then with the rest.
    """
    lines = [line for line, units in plan.cart.kinds[k].lines for _ in range(units)]
    for other in sorted(plan.served):
        units = len(units_off(plan, k, other))
        if other == rule_id:
            return lines[:units]
        lines = lines[units:]
    return lines


def portions_of(plan: Plan, parcel: Parcel) -> list[Portion]:
    lines = places(plan, parcel.at, parcel.rule.id if parcel.rule else "")
    return sorted(Counter(lines).items())


def line_amounts(plan: Plan, parcel: Parcel, portions: list[Portion]) -> list[int]:
    """What is left of the parcel on each line after the item layer."""
    amounts = Counter({line: units * parcel.kind.price for line, units in portions})
    if parcel.rule:
        minors = units_off(plan, parcel.at, parcel.rule.id)
        for line, minor in zip(places(plan, parcel.at, parcel.rule.id), minors, strict=True):
            amounts[line] -= minor
    return [amounts[line] for line, _ in portions]


def order_row(
    plan: Plan, taken: Taken, portions: list[list[Portion]], left: list[list[int]]
) -> Counter[int]:
    """Share what each parcel gives over its lines, by what is left of it there."""
    odd = taken.rule.arithmetic.odd_cents or plan.cart.rules.policy.odd_cents
    row: Counter[int] = Counter()
    for i, minor in enumerate(taken.minors):
        floor = plan.parcels[i].kind.floor
        rooms = [
            max(0, amount - floor * units)
            for (_, units), amount in zip(portions[i], left[i], strict=True)
        ]
        shares = shared(minor, left[i], rooms, odd) if minor else [0] * len(left[i])
        for at, ((line, _), share) in enumerate(zip(portions[i], shares, strict=True)):
            row[line] += share
            left[i][at] -= share
    return row
