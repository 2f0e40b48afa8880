"""A journal in memory: real events, their real bytes and the real projections, without a disk."""

from collections.abc import Iterator, Mapping, Sequence

from cashwrap.events import Envelope, Event, decode_body, encode_body
from cashwrap.ports import Timestamp
from cashwrap.store.tables import Change, Projection


class MemoryTables:
    """Tables as plain dicts; a `store.tables.Writer`."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[bytes, bytes]] = {}

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        return self._tables.get(table, {}).get(key)

    def items(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order."""
        for key, value in sorted(self._tables.get(table, {}).items()):
            if key.startswith(prefix) and key > after:
                yield key, value

    def put(self, table: str, key: bytes, value: bytes) -> None:
        """Set the value under a key."""
        self._tables.setdefault(table, {})[key] = value

    def delete(self, table: str, key: bytes) -> bool:
        """Remove a key; return whether it was there."""
        return self._tables.get(table, {}).pop(key, None) is not None

    def change(self, table: str, parts: Mapping[bytes, bytes], change: Change) -> None:
        """Set each key's value to what ``change`` makes of it."""
        changed = {key: change(self.get(table, key), part) for key, part in parts.items()}
        for key, value in changed.items():
            self.put(table, key, value)


class MemoryJournal:
    """Commits events as a store does; ``reopened`` is what a new process finds."""

    def __init__(self, projections: Sequence[Projection] = ()) -> None:
        self.records: list[Envelope] = []
        self.tables = MemoryTables()
        self._projections = projections

    def commit(self, events: Sequence[Event], *, at: Timestamp, staff: str = "") -> int:
        """Append and fold the events; return the last one's number."""
        for event in events:
            seq, raw = len(self.records) + 1, encode_body(event)
            self._append(
                Envelope(
                    event.kind,
                    event.version,
                    "S001",
                    "T1",
                    1,
                    seq,
                    at.wall_ms,
                    at.steady_ms,
                    staff,
                    "",
                    raw,
                )
            )
        return len(self.records)

    def events(self) -> list[Event]:
        """Return all events, decoded."""
        return [decode_body(record) for record in self.records]

    def kinds(self) -> list[str]:
        """Return the kinds of all events, in order."""
        return [record.kind for record in self.records]

    def reopened(self) -> "MemoryJournal":
        """Return a journal of the same records whose tables were rebuilt from nothing else."""
        journal = MemoryJournal(self._projections)
        for record in self.records:
            journal._append(record)
        return journal

    def _append(self, record: Envelope) -> None:
        self.records.append(record)
        for projection in self._projections:
            if record.kind in projection.reads:
                projection.fold(self.tables, record, decode_body(record))
