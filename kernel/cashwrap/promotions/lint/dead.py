"""Rules that can never give anything: their goods, times or places do not exist."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from cashwrap.promotions.lint.cover import Coverage, ranges_of
from cashwrap.promotions.lint.model import Finding, Severity, Shelf
from cashwrap.promotions.lint.when import is_over, opens
from cashwrap.promotions.lint.words import Money, said
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Each,
    Group,
    Off,
    Range,
    Rule,
    SetPrice,
    Spend,
    Tiers,
)

NAMES_SHOWN = 5


def dead_rules(rules: Iterable[Rule], shelf: Shelf, cover: Coverage, money: Money) -> list[Finding]:
    """Return what is dead, rule by rule; each rule once, for the first thing that is wrong."""
    names = _Names(shelf) if shelf.real else None
    found = []
    for rule in rules:
        first = next(_dead(rule, shelf, cover, money), None)
        if first is not None:
            found.append(first)
        if names is not None:
            found += names.unknown(rule)
    return found


def _dead(rule: Rule, shelf: Shelf, cover: Coverage, money: Money) -> Iterator[Finding]:
    yield from _windows(rule, shelf)
    yield from _places(rule, shelf)
    if shelf.real:
        for place, range in ranges_of(rule):
            if cover.is_empty(range):
                yield finding("dead.range", rule, place=place)
    why = saves_nothing(rule, cover, money)
    if why:
        yield finding("dead.saves_nothing", rule, why=why)


def finding(code: str, rule: Rule, severity: Severity = "warning", **figures: object) -> Finding:
    """Return a finding about one rule."""
    words = said(code, rule=rule.id, **figures)
    return Finding(code=code, severity=severity, rules=(rule.id,), message=words)


def _windows(rule: Rule, shelf: Shelf) -> Iterator[Finding]:
    now_ms, zone = shelf.occasion.now_ms, shelf.occasion.timezone
    for at, window in enumerate(rule.windows):
        if not opens(window, zone):
            yield finding("dead.window", rule, place=f"windows[{at}]")
    if rule.windows and all(is_over(window, now_ms, zone) for window in rule.windows):
        yield finding("dead.past", rule)


def _places(rule: Rule, shelf: Shelf) -> Iterator[Finding]:
    scope, here = rule.scope, shelf.occasion
    if not shelf.real:
        return
    if scope.stores and here.store not in scope.stores:
        yield finding("dead.store", rule, "note", names=_some(scope.stores), here=here.store)
    there = shelf.order_types
    if scope.order_types and there and not set(scope.order_types) & set(there):
        have = ", ".join(each or '""' for each in there)
        yield finding("dead.order_type", rule, names=_some(scope.order_types), here=have)


def _some(names: Sequence[str]) -> str:
    more = f" + {len(names) - NAMES_SHOWN}" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


class _Names:
    """What the goods of a catalog are called."""

    def __init__(self, shelf: Shelf) -> None:
        goods = [item.goods for item in shelf.items]
        self._known: dict[str, set[str]] = {
            "skus": {each.sku for each in goods},
            "families": {each.family for each in goods},
            "categories": {name for each in goods for name in each.categories}
            | set(shelf.categories),
            "tags": {name for each in goods for name in each.tags},
        }

    def unknown(self, rule: Rule) -> Iterator[Finding]:
        """Yield what a rule's ranges name that is not there."""
        for place, range in ranges_of(rule):
            for field, known in self._known.items():
                for prefix in ("", "not_"):
                    named: tuple[str, ...] = getattr(range, prefix + field, ())
                    gone = [name for name in named if name not in known]
                    if gone:
                        near = _near(gone[0], known)
                        yield finding(
                            "dead.unknown", rule, place=f"{place}.{prefix}{field}",
                            names=_some(gone), near=near,
                        )  # fmt: skip


def _near(name: str, known: set[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" ({close[0]}?)" if close else ""


def saves_nothing(rule: Rule, cover: Coverage, money: Money) -> str:
    """Return why a rule's benefit takes nothing off whatever is bought; "" if it may."""
    benefit = rule.benefit
    if isinstance(benefit, Each | Group | BuyGet):
        return _off_nothing(benefit.off, _dearest(cover, rule.range), money)
    if isinstance(benefit, Tiers):
        dearest = _dearest(cover, rule.range)
        whys = [_off_nothing(tier.off, dearest, money) for tier in benefit.tiers]
        return whys[0] if all(whys) else ""
    if isinstance(benefit, SetPrice):
        dearest = _dearest(cover, rule.range)
        return _off_nothing(benefit.off, dearest and dearest * benefit.count, money)
    if isinstance(benefit, Bundle):
        each = [(_dearest(cover, slot.range), slot.count) for slot in benefit.slots]
        known = [price * count for price, count in each if price is not None]
        whole = sum(known) if len(known) == len(each) else None
        return _off_nothing(benefit.off, whole, money)
    if isinstance(benefit, Spend):
        whys = [_off_nothing(step.off, None, money) for step in benefit.steps]
        return "at_most_minor = 0" if benefit.at_most_minor == 0 else whys[0] if all(whys) else ""
    return ""


def _dearest(cover: Coverage, range: Range) -> int | None:
    items = cover.picks(range)
    return items[-1].unit_minor if items else None


def _off_nothing(off: Off, dearest_minor: int | None, money: Money) -> str:
    if off.percent_ppm == 0:
        return "percent_ppm = 0"
    if off.amount_minor == 0:
        return "amount_minor = 0"
    price_minor = off.price_minor
    if price_minor is not None and dearest_minor is not None and price_minor >= dearest_minor:
        return f"{money(price_minor)} >= {money(dearest_minor)}"
    return ""
