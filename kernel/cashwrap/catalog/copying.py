"""A snapshot of one store, copied into another one: nothing is read from files again."""

from collections.abc import Iterator
from itertools import islice

from cashwrap.catalog import keys
from cashwrap.catalog.snapshot import Reads, Snapshot, Writes, encode, pages, read_snapshot
from cashwrap.catalog.staging import prune, remove, sweep, write_rows

ROWS_PER_WRITE = 100_000
"""More than an import writes at once: nobody sells on the store that is copied into."""


def copy_snapshot(source: Reads, version: int, reads: Reads, writes: Writes) -> Snapshot | None:
    """Copy a snapshot under its own number, unless it is there; return it.

    None where the source has none of that number. It is complete when this returns, and removed by
    the next import or copy when it was not.
    """
    with source() as reader:
        snapshot = read_snapshot(reader, version)
    with reads() as reader:
        there = read_snapshot(reader, version)
    if snapshot is None or there == snapshot:
        return snapshot
    prefix = keys.version_prefix(version)
    if there is not None:
        remove(reads, writes, version)
    sweep(reads, writes)
    prune(reads, writes, keep=0)
    write_rows(writes, [(keys.SNAPSHOTS, prefix, encode(Snapshot(version)))])
    rows = _rows(source, prefix)
    while batch := list(islice(rows, ROWS_PER_WRITE)):
        write_rows(writes, batch)
    write_rows(writes, [(keys.SNAPSHOTS, prefix, encode(snapshot))])
    return snapshot


def _rows(source: Reads, prefix: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    for table in (*keys.ROW_TABLES, keys.SEARCH):
        for key, value in pages(source, table, prefix, ROWS_PER_WRITE):
            yield table, key, value
