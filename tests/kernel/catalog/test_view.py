"""Prices in layers, activation, arrangement, picker, meals and search."""

from pathlib import Path

import pytest
from catalog_shop import Shop, gtin13
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cashwrap.catalog.errors import (
    ModifierRefused,
    NoCatalog,
    NoPrice,
    SlotRefused,
    UnknownItem,
    UnknownUnit,
)
from cashwrap.catalog.events import CatalogScheduleCancelled, GroupsArranged
from cashwrap.catalog.keys import STAGED_TABLES, version_prefix
from cashwrap.catalog.meals import check_choices, check_modifiers
from cashwrap.catalog.model import Modifier, ModifierGroup, PriceBook, PriceContext, PriceEntry
from cashwrap.catalog.picker import picker
from cashwrap.catalog.prices import effective, ranked
from cashwrap.catalog.projection import current
from cashwrap.catalog.search import find
from cashwrap.catalog.snapshot import snapshots
from cashwrap.catalog.staging import VersionTaken, prune
from cashwrap.catalog.view import Catalog, open_catalog
from cashwrap.errors import InvalidInput

ANY = PriceContext()


def books(*made: PriceBook) -> dict[str, PriceBook]:
    return {book.code: book for book in made}


LAYERED = books(
    PriceBook("c"),
    PriceBook("r", "region", "north"),
    PriceBook("s", "store", "S1"),
    PriceBook("s9", "store", "S1", priority=9),
    PriceBook("v", "customer", "gold", tax_included=False),
)


def test_narrowest_layer_then_priority_then_latest_start_then_code() -> None:
    """The documented order of precedence decides, whatever the order of the entries."""
    place = PriceContext(region="north", store="S1", customer="gold")
    entries = [PriceEntry("c", 1), PriceEntry("r", 2), PriceEntry("s", 3), PriceEntry("s9", 4)]
    for given_entries in (entries, entries[::-1]):
        price = effective(ranked(given_entries, LAYERED, place, ""), 10)
        assert price is not None
        assert price.unit_minor == 4
    vip = effective(ranked([*entries, PriceEntry("v", 5)], LAYERED, place, ""), 10)
    assert vip is not None
    assert (vip.unit_minor, vip.tax_included) == (5, False)
    later = effective(ranked([PriceEntry("c", 1), PriceEntry("c", 2, 5)], LAYERED, ANY, ""), 10)
    assert later is not None
    assert later.unit_minor == 2


entries_strategy = st.lists(
    st.builds(
        PriceEntry,
        st.sampled_from(sorted(LAYERED)),
        st.integers(0, 99),
        st.integers(0, 20),
        st.integers(21, 40),
    ),
    max_size=8,
)


@given(entries_strategy, st.integers(0, 40))
def test_price_holds_until_its_end(entries: list[PriceEntry], now_ms: int) -> None:
    """Between the moment of asking and until_ms the answer never changes."""
    place = PriceContext(region="north", store="S1")
    order = ranked(entries, LAYERED, place, "")
    price = effective(order, now_ms)
    if price is not None:
        for later in range(now_ms, price.until_ms or 41):
            again = effective(order, later)
            assert again is not None
            assert (again.unit_minor, again.book) == (price.unit_minor, price.book)


def test_pack_without_its_own_price_costs_its_content(tmp_path: Path) -> None:
    """A case of 24 costs 24 times the base price until it has a price of its own."""
    path = tmp_path / "a.jsonl"
    path.write_text(
        f'{{"sku":"A","name":"a","gtins":["{gtin13(1)}"],"price":"3.50"}}\n'
        '{"type":"pack","sku":"A","unit":"case","quantity":"24"}\n'
        '{"type":"price","sku":"A","price":"80","unit":"case","from":"2026-01-01T00:00:00Z"}\n'
    )
    catalog = Shop().load(path)
    start = 1_767_225_600_000
    before = catalog.price_at("A", start - 1, ANY, "case")
    assert (before.unit_minor, before.until_ms) == (8400, start)
    assert catalog.price_at("A", start, ANY, "case").unit_minor == 8000
    assert catalog.price_at("A", start - 1, ANY, "case").unit_minor == 8400
    with pytest.raises(UnknownUnit):
        catalog.price_at("A", 0, ANY, "box")


def test_no_price_and_unknown_goods_are_said_plainly(tmp_path: Path) -> None:
    """Unknown codes and missing prices raise typed errors with the code in the text."""
    catalog = Shop().text(tmp_path, "sku,name\nA,a\n")
    with pytest.raises(NoPrice, match="'A'"):
        catalog.price_at("A", 0, ANY)
    for ask in (
        lambda: catalog.by_gtin(5),
        lambda: catalog.by_gtin(-1),
        lambda: catalog.by_gtin(2**80),
        lambda: catalog.by_plu(""),
        lambda: catalog.by_plu("x" * 9999),
        lambda: catalog.by_sku("\ud800"),
        lambda: catalog.price_at("nope", 0, ANY),
    ):
        with pytest.raises(UnknownItem):
            ask()


def test_activation_schedule_rollback_and_cancel(tmp_path: Path) -> None:
    """A scheduled version takes over at its moment; an older one can come back; plans can go."""
    shop = Shop()
    for name in ("one", "two", "three"):
        shop.text(tmp_path, f"sku,name\nA,{name}\n")
    with pytest.raises(NoCatalog):
        open_catalog(shop.reads, 0)
    shop.activate(1, wall_ms=10)
    shop.activate(2, at_ms=100, wall_ms=20)
    shop.activate(3, at_ms=200, wall_ms=20)
    assert [current(shop.tables, t).version for t in (0, 99, 100, 199, 200)] == [1, 1, 2, 2, 3]
    shop.commit(CatalogScheduleCancelled(3), 20)
    assert current(shop.tables, 500).version == 2
    shop.activate(1, wall_ms=150)
    assert current(shop.tables, 150).version == 1
    assert open_catalog(shop.reads, 500).by_sku("A").name == "one"


def test_prune_keeps_what_is_current_scheduled_or_asked_for(tmp_path: Path) -> None:
    """Pruning takes the oldest snapshots; each import prunes to the newest three and its own."""
    shop = Shop()
    for number in range(3):
        shop.text(tmp_path, f"sku,name\nA,a{number}\n")
    shop.activate(1)
    shop.activate(3, at_ms=10**6)
    for number in range(3, 7):
        shop.text(tmp_path, f"sku,name\nA,a{number}\n")
    assert [s.version for s in snapshots(shop.tables)] == [1, 3, 4, 5, 6, 7]
    assert prune(shop.reads, shop.stage, keep=1, besides=4) == [5, 6]
    assert [s.version for s in snapshots(shop.tables)] == [1, 3, 4, 7]
    for table in STAGED_TABLES:
        assert not list(shop.tables.items(table, version_prefix(2)))
    with pytest.raises(VersionTaken):
        shop.text(tmp_path, "sku,name\nA,a\n", version=4)


@pytest.mark.parametrize("die_after", range(1, 4))
def test_crash_while_staging_changes_nothing(tmp_path: Path, die_after: int) -> None:
    """What an import that died has left is invisible, and the next import removes it."""
    shop = Shop()
    text = "sku,name,price\nA,a,1\n"
    shop.activate(shop.text(tmp_path, text).catalog_version)
    shop.writes, shop.die_after = 0, die_after
    with pytest.raises(OSError, match="power cut"):
        shop.text(tmp_path, text)
    assert open_catalog(shop.reads, 0).catalog_version == 1
    with pytest.raises(NoCatalog):
        Catalog(shop.reads, 2)
    shop.die_after = 0
    shop.text(tmp_path, text)
    assert [s.complete for s in snapshots(shop.tables)] == [True, True]


@pytest.mark.req("R4")
def test_store_order_never_touches_headquarters(tmp_path: Path) -> None:
    """C before A for one store, kept over new catalogs; others see the headquarters' order."""
    shop = Shop()
    text = '{"sku":"X","name":"x"}\n{"sku":"Y","name":"y"}\n' + "".join(
        f'{{"type":"group","code":"{c}","name":"{c}","position":{i},"skus":["X","Y"]}}\n'
        for i, c in enumerate("ABC")
    )
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    catalog = shop.load(path)
    shop.commit(GroupsArranged("S1", ("C", "A")))
    shop.commit(GroupsArranged("S1", ("Y",), "A"))
    again = shop.load(path)
    for seen in (catalog, again):
        assert [g.code for g in seen.groups("S1")] == ["C", "A", "B"]
        assert seen.groups("S1")[1].skus == ("Y", "X")
        assert [g.code for g in seen.groups()] == ["A", "B", "C"]
        assert [g.code for g in seen.groups("S2")] == ["A", "B", "C"]
        assert seen.groups("S2")[0].skus == ("X", "Y")
    shop.commit(GroupsArranged("S1", ()))
    assert [g.code for g in again.groups("S1")] == ["A", "B", "C"]


@pytest.mark.req("R6")
def test_picker_tree_has_price_and_stock_per_leaf(tmp_path: Path) -> None:
    """A sold-out leaf is blocked, a combination without a SKU is absent."""
    catalog = Shop().text(
        tmp_path,
        "sku,name,axes,family,spec,price\nT,奶茶,size=L/S|ice=yes/no,,,\n"
        "T1,大,,T,size=L|ice=yes,12\nT2,小,,T,ice=yes|size=S,10\nT3,小,,T,size=S|ice=no,\n",
    )
    stock = {"T1": 0, "T2": 5000, "T3": 1000}
    tree = picker(catalog, "T", 0, ANY, stock.__getitem__)
    assert tree.axes == ("size", "ice")
    large, small = tree.choices
    assert [choice.value for choice in large.choices] == ["yes"]
    assert (large.enabled, small.enabled) == (False, True)
    leaves = [choice.leaf for choice in (*large.choices, *small.choices)]
    assert [leaf.blocked for leaf in leaves if leaf] == ["sold_out", "", "no_price"]
    assert leaves[1] is not None
    assert leaves[1].price is not None
    assert (leaves[1].price.unit_minor, leaves[1].available_milli) == (1000, 5000)


@pytest.mark.req("R7")
def test_illegal_meal_choices_name_the_slot(tmp_path: Path) -> None:
    """Choices outside a slot, too few or too many are refused with the slot's name."""
    path = tmp_path / "a.jsonl"
    rows = [f'{{"sku":"{sku}","name":"{sku}"}}' for sku in ("M", "a", "b", "c")]
    for slot, sku, up, n in (("main", "a", "0", 1), ("side", "b", "0", 2), ("side", "c", "3", 2)):
        rows.append(
            f'{{"type":"slot","sku":"M","slot":"{slot}","choice":"{sku}","upcharge":"{up}",'
            f'"at_least":{n},"at_most":{n}}}'
        )
    path.write_text("\n".join(rows))
    meal = Shop().load(path).by_sku("M")
    chosen = check_choices(meal, {"side": ["c", "b"], "main": ["a"]})
    assert [(c.slot, c.sku, c.upcharge_minor) for c in chosen] == [
        ("main", "a", 0), ("side", "c", 300), ("side", "b", 0),
    ]  # fmt: skip
    for bad, slot in (
        ({"main": ["a"], "side": ["b"]}, "side"),
        ({"main": ["b"], "side": ["b", "b"]}, "main"),
        ({"main": ["a"], "side": ["b", "c"], "x": []}, "x"),
        ({}, "main"),
    ):
        with pytest.raises(SlotRefused) as caught:
            check_choices(meal, bad)
        assert caught.value.slot == slot
        assert repr(slot) in str(caught.value)


def test_modifiers_keep_their_bounds(tmp_path: Path) -> None:
    """At least and at most hold per group, and prices add up."""
    item = Shop().text(tmp_path, "sku,name\nA,a\n").by_sku("A")
    groups = [
        ModifierGroup("ice", "冰", (Modifier("less", "少冰"), Modifier("none", "去冰")), 1, 1),
        ModifierGroup("top", "料", (Modifier("pearl", "珍珠", 200),), 0, 1),
    ]
    assert check_modifiers(item, groups, ["less", "pearl"]) == 200
    for bad in ([], ["less", "none"], ["less", "x"], ["less", "pearl", "pearl"]):
        with pytest.raises(ModifierRefused):
            check_modifiers(item, groups, bad)


SHELF = (
    "sku,name,gtins,plus\n"
    f"S1,可口可乐330ml,{gtin13(690000000001)},\n"
    f"S2,百事可乐,{gtin13(690000000002)},\n"
    "S3,重庆小面,,8801\n"
    "kkkl,怪名,,\n"
    "S5,Cola Zero,,\n"
)


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("kkkl", ["kkkl", "S1"]),
        ("KKKL330", ["S1"]),
        ("可乐", ["S2", "S1"]),
        ("可乐 330", ["S1"]),
        ("kekou", ["S1"]),
        ("cqxm", ["S3"]),
        ("chongqing", ["S3"]),
        ("cola z", ["S5"]),
        ("8801", ["S3"]),
        ("801", ["S3"]),
        (gtin13(690000000002), ["S2"]),
        (gtin13(690000000002)[-5:], ["S2"]),
        ("s3", ["S3"]),
        ("", []),
        ("\0\1\2", []),
        ("不存在", []),
        ("\ud800", []),
    ],
)
def test_search_finds_by_name_initials_and_code_tail(
    tmp_path: Path, text: str, skus: list[str]
) -> None:
    """Names in any case and part, pinyin initials and starts, code tails; whole codes first."""
    catalog = Shop().text(tmp_path, SHELF)
    assert [item.sku for item in catalog.search(text).items] == skus


def test_search_takes_full_width_letters_for_narrow_ones(tmp_path: Path) -> None:
    """What an open input method types, or stands in a name, is found as plain letters are."""
    catalog = Shop().text(tmp_path, "sku,name,plus\nX1,Ｔ恤（Ｌ）,4011\nＺ9,可乐330ml,\n")
    for text, sku in (
        ("t恤(l)", "X1"),
        ("Ｔ恤", "X1"),
        ("TX", "X1"),
        ("４０１１", "X1"),
        ("３３０", "Ｚ9"),
        ("Ｚ9", "Ｚ9"),
        ("z9", "Ｚ9"),
    ):
        assert [item.sku for item in catalog.search(text).items] == [sku], text


def test_search_refuses_a_bad_page(tmp_path: Path) -> None:
    """A limit or a cursor out of range is invalid input."""
    catalog = Shop().text(tmp_path, SHELF)
    for limit, after in ((0, ""), (1001, ""), (5, "x"), (5, "9-0-0"), (5, "1-2")):
        with pytest.raises(InvalidInput):
            catalog.search("a", limit, after)


words = st.text("abAB可乐 0", min_size=1, max_size=6).filter(str.strip)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(words, min_size=1, max_size=30), words, st.integers(1, 7))
def test_pages_hold_every_match_once(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], text: str, limit: int
) -> None:
    """All pages together are one big page, and hold every name with all words."""
    rows = "".join(f"Z{i:03d},{name.strip()}\n" for i, name in enumerate(names))
    shop = Shop()
    shop.text(tmp_path_factory.mktemp("s"), "sku,name\n" + rows)
    seen: list[str] = []
    after = ""
    while True:
        page, after = find(shop.tables, 1, text, limit, after)
        assert len(page) <= limit or not seen
        seen += page
        if not after:
            break
    assert len(seen) == len(set(seen))
    assert seen == find(shop.tables, 1, text, 1000, "")[0]
    parts = text.lower().split()
    if "0" not in text:
        for i, name in enumerate(names):
            if all(part in name.lower() for part in parts):
                assert f"Z{i:03d}" in seen


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["c", "r", "s", "mark"]),
            st.integers(1, 9),
            st.integers(0, 4),
            st.sampled_from([0, 5, 6, 7, 8]),
        ),
        max_size=7,
    )
)
def test_a_list_that_only_lowers_never_raises_a_price(rows) -> None:
    """At every moment it is the lower of the two, and stays so until the price says."""
    place = PriceContext(region="north", store="S1")
    mark = PriceBook("mark", "store", "S1", priority=100)
    known = LAYERED | {"mark": mark, "c": PriceBook("c", tax_included=False)}
    entries = [PriceEntry(book, minor, start, end) for book, minor, start, end in rows]
    own = [entry for entry in entries if entry.book != "mark"]

    def at(ms: int, of: list[PriceEntry]):
        return effective(ranked(of, known, place, ""), ms, {"mark"})

    for ms in range(10):
        price, shelf = at(ms, entries), at(ms, own)
        if shelf is not None:
            assert price is not None
            assert price.unit_minor <= shelf.unit_minor
            assert price.tax_included == shelf.tax_included
            live = [
                one.unit_minor
                for one in entries
                if one.book == "mark" and one.from_ms <= ms < (one.until_ms or 99)
            ]
            assert (price.book == "mark") == any(minor < shelf.unit_minor for minor in live)
        if price is not None:
            until = price.until_ms or 10
            later = [at(moment, entries) for moment in range(ms, min(until, 10))]
            assert {(one.unit_minor, one.book) for one in later if one} == {
                (price.unit_minor, price.book)
            }
