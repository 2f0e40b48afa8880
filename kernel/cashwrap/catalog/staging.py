"""Writing a snapshot in small transactions, invisible until its activation is committed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from cashwrap.catalog import keys
from cashwrap.catalog.draft import Base, Draft
from cashwrap.catalog.errors import CatalogError
from cashwrap.catalog.model import Item
from cashwrap.catalog.pinyin import tables
from cashwrap.catalog.projection import read_plan
from cashwrap.catalog.search import narrow, packed, row_of, row_order
from cashwrap.catalog.snapshot import (
    Counts,
    Reads,
    Snapshot,
    Writes,
    encode,
    pages,
    snapshots,
)
from cashwrap.errors import CashwrapError

ROWS_PER_WRITE = 1000
CHUNKS_PER_WRITE = 32
TRIES = 8
KEPT = 3  # snapshots to go back to
SEARCH_ROWS = 16  # chunks, in one short view
StagedRow = tuple[str, bytes, bytes]  # table, key without version, value
Tell = Callable[[int], None]


class VersionTaken(CatalogError):
    """A snapshot of this number is already on this device."""

    code = "catalog.version_taken"


def stage(
    draft: Draft, base: Base, reads: Reads, writes: Writes, version: int | None, tell: Tell
) -> Snapshot:
    """Write the draft, over a copy of the base, as a complete snapshot; return it.

    What imports that died have left is removed first. ``tell`` is told rows written so far.
    """
    sweep(reads, writes)
    number = _free_version(reads, version)
    prefix = keys.version_prefix(number)
    write_rows(writes, [(keys.SNAPSHOTS, prefix, encode(Snapshot(number)))])
    rows = chain(_kept_rows(draft, base), _new_rows(draft))
    done = _write_all(writes, prefix, rows, ROWS_PER_WRITE, 0, tell)
    _write_all(writes, prefix, _search_rows(draft, base), CHUNKS_PER_WRITE, done, tell)
    content_hash, counts = summary(reads, prefix)
    snapshot = Snapshot(number, True, content_hash, counts, search_hash(reads, prefix))
    write_rows(writes, [(keys.SNAPSHOTS, prefix, encode(snapshot))])
    return snapshot


def sweep(reads: Reads, writes: Writes) -> None:
    """Remove incomplete snapshots."""
    with reads() as reader:
        dead = [snapshot.version for snapshot in snapshots(reader) if not snapshot.complete]
    for version in dead:
        remove(reads, writes, version)


def prune(reads: Reads, writes: Writes, keep: int = KEPT, besides: int | None = None) -> list[int]:
    """Remove all but the newest ``keep`` snapshots; return the versions that went.

    What is in effect or scheduled always stays, and ``besides``.
    """
    with reads() as reader:
        wanted = {besides, *(entry.version for entry in read_plan(reader))}
        complete = [snapshot.version for snapshot in snapshots(reader) if snapshot.complete]
    wanted.update(complete[max(0, len(complete) - keep) :])
    gone = [version for version in complete if version not in wanted]
    for version in gone:
        remove(reads, writes, version)
    return gone


def remove(reads: Reads, writes: Writes, version: int) -> None:
    """Remove a snapshot in small transactions; its own row goes first into incomplete state."""
    prefix = keys.version_prefix(version)
    write_rows(writes, [(keys.SNAPSHOTS, prefix, encode(Snapshot(version)))])
    for table in (*keys.ROW_TABLES, keys.SEARCH, keys.SNAPSHOTS):
        going = (key for key, _ in pages(reads, table, prefix))
        while batch := list(islice(going, ROWS_PER_WRITE)):
            write_rows(writes, [(table, key, None) for key in batch])


def _free_version(reads: Reads, wanted: int | None) -> int:
    with reads() as reader:
        taken = {snapshot.version for snapshot in snapshots(reader)}
        taken.update(entry.version for entry in read_plan(reader))
    number = wanted if wanted is not None else max(taken, default=0) + 1
    if number in taken or not 0 < number <= keys.VERSION_MAX:
        raise VersionTaken(f"catalog version {number} is taken or out of range: choose another")
    return number


def write_rows(writes: Writes, rows: Iterable[tuple[str, bytes, bytes | None]]) -> None:
    """Write rows in one transaction; a store that had to grow for them is asked again."""
    for attempt in range(TRIES):
        try:
            with writes() as writer:
                for table, key, value in rows:
                    if value is None:
                        writer.delete(table, key)
                    else:
                        writer.put(table, key, value)
            return
        except CashwrapError as fault:
            if fault.code != "store.stage_too_large" or attempt == TRIES - 1:
                raise


def _write_all(
    writes: Writes, prefix: bytes, rows: Iterator[StagedRow], size: int, done: int, tell: Tell
) -> int:
    while batch := list(islice(rows, size)):
        write_rows(writes, [(table, prefix + key, value) for table, key, value in batch])
        done += len(batch)
        tell(done)
    return done


def _kept_rows(draft: Draft, base: Base) -> Iterator[StagedRow]:
    """Yield the base's rows that the draft does not replace."""
    gone = {sku.encode() for sku in draft.items.keys() | draft.removed}
    priced = {sku.encode() for sku in draft.prices.keys() | draft.removed}
    parts = {kind + code.encode() for kind, made in draft.parts.items() for code in made}
    for key, value in base.rows(keys.ITEMS):
        if key not in gone:
            yield keys.ITEMS, key, value
    for key, value in base.rows(keys.CODES):
        if value.split(b"\0", 1)[0] not in gone:
            yield keys.CODES, key, value
    for key, value in base.rows(keys.PRICES):
        if key not in priced:
            yield keys.PRICES, key, value
    for key, value in base.rows(keys.PARTS):
        variant = key[:1] == keys.VARIANT
        if not (key.split(b"\0", 1)[1] in gone if variant else key in parts):
            yield keys.PARTS, key, value


def _new_rows(draft: Draft) -> Iterator[StagedRow]:
    """Yield the rows of the draft, table by table in key order: LMDB appends those fastest."""
    items = sorted((sku.encode(), item) for sku, item in draft.items.items())
    for sku, item in items:
        yield keys.ITEMS, sku, encode(item)
    codes = sorted(row for sku, item in items for row in _code_rows(sku, item))
    for key, value in codes:
        yield keys.CODES, key, value
    for sku, entries in sorted((sku.encode(), entries) for sku, entries in draft.prices.items()):
        yield keys.PRICES, sku, encode(sorted(entries, key=lambda e: (e.book, e.unit, e.from_ms)))
    for kind, made in draft.parts.items():
        for code, part in made.items():
            yield keys.PARTS, kind + code.encode(), encode(part)
    for sku, item in items:
        if item.family:
            yield keys.PARTS, keys.VARIANT + item.family.encode() + b"\0" + sku, b""


def _code_rows(sku: bytes, item: Item) -> Iterator[tuple[bytes, bytes]]:
    for gtin in item.gtins:
        yield keys.gtin_key(0, gtin)[4:], sku + b"\0"
    for plu in item.plus:
        yield keys.plu_key(0, plu)[4:], sku + b"\0"
    for pack in item.packs:
        for gtin in pack.gtins:
            yield keys.gtin_key(0, gtin)[4:], sku + b"\0" + pack.unit.encode()


def _search_rows(draft: Draft, base: Base) -> Iterator[StagedRow]:
    gone = {sku.encode() for sku in draft.items.keys() | draft.removed}
    rows = [
        row + b"\n"
        for _, chunk in base.rows(keys.SEARCH)
        for row in chunk.split(b"\n")
        if row and row[row.rindex(b"\1") + 1 :] not in gone
    ]
    if draft.items:
        pinyin_of = tables().of
        rows.extend(
            row_of(item, *pinyin_of(narrow(item.name)))
            for item in draft.items.values()
            if item.sellable or item.axes
        )
    rows.sort(key=row_order)
    for number, chunk in enumerate(packed(rows)):
        yield keys.SEARCH, number.to_bytes(4, "big"), chunk


def summary(reads: Reads, prefix: bytes) -> tuple[str, Counts]:
    """Return the hash over all rows but the search index, and the counts."""
    digest = hashlib.sha256()
    seen = dict.fromkeys(keys.ROW_TABLES, 0)
    kinds: dict[bytes, int] = {}
    for table in keys.ROW_TABLES:
        for key, value in pages(reads, table, prefix):
            digest.update(
                b"%s %d %d\n%s%s" % (table.encode(), len(key), len(value), key[4:], value)
            )
            seen[table] += 1
            if table == keys.PARTS:
                kinds[key[4:5]] = kinds.get(key[4:5], 0) + 1
    counts = Counts(
        items=seen[keys.ITEMS],
        codes=seen[keys.CODES],
        priced_skus=seen[keys.PRICES],
        books=kinds.get(keys.BOOK, 0),
        categories=kinds.get(keys.CATEGORY, 0),
        groups=kinds.get(keys.GROUP, 0),
    )
    return digest.hexdigest(), counts


def search_hash(reads: Reads, prefix: bytes) -> str:
    """Return the hash over the search index."""
    digest = hashlib.sha256()
    for key, value in pages(reads, keys.SEARCH, prefix, rows_max=SEARCH_ROWS):
        digest.update(b"%d %d\n%s%s" % (len(key), len(value), key[4:], value))
    return digest.hexdigest()


def damage(reads: Reads) -> list[str]:
    """Return what is wrong with the catalogs on this device, empty for nothing.

    They stand beside the journal, which has but the hash of each: no rebuild proves them.
    """
    with reads() as reader:
        meant = {entry.version: entry.content_hash for entry in read_plan(reader)}
        staged = {one.version: one for one in snapshots(reader) if one.complete}
    found = [f"catalog {version} is not there" for version in meant.keys() - staged.keys()]
    for version, snapshot in staged.items():
        content_hash = meant.get(version, snapshot.content_hash)
        found += filter(None, [_damage(reads, snapshot, content_hash)])
    return found


def _damage(reads: Reads, snapshot: Snapshot, content_hash: str) -> str:
    prefix, name = keys.version_prefix(snapshot.version), f"catalog {snapshot.version}"
    if summary(reads, prefix) != (content_hash, snapshot.counts):
        return f"{name} is not what was put in force"
    if snapshot.search_hash and search_hash(reads, prefix) != snapshot.search_hash:
        return f"{name} has another search index than was made for it"
    return ""
