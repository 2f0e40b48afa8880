"""What rules give other than money off goods: fees and what comes off them, points, coupons.

Worked out from what the goods come to in the end, so they never take part in the search. Such a
rule is left out only where a rule that applied excludes it, or shares a group with it that takes
only one; rules of later layers stand back behind those before them.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.money import INT64_MAX, PPM, Rounding, div_round
from cashwrap.promotions.book import book_of
from cashwrap.promotions.model import (
    AppliedRule,
    BasketLine,
    FeeRule,
    Occasion,
    PriceProof,
    Reward,
)
from cashwrap.promotions.occasions import codes_held, left_of, why_not
from cashwrap.promotions.recheck.goods import covers, measured
from cashwrap.promotions.rules import (
    EarnPoints,
    FeeOff,
    Need,
    NextCoupon,
    Off,
    Policy,
    Rule,
    RuleSet,
    Surcharge,
)
from cashwrap.promotions.together import clashes, excludes


class Amounts:
    """What the lines of a sale come to at each stage, from the rules that applied."""

    def __init__(
        self,
        rules: RuleSet,
        lines: Sequence[BasketLine],
        applied: Sequence[AppliedRule],
        by_hand: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.rules = rules
        self.lines = lines
        self.applied = applied
        self.by_id = book_of(rules).by_id
        off = {"price": 0, "item": 1, "order": 2, "coupon": 2, "points": 3}
        self._off = {line.line: [0, 0, 0, 0] for line in lines}
        for each in applied:
            for used in (used for use in each.uses for used in use.units):
                self._off[used.line][off[each.layer]] += used.minor
        for line, minor in by_hand:
            self._off[line][2] += minor

    def at(self, line: BasketLine, stage: str) -> int:
        """Return what a line comes to: ``list``, after ``price``, ``item``, ``order``, ``paid``.

        ``order`` is before points alone, so also less what was taken off by hand.
        """
        if stage == "list":
            return line.list_minor * line.units
        count = ("price", "item", "order", "paid").index(stage) + 1
        return line.unit_minor * line.units - sum(self._off[line.line][:count])

    def of_range(self, rule: Rule, stage: str) -> int:
        """Return what the rule's range comes to, without units that tags leave out."""
        return sum(
            div_round(self.at(line, stage) * units, line.units, "half_up")
            for line, units in self.covered(rule)
        )

    def covered(self, rule: Rule) -> Iterator[tuple[BasketLine, int]]:
        """Give the lines of the rule's range and how many of their units count."""
        for line in self.lines:
            if covers(rule.range, line):
                units = line.units - self._promoted(rule, line)
                if units > 0:
                    yield line, units

    def _promoted(self, rule: Rule, line: BasketLine) -> int:
        without = set(rule.range.not_promoted_by)
        if not without:
            return 0
        return sum(
            used.units
            for each in self.applied
            if each.layer in ("price", "item")
            and ("*" in without or without & set(self.by_id[each.rule].tags))
            for use in each.uses
            for used in use.units
            if used.line == line.line
        )

    def met(self, need: Need, policy: Policy) -> bool:
        """Return whether the sale holds what is needed."""
        inside = [line for line in self.lines if covers(need.range, line)]
        minor = measured((line, self.at(line, need.measured)) for line in inside)
        pieces = [x.units for x in inside if policy.weighed_in_groups or not x.divisible]
        more = 1 if need.above else 0
        return minor >= need.minor + more * bool(need.minor) and (
            sum(pieces) >= need.count + more * bool(need.count)
        )


class Extras(NamedTuple):
    """Fees and rewards of a sale."""

    fees: tuple[FeeRule, ...]
    rewards: tuple[Reward, ...]


def after_hand(proof: PriceProof, rules: RuleSet, by_hand: Sequence[tuple[int, int]]) -> PriceProof:
    """Return a proof with what staff took off lines afterwards, and its fees and rewards anew."""
    if proof.occasion is None:
        return proof
    taken = tuple(sorted((line, minor) for line, minor in by_hand if minor))
    found = extras(rules, proof.lines, proof.occasion, proof.applied, taken)
    return replace(proof, fees=found.fees, rewards=found.rewards, by_hand=taken)


def has_extras(rules: RuleSet) -> bool:
    """Return whether a rule set holds rules of this kind at all."""
    return bool(book_of(rules).extras)


def extras(
    rules: RuleSet,
    lines: Sequence[BasketLine],
    occasion: Occasion,
    applied: Sequence[AppliedRule],
    by_hand: Sequence[tuple[int, int]] = (),
) -> Extras:
    """Return the fees that rules charge or take off, and the points and coupons that they give.

    ``by_hand`` is what staff took off lines after the promotions.
    """
    fees: list[FeeRule] = []
    rewards: list[Reward] = []
    if not has_extras(rules):
        return Extras((), ())
    amounts = Amounts(rules, lines, applied, by_hand)
    given = [amounts.by_id[each.rule] for each in applied]
    for rule in book_of(rules).extras:
        if not lines or not _counts(rule, occasion, amounts, given):
            continue
        fee = _fee(rule, occasion, amounts, fees)
        reward = None if fee else _reward(rule, occasion, amounts)
        if fee is not None:
            fees.append(fee)
        elif reward is not None:
            rewards.append(reward)
        if fee or reward:
            given.append(rule)
    return Extras(tuple(fees), tuple(rewards))


def _counts(rule: Rule, occasion: Occasion, amounts: Amounts, given: Sequence[Rule]) -> bool:
    if why_not(rule, occasion) is not None:
        return False
    if not all(amounts.met(need, amounts.rules.policy) for need in rule.needs):
        return False
    return all(goes_with(amounts.rules, rule, other) for other in given)


def goes_with(rules: RuleSet, rule: Rule, other: Rule) -> bool:
    """Return whether a rule of this kind goes with one that gave something.

    A fee is no offer: only tags that are named keep it away. Only a group that the rule names
    itself makes it compete: the groups of layers are for money off goods.
    """
    if other.layer == "price":
        return True
    if isinstance(rule.benefit, Surcharge):
        return not set(other.excludes) & set(rule.tags)
    if rule.exclusive or other.exclusive or excludes(rule, other) or excludes(other, rule):
        return False
    return not rule.group or clashes(rules, rule, other, lambda name: ((0, ""),)) is None


def _fee(
    rule: Rule, occasion: Occasion, amounts: Amounts, fees: Sequence[FeeRule]
) -> FeeRule | None:
    benefit = rule.benefit
    used = next(iter(codes_held(rule, occasion)), "") if rule.coupon else ""
    if isinstance(benefit, Surcharge):
        minor = _surcharge(rule, benefit, amounts)
        return FeeRule(rule.id, benefit.fee, minor, benefit.tax, used) if minor > 0 else None
    if not isinstance(benefit, FeeOff):
        return None
    charged = sum(minor for fee, minor in occasion.fees if fee == benefit.fee)
    charged += sum(fee.minor for fee in fees if fee.fee == benefit.fee)
    minor = min(charged, _off_fee(rule, benefit.off, charged, amounts.rules.policy))
    left = left_of(rule, occasion).minor
    caps = (rule.limits.order_minor or INT64_MAX, INT64_MAX if left < 0 else left)
    minor = min(minor, *caps)
    tax = next((fee.tax for fee in fees if fee.fee == benefit.fee), "")
    return FeeRule(rule.id, benefit.fee, -minor, tax, used) if minor > 0 else None


def _surcharge(rule: Rule, benefit: Surcharge, amounts: Amounts) -> int:
    there = list(amounts.covered(rule))
    if benefit.at_least_minor is not None:
        return max(0, benefit.at_least_minor - amounts.of_range(rule, "paid"))
    if not there:
        return 0
    if benefit.fixed_minor is not None:
        return benefit.fixed_minor
    if benefit.each_minor is not None:
        return benefit.each_minor * sum(units for _, units in there)
    exact = amounts.of_range(rule, "paid") * (benefit.percent_ppm or 0)
    return div_round(exact, PPM, _rounding(rule, amounts.rules.policy))


def _rounding(rule: Rule, policy: Policy) -> Rounding:
    return rule.arithmetic.percent_rounding or policy.percent_rounding


def _off_fee(rule: Rule, off: Off, charged: int, policy: Policy) -> int:
    if off.percent_ppm is not None:
        return div_round(charged * off.percent_ppm, PPM, _rounding(rule, policy))
    if off.amount_minor is not None:
        return off.amount_minor
    return charged - (off.price_minor or 0)


def _reward(rule: Rule, occasion: Occasion, amounts: Amounts) -> Reward | None:
    benefit = rule.benefit
    if not any(True for _ in amounts.covered(rule)):
        return None
    used = next(iter(codes_held(rule, occasion)), "") if rule.coupon else ""
    if isinstance(benefit, EarnPoints):
        before = amounts.rules.policy.points_on == "before_points"
        base = amounts.of_range(rule, "order" if before else "paid")
        if base <= 0 and not benefit.extra:
            return None
        return Reward(rule.id, "points", base, benefit.times_ppm, benefit.extra, used=used)
    if isinstance(benefit, NextCoupon):
        base = amounts.of_range(rule, "paid")
        return Reward(
            rule.id, "coupon", base, coupon=benefit.coupon, count=benefit.count, used=used
        )
    return None
