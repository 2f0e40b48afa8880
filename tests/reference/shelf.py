"""A shelf to test the stock ledger on: tables in memory, events committed one by one."""

from collections.abc import Iterator, Mapping

import msgspec

from cashwrap.events import Envelope, Event, event
from cashwrap.stock.moves import StockMove
from cashwrap.stock.projection import StockProjection
from cashwrap.stock.view import Stock
from cashwrap.store.tables import Change


@event("stocktest.sold")
class Sold(Event, frozen=True):
    """A sale as the ledger sees it."""

    moves: tuple[StockMove, ...]


class Tables:
    """The store's contract over dictionaries."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[bytes, bytes]] = {}

    def get(self, table: str, key: bytes) -> bytes | None:
        return self.rows.get(table, {}).get(key)

    def items(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        rows = sorted(self.rows.get(table, {}).items())
        return iter([(k, v) for k, v in rows if k.startswith(prefix) and k > after])

    def put(self, table: str, key: bytes, value: bytes) -> None:
        self.rows.setdefault(table, {})[key] = value

    def delete(self, table: str, key: bytes) -> bool:
        return self.rows.get(table, {}).pop(key, None) is not None

    def change(self, table: str, parts: Mapping[bytes, bytes], change: Change) -> None:
        changed = {key: change(self.get(table, key), part) for key, part in parts.items()}
        for key, value in changed.items():
            self.put(table, key, value)


class Shelf:
    """Commits events to the ledger and keeps them as a journal would."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.journal: list[Event] = []
        self.projection = StockProjection({Sold.kind: Sold})
        self.stock = Stock(self.tables)

    def commit(self, *bodies: Event) -> None:
        for body in bodies:
            self.projection.fold(self.tables, envelope(body), body)
            self.journal.append(body)

    def sold(self, moves: tuple[StockMove, ...]) -> tuple[StockMove, ...]:
        self.commit(Sold(moves))
        return moves

    def moves(self) -> list[StockMove]:
        return [move for body in self.journal for move in getattr(body, "moves", ())]


def envelope(body: Event) -> Envelope:
    raw = msgspec.Raw(b"")
    return Envelope(body.kind, body.version, "S001", "T1", 1, 1, 0, 0, "", "", raw)
