"""Which rules count on an occasion, and what a range covers.

Thousands of rules share a few conditions (the same stores, the same member days), so a set keeps
each condition once, with the rules that have it as the bits of a number.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from cashwrap.promotions.model import Goods, Occasion
from cashwrap.promotions.rules import Range, Rule, Scope, Who, Window


def covers(wanted: Range, goods: Goods, unit_minor: int) -> bool:
    """Return whether goods of this price before promotions are of a range."""
    return (
        wanted.from_minor <= unit_minor
        and (wanted.to_minor is None or unit_minor <= wanted.to_minor)
        and covers_goods(wanted, goods)
    )


def covers_goods(wanted: Range, goods: Goods) -> bool:
    """Return whether goods are of a range, whatever they cost."""
    named = wanted.skus or wanted.families or wanted.categories or wanted.tags
    if named and not (
        goods.sku in wanted.skus
        or (goods.family and goods.family in wanted.families)
        or any(one in wanted.categories for one in goods.categories)
        or any(one in wanted.tags for one in goods.tags)
    ):
        return False
    return not (
        goods.sku in wanted.not_skus
        or any(one in wanted.not_categories for one in goods.categories)
        or any(one in wanted.not_tags for one in goods.tags)
    )


class Condition(msgspec.Struct, frozen=True, array_like=True):
    """What some rules ask of an occasion. Bit i of ``rules`` is rule i of its set."""

    scope: Scope
    windows: tuple[Window, ...]
    judged: str
    rules: bytes

    def holds(self, occasion: Occasion) -> bool:
        """Return whether the occasion is as the rules ask."""
        if not _in_scope(self.scope, occasion):
            return False
        return not self.windows or _open(self.windows, self.judged, occasion)


class Conditions(msgspec.Struct, frozen=True, array_like=True):
    """The conditions of a rule set: who takes part at all, and what each asks.

    ``always`` holds the bits of the rules that are switched on and need neither a coupon nor to be
    chosen; ``asked`` the positions of those that do, by rule id.
    """

    count: int
    always: bytes
    asked: tuple[tuple[str, int, bool, bool], ...]  # id, position, needs a coupon, is opted into
    each: tuple[Condition, ...]

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> "Conditions":
        """Return the conditions of rules in the order of their set."""
        always, asked = 0, []
        shared: dict[tuple[Scope, tuple[Window, ...], str], int] = {}
        for position, rule in enumerate(rules):
            if not rule.enabled:
                continue
            if rule.coupon is not None or rule.opt_in:
                asked.append((rule.id, position, rule.coupon is not None, rule.opt_in))
            else:
                always |= 1 << position
            if rule.scope != Scope() or rule.windows:
                key = rule.scope, rule.windows, rule.judged if rule.windows else ""
                shared[key] = shared.get(key, 0) | 1 << position
        size = (len(rules) + 7) // 8
        each = tuple(Condition(*key, bits.to_bytes(size, "little")) for key, bits in shared.items())
        return cls(len(rules), always.to_bytes(size, "little"), tuple(asked), each)

    def active(self, occasion: Occasion, positions: dict[str, int]) -> bytes:
        """Return the bits of the rules that count now, whatever is on the sale.

        ``positions`` gives the place of a rule id in the set; ids that it does not know are not
        looked at.
        """
        bits = int.from_bytes(self.always, "little")
        if self.asked:
            held = {coupon.rule for coupon in occasion.coupons}
            chosen = set(occasion.chosen)
            for id, position, coupon, opt_in in self.asked:
                if (not coupon or id in held) and (not opt_in or id in chosen):
                    bits |= 1 << position
        for condition in self.each:
            if not condition.holds(occasion):
                bits &= ~int.from_bytes(condition.rules, "little")
        for position in _out(occasion, positions):
            bits &= ~(1 << position)
        return bits.to_bytes((self.count + 7) // 8, "little")


def _out(occasion: Occasion, positions: dict[str, int]) -> Iterator[int]:
    """Yield the places of rules that were refused, or whose limits are used up."""
    spent = (id for id, left in occasion.left if left.uses == 0 or left.minor == 0)
    for id in (*occasion.refused, *spent):
        if id in positions:
            yield positions[id]


def _in_scope(scope: Scope, occasion: Occasion) -> bool:
    return (
        _among(scope.stores, occasion.store)
        and _among(scope.channels, occasion.channel)
        and _among(scope.order_types, occasion.order_type)
        and (not scope.tenders or any(one in scope.tenders for one in occasion.tenders))
        and _is_for(scope.who, occasion)
    )


def _among(wanted: tuple[str, ...], there: str) -> bool:
    return not wanted or there in wanted


def _is_for(who: Who, occasion: Occasion) -> bool:
    if who.only != "anyone" and (who.only == "members") != bool(occasion.member):
        return False
    return (
        _among(who.tiers, occasion.tier)
        and (not who.groups or any(one in who.groups for one in occasion.groups))
        and _among(who.members, occasion.member)
        and (not who.facts or any(one in who.facts for one in occasion.facts))
        and not any(one in who.not_facts for one in occasion.facts)
    )


def _open(windows: Iterable[Window], judged: str, occasion: Occasion) -> bool:
    moment_ms = occasion.opened_ms if judged == "opened" else occasion.now_ms
    return any(is_open(window, moment_ms, occasion.timezone) for window in windows)


def is_open(window: Window, moment_ms: int, timezone: str) -> bool:
    """Return whether a moment lies in a window; ``timezone`` counts where it names none."""
    local = _local(moment_ms, window.timezone or timezone)
    if window.from_ and local < _moment(window.from_):
        return False
    if window.until and local >= _moment(window.until):
        return False
    return any(_is_day(window, day) for day in _days(window, local))


def _local(moment_ms: int, timezone: str) -> datetime:
    seconds, ms = divmod(moment_ms, 1000)
    local = datetime.fromtimestamp(seconds, ZoneInfo(timezone)).replace(tzinfo=None)
    return local + timedelta(milliseconds=ms)


def _days(window: Window, local: datetime) -> Iterator[date]:
    """Yield the days that the moment belongs to: hours past midnight are of the day before."""
    today = local.date()
    if not window.hours:
        yield today
    now = 60 * local.hour + local.minute
    for begins, ends in window.hours:
        low, high = _minutes(begins), _minutes(ends)
        overnight = high <= low
        if now >= low and (overnight or now < high):
            yield today
        if overnight and now < high:
            yield today - timedelta(days=1)


def _is_day(window: Window, day: date) -> bool:
    if window.weekdays and day.isoweekday() not in window.weekdays:
        return False
    if window.dates and day.isoformat() not in window.dates:
        return False
    last = (day + timedelta(days=1)).day == 1
    of_month = window.month_days
    return not of_month or day.day in of_month or (last and -1 in of_month)


@lru_cache(256)
def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@lru_cache(256)
def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)
