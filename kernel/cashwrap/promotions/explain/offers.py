"""Gifts and add-ons that the customer may still take."""

from collections.abc import Iterator, Mapping, Sequence

from cashwrap.promotions.book import book_of
from cashwrap.promotions.explain.alone import Alone
from cashwrap.promotions.model import AppliedRule, GiftOffer, RejectedRule
from cashwrap.promotions.occasions import codes_held, left_of, why_not
from cashwrap.promotions.recheck.goods import measured
from cashwrap.promotions.recheck.units import sees
from cashwrap.promotions.rules import BuyGet, Need, Rule
from cashwrap.promotions.together import clashes


def offers(
    applied: Sequence[AppliedRule], rejected: Sequence[RejectedRule], alone: Alone
) -> Iterator[GiftOffer]:
    """Give the rules whose conditions are met and of whose goods there could be more.

    These are rules that make units cheaper where something else is on the sale (满赠, 加价换购),
    and buy N get M where what is bought is there and what is got is not.
    """
    taken = {each.rule: sum(use.times for use in each.uses) for each in applied}
    rivals = [alone.by_id[each.rule] for each in applied]
    short = [alone.by_id[each.rule] for each in rejected if each.reason == "short"]
    open_to = [rule for rule in short if isinstance(rule.benefit, BuyGet)]
    open_to += book_of(alone.rules).offering(line.goods for line in alone.lines)
    for rule in sorted(open_to, key=lambda rule: rule.id):
        if isinstance(rule.benefit, BuyGet):
            units = _to_get(rule, rule.benefit, alone)
        else:
            units = _most(rule, alone) - taken.get(rule.id, 0)
            units -= _there(rule, alone, taken) if units > 0 else 0
        if units > 0 and why_not(rule, alone.occasion) is None:
            if not any(_clash(rule, other, alone) for other in rivals if other is not rule):
                yield GiftOffer(rule.id, units)


def _clash(rule: Rule, other: Rule, alone: Alone) -> bool:
    return clashes(alone.rules, rule, other, alone.gives_to) is not None


def _there(rule: Rule, alone: Alone, taken: Mapping[str, int]) -> int:
    """Return the units on the sale that the rule could give to and did not: they were enough."""
    return 0 if rule.id in taken else alone.units(rule, rule.range)


def _most(rule: Rule, alone: Alone) -> int:
    """Return how many units the rule may give to; 1 where nothing says how many."""
    times: list[int] = []
    for need in rule.needs:
        times.append(_times(need, alone))
        if not times[-1]:
            return 0
    bounds = [n for n, need in zip(times, rule.needs, strict=True) if need.repeat]
    left = left_of(rule, alone.occasion).uses
    bounds += [rule.limits.order_uses] if rule.limits.order_uses else []
    bounds += [left] if left >= 0 else []
    bounds += [len(codes_held(rule, alone.occasion))] if rule.coupon else []
    return min(bounds, default=1)


def _times(need: Need, alone: Alone) -> int:
    """Return how many times a need is met by what the sale comes to now."""
    inside = alone.covered(need.range)
    if not inside:
        return 0
    minor = measured((line, alone.amounts.at(line, need.measured)) for line in inside)
    weighed = alone.rules.policy.weighed_in_groups
    count = sum(line.units for line in inside if weighed or not line.divisible)
    reached = [(minor, need.minor), (count, need.count)]
    return min((max(0, n - need.above) // least for n, least in reached if least), default=1)


def _to_get(rule: Rule, benefit: BuyGet, alone: Alone) -> int:
    """Return how many units could be got for what is on the sale and serves no rule."""
    used: dict[int, int] = {}
    for each in (each for each in alone.applied if each.layer == "item"):
        for entry in (entry for use in each.uses for entry in use.units):
            used[entry.line] = used.get(entry.line, 0) + entry.units
    sets = []
    for slot in benefit.buy:
        lines = [x for x in alone.shelf.lines.values() if sees(rule, slot.range, x, alone.shelf)]
        free = sum(line.units - used.get(line.line, 0) for line in lines)
        sets.append(free // slot.count)
    return min(sets) * benefit.get
