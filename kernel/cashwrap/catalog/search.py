"""Search by name, code tail and pinyin: rows packed at import, scanned in place by compiled code.

A row is ``\\0 name \\0 initials \\0 pinyin (\\0 code \\2)... \\1 sku \\n``, lower case but for the
SKU at its end; of the pinyin the first letters are enough, as only its start is matched. Rows stand
in the order in which results are listed: by pinyin, name, SKU. The scan reads one chunk after the
other from the memory map, but for those that a table in memory rules out; the tables are made at
the first search, and nothing is loaded when a till starts.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from cashwrap.catalog.keys import CODES, ITEMS, SEARCH, gtin_key, plu_key, version_prefix
from cashwrap.catalog.model import Item
from cashwrap.errors import InvalidInput
from cashwrap.store.tables import Reader
from cashwrap_native.search import index, next_chunk, scan

CHUNK_BYTES = 64 * 1024
TABLES_MAX = 256
"""Chunks that have a table, of 8 MB together; what is beyond is read from end to end."""
PINYIN_MAX = 16
LIMIT_MAX = 1000
TEXT_MAX = 200
WHOLE_CODE_MIN = 8
WORDS_MAX = 8
CLASSES = 5
OFFSET_BITS = 40
GTIN_LENGTHS = (8, 12, 13, 14)
_UNSEARCHED = {0: None, 1: None, 2: None, 10: " "}


class Page(msgspec.Struct, frozen=True, array_like=True):
    """Items in order of rank, and the cursor of the next page ("" when this is the last)."""

    items: tuple[Item, ...]
    next: str = ""


def narrow(text: str) -> str:
    """Return text with full-width letters and digits, which open input methods make, narrow."""
    if text.isascii():
        return text
    from unicodedata import normalize  # a till that starts need not load it

    return normalize("NFKC", text)


def folded(text: str) -> str:
    """Return text as it is compared: narrow, lower case, without the bytes that part rows."""
    return narrow(text).casefold().translate(_UNSEARCHED)


def gtin_text(gtin: int) -> str:
    """Return a GTIN with the digits it is printed with: 8, 12, 13 or 14."""
    return f"{gtin:08d}" if gtin < 10**8 else f"{gtin:012d}"


def packed(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks of whole rows, each at most `CHUNK_BYTES` unless one row is longer."""
    pending: list[bytes] = []
    size = 0
    for row in rows:
        if pending and size + len(row) > CHUNK_BYTES:
            yield b"".join(pending)
            pending, size = [], 0
        pending.append(row)
        size += len(row)
    if pending:
        yield b"".join(pending)


def row_of(item: Item, pinyin: str, initials: str) -> bytes:
    """Return the row of one item."""
    gtins = [gtin_text(gtin) for pack in item.packs for gtin in pack.gtins]
    codes = [item.sku, *map(gtin_text, item.gtins), *gtins, *item.plus]
    names = "\0".join((item.name, initials, pinyin[:PINYIN_MAX]))
    ends = "".join([f"\0{code}\2" for code in codes])
    return narrow(f"\0{names}{ends}").casefold().encode() + f"\1{item.sku}\n".encode()


def row_order(row: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what rows are sorted by: pinyin, name, SKU."""
    _, name, _, pinyin, _ = row.split(b"\0", 4)
    return pinyin, name, row[row.rindex(b"\1") :]


def sku_of(chunk: bytes, offset: int) -> str:
    """Return the SKU of the row that starts at ``offset``."""
    end = chunk.index(b"\n", offset)
    return chunk[chunk.rindex(b"\1", offset, end) + 1 : end].decode()


class Tables:
    """Which chunk may hold what: made at the first search, kept in memory (32 KB a chunk)."""

    def __init__(self, reader: Reader, version: int) -> None:
        rows = islice(reader.items(SEARCH, version_prefix(version)), TABLES_MAX)
        self.kept = [index(chunk) for _, chunk in rows]


def find(
    reader: Reader, version: int, text: str, limit: int, after: str, tables: Tables | None = None
) -> tuple[list[str], str]:
    """Return the SKUs of one page and the cursor of the next.

    All words of ``text`` must be in the row; the first ranks it. A whole code comes first, then
    the start of the initials, of the name or pinyin, the start or tail of a code, then anywhere in
    the name or initials; among equals the order is by pinyin, then name. A whole code of at least
    8 characters is its own answer. With ``tables`` the answer is the same and comes sooner.
    """
    if not isinstance(text, str):
        raise InvalidInput(f"search for text, not for {text!r:.60}")
    words = [word.encode("utf-8", "ignore") for word in folded(text[:TEXT_MAX]).split()]
    words = [word for word in words if word][:WORDS_MAX]
    if not 1 <= limit <= LIMIT_MAX:
        raise InvalidInput(f"a page of {limit} results: ask for 1 to {LIMIT_MAX}")
    after_place = _cursor(after)
    if not words:
        return [], ""
    code = text.strip()
    exact = _exact(reader, version, code)
    if not exact and not code.isascii():
        exact = _exact(reader, version, narrow(code))
    if exact and len(code) >= WHOLE_CODE_MIN:
        return ([] if after else exact[:limit]), ""
    wanted = limit + 1 + len(exact)
    hits = _scan(reader, version, words, wanted, after_place, tables.kept if tables else [])
    page = exact if not after else []
    rest = [hit for hit in hits if hit[1] not in exact]
    taken = rest[: max(0, limit - len(page))]
    more = len(rest) > len(taken)
    return [*page, *(sku for _, sku in taken)], _cursor_text(taken) if more else ""


Place = tuple[int, int, int]  # class, chunk, offset


def _scan(
    reader: Reader,
    version: int,
    words: list[bytes],
    wanted: int,
    after: Place,
    tables: list[bytes],
) -> list[tuple[Place, str]]:
    after_class, after_chunk, after_offset = after
    room = array("q", [wanted if rank >= after_class else 0 for rank in range(CLASSES)])
    best = max(1, after_class)
    hits: list[tuple[Place, str]] = []
    for number, chunk in _chunks(reader, version, words[0], room, tables):
        taken = sum(1 for place, _ in hits if place[0] <= best)
        if taken >= wanted:
            break
        passed = number < after_chunk
        kept, room[after_class] = room[after_class], 0 if passed else room[after_class]
        offset = after_offset if number == after_chunk else 0
        table = tables[number] if number < len(tables) else None
        for hit in scan(chunk, words, room, wanted - taken, after_class, offset, table):
            rank, at = hit >> OFFSET_BITS, hit & (2**OFFSET_BITS - 1)
            hits.append(((rank, number, at), sku_of(chunk, at)))
        if passed:
            room[after_class] = kept
    return sorted(hits)


def _chunks(
    reader: Reader, version: int, word: bytes, room: "array[int]", tables: list[bytes]
) -> Iterator[tuple[int, bytes]]:
    """Yield the chunks, with their numbers, but for those that their tables rule out."""
    prefix, number = version_prefix(version), 0
    while (number := next_chunk(tables, word, room, number)) < len(tables):
        chunk = reader.get(SEARCH, prefix + number.to_bytes(4, "big"))
        assert chunk is not None, "a snapshot never changes"
        yield number, chunk
        number += 1
    last = prefix + (number - 1).to_bytes(4, "big") if number else b""
    for _, chunk in reader.items(SEARCH, prefix, last):
        yield number, chunk
        number += 1


def _exact(reader: Reader, version: int, text: str) -> list[str]:
    """Return the SKUs that ``text`` names as a whole code."""
    if not 0 < len(text) <= 64:
        return []
    plain = text.encode("utf-8", "ignore").decode()
    skus = [plain] if reader.get(ITEMS, version_prefix(version) + plain.encode()) else []
    rows = [reader.get(CODES, plu_key(version, plain))]
    if text.isascii() and text.isdigit() and len(text) in GTIN_LENGTHS:
        rows.append(reader.get(CODES, gtin_key(version, int(text))))
    skus.extend(row.decode().split("\0")[0] for row in rows if row is not None)
    return list(dict.fromkeys(skus))


def _cursor_text(taken: list[tuple[Place, str]]) -> str:
    """Return where the next page may begin: class, chunk, least offset."""
    if not taken:
        return "0-0-0"
    rank, chunk, offset = taken[-1][0]
    return f"{rank}-{chunk}-{offset + 1}"


def _cursor(after: str) -> Place:
    if not after:
        return 0, 0, 0
    parts = after.split("-")
    if len(parts) != 3 or len(after) > 40 or not all(p.isascii() and p.isdigit() for p in parts):
        raise InvalidInput(f"{after[:40]!r} is no search cursor: pass the `next` of a page")
    rank, chunk, offset = map(int, parts)
    if rank >= CLASSES or offset >= 2**OFFSET_BITS:
        raise InvalidInput(f"{after[:40]!r} is no search cursor: pass the `next` of a page")
    return rank, chunk, offset
