"""The proof of a price: what applied, what did not and why, what else the customer gets.

Made when it is asked for, from a choice that stands; no scan waits for it.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from cashwrap.promotions.book import EXTRAS, book_of
from cashwrap.promotions.explain.alone import Alone
from cashwrap.promotions.explain.extras import extras
from cashwrap.promotions.explain.offers import offers
from cashwrap.promotions.model import (
    AppliedRule,
    BasketLine,
    Certificate,
    Occasion,
    PriceProof,
    Reason,
    RejectedRule,
)
from cashwrap.promotions.occasions import why_not
from cashwrap.promotions.rules import Candidates, Rule, RuleSet
from cashwrap.promotions.together import clashes


class Chosen(Protocol):
    """A choice of promotions and what it was made from, such as a `Solution`."""

    @property
    def rules(self) -> RuleSet:
        """The rule set."""

    @property
    def rules_hash(self) -> str:
        """Its hash."""

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        """The goods, in order of line number."""

    @property
    def occasion(self) -> Occasion:
        """Where, when, for whom."""

    @property
    def applied(self) -> tuple[AppliedRule, ...]:
        """What gave something."""

    @property
    def certificate(self) -> Certificate:
        """What the search can say."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Plugins that were left out, each as ``name: reason``."""

    @property
    def touching(self) -> Sequence[int]:
        """The positions of the rules of which a range or slot covers a line."""


def explain(chosen: Chosen, *, all_rules: bool = False) -> PriceProof:
    """Return the complete proof of a choice; with ``all_rules`` also those of other goods."""
    more = extras(chosen.rules, chosen.lines, chosen.occasion, chosen.applied)
    gave = {each.rule for each in chosen.applied} | {fee.rule for fee in more.fees}
    gave |= {reward.rule for reward in more.rewards}
    rules = [rule for rule in _concerned(chosen, all_rules) if rule.enabled and rule.id not in gave]
    alone = Alone(chosen.rules, chosen.lines, chosen.occasion, chosen.applied)
    asked = {held.rule for held in chosen.occasion.coupons} | {*chosen.occasion.chosen}
    told = [_rejected(rule, chosen, alone) for rule in rules]
    rejected = [
        each for each in told if each.reason != "no_units" or each.rule in asked or all_rules
    ]
    return PriceProof(
        rules_hash=chosen.rules_hash,
        applied=chosen.applied,
        rejected=tuple(rejected),
        rewards=more.rewards,
        offers=tuple(offers(chosen.applied, rejected, alone)),
        fees=more.fees,
        faults=chosen.faults,
        certificate=chosen.certificate,
        occasion=chosen.occasion,
        lines=chosen.lines,
    )


def _concerned(chosen: Chosen, all_rules: bool) -> Iterator[Rule]:
    """Give the rules that have to do with the sale: by its goods, coupons and choices; by id."""
    rules, occasion = chosen.rules.rules, chosen.occasion
    named = {held.rule for held in occasion.coupons} | {*occasion.chosen, *occasion.refused}
    by_id = book_of(chosen.rules).by_id
    found = {rules[position].id for position in chosen.touching} | (named & by_id.keys())
    yield from (by_id[name] for name in sorted(by_id if all_rules else found))


def _rejected(rule: Rule, chosen: Chosen, alone: Alone) -> RejectedRule:
    """Return why a rule gave nothing: the first reason of docs/promotions.md that holds."""
    if why := why_not(rule, chosen.occasion):
        return RejectedRule(rule.id, why.reason)
    if isinstance(rule.benefit, Candidates) and any(
        fault.startswith(f"{rule.benefit.plugin}:") for fault in chosen.faults
    ):
        return RejectedRule(rule.id, "plugin_fault")
    if not alone.covers_any(rule):
        return RejectedRule(rule.id, "no_units")
    short = alone.short(rule)
    if any(short):
        return RejectedRule(rule.id, "short", "", short.minor, short.units)
    if not alone.saves(rule):
        return RejectedRule(rule.id, "no_benefit")
    return _displaced(rule, chosen, alone)


def _displaced(rule: Rule, chosen: Chosen, alone: Alone) -> RejectedRule:
    """Return which rule that applied stands in the way of one that could give something."""
    by_id = book_of(chosen.rules).by_id
    rivals = [by_id[each.rule] for each in chosen.applied]
    beaten = ""
    for other in rivals:
        clash = clashes(chosen.rules, rule, other, alone.gives_to)
        if clash is not None and not clash.of_group:
            return RejectedRule(rule.id, "excluded", other.id)
        if clash is not None:
            beaten = beaten or other.id
    if by := _stopped_by(rule, rivals, chosen.rules):
        return RejectedRule(rule.id, "excluded", by)
    if beaten:
        return RejectedRule(rule.id, "beaten", beaten)
    left = alone.short_now(rule)
    taker = alone.taker(rule)
    if taker:
        reason: Reason = "consumed" if rule.layer != "price" else "beaten"
        return RejectedRule(rule.id, reason, taker, left.minor, left.units)
    if not chosen.certificate.proved:
        return RejectedRule(rule.id, "budget_nodes")
    largest = alone.largest()  # with nothing beside it, the rule undoes its own condition
    return RejectedRule(rule.id, "beaten" if largest else "no_benefit", largest)


def _stopped_by(rule: Rule, rivals: Sequence[Rule], rules: RuleSet) -> str:
    if rules.policy.choose != "priority" or isinstance(rule.benefit, EXTRAS):
        return ""
    stops = [other for other in rivals if other.stop_after and other.priority > rule.priority]
    return stops[0].id if stops else ""
