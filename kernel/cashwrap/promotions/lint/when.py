"""Occasions on which given rules count, made for a search; and windows that never open."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, islice
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from cashwrap.promotions.model import HeldCoupon, Occasion
from cashwrap.promotions.occasions import inside, why_not
from cashwrap.promotions.rules import PayPoints, Rule, Window

DAY = timedelta(days=1)
DAYS_AHEAD = 366 * 5
MOMENTS_MAX = 64
POINTS = 1_000_000


def is_over(window: Window, now_ms: int, timezone: str) -> bool:
    """Return whether a window lies in the past altogether."""
    now = _local(now_ms, window, timezone)
    if window.until and datetime.fromisoformat(window.until) <= now:
        return True
    late = now.date() - DAY  # hours past midnight belong to the day before
    return bool(window.dates) and all(date.fromisoformat(each) < late for each in window.dates)


def opens(window: Window, timezone: str) -> bool:
    """Return whether there is any moment in a window, past or future."""
    begins = datetime.fromisoformat(window.from_).date() if window.from_ else date(2020, 1, 1)
    return any(True for _ in moments(window, timezone, begins))


def moments(window: Window, timezone: str, first: date) -> Iterator[int]:
    """Yield a moment (ms) of each opening of a window from a day on, up to some years later."""
    zone = ZoneInfo(window.timezone or timezone)
    for day in _days(window, first):
        for hour in _beginnings(window, day):
            moment_ms = int(hour.replace(tzinfo=zone).timestamp()) * 1000
            if inside(window, moment_ms, timezone):
                yield moment_ms


def _days(window: Window, first: date) -> Iterator[date]:
    if window.dates:
        yield from sorted(date.fromisoformat(each) for each in window.dates)
        return
    if window.from_:
        first = max(first, datetime.fromisoformat(window.from_).date())
    last = first + DAYS_AHEAD * DAY
    if window.until:
        last = min(last, datetime.fromisoformat(window.until).date())
    day = first
    while day <= last:
        yield day
        day += DAY


def _beginnings(window: Window, day: date) -> Iterator[datetime]:
    """Yield moments of a day to try: noon or each begin of its hours, and where it is cut."""
    noon = datetime(day.year, day.month, day.day, 12)
    for begins, _ in window.hours or (("12:00", ""),):
        hour, minute = map(int, begins.split(":")[:2])
        yield noon.replace(hour=hour, minute=minute)
    if window.from_:
        yield datetime.fromisoformat(window.from_)
    if window.until:
        yield datetime.fromisoformat(window.until) - timedelta(minutes=1)


def _local(now_ms: int, window: Window, timezone: str) -> datetime:
    zone = ZoneInfo(window.timezone or timezone)
    return datetime.fromtimestamp(now_ms // 1000, zone).replace(tzinfo=None)


def occasion_for(rules: Sequence[Rule], usual: Occasion) -> Occasion | None:
    """Return an occasion like the usual one on which all of these rules count, or None."""
    fitted = _fitted(rules, usual)
    if fitted is None:
        return None
    for moment_ms in _moments_of(rules, usual):
        there = replace(fitted, opened_ms=moment_ms, now_ms=moment_ms)
        if not any(why_not(rule, there) for rule in rules):
            return there
    return None


def _moments_of(rules: Sequence[Rule], usual: Occasion) -> Iterator[int]:
    yield usual.now_ms
    today = datetime.fromtimestamp(usual.now_ms // 1000, ZoneInfo(usual.timezone)).date()
    each = (
        islice(moments(window, usual.timezone, today), MOMENTS_MAX)
        for rule in rules
        for window in rule.windows
    )
    yield from chain.from_iterable(each)


def _fitted(rules: Sequence[Rule], usual: Occasion) -> Occasion | None:
    """Return the usual occasion with the place, customer and papers that the rules ask for."""
    scopes = [rule.scope for rule in rules]
    whos = [scope.who for scope in scopes]
    store = _common([scope.stores for scope in scopes], usual.store)
    channel = _common([scope.channels for scope in scopes], usual.channel)
    order_type = _common([scope.order_types for scope in scopes], usual.order_type)
    tier = _common([who.tiers for who in whos], usual.tier)
    member = _common([who.members for who in whos], usual.member)
    if None in (store, channel, order_type, tier, member):
        return None
    needs_member = any(who.only == "members" for who in whos)
    return replace(
        usual,
        store=store,
        channel=channel,
        order_type=order_type,
        tier=tier,
        member=member or ("M" if needs_member else ""),
        groups=_firsts((who.groups for who in whos), usual.groups),
        facts=_firsts((who.facts for who in whos), usual.facts),
        tenders=_firsts((scope.tenders for scope in scopes), usual.tenders),
        coupons=tuple(HeldCoupon(r.id, f"C-{r.id}") for r in rules if r.coupon is not None),
        chosen=tuple(rule.id for rule in rules if rule.opt_in),
        **_points(rules),
    )


def _points(rules: Iterable[Rule]) -> dict[str, int]:
    spends = any(isinstance(rule.benefit, PayPoints) for rule in rules)
    return {"points": POINTS, "points_wanted": -1} if spends else {}


def _common(asked: Sequence[tuple[str, ...]], usual: str) -> str | None:
    """Return what all that ask for something take, the usual if that will do, else None."""
    named = [set(each) for each in asked if each]
    if not named:
        return usual
    both = set.intersection(*named)
    return None if not both else usual if usual in both else min(both)


def _firsts(asked: Iterable[tuple[str, ...]], usual: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first of each that asks, after what there is anyway."""
    return tuple(dict.fromkeys([*usual, *(each[0] for each in asked if each)]))
