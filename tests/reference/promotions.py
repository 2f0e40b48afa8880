"""The promotions of a cart once more: every plan is looked at, and the best one taken.

Written to be read beside docs/promotions.md, for carts of a few units. It shares the structs of
`cashwrap.promotions.rules` and `model` with the kernel, and nothing else.
"""

from collections.abc import Mapping, Sequence

from reference.promotions_plans import Cart, Plan, open_cart, plans
from reference.promotions_units import by_turn

from cashwrap.promotions.candidates import CandidateSource
from cashwrap.promotions.model import BasketLine, Occasion
from cashwrap.promotions.rules import Rule, RuleSet


def best(
    rules: RuleSet,
    lines: Sequence[BasketLine],
    occasion: Occasion,
    sources: Mapping[str, CandidateSource] | None = None,
) -> Plan:
    """Return the best plan of all."""
    return best_of(open_cart(rules, lines, occasion, sources or {}))


# -- choosing among rules that do not go together ------------------------------------------------


def best_of(cart: Cart) -> Plan:
    """Exclusive rules against the rest, then lists, classes, and the search itself."""
    live = by_turn(cart.tree.rules.values())
    nothing = search(cart, [])
    for rule in (rule for rule in live if rule.exclusive == "always"):
        alone = search(cart, [rule])
        if alone.payable_minor < nothing.payable_minor:
            return alone
    rest = settled(cart, [rule for rule in live if not rule.exclusive])
    alone_plans = [search(cart, [rule]) for rule in live if rule.exclusive == "if_better"]
    challenger = min(alone_plans, key=lambda plan: plan.key, default=rest)
    return challenger if challenger.payable_minor < rest.payable_minor else rest


def settled(cart: Cart, allowed: list[Rule]) -> Plan:
    """In each list only the first child that gives something stays; then the best plan."""
    for group in cart.tree.lists():
        children = [
            [rule for rule in rules if rule in allowed]
            for rules in cart.tree.members(group).values()
        ]
        allowed = settle_list(cart, allowed, [c for c in children if c])
    return in_classes(cart, allowed)


def settle_list(cart: Cart, allowed: list[Rule], children: list[list[Rule]]) -> list[Rule]:
    """Return the rules that are still allowed once the list is settled."""
    stays: list[Rule] = []
    for n, child in enumerate(children):
        if any(cart.tree.conflict(a, b, cart.kinds) for a in stays for b in child):
            continue
        later = [rule for other in children[n + 1 :] for rule in other]
        plan = in_classes(cart, [rule for rule in allowed if rule not in later])
        if any(rule.id in plan.rules for rule in child):
            stays += child
    members = [rule for child in children for rule in child]
    return [rule for rule in allowed if rule not in members or rule in stays]


def in_classes(cart: Cart, allowed: list[Rule]) -> Plan:
    """All at once; or priority by priority, each class on top of what is fixed before."""
    if cart.rules.policy.choose == "best":
        return search(cart, allowed)
    plan = search(cart, [])
    for priority in sorted({rule.priority for rule in allowed}, reverse=True):
        own = [rule for rule in allowed if rule.priority == priority]
        plan = search(cart, own, fixed=plan)
        if any(rule.stop_after and rule.id in plan.rules for rule in own):
            break
    return plan


# -- the search -----------------------------------------------------------------------------------


def search(cart: Cart, allowed: list[Rule], fixed: Plan | None = None) -> Plan:
    """Look at every plan of these rules (on top of a fixed one), and take the best."""
    return min(plans(cart, allowed, fixed), key=lambda plan: plan.key)
