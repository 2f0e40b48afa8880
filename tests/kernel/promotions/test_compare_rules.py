"""Two rule sets are compared rule by rule and field by field."""

from msgspec.structs import replace

from cashwrap.promotions.compare import Change, FieldChange, compare_rules
from cashwrap.promotions.rules import (
    Choice,
    Each,
    Group,
    Off,
    Policy,
    Range,
    Rule,
    RuleSet,
    Spend,
    Step,
)

TENTH = Rule(id="tenth", layer="item", benefit=Each(off=Off(percent_ppm=100_000)))
SPEND = Rule(
    id="spend", layer="order",
    benefit=Spend(steps=(Step(at_minor=10_000, off=Off(amount_minor=1_000)),)),
)  # fmt: skip


def test_the_same_rules_in_another_order_do_not_differ():
    """Neither order nor the names of the sets make a difference."""
    one, other = RuleSet(name="a", rules=(TENTH, SPEND)), RuleSet(name="b", rules=(SPEND, TENTH))
    assert compare_rules(one, other).changes == ()


def test_names_what_came_and_went():
    """A rule under another id is one that went and one that came."""
    found = compare_rules(RuleSet(rules=(TENTH,)), RuleSet(rules=(replace(TENTH, id="ninth"),)))
    assert found.changes == (Change("rule:ninth", "added"), Change("rule:tenth", "removed"))
    assert found.old_hash != found.new_hash


def test_names_the_fields_that_changed():
    """Deep fields are named by their path, with both values."""
    dearer = replace(
        SPEND, priority=3, benefit=Spend(steps=(Step(at_minor=12_000, off=Off(amount_minor=900)),))
    )
    (change,) = compare_rules(RuleSet(rules=(SPEND,)), RuleSet(rules=(dearer,))).changes
    assert change.kind == "changed"
    assert set(change.fields) == {
        FieldChange("benefit.steps[0].at_minor", "10000", "12000"),
        FieldChange("benefit.steps[0].off.amount_minor", "1000", "900"),
        FieldChange("priority", "0", "3"),
    }


def test_another_kind_of_benefit_shows_the_fields_of_both():
    """What only one of two kinds has is empty on the other side."""
    second = replace(TENTH, benefit=Group(every=2, off=Off(percent_ppm=100_000)))
    (change,) = compare_rules(RuleSet(rules=(TENTH,)), RuleSet(rules=(second,))).changes
    fields = {field.path: (field.old, field.new) for field in change.fields}
    assert fields["benefit.kind"] == ('"each"', '"group"')
    assert fields["benefit.every"] == ("", "2")
    assert "benefit.off.percent_ppm" not in fields


def test_policy_groups_and_lists_of_another_length():
    """The set's own settings count too; a longer list is shown as a whole."""
    old = RuleSet(rules=(replace(TENTH, range=Range(skus=("A",))),))
    new = RuleSet(
        policy=Policy(choose="priority"),
        groups={"order": Choice(mode="all")},
        rules=(replace(TENTH, range=Range(skus=("A", "B"))),),
    )
    assert compare_rules(old, new).changes == (
        Change("policy", "changed", (FieldChange("choose", '"best"', '"priority"'),)),
        Change("group:order", "added"),
        Change("rule:tenth", "changed", (FieldChange("range.skus", '["A"]', '["A","B"]'),)),
    )
