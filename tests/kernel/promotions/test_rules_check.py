"""A check of rules finds what is dead, what is in the way, and which carts go wrong."""

from collections.abc import Sequence

import pytest

from cashwrap.promotions.files.read import parse_rules
from cashwrap.promotions.lint.check import check_rules
from cashwrap.promotions.lint.model import Finding, LintReport, Shelf, ShelfItem
from cashwrap.promotions.lint.shelf import made_up_shelf
from cashwrap.promotions.lint.words import WORDS, in_language
from cashwrap.promotions.model import Goods, Occasion
from cashwrap.promotions.rules import RuleSet

NOW_MS = 1_772_330_400_000  # 2026-03-01 10:00 in Shanghai, a Sunday
NOW = Occasion(NOW_MS, NOW_MS, store="S001")
SHELF = Shelf(
    (
        ShelfItem(Goods("COLA", "", ("drink", "food"), ("cold",)), 350, "可乐", 200),
        ShelfItem(Goods("WATER", "", ("drink", "food")), 200, "矿泉水", 120),
        ShelfItem(Goods("WINE", "", ("drink", "food")), 9_900, "红酒", 6_000),
        ShelfItem(Goods("CHIPS", "", ("snack", "food")), 800, "薯片", 500),
        ShelfItem(Goods("SOAP"), 1_500, "香皂", 900),
    ),
    NOW,
    order_types=("", "takeaway"),
)


def rule(id_: str, more: str) -> str:
    layer = "" if "layer" in more else 'layer = "item"\n'
    return f'[[rules]]\nid = "{id_}"\n{layer}{more}\n'


def each(percent: int) -> str:
    return f'benefit = {{ kind = "each", off = {{ percent_ppm = {percent * 10_000} }} }}'


def spend(at: int, off: int) -> str:
    step = f"{{ at_minor = {at}, off = {{ amount_minor = {off} }} }}"
    return f'benefit = {{ kind = "spend", steps = [{step}] }}'


def checked(*rules: str, shelf: Shelf = SHELF, top: str = "", **options: int) -> LintReport:
    options = {"budget": 600, **options}
    return check_rules(parse_rules(top + "\n" + "".join(rules)), shelf, **options)


def found(report: LintReport, code: str) -> Sequence[Finding]:
    return [one for one in report.findings if one.code == code]


def codes(report: LintReport) -> set[str]:
    return {one.code for one in report.findings}


def test_sound_rules_have_no_findings():
    """A plain percentage is nothing to speak of."""
    report = checked(rule("ten", 'range.skus = ["SOAP"]\n' + each(10)))
    assert report.findings == ()
    assert report.carts > 0
    assert report.unreached == ()


def test_a_step_without_a_threshold_is_tried_too():
    """A step that needs nothing is reached by every cart, also where the shop has many goods."""
    off = 'benefit = { kind = "spend", steps = [{ off = { percent_ppm = 120000 } }] }'
    report = checked(rule("all", 'layer = "order"\n' + off))
    assert report.carts > 0


# Rules that are dead


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ('range.categories = ["toys"]', "dead.range"),
        ('range.skus = ["COLA", "COLLA"]', "dead.unknown"),
        ('range.not_skus = ["COLLA"]', "dead.unknown"),
        ('windows = [{ until = "2026-03-01T09:00" }]', "dead.past"),
        ('windows = [{ dates = ["2026-02-14"] }]', "dead.past"),
        ('windows = [{ dates = ["2026-11-11"], weekdays = [1] }]', "dead.window"),
        ('windows = [{ month_days = [31], from = "2026-06-01", until = "2026-06-30" }]',
         "dead.window"),
        ('scope.stores = ["S002"]', "dead.store"),
        ('scope.order_types = ["dine_in"]', "dead.order_type"),
        ('needs = [{ range = { tags = ["gift"] }, count = 1 }]', "dead.range"),
    ],
)  # fmt: skip
def test_finds_rules_that_can_never_count(more, code):
    """Goods, times and places that do not exist are named."""
    report = checked(rule("dead", f"{more}\n{each(10)}"))
    assert [one.rules for one in found(report, code)] == [("dead",)]


@pytest.mark.parametrize(
    "more",
    [
        'windows = [{ hours = [["22:00", "02:00"]], weekdays = [6] }]',
        'windows = [{ month_days = [-1] }]',
        'windows = [{ dates = ["2026-02-28"], hours = [["22:00", "11:00"]] }]',
        'scope.stores = ["S001", "S002"]',
        'scope.who = { only = "members", tiers = ["gold"] }',
    ],
)  # fmt: skip
def test_rules_that_can_count_are_not_dead(more):
    """Nights, last days of months, and yesterday's window that is still open."""
    report = checked(rule("alive", f"{more}\n{each(10)}"))
    assert not codes(report)
    assert report.unreached == ()


def test_a_misspelt_name_shows_the_near_one():
    """The catalog's own name is offered."""
    report = checked(rule("typo", f'range.categories = ["drinks", "snack"]\n{each(10)}'))
    (finding,) = found(report, "dead.unknown")
    assert "drinks (drink?)" in finding.message["en"]


def test_finds_prices_that_lower_none():
    """A special price above the dearest item, and a set above the sum of its dearest units."""
    dear = 'benefit = { kind = "each", off = { price_minor = 20000 } }'
    set_ = (
        'range.skus = ["COLA"]\n'
        'benefit = { kind = "set_price", count = 2, off = { price_minor = 700 } }'
    )
    report = checked(rule("dear", dear), rule("set", set_))
    assert {one.rules[0] for one in found(report, "dead.saves_nothing")} == {"dear", "set"}


def test_finds_rules_that_another_makes_superfluous():
    """Less off the same goods is never needed; the same twice is said so."""
    report = checked(
        rule("ten", each(10)),
        rule("five", f'range.categories = ["drink"]\n{each(5)}'),
        rule("copy", each(10)),
    )
    (less,) = found(report, "dead.dominated")
    assert less.rules in (("five", "ten"), ("five", "copy"))
    assert [line.sku for line in less.carts[0].lines] == ["WINE"]
    assert {frozenset(one.rules) for one in found(report, "dead.duplicate")} == {
        frozenset({"ten", "copy"})
    }


def test_a_rule_for_members_is_needed_beside_one_for_all():
    """More for some is not superfluous, nor is less at another time."""
    report = checked(
        rule("all", each(5)),
        rule("gold", f'scope.who = {{ only = "members", tiers = ["gold"] }}\n{each(10)}'),
        rule("late", f'windows = [{{ hours = [["20:00", "22:00"]] }}]\n{each(8)}'),
    )
    assert not codes(report)


def test_finds_what_a_list_group_never_reaches():
    """The first of a list that counts always hides the rest."""
    report = checked(
        rule("first", f'group = "one"\npriority = 2\n{each(10)}'),
        rule("second", f'group = "one"\npriority = 1\nrange.skus = ["COLA"]\n{each(10)}'),
        top='[groups.one]\nmode = "list"',
    )
    assert [one.rules for one in found(report, "dead.shadowed")] == [("second", "first")]


def test_finds_by_search_what_never_gets_its_turn():
    """A set that saves less than the half price it competes with is never taken."""
    report = checked(
        rule("half", f'range.skus = ["COLA"]\n{each(50)}'),
        rule("three", 'range.skus = ["COLA"]\nbenefit = { kind = "set_price", count = 3, '
             "off = { price_minor = 1000 } }"),
    )  # fmt: skip
    (finding,) = found(report, "dead.never_applied")
    assert finding.rules == ("three", "half")
    assert finding.carts[0].applied == (("half", 525),)


# Rules in each other's way


def test_finds_thresholds_on_different_goods_that_share_a_group():
    """By default only the better of two thresholds counts, though nobody meant that."""
    drinks = rule("drinks", 'layer = "order"\nrange.categories = ["drink"]\n' + spend(1000, 100))
    snacks = rule("snacks", 'layer = "order"\nrange.categories = ["snack"]\n' + spend(1000, 100))
    report = checked(drinks, snacks)
    (finding,) = found(report, "conflict.best_of_group")
    assert finding.rules == ("drinks", "snacks")
    (cart,) = finding.carts  # reaches both, and only one of them gives
    assert {line.sku for line in cart.lines} == {"WINE", "CHIPS"}
    assert len(cart.applied) == 1
    both = checked(drinks, snacks, top='[groups.order]\nmode = "all"')
    assert "conflict.best_of_group" not in codes(both)


def test_finds_equal_priorities_in_a_strict_order():
    """Who comes first is not said, so it is asked."""
    rules = (
        rule("ten", f'range.categories = ["drink"]\npriority = 3\n{each(10)}'),
        rule("pairs", 'priority = 3\nbenefit = { kind = "group", every = 2, '
             "off = { percent_ppm = 500000 } }"),
    )  # fmt: skip
    strict = checked(*rules, top='[policy]\nchoose = "priority"')
    assert found(strict, "conflict.same_priority")[0].rules == ("pairs", "ten")
    assert "conflict.same_priority" not in codes(checked(*rules))


def test_notes_rules_of_the_same_goods_that_exclude_each_other():
    """Excluding is allowed; that it keeps two rules of the same goods apart is a note."""
    report = checked(
        rule("ten", f'tags = ["a"]\nrange.skus = ["COLA"]\n{each(10)}'),
        rule("set", 'excludes = ["a"]\nbenefit = { kind = "set_price", count = 2, '
             "off = { percent_ppm = 300000 } }"),
    )  # fmt: skip
    (finding,) = found(report, "conflict.excluded")
    assert (finding.rules, finding.severity) == (("set", "ten"), "note")


def test_finds_two_rules_that_both_stand_alone():
    """The order of two always-exclusive rules is told."""
    report = checked(
        rule("a", f'exclusive = "always"\nrange.skus = ["COLA"]\n{each(10)}'),
        rule("b", f'exclusive = "always"\nrange.skus = ["SOAP"]\npriority = 1\n{each(10)}'),
    )
    (finding,) = found(report, "conflict.two_exclusive")
    assert "b wins" in finding.message["en"]


# Steps and loopholes


def test_finds_steps_that_give_less_than_those_before():
    """Of thresholds and of tiers; a cap below what a step promises too."""
    report = checked(
        rule("steps", 'layer = "order"\nbenefit = { kind = "spend", at_most_minor = 500, steps = ['
             "{ at_minor = 5000, off = { amount_minor = 800 } }, "
             "{ at_minor = 10000, off = { percent_ppm = 50000 } }] }"),
        rule("tiers", 'range.skus = ["WINE"]\nbenefit = { kind = "tiers", tiers = ['
             "{ from_count = 2, off = { percent_ppm = 200000 } }, "
             "{ from_count = 3, off = { amount_minor = 100 } }] }"),
    )  # fmt: skip
    assert {one.rules[0] for one in found(report, "steps.less")} == {"steps", "tiers"}
    assert [one.rules for one in found(report, "steps.capped")] == [("steps",)]


def test_finds_a_dear_unit_freed_by_a_cheap_one():
    """第二件半价 on the dearest: water frees half of a bottle of wine."""
    report = checked(
        rule("second", 'range.categories = ["drink"]\nbenefit = { kind = "group", every = 2, '
             'which = "dearest", off = { percent_ppm = 500000 } }'),
    )  # fmt: skip
    (finding,) = found(report, "loophole.dearest")
    assert "¥49.50" in finding.message["en"]
    assert finding.carts[0].applied == (("second", 4950),)


def test_finds_everything_free():
    """A free range that is no gift and has no limit."""
    free = rule("free", 'range.skus = ["WATER"]\n' + each(100))
    assert "loophole.all_free" in codes(checked(free))
    assert "loophole.all_free" not in codes(checked(free + "limits = { order_uses = 1 }\n"))
    assert "loophole.all_free" not in codes(checked(free + "gift = true\n"))


# Carts that go wrong


def test_shows_the_smallest_cart_on_which_adding_lowers_the_total():
    """满100减10: one bottle of wine short of the threshold, and the cheapest thing to reach it."""
    report = checked(rule("full100", 'layer = "order"\n' + spend(10_000, 1_000)))
    (finding,) = found(report, "inversion.adding_lowers")
    before, after = finding.carts
    assert finding.severity == "note"
    assert [(line.sku, line.units) for line in before.lines] == [("WINE", 1)]
    assert after.payable_minor < before.payable_minor == 9_900
    assert after.applied == (("full100", 1_000),)


def test_a_total_that_falls_by_more_than_a_quarter_is_a_warning():
    """80 off 100 turns a cart of 99 into one of 21."""
    report = checked(rule("wild", 'layer = "order"\n' + spend(10_000, 8_000)))
    assert found(report, "inversion.adding_lowers")[0].severity == "warning"


def test_notes_two_carts_whose_order_turns_around():
    """Of two carts the dearer becomes the cheaper with the same item in both."""
    report = checked(rule("full100", 'layer = "order"\n' + spend(10_000, 1_000)))
    (finding,) = found(report, "inversion.order_reversed")
    cheap, dear, cheap_after, dear_after = (cart.payable_minor for cart in finding.carts)
    assert cheap < dear
    assert cheap_after > dear_after


def test_notes_two_sales_cheaper_than_one():
    """A threshold that counts once gives more on two sales."""
    report = checked(rule("once", 'layer = "order"\n' + spend(1_000, 300)))
    (finding,) = found(report, "inversion.two_sales")
    one, other, together = (cart.payable_minor for cart in finding.carts)
    assert finding.severity == "note"
    assert one + other < together


def test_finds_goods_below_cost_only_together():
    """Each of two rules leaves a margin, both together do not; the cart shows both."""
    report = checked(
        rule("soap30", f'range.skus = ["SOAP"]\n{each(30)}'),
        rule("tenth", 'layer = "order"\nbenefit = { kind = "spend", steps = [{ at_minor = 1, '
             "off = { percent_ppm = 200000 } }] }"),
    )  # fmt: skip
    (finding,) = found(report, "cost.below")
    (cart,) = finding.carts
    assert finding.rules == ("soap30", "tenth")
    assert [line.sku for line in cart.lines] == ["SOAP"]
    assert cart.payable_minor == 840 < 900


def test_finds_margins_below_what_is_asked():
    """A margin of 10 % where 20 % are wanted, counted on the net price."""
    ten = rule("ten", f'range.skus = ["CHIPS"]\n{each(30)}')
    assert "cost.thin" not in codes(checked(ten))
    (finding,) = found(checked(ten, margin_ppm=200_000), "cost.thin")
    assert "10.7 %" in finding.message["en"]


def test_taxes_in_the_price_are_no_margin():
    """13 % in the price of soap: 9.00 off 15.00 leaves less than it seems."""
    taxed = Shelf(
        tuple(
            ShelfItem(one.goods, one.unit_minor, one.name, one.cost_minor, 0, 884_956)
            for one in SHELF.items
        ),
        NOW,
    )
    soap = rule("soap35", f'range.skus = ["SOAP"]\n{each(35)}')
    assert "cost.below" not in codes(checked(soap))
    assert "cost.below" in codes(checked(soap, shelf=taxed))


def test_finds_a_coupon_that_leaves_nothing_to_pay():
    """50 off from 50: the cart of 50 is free."""
    report = checked(rule("fifty", 'layer = "coupon"\ncoupon = { face_minor = 5000 }\n'
                          + spend(100, 5_000)))  # fmt: skip
    (finding,) = found(report, "free.cart")
    assert finding.carts[0].payable_minor == 0
    assert finding.occasion is not None
    assert [held.rule for held in finding.occasion.coupons] == ["fifty"]


def test_what_is_meant_to_be_free_is_no_finding():
    """买二送一 and gifts give units away, and say so."""
    report = checked(
        rule("three", 'range.skus = ["COLA"]\nbenefit = { kind = "group", every = 3, '
             "off = { percent_ppm = 1000000 } }"),
        rule("gift", 'range.skus = ["WATER"]\ngift = true\nneeds = [{ minor = 5000 }]\n'
             "limits = { order_uses = 1 }\n" + each(100)),
    )  # fmt: skip
    assert not codes(report) & {"free.goods", "free.cart", "cost.below", "loophole.all_free"}


def test_made_up_goods_stand_in_for_a_shop():
    """Without a shop goods are made up from what rules name, and cost has nothing to say."""
    rules = parse_rules(
        rule("pairs", 'range.categories = ["tea"]\nbenefit = { kind = "group", every = 2, '
             "off = { percent_ppm = 500000 } }")
        + rule("full", 'layer = "order"\n' + spend(10_000, 1_000))
    )  # fmt: skip
    report = check_rules(rules, made_up_shelf(rules.rules, NOW), budget=400)
    assert codes(report) >= {"inversion.adding_lowers"}
    assert not any(code.startswith(("dead", "cost")) for code in codes(report))


def test_the_same_rules_give_the_same_findings_whatever_their_order():
    """The search is counted and ordered by the goods and ids alone."""
    ten, full = rule("ten", each(10)), rule("full", 'layer = "order"\n' + spend(10_000, 1_000))
    one, same = checked(ten, full), checked(ten, full)
    assert one == same


def test_the_budget_bounds_the_carts_and_what_was_not_reached_is_said():
    """A search that ends early says which rules it did not come to."""
    skus = [item.goods.sku for item in SHELF.items]
    rules = [rule(sku.lower(), f'range.skus = ["{sku}"]\n{each(10)}') for sku in skus]
    report = checked(*rules, budget=4)
    assert report.carts <= 4
    assert report.unreached == ("soap", "water", "wine")
    assert checked(*rules, budget=40).unreached == ()


def test_a_hostile_set_ends_by_its_steps():
    """Six overlapping sets of 6 to 11 of 20 products: the search stops early, and says so."""
    mixes = [
        rule(f"mix{at}", f'range.not_skus = ["P{at}"]\narithmetic = {{ percent_per = "once" }}\n'
             f'benefit = {{ kind = "set_price", count = {6 + at}, '
             f"off = {{ percent_ppm = {200_000 + at} }} }}")
        for at in range(6)
    ]  # fmt: skip
    full = rule("full", 'layer = "order"\n' + spend(10_000, 500))
    shelf = Shelf(tuple(ShelfItem(Goods(f"P{at}"), 500 + 37 * at) for at in range(20)), NOW)
    report = checked(*mixes, full, shelf=shelf)
    assert 0 < report.carts < report.budget


def test_every_finding_speaks_both_languages():
    """English and Chinese say the same with the same figures."""
    for code, (english, chinese) in WORDS.items():
        fields = {part.split("}")[0] for part in english.split("{")[1:]}
        assert fields == {part.split("}")[0] for part in chinese.split("{")[1:]}, code
    report = checked(rule("dead", f'range.skus = ["NONE"]\n{each(10)}'))
    assert in_language(report.findings[0].message, "zh-CN").startswith("dead 永远不会生效")


def test_rules_that_are_off_are_not_looked_at():
    """A disabled rule has no findings."""
    assert checked(
        rule("off", f'enabled = false\nrange.skus = ["NONE"]\n{each(10)}')
    ) == LintReport((), 0, 600, ())


def test_an_empty_set_is_sound():
    """No rules, no findings."""
    assert check_rules(RuleSet(), SHELF).findings == ()
