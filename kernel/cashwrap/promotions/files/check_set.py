"""Checks of what the parts of a rule set say of each other: ids, groups, tags, coupons."""

from collections.abc import Iterator

from cashwrap.promotions.files.said import Said
from cashwrap.promotions.rules import LAYERS, NextCoupon, Policy, RuleSet


def policy_faults(policy: Policy) -> Iterator[Said]:
    """The layers are all there, each once, and two of them stand first."""
    given = policy.layers
    if sorted(given) != sorted(LAYERS) or given[:2] != LAYERS[:2]:
        text = f"write all of {', '.join(LAYERS)}, each once, price and item first"
        yield Said("policy.layers", "layers", text)


def group_faults(rules: RuleSet) -> Iterator[Said]:
    """Groups that are named exist, and lead to the top."""
    known = {*rules.groups, *LAYERS}
    for name, group in rules.groups.items():
        if group.inside and group.inside not in known:
            text = f"there is no group {group.inside!r}: add it to groups"
            yield Said(f"groups.{name}.inside", "group", text)
        elif name in _line_up(rules, name):
            text = f"group {name!r} is inside itself: leave inside out of one of them"
            yield Said(f"groups.{name}.inside", "group", text)


def _line_up(rules: RuleSet, name: str) -> list[str]:
    """Return the groups in which a group stands, inner first; a loop ends where it closes."""
    found: list[str] = []
    group = rules.groups.get(name)
    while group is not None and group.inside and group.inside not in found:
        found.append(group.inside)
        group = rules.groups.get(group.inside)
    return found


def set_faults(rules: RuleSet) -> Iterator[Said]:
    """What is wrong between rules."""
    first: dict[str, int] = {}
    known = {*rules.groups, *LAYERS}
    with_coupon = {rule.id for rule in rules.rules if rule.coupon is not None}
    for index, rule in enumerate(rules.rules):
        where = f"rules[{index}]"
        if rule.id in first:
            text = f"{rule.id!r} is also the id of rules[{first[rule.id]}]: ids are unique"
            yield Said(f"{where}.id", "id", text)
        first.setdefault(rule.id, index)
        if rule.group and rule.group not in known:
            text = f"there is no group {rule.group!r}: add it to groups, or leave group out"
            yield Said(f"{where}.group", "group", text)
        if isinstance(rule.benefit, NextCoupon) and rule.benefit.coupon not in with_coupon:
            text = f"no rule {rule.benefit.coupon!r} takes a coupon: name one that has coupon"
            yield Said(f"{where}.benefit.coupon", "coupon", text)


def set_warnings(rules: RuleSet) -> Iterator[Said]:
    """What is odd between rules."""
    tags = {tag for rule in rules.rules for tag in rule.tags} | {"*"}
    for index, rule in enumerate(rules.rules):
        where = f"rules[{index}]"
        named = (("excludes", rule.excludes), ("range.not_promoted_by", rule.range.not_promoted_by))
        for field, wanted in named:
            for tag in wanted:
                if tag not in tags:
                    text = f"no rule has the tag {tag!r}: nothing is left out by it"
                    yield Said(f"{where}.{field}", "unknown_tag", text)
        if rule.stop_after and rules.policy.choose == "best":
            text = 'it has an effect with policy.choose = "priority" only'
            yield Said(f"{where}.stop_after", "unused", text)
    used = {rule.group for rule in rules.rules} | {g.inside for g in rules.groups.values()}
    for name in rules.groups:
        if name not in used and name not in LAYERS:
            yield Said(f"groups.{name}", "unused", "no rule is in this group")
