"""The compiled journal walk, held against a plain one."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cashwrap_native.journal import follow, sealed

PACK = msgspec.msgpack.encode
STEM = b"S1\0T1\0\0\0\0\1"
NAME = PACK("S1") + PACK("T1") + PACK(1)
MARK = PACK("till.rekeyed")
SEQS = st.sampled_from([1, 126, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63, 2**64 - 9])  # fmt: skip  # noqa: E501


def framed(previous: bytes, seq: int, kind: str = "sale.completed", version: int = 1) -> bytes:
    return previous + PACK([kind, version, "S1", "T1", 1, seq, "body"])


def rows_from(seq: int, count: int) -> list[tuple[bytes, bytes]]:
    rows, previous = [], bytes(32)
    for number in range(seq, seq + count):
        raw = framed(previous, number)
        rows.append((STEM + number.to_bytes(8, "big"), raw))
        previous = sha256(raw).digest()
    return rows


def plainly(
    rows: Iterable[tuple[bytes, bytes]], seq: int, limit: int
) -> tuple[list[bytes], int, tuple[bytes, bytes] | None]:
    """What `follow` does, in plain words."""
    hashes, size, previous = [], 0, bytes(32)
    for key, raw in rows:
        if len(hashes) == limit:
            break
        try:
            kind, _, *name = msgspec.msgpack.decode(raw[32:])[:6]
        except (msgspec.DecodeError, TypeError, ValueError):
            return hashes, size, (key, raw)
        if (
            raw[:32] != previous
            or key != STEM + seq.to_bytes(8, "big")
            or name != ["S1", "T1", 1, seq]
            or kind == "till.rekeyed"
        ):
            return hashes, size, (key, raw)
        previous = sha256(raw).digest()
        hashes.append(previous)
        size += len(raw)
        seq += 1
    return hashes, size, None


@given(seq=SEQS, count=st.integers(0, 8), limit=st.integers(0, 9))
@example(seq=127, count=3, limit=9)
def test_a_sound_walk_is_that_of_plain_python(seq, count, limit):
    """All records that follow each other are taken, up to the limit."""
    rows = rows_from(seq, count)
    found = follow(iter(rows), bytes(32), STEM, NAME, seq, limit, sha256, (MARK,))
    assert found == plainly(rows, seq, limit)
    assert len(found[0]) == min(count, limit)


@given(data=st.data(), seq=SEQS)
def test_a_changed_byte_is_never_passed_over(data, seq):
    """A byte changed in a link, a name or a key hands that record back; in a body, the next one."""
    rows = rows_from(seq, 4)
    at = data.draw(st.integers(0, 3))
    part = data.draw(st.integers(0, 1))
    row = [bytearray(each) for each in rows[at]]
    place = data.draw(st.integers(0, len(row[part]) - 1))
    row[part][place] ^= data.draw(st.integers(1, 255))
    rows[at] = (bytes(row[0]), bytes(row[1]))
    hashes, _, odd = follow(rows, bytes(32), STEM, NAME, seq, 9, sha256, (MARK,))
    assert len(hashes) in (at, at + 1)
    if at == 3 and len(hashes) == 4:
        assert odd is None
        assert hashes[3] != sha256(rows_from(seq, 4)[3][1]).digest()
    else:
        assert odd == rows[len(hashes)]


@given(rows=st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=90)), max_size=4))
def test_rubbish_is_handed_back(rows):
    """Short and foreign rows are never read beyond their end."""
    _, _, odd = follow(rows, bytes(32), STEM, NAME, 1, 9, sha256, (MARK,))
    assert odd == (rows[0] if rows else None)


def test_a_marked_kind_is_handed_back():
    """A record that changes the key is for the caller."""
    first = framed(bytes(32), 1)
    second = framed(sha256(first).digest(), 2, "till.rekeyed")
    rows = [(STEM + n.to_bytes(8, "big"), raw) for n, raw in ((1, first), (2, second))]
    hashes, size, odd = follow(rows, bytes(32), STEM, NAME, 1, 9, sha256, (MARK,))
    assert (len(hashes), size, odd) == (1, len(first), rows[1])


@pytest.mark.parametrize("rows", [[(b"key",)], [("key", b"raw")], [(b"key", None)], [7]])
def test_wrong_types_are_refused(rows):
    """What is not two bytes objects is a TypeError or ValueError, never a crash."""
    with pytest.raises((TypeError, ValueError)):
        follow(rows, bytes(32), STEM, NAME, 1, 9, sha256, (MARK,))
    with pytest.raises(TypeError):
        follow([], bytes(32), STEM, NAME, 1, 9, sha256, ("mark",))  # type: ignore[arg-type]


@given(
    first=SEQS,
    kept=st.lists(st.booleans(), max_size=8),
    wrong=st.integers(0, 9),
    beyond=st.booleans(),
)
def test_seals_are_compared_one_by_one(first, kept, wrong, beyond):
    """Seals over the hashes fit; the first over another, or beyond them, is handed back."""
    hashes = [sha256(bytes([n])).digest() for n in range(len(kept))]
    rows = [
        ((first + n).to_bytes(8, "big"), hashes[n] + bytes(64)) for n, one in enumerate(kept) if one
    ]
    if beyond:
        rows.append(((first + len(kept)).to_bytes(8, "big"), bytes(96)))
    if wrong < len(rows):
        rows[wrong] = (rows[wrong][0], b"\xff" * 96)
    count, odd = sealed(rows, first, hashes)
    assert count == min([wrong, len(rows) - beyond])
    assert odd == (rows[count] if count < len(rows) else None)
