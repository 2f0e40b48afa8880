"""Which rule sets were published, which counts now, and which will; a fold over the journal."""

from collections.abc import Mapping

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.promotions.errors import NoSuchRules, RulesTooNew
from cashwrap.promotions.events import RulesPlanCancelled, RulesPublished, RulesRolledBack
from cashwrap.promotions.rules import RuleSet
from cashwrap.store.tables import Reader, Writer

SETS = "rules.sets"  # hash -> the set as `digest.packed` writes it
PUBLISHED = "rules.published"  # number (8 bytes) -> Publication
PLAN = "rules.plan"  # b"plan" -> tuple of Switch
_PLAN_KEY = b"plan"


class Switch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A publication and the moment from which it counts; 0 for the one in force.

    ``number`` 0 and an empty hash are no rules at all.
    """

    effective_at_ms: int
    number: int
    rules_hash: str


class Publication(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One publication as it was journaled; ``effective_at_ms`` is never before that."""

    number: int
    rules_hash: str
    effective_at_ms: int
    published_ms: int
    staff: str = ""
    edition: int = 1
    name: str = ""
    cancelled: bool = False
    joined: tuple[tuple[str, str], ...] = ()


Plan = tuple[Switch, ...]  # the one in force, then those to come in order of time
_encode = msgspec.msgpack.Encoder().encode
_decode_plan = msgspec.msgpack.Decoder(Plan).decode
_decode_publication = msgspec.msgpack.Decoder(Publication).decode
_decode_rules = msgspec.msgpack.Decoder(RuleSet).decode


def read_plan(reader: Reader) -> Plan:
    """Return the switch in force and those to come; empty before the first publication."""
    value = reader.get(PLAN, _PLAN_KEY)
    return _decode_plan(value) if value is not None else ()


def current(plan: Plan, now_ms: int) -> Switch | None:
    """Return the switch that counts at a moment, or None while there are no rules."""
    due = [switch for switch in plan if switch.effective_at_ms <= now_ms]
    return due[-1] if due and due[-1].number else None


def publications(reader: Reader) -> list[Publication]:
    """Return all publications, oldest first."""
    return [_decode_publication(value) for _, value in reader.items(PUBLISHED)]


def publication(reader: Reader, number: int) -> Publication | None:
    """Return a publication by its number, or None."""
    value = reader.get(PUBLISHED, _key(number))
    return _decode_publication(value) if value is not None else None


def rules_of(reader: Reader, rules_hash: str) -> RuleSet:
    """Return a published rule set by its hash. Raises NoSuchRules, RulesTooNew."""
    value = reader.get(SETS, rules_hash.encode(errors="replace"))
    if value is None:
        raise NoSuchRules(f"no rule set {rules_hash!r} was published here: see `rules list`")
    try:
        return _decode_rules(value)
    except msgspec.MsgspecError as fault:
        raise RulesTooNew(
            f"rule set {rules_hash} was published by a newer cashwrap ({fault}): update this till"
        ) from None


class RulesProjection:
    """Folds publications into the sets, their list, and the plan."""

    name: str = "rules"
    version: int = 2
    tables: tuple[str, ...] = (SETS, PUBLISHED, PLAN)
    reads: Mapping[str, type[Event]] = {
        kind.kind: kind for kind in (RulesPublished, RulesRolledBack, RulesPlanCancelled)
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        now_ms = envelope.wall_ms
        before = plan = settled(read_plan(writer), now_ms)
        match body:
            case RulesPublished():
                _keep(writer, envelope, body)
                switch = Switch(body.effective_at_ms, body.number, body.rules_hash)
                plan = _with(plan, switch, now_ms)
            case RulesRolledBack():
                earlier = publication(writer, body.number)
                rules_hash = earlier.rules_hash if earlier is not None else ""
                plan = _with(plan, Switch(0, body.number, rules_hash), now_ms)
            case RulesPlanCancelled():
                plan = tuple(s for s in plan if not s.effective_at_ms or s.number != body.number)
        for number in sorted(_planned(before) - _planned(plan)):
            _call_off(writer, number)
        writer.put(PLAN, _PLAN_KEY, _encode(plan))


def _planned(plan: Plan) -> set[int]:
    return {switch.number for switch in plan if switch.effective_at_ms}


def _call_off(writer: Writer, number: int) -> None:
    """Mark a publication that will not take effect, as it was cancelled or replaced."""
    row = publication(writer, number)
    assert row is not None  # it is planned
    writer.put(PUBLISHED, _key(number), _encode(msgspec.structs.replace(row, cancelled=True)))


def settled(plan: Plan, now_ms: int) -> Plan:
    """Return the plan with all that is due folded into one switch at time 0."""
    due = [switch for switch in plan if switch.effective_at_ms <= now_ms]
    later = tuple(switch for switch in plan if switch.effective_at_ms > now_ms)
    return (msgspec.structs.replace(due[-1], effective_at_ms=0), *later) if due else later


def _with(plan: Plan, switch: Switch, now_ms: int) -> Plan:
    """Return a settled plan with one more switch; the newest decision wins for one moment."""
    if switch.effective_at_ms <= now_ms:
        later = tuple(other for other in plan if other.effective_at_ms > now_ms)
        return (msgspec.structs.replace(switch, effective_at_ms=0), *later)
    kept = [other for other in plan if other.effective_at_ms != switch.effective_at_ms]
    return tuple(sorted([*kept, switch], key=lambda s: s.effective_at_ms))


def _keep(writer: Writer, envelope: Envelope, body: RulesPublished) -> None:
    if body.rules:
        writer.put(SETS, body.rules_hash.encode(), body.rules)
    row = Publication(
        body.number,
        body.rules_hash,
        max(body.effective_at_ms, envelope.wall_ms),
        envelope.wall_ms,
        envelope.staff,
        body.edition,
        body.name,
        joined=body.joined,
    )
    writer.put(PUBLISHED, _key(body.number), _encode(row))


def _key(number: int) -> bytes:
    return number.to_bytes(8, "big")
