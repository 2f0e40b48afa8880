"""What types cannot say of rules is refused, or told as odd, one row for each check."""

import pytest

from cashwrap.errors import BulkRefused
from cashwrap.promotions.files.checks import warnings
from cashwrap.promotions.files.read import parse_rules

EACH = 'benefit = { kind = "each", off = { percent_ppm = 200_000 } }'
SPEND = 'benefit = { kind = "spend", steps = [{ at_minor = 100, off = { amount_minor = 10 } }] }'


def item(more="", benefit=EACH, id="r", layer="item"):
    """Return one rule as TOML."""
    return f'[[rules]]\nid = "{id}"\nlayer = "{layer}"\n{benefit}\n{more}\n'


def spend(steps, more=""):
    """Return a spend benefit over steps of (at_minor, off)."""
    said = ", ".join(f"{{ {at}, off = {{ {off} }} }}" for at, off in steps)
    return f'benefit = {{ kind = "spend", steps = [{said}]{more} }}'


FAULTS = [
    ("id.twice", item() + item(), "rules[1].id", "ids are unique"),
    ("id.reserved", item(id="manual:1"), "rules[0].id", "the till itself"),
    ("layer", item(benefit=SPEND), "rules[0].layer", "order or coupon"),
    ("off.none", item(benefit='benefit = { kind = "each", off = {} }'), "rules[0].benefit.off",
     "it has none"),
    ("off.two", item(benefit='benefit = { kind = "each", off = { percent_ppm = 1, price_minor = 1 '
                     "} }"), "rules[0].benefit.off", "percent_ppm and price_minor"),
    ("group.unknown", item('group = "g"'), "rules[0].group", "add it to groups"),
    ("group.loop", 'groups = { a = { inside = "b" }, b = { inside = "a" } }\n', "groups.a.inside",
     "inside itself"),
    ("group.inside", 'groups = { a = { inside = "b" } }\n', "groups.a.inside", "no group 'b'"),
    ("group.get", item(benefit='benefit = { kind = "group", every = 2, get = 3, '
                       "off = { percent_ppm = 1 } }"), "rules[0].benefit.get", "2 or less"),
    ("steps.order", item(layer="order", benefit=spend(
        [("at_minor = 200", "amount_minor = 1"), ("at_minor = 100", "amount_minor = 2")])),
     "rules[0].benefit.steps[1]", "go up"),
    ("steps.every.off", item(layer="order", benefit=spend(
        [("at_minor = 200", "percent_ppm = 1")], ", every = true")),
     "rules[0].benefit.steps[0].off", "write amount_minor"),
    ("steps.every.zero", item(layer="order", benefit=spend(
        [("at_minor = 0", "amount_minor = 1")], ", every = true")),
     "rules[0].benefit.steps[0]", "above 0"),
    ("tiers.order", item(benefit='benefit = { kind = "tiers", tiers = [{ from_count = 3, off = { '
                         "percent_ppm = 1 } }, { from_count = 2, off = { percent_ppm = 2 } }] }"),
     "rules[0].benefit.tiers[1].from_count", "fewest units first"),
    ("price.limits", item("limits.order_uses = 1", layer="price"), "rules[0].limits", "no limits"),
    ("price.needs", item('needs = [{ count = 1, measured = "item" }]', layer="price"),
     "rules[0].needs[0].measured", "'list' or 'price'"),
    ("price.repeat", item("needs = [{ count = 1, repeat = true }]", layer="price"),
     "rules[0].needs[0].repeat", "every unit"),
    ("price.coupon", item("coupon = {}", layer="price"), "rules[0].coupon", "layer 'coupon'"),
    ("coupon.none", item(benefit=SPEND, layer="coupon"), "rules[0].coupon", "needs one"),
    ("settlement", item('settlement = "tender"'), "rules[0].settlement", "layer coupon"),
    ("need.empty", item("needs = [{}]"), "rules[0].needs[0]", "asks for nothing"),
    ("next", item(layer="order", benefit='benefit = { kind = "next_coupon", coupon = "x" }'),
     "rules[0].benefit.coupon", "no rule 'x' takes a coupon"),
    ("surcharge", item(layer="order", benefit='benefit = { kind = "surcharge", fee = "f" }'),
     "rules[0].benefit", "exactly one of fixed_minor"),
    ("sku_uses", item("limits.sku_uses = 1", benefit='benefit = { kind = "set_price", count = 2, '
                      "off = { price_minor = 1 } }"), "rules[0].limits.sku_uses", "order_uses"),
    ("limits", item("limits = { member_uses = 9, total_uses = 5 }"), "rules[0].limits.member_uses",
     "never reached"),
    ("guests", item('scope.who = { only = "guests", tiers = ["gold"] }'),
     "rules[0].scope.who.only", "nobody is left"),
    ("facts", item('scope.who = { facts = ["new"], not_facts = ["new"] }'),
     "rules[0].scope.who.not_facts", "also asked for"),
    ("range", item("range = { from_minor = 5, to_minor = 4 }"), "rules[0].range.to_minor",
     "nothing is left"),
    ("promoted", item('range.not_promoted_by = ["*"]'), "rules[0].range.not_promoted_by",
     "order, coupon or points"),
    ("layers", '[policy]\nlayers = ["item", "price", "order", "coupon", "points"]\n',
     "policy.layers", "price and item first"),
    ("data", item(benefit='benefit = { kind = "candidates", plugin = "p", data = "{" }'),
     "rules[0].benefit.data", "no JSON"),
    ("language", item('name.chinese-simplified-x = "a"'), "rules[0].name.chinese-simplified-x",
     "zh-CN"),
    ("window.empty", item("windows = [{}]"), "rules[0].windows[0]", "leave it out"),
    ("window.date", item('windows = [{ from = "2026-02-30" }]'), "rules[0].windows[0].from",
     "no local date"),
    ("window.order", item('windows = [{ from = "2026-02-02", until = "2026-02-02" }]'),
     "rules[0].windows[0].until", "until is exclusive"),
    ("window.dates", item('windows = [{ dates = ["2026-2-3"] }]'), "rules[0].windows[0].dates[0]",
     "2026-10-01"),
    ("window.day0", item("windows = [{ month_days = [0] }]"), "rules[0].windows[0].month_days[0]",
     "no day 0"),
    ("window.hour", item('windows = [{ hours = [["9:00", "25:00"]] }]'),
     "rules[0].windows[0].hours[0][0]", "write 09:30"),
    ("window.nothing", item('windows = [{ hours = [["09:00", "09:00"]] }]'),
     "rules[0].windows[0].hours[0]", "no time at all"),
    ("window.zone", item('windows = [{ weekdays = [1], timezone = "Asia/Shangai" }]'),
     "rules[0].windows[0].timezone", "Asia/Shanghai"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place", "words"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_faults_refuse_the_set(text, place, words):
    """Each fault names its place and what to write instead, and nothing else is found."""
    with pytest.raises(BulkRefused) as caught:
        parse_rules(text, "r.toml")
    found = {issue.source: issue.message for issue in caught.value.issues}
    assert f"r.toml:{place}" in found
    assert words in found[f"r.toml:{place}"]
    beside = {issue.source for issue in caught.value.issues} - {f"r.toml:{place}"}
    assert all("hours" in one or "groups.b" in one for one in beside)


WARNINGS = [
    (item('excludes = ["x"]'), "rules[0].excludes", "no rule has the tag 'x'"),
    (item('excludes = ["*", "r"]\ntags = ["r"]'), "rules[0].excludes", "every rule"),
    (item(benefit='benefit = { kind = "each", off = { percent_ppm = 0 } }'),
     "rules[0].benefit.off", "nothing off"),
    (item('range = { skus = ["A"], not_skus = ["A"] }'), "rules[0].range.not_skus", "left out"),
    (item("gift = true"), "rules[0].gift", "a gift is free"),
    (item("stop_after = true"), "rules[0].stop_after", "priority"),
    (item("limits.member_uses = 1"), "rules[0].limits", "guests are not counted"),
    ("groups.g = {}\n", "groups.g", "no rule is in this group"),
    (item(layer="order", benefit=spend([("at_minor = 1", "amount_minor = 1")], ", times = 2")),
     "rules[0].benefit.times", "every = true only"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), WARNINGS, ids=[row[1] for row in WARNINGS])
def test_what_is_odd_is_told_but_not_refused(text, place, words):
    """A set with warnings is read; `warnings` says what is odd and where."""
    [issue] = warnings(parse_rules(text), "r")
    assert issue.source == f"r:{place}"
    assert words in issue.message


def test_a_sound_set_has_neither():
    """The tag that is excluded is there, the group is used, the coupon has its rule."""
    rules = parse_rules(
        "groups.g = { mode = 'best' }\n"
        + item('tags = ["t"]\ngroup = "g"')
        + item('excludes = ["t"]', id="s")
        + item("coupon = {}", id="c", layer="coupon", benefit=SPEND)
        + item(id="n", layer="order", benefit='benefit = { kind = "next_coupon", coupon = "c" }')
    )
    assert warnings(rules) == []
