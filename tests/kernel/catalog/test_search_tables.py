"""Tables that rule chunks and blocks out never change what a search gives."""

from array import array

import pytest
from catalog_shop import gtin13
from hypothesis import given, settings
from hypothesis import strategies as st

from cashwrap.catalog.model import Item
from cashwrap.catalog.search import CLASSES, folded, row_of
from cashwrap_native.search import index, next_chunk, scan

TEXT = "abcsz019茶奶é𠮷"
names = st.text(TEXT, min_size=1, max_size=9)
codes = st.text("abs019茶", min_size=1, max_size=8)
rows = st.lists(st.tuples(names, codes, codes), min_size=1, max_size=200)


def chunk_of(goods: list[tuple[str, str, str]]) -> bytes:
    """Return the rows of (name, SKU, PLU), as an import packs them."""
    items = [Item(sku=sku, name=name, plus=(plu,)) for name, sku, plu in goods]
    return b"".join(row_of(item, item.name[:3], item.name[1:5]) for item in items)


def found(chunk: bytes, text: str, room: list[int], enough: int, table: bytes | None) -> object:
    """Return what a scan finds, and the room that it leaves."""
    left = array("q", room)
    hits = scan(chunk, [word.encode() for word in text.split()], left, enough, 0, 0, table)
    return hits, list(left)


@settings(max_examples=300, deadline=None)
@given(rows, names, st.lists(st.integers(0, 4), min_size=5, max_size=5), st.integers(1, 30))
def test_a_table_leaves_the_answer_as_it_is(
    goods: list[tuple[str, str, str]], text: str, room: list[int], enough: int
) -> None:
    """With and without one, a scan gives the same rows in the same order."""
    chunk, word = chunk_of(goods), folded(text)
    table = index(chunk)
    plain = found(chunk, word, room, enough, None)
    assert found(chunk, word, room, enough, table) == plain
    for part in (goods[-1][0][-3:], goods[0][1], goods[0][2][-2:], f"{word} {goods[0][0][:1]}"):
        part = folded(part)
        assert found(chunk, part, room, enough, table) == found(chunk, part, room, enough, None)


@settings(max_examples=200, deadline=None)
@given(st.lists(rows, min_size=1, max_size=4), names)
def test_no_chunk_with_a_hit_is_passed_over(
    shelves: list[list[tuple[str, str, str]]], text: str
) -> None:
    """Each chunk in which a scan finds the word is one that the tables leave."""
    chunks, word = [chunk_of(goods) for goods in shelves], folded(text).encode()
    tables, room = [index(chunk) for chunk in chunks], array("q", [9] * CLASSES)
    left, number = set(), -1
    while (number := next_chunk(tables, word, room, number + 1)) < len(tables):
        left.add(number)
    for number, chunk in enumerate(chunks):
        if scan(chunk, [word], array("q", [9] * CLASSES), 99, 0, 0):
            assert number in left


def test_what_is_nowhere_is_hardly_read() -> None:
    """A chunk that holds none of a hundred words is passed over for most of them."""
    goods = [(f"绿茶{n}", f"S{n:04d}", gtin13(690000000000 + n)) for n in range(600)]
    table, room = index(chunk_of(goods)), array("q", [9] * CLASSES)
    words = [f"zx{number}q".encode() for number in range(100)]
    assert sum(next_chunk([table], word, room, 0) for word in words) > 80
    assert next_chunk([table], "绿茶".encode(), room, 0) == 0


def test_only_a_table_that_was_made_is_taken() -> None:
    """A table of another size is refused before anything is read."""
    room = array("q", [9] * CLASSES)
    with pytest.raises(ValueError, match="table"):
        next_chunk([b"x"], b"a", room, 0)
    with pytest.raises(ValueError, match="table"):
        scan(chunk_of([("a", "b", "c")]), [b"a"], room, 9, 0, 0, b"x")
