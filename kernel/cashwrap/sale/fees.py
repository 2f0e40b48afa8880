"""Fees that promotion rules charge, and what they take off fees, as fees of the order."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from cashwrap.pricing.model import Fee, FeeAmount
from cashwrap.promotions.model import FeeRule
from cashwrap.promotions.rules import Rule, Surcharge, Text

FEE_OF_RULE = "rule:"
"""What the id of a fee begins with that a rule brought."""


def fees_of_rules(
    found: Sequence[FeeRule],
    by_hand: Sequence[Fee],
    charged: Sequence[FeeAmount],
    rules: Mapping[str, Rule],
) -> tuple[tuple[Fee, ...], tuple[Fee, ...]]:
    """Return the fees that rules charge, and, below 0, what they take off those and others.

    ``charged`` is what the fees ``by_hand`` come to; no fee comes below nothing.
    """
    fees = {fee.id: fee for fee in by_hand}
    left = {fee.id: fee.amount_minor for fee in charged}
    more, off = [], []
    for each in found:
        if each.minor > 0:
            fees[each.fee] = _surcharge(each, rules[each.rule])
            left[each.fee] = each.minor
            more.append(fees[each.fee])
    for each in found:
        granted = min(-each.minor, left.get(each.fee, 0))
        if granted > 0:
            left[each.fee] -= granted
            off.append(_off(each, fees[each.fee], rules[each.rule], granted))
    return tuple(more), tuple(off)


def fee_name(rule: Rule) -> Text:
    """Return what a rule's fee is called: its own words, else the rule's."""
    benefit = rule.benefit
    named = benefit.name if isinstance(benefit, Surcharge) else {}
    return named or rule.name


def _surcharge(fee: FeeRule, rule: Rule) -> Fee:
    return Fee(FEE_OF_RULE + rule.id, _one(rule, fee.fee), "fixed", fee.minor, tax=fee.tax)


def _off(fee: FeeRule, of: Fee, rule: Rule, minor: int) -> Fee:
    name = _one(rule, fee.rule)
    return replace(of, id=FEE_OF_RULE + rule.id, name=name, kind="fixed", value=-minor)


def _one(rule: Rule, otherwise: str) -> str:
    return next(iter(fee_name(rule).values()), otherwise)
