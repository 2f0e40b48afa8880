"""Fold the journal anew into memory tables, and put them in place of the old ones."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec

from cashwrap.store.disk import Table, Txn
from cashwrap.store.engine import Engine
from cashwrap.store.errors import HistoryTrimmed
from cashwrap.store.guests import FoldFailed, Guest
from cashwrap.store.identity import Base
from cashwrap.store.journal import Journal, load_identity
from cashwrap.store.layout import BASES, META
from cashwrap.store.projections import Replay
from cashwrap.store.tables import Projection

Progress = Callable[[int, int], None]  # (done, of)
Rows = Mapping[bytes, bytes]

PROJECTIONS_ROW = b"projections"
BATCH = 4096


class Folded(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a projection whose tables are up to date."""

    version: int
    tables: tuple[str, ...]


_decode_folded = msgspec.msgpack.Decoder(dict[str, Folded]).decode


def folded_rows(engine: Engine) -> dict[str, Folded]:
    """Return which projections the tables on the disk belong to."""
    with engine.view() as txn:
        row = txn.get(PROJECTIONS_ROW, db=engine.dbs[META])
    return _decode_folded(row) if row else {}


def forget_folded(txn: Txn, engine: Engine, names: Iterable[str]) -> None:
    """Say that tables are behind from now on: their projections fold anew when they are back."""
    row = txn.get(PROJECTIONS_ROW, db=engine.dbs[META])
    known = _decode_folded(row) if row else {}
    kept = {name: one for name, one in known.items() if name not in names}
    txn.put(PROJECTIONS_ROW, msgspec.msgpack.encode(kept), db=engine.dbs[META])


def out_of_date(engine: Engine, projections: Sequence[Projection]) -> list[Projection]:
    """Return the projections whose tables are missing or of another version."""
    known = folded_rows(engine)
    return [
        one for one in projections if known.get(one.name) != Folded(one.version, tuple(one.tables))
    ]


def replay(
    engine: Engine,
    journal: Journal,
    projections: Sequence[Projection],
    until: int,
    progress: Progress | None = None,
) -> Replay:
    """Return all tables of these projections, folded in memory up to ``until``."""
    base = load_identity(engine).base
    folding = Replay(projections)
    _load_bases(engine, base, projections, folding)
    done = base.seq
    with _no_collecting():
        for batch in journal.batches(done, until, BATCH):
            folding.feed(batch)
            done += len(batch)
            if progress:
                progress(done - base.seq, until - base.seq)
    return folding


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Pause the search for cycles: a fold makes millions of objects and none in a cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _load_bases(
    engine: Engine, base: Base, projections: Sequence[Projection], folding: Replay
) -> None:
    """Begin with the tables as they were at the trim point."""
    for one in projections:
        version = base.versions.get(one.name, one.version)
        if version != one.version:
            refusal = HistoryTrimmed(
                f"projection {one.name!r} changed and must fold anew", base.seq
            )
            raise FoldFailed(one.name, str(refusal)) if isinstance(one, Guest) else refusal
    if not base.seq:
        return
    with engine.view() as txn:
        for key, value in txn.cursor(db=engine.dbs[BASES]):
            name, _, row = bytes(key).partition(b"\0")
            writer = folding.writer_of(name.decode())
            if writer is not None:
                writer.put(name.decode(), row, value)


def rebuild(
    engine: Engine,
    journal: Journal,
    projections: Sequence[Projection],
    until: int,
    progress: Progress | None = None,
    active: Sequence[Projection] | None = None,
) -> int:
    """Fold these projections anew and write their tables; return how many records were folded.

    ``active`` are all that the store is opened with (these, when None). A projection that is not
    among them is forgotten, so that it folds anew when it comes back.
    """
    folding = replay(engine, journal, projections, until, progress)
    tables = folding.tables()
    current = {one.name: Folded(one.version, tuple(one.tables)) for one in active or projections}

    def write(txn: Txn) -> None:
        for name, rows in tables.items():
            put_table(txn, engine.dbs[name], rows)
        txn.put(PROJECTIONS_ROW, msgspec.msgpack.encode(current), db=engine.dbs[META])

    engine.write(write, emergency=True)
    return folding.folded


def put_table(txn: Txn, db: Table, rows: Rows) -> None:
    """Make a table hold exactly these rows, written in order."""
    txn.drop(db, delete=False)
    with txn.cursor(db=db) as cursor:
        cursor.putmulti([(key, rows[key]) for key in sorted(rows)], append=True)


def tables_hash(tables: Mapping[str, Rows]) -> bytes:
    """Return one hash over all rows of some tables, the same for the same content."""
    digest = hashlib.sha256()
    for name in sorted(tables):  # a table without rows adds nothing
        for key, value in sorted(tables[name].items()):
            for part in (name.encode(), key, value):
                digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()


def snapshot_hash(rows: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return `tables_hash` of the rows of ``store.bases``."""
    tables: dict[str, dict[bytes, bytes]] = {}
    for key, value in rows:
        name, _, row = key.partition(b"\0")
        tables.setdefault(name.decode(), {})[row] = value
    return tables_hash(tables)
