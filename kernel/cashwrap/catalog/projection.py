"""Which snapshot is the catalog, now and later, and how each store arranges its groups."""

from collections.abc import Mapping

import msgspec

from cashwrap.catalog.errors import NoCatalog
from cashwrap.catalog.events import CatalogActivated, CatalogScheduleCancelled, GroupsArranged
from cashwrap.catalog.keys import CURRENT, CURRENT_KEY, LAYOUT, layout_key
from cashwrap.catalog.snapshot import encode
from cashwrap.events import Envelope, Event
from cashwrap.store.tables import Reader, Writer


class Activation(msgspec.Struct, frozen=True, array_like=True):
    """A version and the moment from which it is the catalog; 0 for the one in effect."""

    effective_at_ms: int
    version: int
    content_hash: str


Plan = tuple[Activation, ...]  # the one in effect, then the scheduled ones in order of time
_decode_plan = msgspec.msgpack.Decoder(Plan).decode


def read_plan(reader: Reader) -> Plan:
    """Return the activation in effect and those scheduled; empty before the first one."""
    value = reader.get(CURRENT, CURRENT_KEY)
    return _decode_plan(value) if value is not None else ()


def current(reader: Reader, now_ms: int) -> Activation:
    """Return the activation in effect at ``now_ms``. Raises NoCatalog when there is none yet."""
    due = [entry for entry in read_plan(reader) if entry.effective_at_ms <= now_ms]
    if not due:
        raise NoCatalog("no catalog is active: import one and activate it")
    return due[-1]


def settled(plan: Plan, now_ms: int) -> Plan:
    """Return the plan with all that is due by ``now_ms`` folded into one entry at time 0."""
    due = [entry for entry in plan if entry.effective_at_ms <= now_ms]
    later = tuple(entry for entry in plan if entry.effective_at_ms > now_ms)
    return (msgspec.structs.replace(due[-1], effective_at_ms=0), *later) if due else later


def scheduled(plan: Plan, entry: Activation, now_ms: int) -> Plan:
    """Return the plan with one more activation; the newest decision wins for the same moment."""
    if entry.effective_at_ms <= now_ms:
        later = settled(plan, now_ms)
        later = tuple(other for other in later if other.effective_at_ms > now_ms)
        return (msgspec.structs.replace(entry, effective_at_ms=0), *later)
    kept = [e for e in settled(plan, now_ms) if e.effective_at_ms != entry.effective_at_ms]
    return tuple(sorted([*kept, entry], key=lambda e: e.effective_at_ms))


class CatalogProjection:
    """The pointer to the current snapshot and the stores' own orders; a fold over the journal."""

    name = "catalog"
    version = 1
    tables: tuple[str, ...] = (CURRENT, LAYOUT)
    reads: Mapping[str, type[Event]] = {
        kind.kind: kind for kind in (CatalogActivated, CatalogScheduleCancelled, GroupsArranged)
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        match body:
            case CatalogActivated():
                entry = Activation(body.effective_at_ms, body.catalog_version, body.content_hash)
                plan = scheduled(read_plan(writer), entry, envelope.wall_ms)
                writer.put(CURRENT, CURRENT_KEY, encode(plan))
            case CatalogScheduleCancelled():
                plan = settled(read_plan(writer), envelope.wall_ms)
                kept = [
                    entry
                    for entry in plan
                    if entry.effective_at_ms == 0 or entry.version != body.catalog_version
                ]
                writer.put(CURRENT, CURRENT_KEY, encode(kept))
            case GroupsArranged():
                key = layout_key(body.store, body.group)
                if body.order:
                    writer.put(LAYOUT, key, encode(body.order))
                else:
                    writer.delete(LAYOUT, key)
