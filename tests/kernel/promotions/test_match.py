"""Which rules count on an occasion: the short way against the reference, and the edges of time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import promotions_scope as reference

from cashwrap.promotions.match import Conditions, is_open
from cashwrap.promotions.model import HeldCoupon, Left, Occasion
from cashwrap.promotions.rules import Coupon, Each, Off, Rule, Scope, Who, Window

SHANGHAI = "Asia/Shanghai"


def ms(text: str, zone: str = SHANGHAI) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


few = st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple)
clock = st.sampled_from(["00:00", "06:30", "12:00", "22:00", "23:59"])
windows = st.builds(
    Window,
    from_=st.sampled_from(["", "2026-11-08", "2026-11-08T12:00"]),
    until=st.sampled_from(["", "2026-11-10", "2026-11-30T23:59"]),
    weekdays=st.sampled_from([(), (1, 7)]),
    dates=st.sampled_from([(), ("2026-11-08", "2026-11-30")]),
    month_days=st.sampled_from([(), (8,), (-1, 9)]),
    hours=st.lists(st.tuples(clock, clock), max_size=2).map(tuple),
    timezone=st.sampled_from(["", "Europe/Berlin"]),
)
who = st.builds(
    Who, only=st.sampled_from(["anyone", "members", "guests"]), tiers=few, groups=few,
    members=few, facts=few, not_facts=few,
)  # fmt: skip
scopes = st.builds(Scope, stores=few, channels=few, order_types=few, tenders=few, who=who)
moments = st.integers(ms("2026-11-07T00:00"), ms("2026-12-01T06:00"))
one = st.sampled_from(["", "a", "b"])
occasions = st.builds(
    Occasion, moments, moments, st.just(SHANGHAI), one, one, one, one, one, few, few, few,
    few.map(lambda codes: tuple(HeldCoupon(f"r{'abc'.index(c)}", c) for c in codes)),
    chosen=few.map(lambda ids: tuple(f"r{'abc'.index(i)}" for i in ids)),
    refused=few.map(lambda ids: tuple(f"r{'abc'.index(i)}" for i in ids)),
    left=st.sampled_from([(), (("r1", Left(0, -1)),), (("r2", Left(3, 0)), ("gone", Left(0)))]),
)  # fmt: skip


@st.composite
def rule_lists(draw: st.DrawFn) -> list[Rule]:
    return [
        Rule(
            id=f"r{number}", layer="item", benefit=Each(off=Off(percent_ppm=1)),
            scope=draw(st.just(Scope()) | scopes), judged=draw(st.sampled_from(["opened", "now"])),
            windows=draw(st.lists(windows, max_size=2).map(tuple)),
            enabled=draw(st.sampled_from([True, True, False])),
            coupon=draw(st.sampled_from([None, None, Coupon()])), opt_in=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 12)))
    ]  # fmt: skip


@settings(max_examples=400)
@given(rules=rule_lists(), occasion=occasions)
def test_the_same_rules_count_as_in_the_reference(rules: list[Rule], occasion: Occasion) -> None:
    """Conditions that are shared by rules say the same as looking at each rule by itself."""
    positions = {rule.id: position for position, rule in enumerate(rules)}
    bits = Conditions.of(rules).active(occasion, positions)
    active = int.from_bytes(bits, "little")
    counted = [bool(active >> position & 1) for position in range(len(rules))]
    assert counted == [reference.counts(rule, occasion) for rule in rules]


@pytest.mark.parametrize(
    ("moment", "is_it"),
    [
        ("2026-11-08T21:59", False),
        ("2026-11-08T22:00", True),
        ("2026-11-09T01:59", True),
        ("2026-11-09T02:00", False),
        ("2026-11-09T22:30", False),
    ],
)
def test_hours_past_midnight_are_of_the_day_on_which_they_began(moment: str, is_it: bool) -> None:
    """A night that begins on the 8th ends in the small hours of the 9th."""
    window = Window(month_days=(8,), hours=(("22:00", "02:00"),))
    assert is_open(window, ms(moment), SHANGHAI) is is_it


def test_a_window_counts_in_its_own_timezone() -> None:
    """11-11 in Berlin begins seven hours later than in Shanghai."""
    window = Window(dates=("2026-11-11",), timezone="Europe/Berlin")
    assert not is_open(window, ms("2026-11-11T06:59"), SHANGHAI)
    assert is_open(window, ms("2026-11-11T07:00"), SHANGHAI)
