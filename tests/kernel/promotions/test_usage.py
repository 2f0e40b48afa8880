"""Limits are counted at commit, only with a benefit, and released when a sale is reversed."""

import pytest

from cashwrap.promotions import usage
from cashwrap.promotions.events import RulesReleased, RulesUsed, RuleUsed
from cashwrap.promotions.model import AppliedRule, FeeRule, Left, PriceProof, Reward, Use
from cashwrap.promotions.rules import (
    Each,
    FeeOff,
    Group,
    Limits,
    Off,
    Rule,
    RuleSet,
    Spend,
    Step,
)
from cashwrap.testing.shop import Shop

TENTH = Off(percent_ppm=100_000)
DAY, NEXT = 20260301, 20260302


def rule(name, layer="item", benefit=None, **limits):
    """Return a rule with limits."""
    chosen = benefit or Each(off=TENTH)
    return Rule(id=name, layer=layer, benefit=chosen, limits=Limits(**limits))


def use(times=1):
    """Return a use of some units."""
    return Use(base_minor=100, saving_minor=10, units=(), times=times)


@pytest.fixture
def shop(tmp_path):
    """A till whose store takes usage events."""
    made = Shop(tmp_path / "shop")
    yield made
    made.till.close()


def sold(shop, sale, member, day, *used):
    """Commit what a sale used."""
    shop.till.commit([RulesUsed(sale, day, member, tuple(RuleUsed(*one) for one in used))])


def left(shop, rules, member="", day=DAY):
    """Return what is left by rule."""
    limited = usage.limited(RuleSet(rules=tuple(rules)))
    with shop.till.store.read() as reader:
        return dict(usage.left(reader, limited, member, day))


def test_only_rules_with_limits_beyond_an_order_are_counted():
    """Limits of one order are the solver's; nothing is read or written for them."""
    rules = RuleSet(rules=(rule("a"), rule("b", order_uses=1, sku_uses=1), rule("c", total_uses=1)))
    assert [one.id for one in usage.limited(rules)] == ["c"]


@pytest.mark.parametrize(
    ("limits", "member", "day", "expected"),
    [
        ({"total_uses": 5}, "M1", DAY, Left(2, -1)),
        ({"store_uses": 3}, "", DAY, Left(0, -1)),
        ({"total_uses": 2}, "", DAY, Left(0, -1)),
        ({"total_minor": 100}, "", DAY, Left(-1, 40)),
        ({"member_uses": 5}, "M1", DAY, Left(3, -1)),
        ({"member_uses": 5}, "M2", DAY, Left(4, -1)),
        ({"member_uses": 5}, "", DAY, Left(-1, -1)),
        ({"member_day_uses": 2}, "M1", DAY, Left(1, -1)),
        ({"member_day_uses": 2}, "M1", NEXT, Left(1, -1)),
        ({"member_day_uses": 2}, "M3", DAY, Left(2, -1)),
        ({"member_minor": 35, "member_day_minor": 15}, "M1", DAY, Left(-1, 5)),
        ({"member_uses": 5, "total_uses": 4}, "M1", DAY, Left(1, -1)),
    ],
)
def test_the_tightest_limit_says_what_is_left(shop, limits, member, day, expected):
    """M1 used the rule once on each of two days, M2 once: 10, 20 and 30 minor units off."""
    sold(shop, "S1", "M1", DAY, ("r", 1, 10))
    sold(shop, "S2", "M1", NEXT, ("r", 1, 20))
    sold(shop, "S3", "M2", DAY, ("r", 1, 30))
    assert left(shop, [rule("r", **limits)], member, day) == {"r": expected}


def test_a_reversed_sale_gives_back_what_it_used_once(shop):
    """Released twice, or a sale that used nothing: the count is that of the other sales."""
    rules = [rule("r", total_uses=9, member_day_uses=9)]
    sold(shop, "S1", "M1", DAY, ("r", 2, 10))
    sold(shop, "S2", "M1", DAY, ("r", 3, 10))
    for sale in ("S1", "S1", "none"):
        shop.till.commit([RulesReleased(sale)])
    assert left(shop, rules, "M1") == {"r": Left(6, -1)}
    assert shop.till.store.verify().ok


def test_uses_are_units_groups_or_orders():
    """A use is a unit of `Each`, a group or set, one order for the rest."""
    limits = {"total_uses": 9}
    spend = Spend(steps=(Step(at_minor=1, off=Off(amount_minor=1)),), every=True)
    rules = RuleSet(
        rules=(
            rule("each", **limits),
            rule("group", benefit=Group(every=2, off=TENTH), **limits),
            rule("spend", "order", spend, **limits),
            rule("fee", "order", FeeOff(fee="delivery", off=TENTH), **limits),
            rule("points", "order", **limits),
            rule("free"),
        )
    )
    proof = PriceProof(
        "h",
        applied=(
            AppliedRule("each", 1, "item", 30, (use(2), use(1))),
            AppliedRule("group", 1, "item", 20, (use(), use())),
            AppliedRule("spend", 1, "order", 40, (use(times=4),)),
            AppliedRule("free", 1, "item", 40, (use(),)),
        ),
        fees=(FeeRule("fee", "delivery", -500),),
        rewards=(Reward("points", "points", 100),),
    )
    found = usage.used(usage.limited(rules), proof, "S1", "M1", DAY)
    assert found is not None
    assert {one.rule: (one.uses, one.minor) for one in found.used} == {
        "each": (3, 30),
        "group": (2, 20),
        "spend": (1, 40),
        "fee": (1, 500),
        "points": (1, 0),
    }


def test_a_sale_without_limited_rules_journals_nothing():
    """No benefit, no use: nothing is burned."""
    limited = usage.limited(RuleSet(rules=(rule("r", total_uses=1),)))
    assert usage.used(limited, PriceProof("h"), "S1", "", DAY) is None
