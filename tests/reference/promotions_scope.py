"""Does a rule count now, and what does it cover? In plain Python, as docs/promotions.md has it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cashwrap.promotions.model import BasketLine, Left, Occasion
from cashwrap.promotions.rules import Policy, Range, Rule, Window

NEVER_MS = 2**63 - 1


def counts(rule: Rule, occasion: Occasion) -> bool:
    """Whether the rule takes part at all, whatever is in the cart."""
    judged_ms = occasion.opened_ms if rule.judged == "opened" else occasion.now_ms
    return (
        rule.enabled
        and rule.id not in occasion.refused
        and (not rule.opt_in or rule.id in occasion.chosen)
        and in_scope(rule, occasion)
        and (not rule.windows or any(is_open(w, judged_ms, occasion) for w in rule.windows))
        and (rule.coupon is None or bool(coupons_of(rule, occasion)))
        and left_of(rule, occasion).uses != 0
        and left_of(rule, occasion).minor != 0
    )


def in_scope(rule: Rule, occasion: Occasion) -> bool:
    scope, who = rule.scope, rule.scope.who

    def among(wanted: tuple[str, ...], *have: str) -> bool:
        return not wanted or any(one in wanted for one in have)

    return (
        among(scope.stores, occasion.store)
        and among(scope.channels, occasion.channel)
        and among(scope.order_types, occasion.order_type)
        and among(scope.tenders, *occasion.tenders)
        and (who.only == "anyone" or (who.only == "members") == bool(occasion.member))
        and among(who.tiers, occasion.tier)
        and among(who.groups, *occasion.groups)
        and among(who.members, occasion.member)
        and among(who.facts, *occasion.facts)
        and not any(fact in who.not_facts for fact in occasion.facts)
    )


def is_open(window: Window, at_ms: int, occasion: Occasion) -> bool:
    zone = ZoneInfo(window.timezone or occasion.timezone)
    moment = datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(zone).replace(tzinfo=None)
    moment += timedelta(milliseconds=at_ms % 1000)
    if window.from_ and moment < datetime.fromisoformat(window.from_):
        return False
    if window.until and moment >= datetime.fromisoformat(window.until):
        return False
    return any(is_day(window, day) for day in days_of(window, moment))


def days_of(window: Window, moment: datetime) -> list[date]:
    """The days to which the moment belongs: hours past midnight belong to the day before."""
    if not window.hours:
        return [moment.date()]
    days = []
    for begin, end in window.hours:
        starts = time.fromisoformat(begin)
        ends = time.max if end == "24:00" else time.fromisoformat(end)
        overnight = ends <= starts
        before_end = end == "24:00" or moment.time() < ends
        if moment.time() >= starts and (overnight or before_end):
            days.append(moment.date())
        if overnight and before_end:
            days.append(moment.date() - timedelta(days=1))
    return days


def is_day(window: Window, day: date) -> bool:
    last = (day + timedelta(days=1)).day == 1
    return (
        (not window.weekdays or day.isoweekday() in window.weekdays)
        and (not window.dates or day.isoformat() in window.dates)
        and (
            not window.month_days
            or day.day in window.month_days
            or (last and -1 in window.month_days)
        )
    )


def covers(wanted: Range, line: BasketLine) -> bool:
    goods = line.goods
    named = wanted.skus or wanted.families or wanted.categories or wanted.tags
    return (
        (
            not named
            or goods.sku in wanted.skus
            or (goods.family != "" and goods.family in wanted.families)
            or bool(set(goods.categories) & set(wanted.categories))
            or bool(set(goods.tags) & set(wanted.tags))
        )
        and goods.sku not in wanted.not_skus
        and not set(goods.categories) & set(wanted.not_categories)
        and not set(goods.tags) & set(wanted.not_tags)
        and wanted.from_minor <= line.unit_minor
        and (wanted.to_minor is None or line.unit_minor <= wanted.to_minor)
    )


def seen_by(rule: Rule, line: BasketLine, policy: Policy) -> bool:
    """A price set by hand is final: rules about prices and units do not see the line."""
    final = line.fixed_price and policy.overridden == "final"
    return not (final and rule.layer in ("price", "item"))


def left_of(rule: Rule, occasion: Occasion) -> Left:
    return dict(occasion.left).get(rule.id, Left())


def coupons_of(rule: Rule, occasion: Occasion) -> list[tuple[int, str]]:
    """The rule's coupons, the one that ends first in front: end (ms) and code."""
    held = [c for c in occasion.coupons if c.rule == rule.id]
    return sorted((c.expires_ms or NEVER_MS, c.code) for c in held)


def money_cap(rule: Rule, occasion: Occasion) -> int | None:
    """The most that the rule may take off this order; None where nothing bounds it."""
    budget = left_of(rule, occasion).minor
    caps = [rule.limits.order_minor] if rule.limits.order_minor else []
    return min(caps + ([budget] if budget >= 0 else []), default=None)


def uses_cap(rule: Rule, occasion: Occasion) -> int | None:
    """How often the rule may be used on this order, but for its needs."""
    left = left_of(rule, occasion).uses
    caps = [rule.limits.order_uses] if rule.limits.order_uses else []
    caps += [left] if left >= 0 else []
    caps += [len(coupons_of(rule, occasion))] if rule.coupon else []
    return min(caps, default=None)
