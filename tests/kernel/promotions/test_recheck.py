"""A stored proof is checked again from its goods, occasion and rules, without the engine."""

import pytest
from msgspec.structs import replace

from cashwrap.pricing.model import Allocation, Priced, Totals
from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.model import (
    AppliedRule,
    BasketLine,
    Certificate,
    Goods,
    Occasion,
    PriceProof,
    Reward,
    UnitsUsed,
    Use,
)
from cashwrap.promotions.recheck.proof import recheck_promotions, recheck_proof
from cashwrap.promotions.rules import (
    EarnPoints,
    Group,
    Off,
    Range,
    Rule,
    RuleSet,
    Spend,
    Step,
    Window,
)

HALF = Rule(
    id="half",
    layer="item",
    range=Range(skus=("TEA",)),
    benefit=Group(every=2, off=Off(percent_ppm=500_000)),
)
TEN_OFF = Rule(
    id="ten",
    layer="order",
    benefit=Spend(steps=(Step(at_minor=10_000, off=Off(amount_minor=1_000)),)),
)
RULES = RuleSet(rules=(HALF, TEN_OFF))

# two teas at 60.00, the second at half price, and a cup of 20.00: 110.00, less 10.00
PROOF = PriceProof(
    rules_hash=rules_hash(RULES),
    applied=(
        AppliedRule(
            "half", 1, "item", 3_000,
            (Use(6_000, 3_000, (UnitsUsed(1, 1, 0, "buy"), UnitsUsed(1, 1, 3_000))),),
        ),
        AppliedRule(
            "ten", 1, "order", 1_000,
            (Use(11_000, 1_000, (UnitsUsed(1, 2, 818), UnitsUsed(2, 1, 182)), 0),),
        ),
    ),
    certificate=Certificate(10_000),
    occasion=Occasion(0, 0),
    lines=(
        BasketLine(1, Goods("TEA"), 6_000, 2, 6_000),
        BasketLine(2, Goods("CUP"), 2_000, 1, 2_000),
    ),
)  # fmt: skip


def said(proof, rules=RULES):
    return [str(issue) for issue in recheck_proof(proof, rules)]


def test_a_true_proof_has_no_issue():
    """A proof whose every figure follows from the rules has no issue."""
    assert said(PROOF) == []


def test_another_rule_set_is_refused():
    """Only the rule set of the proof's hash can show it."""
    other = RuleSet(rules=(HALF,))
    assert "is of rule set" in said(PROOF, other)[0]


def changed(rule, **fields):
    """The proof's rule set with one rule changed, and the proof with its hash."""
    rules = RuleSet(rules=tuple(replace(r, **fields) if r.id == rule else r for r in RULES.rules))
    return replace(PROOF, rules_hash=rules_hash(rules)), rules


@pytest.mark.parametrize(
    ("rule", "fields", "why"),
    [
        ("half", {"range": Range(skus=("CUP",))}, "may not have"),
        ("half", {"windows": (Window(from_="2026-01-01"),)}, "at that time"),
        ("half", {"enabled": False}, "switched off"),
        ("half", {"opt_in": True}, "was not"),
        ("half", {"exclusive": "if_better"}, "exclusive"),
        ("half", {"benefit": Group(every=3, off=Off(percent_ppm=500_000))}, "not groups of 3"),
        ("ten", {"benefit": Spend(steps=(Step(at_minor=11_001, off=Off(amount_minor=1_000)),))},
         "gives nothing"),
        ("ten", {"excludes": ("*",)}, "exclude"),
        ("ten", {"range": Range(not_promoted_by=("*",))}, "gives nothing"),
    ],
)  # fmt: skip
def test_what_a_rule_does_not_permit_is_named(rule, fields, why):
    """A use that its rule does not permit is an issue that names the rule and says why."""
    proof, rules = changed(rule, **fields)
    assert any(why in text and "rule " in text for text in said(proof, rules)), said(proof, rules)


# -- what staff took off --------------------------------------------------------------------------

EARNED = RuleSet(rules=(Rule(id="points", layer="order", benefit=EarnPoints()),))
BY_HAND = PriceProof(
    rules_hash=rules_hash(EARNED),
    rewards=(Reward("points", "points", base_minor=1_800, times_ppm=1_000_000),),
    certificate=Certificate(2_000),
    occasion=Occasion(0, 0),
    lines=(BasketLine(1, Goods("CUP"), 2_000, 1, 2_000),),
    by_hand=((1, 200),),
)


@pytest.mark.parametrize(("stored_minor", "holds"), [(200, True), (150, False), (0, False)])
def test_points_are_of_what_staff_really_left(stored_minor, holds):
    """Points of 18.00 want 2.00 by hand in the sale's own matrix, not just in the proof."""
    cells = (Allocation(1, "manual:1", stored_minor),) if stored_minor else ()
    found = recheck_promotions(Priced(Totals(), (), cells, ()), EARNED, BY_HAND)
    assert [str(issue) for issue in found] == [
        f"proof: 200 were taken off line 1 by hand, but {stored_minor} stand stored"
    ] * (not holds)


def test_parts_of_a_meal_may_be_what_rules_saw():
    """A part that is a line of the proof stands for itself; others belong to their meal."""
    given = ((1, "half", 3_000), (1, "ten", 818), (3, "ten", 82), (2, "ten", 100))
    priced = Priced(Totals(), (), tuple(Allocation(*cell) for cell in given), ())
    assert recheck_promotions(priced, RULES, PROOF, parts={1: 9, 3: 2}) == []
