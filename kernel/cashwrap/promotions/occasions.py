"""Did a rule count on an occasion, and if not, why? Read from the rule, apart from the engine."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cashwrap.promotions.model import Left, Occasion, Reason
from cashwrap.promotions.rules import Rule, Scope, Who, Window

UNLIMITED = Left()
_lefts: list[tuple[tuple[tuple[str, Left], ...], dict[str, Left]]] = [((), {})]


class WhyNot(NamedTuple):
    """What speaks against a rule: its code (docs/promotions.md#the-proof), and words."""

    reason: Reason
    words: str


def why_not(rule: Rule, occasion: Occasion) -> WhyNot | None:
    """Return the first thing that speaks against the rule on this occasion; None if nothing does.

    Limits that are used up come last; what the goods have to say is not looked at.
    """
    if not rule.enabled:
        return WhyNot("not_chosen", "it is switched off")
    if why := _scope(rule.scope, occasion) or _who(rule.scope.who, occasion):
        return WhyNot("scope", why)
    moment_ms = occasion.opened_ms if rule.judged == "opened" else occasion.now_ms
    if rule.windows and not any(inside(w, moment_ms, occasion.timezone) for w in rule.windows):
        return WhyNot("time", "it does not count at that time")
    if rule.coupon is not None and all(held.rule != rule.id for held in occasion.coupons):
        return WhyNot("no_coupon", "it needs a coupon that was not held")
    if rule.id in occasion.refused:
        return WhyNot("not_chosen", "it was refused for this order")
    if rule.opt_in and rule.id not in occasion.chosen:
        return WhyNot("not_chosen", "it has to be chosen, and was not")
    left = left_of(rule, occasion)
    if left.uses == 0:
        return WhyNot("limit", "its uses were used up before")
    return WhyNot("budget", "its money was spent before") if left.minor == 0 else None


def left_of(rule: Rule, occasion: Occasion) -> Left:
    """Return what was left of a rule's limits beyond this order."""
    if not occasion.left:
        return UNLIMITED
    if _lefts[0][0] is not occasion.left:  # asked for rule after rule of one occasion
        _lefts[0] = occasion.left, dict(occasion.left)
    return _lefts[0][1].get(rule.id, UNLIMITED)


def codes_held(rule: Rule, occasion: Occasion) -> list[str]:
    """Return the codes of the rule's coupons in the order of their use: the first to end first."""
    held = [each for each in occasion.coupons if each.rule == rule.id]
    held.sort(key=lambda each: (not each.expires_ms, each.expires_ms, each.code))
    return [each.code for each in held]


def _scope(scope: Scope, occasion: Occasion) -> str:
    named = (
        ("store", scope.stores, (occasion.store,)),
        ("channel", scope.channels, (occasion.channel,)),
        ("order type", scope.order_types, (occasion.order_type,)),
        ("tender", scope.tenders, occasion.tenders),
    )
    for what, wanted, there in named:
        if wanted and not set(wanted) & set(there):
            return f"it does not count for this {what}"
    return ""


def _who(who: Who, occasion: Occasion) -> str:
    if who.only == "members" and not occasion.member:
        return "it is for members"
    if who.only == "guests" and occasion.member:
        return "it is for customers who are not members"
    facts = set(occasion.facts)
    speaks = (
        bool(who.tiers) and occasion.tier not in who.tiers,
        bool(who.groups) and not set(who.groups) & set(occasion.groups),
        bool(who.members) and occasion.member not in who.members,
        bool(who.facts) and not facts & set(who.facts),
        bool(facts & set(who.not_facts)),
    )
    return "it is for other customers" if any(speaks) else ""


def inside(window: Window, moment_ms: int, timezone: str) -> bool:
    """Return whether a moment lies in the window, in the window's zone or else the given one."""
    zone = ZoneInfo(window.timezone or timezone)
    moment = datetime.fromtimestamp(moment_ms // 1000, zone).replace(tzinfo=None)
    moment += timedelta(milliseconds=moment_ms % 1000)
    if window.from_ and moment < datetime.fromisoformat(window.from_):
        return False
    if window.until and moment >= datetime.fromisoformat(window.until):
        return False
    return any(_day_fits(window, day) for day in _days(window, moment))


def _days(window: Window, moment: datetime) -> list[date]:
    """Return the days to which the moment belongs: that on which its hours began."""
    today = moment.date()
    if not window.hours:
        return [today]
    days = []
    clock = moment.time()
    for begins, ends in window.hours:
        low, high = _minutes(begins), _minutes(ends)
        now = clock.hour * 60 + clock.minute
        if low < high:
            days += [today] * (low <= now < high)
        else:  # past midnight
            days += [today] * (now >= low) + [today - timedelta(days=1)] * (now < high)
    return days


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _day_fits(window: Window, day: date) -> bool:
    if window.weekdays and day.isoweekday() not in window.weekdays:
        return False
    if window.dates and day.isoformat() not in window.dates:
        return False
    last = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    of_month = {day.day, day.day - last.day - 1}
    return not window.month_days or bool(of_month & set(window.month_days))
