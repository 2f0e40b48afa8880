"""The best plan of carts that are too large to look at every plan: of 8 to 14 units.

Rule by rule, of all ways to give it units; partial plans that leave the same units free and look
alike to the later layers are one, and only the first of them in the order of plans is kept. What
the whole item layer must satisfy (`takes`, needs measured after it, lists, exclusive, classes) is
left to `promotions.best`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from reference.promotions_item import Served, eligible
from reference.promotions_plans import Cart, Plan, in_turn, open_cart, order_plans, serving, without
from reference.promotions_scope import coupons_of, covers

from cashwrap.promotions.model import BasketLine, Occasion
from cashwrap.promotions.rules import Each, Limits, Rule, RuleSet, Spend

Free = tuple[int, ...]
"""Of each kind the units that serve no rule yet."""

Look = tuple[object, ...]
"""All that later layers can see of what the item layer did."""

Found = dict[tuple[Free, Look], Mapping[str, Served]]


def best(rules: RuleSet, lines: Sequence[BasketLine], occasion: Occasion) -> Plan:
    """Return the best plan. The rule set must be one of which `can_search` is true."""
    cart = open_cart(rules, lines, occasion, {})
    assert can_search(cart)
    live = sorted(cart.tree.rules.values(), key=lambda rule: rule.id)
    item = [rule for rule in live if rule.layer == "item"]
    order = in_turn(cart, [rule for rule in live if rule.layer != "item"])
    plans = [
        plan
        for allowed in go_together(cart, item)
        for served in item_layers(cart, allowed).values()
        for plan in order_plans(cart, served, order, [])
    ]
    return min(plans, key=lambda plan: plan.key)


def can_search(cart: Cart) -> bool:
    """Whether nothing but sums of the item layer matters to the later layers."""
    rules = cart.tree.rules.values()
    policy = cart.rules.policy
    return (
        policy.choose == "best"
        and not cart.tree.lists()
        and all(
            not rule.exclusive
            and rule.takes == "best"
            and all(need.measured != "item" for need in rule.needs)
            for rule in rules
        )
        and all(sums_only(cart, rule) for rule in rules if rule.layer != "item")
    )


def sums_only(cart: Cart, rule: Rule) -> bool:
    """Whether an order rule is of the whole cart and rounds once, so that parcels do not matter."""
    per = rule.arithmetic.percent_per or cart.rules.policy.order_percent_per
    whole = all(covers(rule.range, kind.line) for kind in cart.kinds)
    once = per == "once" or not isinstance(rule.benefit, Spend)
    return whole and once and not rule.range.not_promoted_by


def go_together(cart: Cart, rules: list[Rule]) -> Iterator[list[Rule]]:
    """Every largest choice of item rules of which no two conflict."""
    pairs = [
        (a.id, b.id) for a, b in combinations(rules, 2) if cart.tree.conflict(a, b, cart.kinds)
    ]
    found: list[set[str]] = []
    for size in range(len(rules), -1, -1):
        for some in combinations(rules, size):
            ids = {rule.id for rule in some}
            clash = any(a in ids and b in ids for a, b in pairs)
            if not clash and not any(ids <= larger for larger in found):
                found.append(ids)
                yield list(some)


def item_layers(cart: Cart, rules: list[Rule]) -> Found:
    """Of all item layers that look alike to the later ones the first in the order of plans."""
    start = (tuple(kind.count for kind in cart.kinds), look(cart, {}))
    found: Found = {start: {}}
    for rule in rules:
        found = with_rule(cart, found, rule)
    return keep_first(cart, ((look(cart, served), served) for served in found.values()))


def with_rule(cart: Cart, found: Found, rule: Rule) -> Found:
    """Give the rule its units in every way; a unit of a simple rule after the other."""
    if not is_simple(cart, rule):
        return given(cart, found, rule, cart.choices[rule.id])
    for k, kind in enumerate(cart.kinds):
        if eligible(rule, kind, cart.shelf):
            own = [c for c in cart.choices[rule.id] if set(c.taken[0]) == {k}]
            found = given(cart, found, rule, own)
    return found


def is_simple(cart: Cart, rule: Rule) -> bool:
    """Whether each unit of the rule stands for itself."""
    per = rule.arithmetic.percent_per or cart.rules.policy.percent_per
    return (
        isinstance(rule.benefit, Each)
        and per == "unit"
        and rule.limits == Limits()
        and not rule.needs
        and not rule.coupon
        and rule.id not in dict(cart.occasion.left)
    )


def given(cart: Cart, found: Found, rule: Rule, choices: list[Served]) -> Found:
    return keep_first(cart, extended(cart, found, rule, choices))


def extended(
    cart: Cart, found: Found, rule: Rule, choices: list[Served]
) -> Iterator[tuple[tuple[Free, Look], Mapping[str, Served]]]:
    for (free, seen), served in found.items():
        yield (free, seen), served
        for choice in choices:
            rest = without(free, choice)
            if min(rest) >= 0:
                more = {**served, rule.id: together(served.get(rule.id), choice)}
                yield (rest, look(cart, more)), more


def together(before: Served | None, choice: Served) -> Served:
    """A simple rule with units of one more kind."""
    if before is None:
        return choice
    taken = tuple(sorted(before.taken[0] + choice.taken[0]))
    return Served((taken,), before.uses + choice.uses, before.times + choice.times)


def keep_first(
    cart: Cart, plans: Iterator[tuple[object, Mapping[str, Served]]]
) -> dict[object, Mapping[str, Served]]:
    kept: dict[object, Mapping[str, Served]] = {}
    for key, served in plans:
        if key not in kept or serving(cart, served) < serving(cart, kept[key]):
            kept[key] = served
    return kept


def look(cart: Cart, served: Mapping[str, Served]) -> Look:
    """What is left, and the room in it; the coupons that are used up; the rules that conflict."""
    left = measured = room = 0
    for k, kind in enumerate(cart.kinds):
        off = sum(choice.per_kind.get(k, (0, 0))[1] for choice in served.values())
        amount = kind.price * kind.count - off
        left += amount
        measured += amount * kind.line.measure_ppm
        room += max(0, amount - kind.floor * kind.count)
    burned = []
    for rule_id, choice in served.items():
        rule = cart.tree.rules[rule_id]
        if rule.coupon:
            ends = [end for end, _ in coupons_of(rule, cart.occasion)[: choice.times]]
            burned += [(end, rule.coupon.face_minor) for end in ends]
    later = [rule for rule in cart.tree.rules.values() if rule.layer != "item"]
    clashing = sorted(
        rule_id
        for rule_id in served
        if any(cart.tree.conflict(cart.tree.rules[rule_id], other, cart.kinds) for other in later)
    )
    return left, measured, room, tuple(sorted(burned)), tuple(clashing)
