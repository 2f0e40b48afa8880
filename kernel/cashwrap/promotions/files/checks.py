"""What must hold in a rule set beside the types of its fields; and what is only odd.

A fault refuses the set. A warning is told to the author: the rules mean something, but hardly what
was meant. Both say where in the file, what was expected, and what to write.
"""

from collections.abc import Callable, Iterator

from cashwrap.errors import Issue
from cashwrap.promotions.files.check_benefit import benefit_faults, benefit_warnings
from cashwrap.promotions.files.check_set import (
    group_faults,
    policy_faults,
    set_faults,
    set_warnings,
)
from cashwrap.promotions.files.check_when import window_faults
from cashwrap.promotions.files.said import Said, inside
from cashwrap.promotions.rules import Limits, Range, Rule, RuleSet


def faults(rules: RuleSet, name: str, *, among_others: bool = False) -> list[Issue]:
    """Return everything that refuses the set, in the order of the file.

    ``name`` stands before each place. ``among_others``: the set is a part of a file, so what rules
    say of each other is left out.
    """
    said = [*policy_faults(rules.policy), *group_faults(rules)]
    for index, rule in enumerate(rules.rules):
        said += inside(f"rules[{index}]", rule_faults(rule))
    found = [Issue(f"{name}:{place}", f"rules.{code}", text) for place, code, text in said]
    return found if among_others else [*found, *faults_between(rules, name)]


def faults_between(rules: RuleSet, name: str) -> list[Issue]:
    """Return what refuses the set for what rules say of each other."""
    said = set_faults(rules)
    return [Issue(f"{name}:{place}", f"rules.{code}", text) for place, code, text in said]


def warnings(rules: RuleSet, name: str = "rules") -> list[Issue]:
    """Return what is odd in a set that has no faults."""
    said: list[Said] = []
    for index, rule in enumerate(rules.rules):
        said += inside(f"rules[{index}]", rule_warnings(rule))
    said += set_warnings(rules)
    return [Issue(f"{name}:{place}", f"rules.{code}", text) for place, code, text in said]


def rule_faults(rule: Rule) -> Iterator[Said]:
    """Yield what is wrong with one rule by itself."""
    checks: tuple[Callable[[Rule], Iterator[Said]], ...] = (
        _id_faults,
        benefit_faults,
        _coupon_faults,
        _limit_faults,
        _scope_faults,
        _need_faults,
        _text_faults,
    )
    for check in checks:
        yield from check(rule)
    yield from inside("range", _range_faults(rule.range, rule))
    for index, window in enumerate(rule.windows):
        yield from inside(f"windows[{index}]", window_faults(window))


def rule_warnings(rule: Rule) -> Iterator[Said]:
    """Yield what is odd about one rule by itself."""
    yield from benefit_warnings(rule)
    both = sorted(set(rule.range.skus) & set(rule.range.not_skus))
    if both:
        text = f"{', '.join(both[:5])} is both in skus and in not_skus: it is left out"
        yield Said("range.not_skus", "contradiction", text)
    if rule.limits.member_uses or rule.limits.member_minor:
        if rule.scope.who.only == "anyone":
            text = 'guests are not counted: write scope.who.only = "members" if it is for members'
            yield Said("limits", "guests", text)
    if "*" in rule.excludes and len(rule.excludes) > 1:
        yield Said("excludes", "redundant", "'*' is every rule: the other tags add nothing")


def _id_faults(rule: Rule) -> Iterator[Said]:
    """Discounts that are no rule's stand in the same rows of a sale under these names."""
    if rule.id == "rounding" or rule.id.startswith("manual:"):
        yield Said("id", "id", f"{rule.id!r} is what the till itself writes: choose another id")


def _coupon_faults(rule: Rule) -> Iterator[Said]:
    if rule.layer == "coupon" and rule.coupon is None:
        text = "a rule of the layer coupon needs one: write coupon = { face_minor = 1000 }"
        yield Said("coupon", "coupon", text)
    if rule.coupon is not None and rule.layer not in ("item", "coupon"):
        text = f"a rule of the layer {rule.layer!r} takes no coupon: put it into layer 'coupon'"
        yield Said("coupon", "coupon", text)
    if rule.settlement == "tender" and rule.layer != "coupon":
        text = f"only vouchers of the layer coupon settle as tender, not those of {rule.layer!r}"
        yield Said("settlement", "coupon", text)


def _limit_faults(rule: Rule) -> Iterator[Said]:
    limits = rule.limits
    if rule.layer == "price" and limits != Limits():
        text = "special prices have no limits: put a limited price into the layer 'item'"
        yield Said("limits", "limits", text)
    if limits.sku_uses and rule.benefit.__struct_config__.tag != "each":
        text = (
            "sku_uses counts units of one SKU, which only the benefit 'each' gives: use order_uses"
        )
        yield Said("limits.sku_uses", "limits", text)
    for narrow, wide in (("member_day", "member"), ("member", "total"), ("store", "total")):
        for what in ("uses", "minor"):
            one, all_ = getattr(limits, f"{narrow}_{what}"), getattr(limits, f"{wide}_{what}")
            if all_ and one > all_:
                text = f"{one} is more than {wide}_{what} = {all_} and is never reached"
                yield Said(f"limits.{narrow}_{what}", "limits", text)


def _scope_faults(rule: Rule) -> Iterator[Said]:
    who = rule.scope.who
    if who.only == "guests" and (who.tiers or who.members):
        text = "guests have no tier and no member number: nobody is left"
        yield Said("scope.who.only", "scope", text)
    both = sorted(set(who.facts) & set(who.not_facts))
    if both:
        yield Said("scope.who.not_facts", "scope", f"{both[0]!r} is also asked for in facts")


def _need_faults(rule: Rule) -> Iterator[Said]:
    for index, need in enumerate(rule.needs):
        where = f"needs[{index}]"
        if not need.count and not need.minor:
            text = "it asks for nothing: write count = 2 (units) or minor = 10000 (money)"
            yield Said(where, "need", text)
        if rule.layer == "price" and need.measured == "item":
            text = "special prices come before the item layer: measure at 'list' or 'price'"
            yield Said(f"{where}.measured", "need", text)
        if rule.layer == "price" and need.repeat:
            text = "a special price is for every unit: leave repeat out, or use the layer 'item'"
            yield Said(f"{where}.repeat", "need", text)
        yield from inside(f"{where}.range", _range_faults(need.range, None))


def _range_faults(range_: Range, rule: Rule | None) -> Iterator[Said]:
    if range_.to_minor is not None and range_.to_minor < range_.from_minor:
        text = f"{range_.to_minor} is below from_minor = {range_.from_minor}: nothing is left"
        yield Said("to_minor", "range", text)
    if range_.not_promoted_by and (rule is None or rule.layer in ("price", "item")):
        text = "only the range of an order, coupon or points rule can look at promoted units"
        yield Said("not_promoted_by", "range", text)


def _text_faults(rule: Rule) -> Iterator[Said]:
    for field, texts in (("name", rule.name), ("explain", rule.explain)):
        for language in texts:
            if not language.replace("-", "").isalnum() or not 2 <= len(language) <= 16:
                text = f"{language!r} is no language: write zh-CN or en"
                yield Said(f"{field}.{language}", "language", text)
