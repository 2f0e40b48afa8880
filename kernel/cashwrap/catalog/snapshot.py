"""What is known about a snapshot as a whole, and the codecs of its rows."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import msgspec

from cashwrap.catalog.keys import SNAPSHOTS, version_prefix
from cashwrap.catalog.model import Item, PriceEntry
from cashwrap.store.tables import Reader, Writer

Reads = Callable[[], AbstractContextManager[Reader]]
"""Opens a read transaction: ``with reads() as reader``."""

Writes = Callable[[], AbstractContextManager[Writer]]
"""Opens a write transaction over the staged tables, committed when the block ends without error."""


class Counts(msgspec.Struct, frozen=True, array_like=True):
    """How much a snapshot holds."""

    items: int = 0
    codes: int = 0
    priced_skus: int = 0
    books: int = 0
    categories: int = 0
    groups: int = 0


class Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """One staged catalog. ``content_hash`` is SHA-256 (hex) over all rows, the same anywhere.

    ``search_hash`` is that of the search index, which is made from them; "" is not known. An
    incomplete one is what an import that died has left; the next import removes it.
    """

    version: int
    complete: bool = False
    content_hash: str = ""
    counts: Counts = Counts()
    search_hash: str = ""


encode = msgspec.msgpack.Encoder().encode
decode_item = msgspec.msgpack.Decoder(Item).decode
decode_prices = msgspec.msgpack.Decoder(tuple[PriceEntry, ...]).decode
decode_names = msgspec.msgpack.Decoder(tuple[str, ...]).decode
_decode_snapshot = msgspec.msgpack.Decoder(Snapshot).decode


def snapshots(reader: Reader) -> list[Snapshot]:
    """Return all snapshots on this device, oldest first, incomplete ones too."""
    return [_decode_snapshot(value) for _, value in reader.items(SNAPSHOTS)]


def read_snapshot(reader: Reader, version: int) -> Snapshot | None:
    """Return a complete snapshot, or None when it is not on this device."""
    value = reader.get(SNAPSHOTS, version_prefix(version))
    snapshot = _decode_snapshot(value) if value is not None else None
    return snapshot if snapshot is not None and snapshot.complete else None


def pages(
    reads: Reads, table: str, prefix: bytes, rows_max: int = 2000
) -> Iterator[tuple[bytes, bytes]]:
    """Yield the rows under a prefix, each page of them from a short view of its own."""
    after = b""
    while True:
        page: list[tuple[bytes, bytes]] = []
        with reads() as reader:
            for row in reader.items(table, prefix, after):
                page.append(row)
                if len(page) == rows_max:
                    break
        yield from page
        if len(page) < rows_max:
            return
        after = page[-1][0]
