"""A shop's catalog tables in memory, for tests of the catalog."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cashwrap.catalog.events import activate
from cashwrap.catalog.importing import import_catalog
from cashwrap.catalog.keys import STAGED_TABLES
from cashwrap.catalog.projection import CatalogProjection
from cashwrap.catalog.snapshot import read_snapshot
from cashwrap.catalog.view import Catalog
from cashwrap.events import Envelope, Event, encode_body
from cashwrap.store.views import MemoryWriter


def gtin13(body: int) -> str:
    """Return 12 digits with their check digit."""
    text = f"{body:012d}"
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(text)) % 10
    return text + str(check)


class Shop:
    """Tables, a projection and shorthand."""

    def __init__(self) -> None:
        self.projection = CatalogProjection()
        self.tables = MemoryWriter((*STAGED_TABLES, *self.projection.tables))
        self.writes = 0
        self.die_after = 0

    @contextmanager
    def reads(self) -> Iterator[MemoryWriter]:
        yield self.tables

    @contextmanager
    def stage(self) -> Iterator[MemoryWriter]:
        self.writes += 1
        if self.die_after and self.writes > self.die_after:
            raise OSError("power cut")
        yield self.tables

    def load(self, path: Path, **options: object) -> Catalog:
        snapshot = import_catalog(path, self.reads, self.stage, **options)  # type: ignore[arg-type]
        return Catalog(self.reads, snapshot.version)

    def text(self, where: Path, text: str, **options: object) -> Catalog:
        path = where / f"in{self.writes}.csv"
        path.write_text(text, encoding="utf-8")
        return self.load(path, **options)

    def commit(self, body: Event, wall_ms: int = 0) -> None:
        envelope = Envelope(
            body.kind, body.version, "S1", "T1", 1, 1, wall_ms, wall_ms, "", "", encode_body(body)
        )
        self.projection.fold(self.tables, envelope, body)

    def activate(self, version: int, at_ms: int = 0, wall_ms: int = 0) -> None:
        snapshot = read_snapshot(self.tables, version)
        assert snapshot is not None
        self.commit(activate(snapshot, at_ms), wall_ms)

    def dump(self, tables: tuple[str, ...]) -> dict[str, list[tuple[bytes, bytes]]]:
        return {table: list(self.tables.items(table)) for table in tables}
