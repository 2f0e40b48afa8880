"""Are the reasons true that a stored proof gives for rules without benefit, and its offers?"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cashwrap.promotions.explain.proof import explain
from cashwrap.promotions.model import (
    AppliedRule,
    BasketLine,
    Certificate,
    Occasion,
    PriceProof,
)
from cashwrap.promotions.rules import RuleSet


class _Stored(NamedTuple):
    """The choice of a stored proof, to be explained anew; only its own rules are looked at."""

    rules: RuleSet
    rules_hash: str
    lines: tuple[BasketLine, ...]
    occasion: Occasion
    applied: tuple[AppliedRule, ...]
    certificate: Certificate
    faults: tuple[str, ...]
    touching: Sequence[int]


def wrong_reasons(proof: PriceProof, rules: RuleSet) -> Iterator[tuple[str, str]]:
    """Give the rule and what is wrong, for a proof that is sound in what applied."""
    if proof.occasion is None:
        return
    places = {rule.id: place for place, rule in enumerate(rules.rules)}
    strange = [each.rule for each in proof.rejected if each.rule not in places]
    if strange:
        yield "", f"gives reasons for rules that are not in the set: {', '.join(strange)}"
        return
    told = tuple(places[each.rule] for each in proof.rejected)
    anew = explain(
        _Stored(
            rules, proof.rules_hash, proof.lines, proof.occasion, proof.applied,
            proof.certificate, proof.faults, told,
        )
    )  # fmt: skip
    follows = {each.rule: each for each in anew.rejected}
    for each in proof.rejected:
        if follows.get(each.rule) != each:
            yield each.rule, f"{each} is told, but {follows.get(each.rule)} follows"
    if anew.offers != proof.offers:
        yield "", f"offers are {proof.offers}, but {anew.offers} follow"
