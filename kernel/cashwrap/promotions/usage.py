"""How far the limits of rules are used up: by all, by a store, a member, a member's day.

A completed sale journals what it used of limited rules (`RulesUsed`, in the same commit), and only
where it gave something; a sale that is reversed as a whole journals `RulesReleased`. Counts follow
a rule's id, through all rule sets that have it.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.promotions.events import RulesReleased, RulesUsed, RuleUsed
from cashwrap.promotions.model import AppliedRule, Left, PriceProof
from cashwrap.promotions.rules import Each, PayPoints, Rule, RuleSet, Spend, Tiers
from cashwrap.store.tables import Reader, Writer

COUNTS = "usage.counts"  # rule, NUL, "t" | "m" member | "d" day member -> Count
SALES = "usage.sales"  # sale -> RulesUsed, until it is released


class Count(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How often, and for how much money."""

    uses: int = 0
    minor: int = 0


_encode = msgspec.msgpack.Encoder().encode
_decode_count = msgspec.msgpack.Decoder(Count).decode
_decode_used = msgspec.msgpack.Decoder(RulesUsed).decode


def limited(rules: RuleSet) -> tuple[Rule, ...]:
    """Return the rules that have a limit beyond one order; look for them once for a set."""
    return tuple(rule for rule in rules.rules if is_limited(rule))


def is_limited(rule: Rule) -> bool:
    """Return whether a rule has a limit beyond one order."""
    limits = rule.limits
    return bool(
        limits.member_uses or limits.member_day_uses or limits.store_uses or limits.total_uses
        or limits.member_minor or limits.member_day_minor
        or limits.store_minor or limits.total_minor
    )  # fmt: skip


def left(
    reader: Reader, limited: Sequence[Rule], member: str, day: int
) -> tuple[tuple[str, Left], ...]:
    """Return what is left of each limited rule for a member on a business day (yyyymmdd).

    Without a member, limits per member are not looked at: such a rule is for members by its scope,
    or its limit counts only those who show who they are.
    """
    return tuple((rule.id, _left(reader, rule, member, day)) for rule in limited)


def _left(reader: Reader, rule: Rule, member: str, day: int) -> Left:
    limits = rule.limits
    all_ = total(reader, rule.id)
    uses = [limits.store_uses, limits.total_uses]
    minor = [limits.store_minor, limits.total_minor]
    rest_uses = [limit - all_.uses for limit in uses if limit]
    rest_minor = [limit - all_.minor for limit in minor if limit]
    if member:
        ever = _count(reader, _key(rule.id, member))
        today = _count(reader, _key(rule.id, member, day))
        pairs = ((limits.member_uses, ever.uses), (limits.member_day_uses, today.uses))
        rest_uses += [limit - count for limit, count in pairs if limit]
        pairs = ((limits.member_minor, ever.minor), (limits.member_day_minor, today.minor))
        rest_minor += [limit - count for limit, count in pairs if limit]
    return Left(_least(rest_uses), _least(rest_minor))


def _least(rests: Sequence[int]) -> int:
    return max(0, min(rests)) if rests else -1


def total(reader: Reader, rule: str) -> Count:
    """Return how often a rule was used here by all, and for how much."""
    return _count(reader, _key(rule))


def used(
    limited: Sequence[Rule], proof: PriceProof, sale: str, member: str, day: int
) -> RulesUsed | None:
    """Return what to journal beside a completed sale, or None where no limited rule gave."""
    rules = {rule.id: rule for rule in limited}
    counted = [
        RuleUsed(applied.rule, _uses(rules[applied.rule], applied), applied.saving_minor)
        for applied in proof.applied
        if applied.rule in rules
    ]
    counted += [
        RuleUsed(fee.rule, 1, max(0, -fee.minor)) for fee in proof.fees if fee.rule in rules
    ]
    counted += [RuleUsed(got.rule, 1, 0) for got in proof.rewards if got.rule in rules]
    return RulesUsed(sale, day, member, tuple(counted)) if counted else None


def _uses(rule: Rule, applied: AppliedRule) -> int:
    """Units of `Each` and `Tiers`, groups or sets; one order for the rest."""
    match rule.benefit:
        case Each() | Tiers():
            return sum(use.times for use in applied.uses)
        case Spend() | PayPoints():
            return 1
        case _:
            return len(applied.uses)


class UsageProjection:
    """Folds what sales used of limited rules."""

    name: str = "usage"
    version: int = 1
    tables: tuple[str, ...] = (COUNTS, SALES)
    reads: Mapping[str, type[Event]] = {
        RulesUsed.kind: RulesUsed,
        RulesReleased.kind: RulesReleased,
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event; a release that was folded before changes nothing."""
        if isinstance(body, RulesUsed):
            writer.put(SALES, body.sale.encode(), _encode(body))
            _add(writer, body, 1)
        elif isinstance(body, RulesReleased):
            kept = writer.get(SALES, body.sale.encode())
            if kept is not None:
                _add(writer, _decode_used(kept), -1)
                writer.delete(SALES, body.sale.encode())


def _add(writer: Writer, body: RulesUsed, sign: int) -> None:
    for used in body.used:
        for key in _keys(used.rule, body):
            before = _count(writer, key)
            after = Count(before.uses + sign * used.uses, before.minor + sign * used.minor)
            writer.put(COUNTS, key, _encode(after))


def _keys(rule: str, body: RulesUsed) -> Iterator[bytes]:
    yield _key(rule)
    if body.member:
        yield _key(rule, body.member)
        yield _key(rule, body.member, body.day)


def _key(rule: str, member: str = "", day: int = 0) -> bytes:
    """A member's name is hashed: it may be longer than a key."""
    kind = b"d%08d" % day if day else b"m" if member else b"t"
    return rule.encode() + b"\0" + kind + (sha256(member.encode()).digest() if member else b"")


def _count(reader: Reader, key: bytes) -> Count:
    value = reader.get(COUNTS, key)
    return _decode_count(value) if value is not None else Count()
