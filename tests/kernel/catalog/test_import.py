"""Bulk import, export and what they refuse."""

from pathlib import Path

import pytest
from catalog_shop import Shop, gtin13
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cashwrap.catalog.cells import guarded, join, split, unguarded
from cashwrap.catalog.errors import UnknownItem
from cashwrap.catalog.exporting import export_catalog
from cashwrap.catalog.keys import STAGED_TABLES
from cashwrap.catalog.model import PriceContext
from cashwrap.errors import BulkRefused, InvalidInput

COLA, TEA = gtin13(690000000001), gtin13(690000000002)

FULL = {
    "items.csv": (
        "sku,name,gtins,plus,unit,measure,tax,category,family,spec,axes,modifiers,minimum,tags\n"
        f"COLA,可口可乐330ml,{COLA},101|102,each,count,vat,drink,,,,,2.50,cold|new\n"
        "APPLE,=苹果,,4011,kg,weight,vat,,,,,,,\n"
        "TEA,奶茶,,,each,count,vat,drink,,,size=large/small|ice=less/none,pearls,,\n"
        "TEA-L,奶茶大,,,each,count,vat,drink,TEA,size=large|ice=less,,pearls,,\n"
        "MEAL,套餐,,,each,count,vat,,,,,,,\n"
    ),
    "packs.csv": f"sku,unit,quantity,gtins\nCOLA,case,24,{TEA}\n",
    "slots.csv": "sku,slot,choice,upcharge,at_least,at_most\nMEAL,drink,COLA,0,1,1\n"
    "MEAL,drink,TEA-L,3.00,1,1\n",
    "modifiers.csv": "group,group_name,code,name,price,at_least,at_most\n"
    "pearls,珍珠,more,多珍珠,2.00,0,1\n",
    "recipes.csv": "sku,ingredient,quantity,waste_ppm\nTEA-L,APPLE,0.05,20000\n",
    "books.csv": "code,layer,scope,priority\nvip,customer,gold,-1\n",
    "prices.csv": "sku,book,price,unit,from,until\nCOLA,base,3.50,,,\nCOLA,base,80,case,,\n"
    "COLA,vip,3.00,,2026-01-01T00:00:00Z,2026-02-01T00:00:00+08:00\n",
    "categories.csv": "code,name,parent\ndrink,饮料,\ncold,冷饮,drink\n",
    "groups.csv": "code,name,position,skus\nhot,热卖,1,COLA|APPLE\n",
    "taxes.csv": "code,name,component,rate_ppm\nvat,增值税,vat13,130000\n",
}


def folder(tmp_path: Path, files: dict[str, str | bytes]) -> Path:
    where = tmp_path / "in"
    where.mkdir()
    for name, text in files.items():
        raw = text if isinstance(text, bytes) else text.encode()
        (where / name).write_bytes(raw)
    return where


def refused(shop: Shop, path: Path, **options: object) -> dict[str, list[str]]:
    """Import, expect a refusal that staged nothing, return the places by code."""
    before = shop.dump(STAGED_TABLES)
    with pytest.raises(BulkRefused) as caught:
        shop.load(path, **options)
    assert shop.dump(STAGED_TABLES) == before
    found: dict[str, list[str]] = {}
    for issue in caught.value.issues:
        found.setdefault(issue.code, []).append(issue.source)
    return found


def test_full_folder_is_read_whole(tmp_path: Path) -> None:
    """Every kind of record arrives: codes, packs, slots, recipe, books, prices, groups, taxes."""
    catalog = Shop().load(folder(tmp_path, FULL))
    case = catalog.by_gtin(int(TEA))
    assert (case.item.sku, case.unit, case.base_quantity_milli) == ("COLA", "case", 24_000)
    assert catalog.by_plu("4011").item.name == "=苹果"
    assert catalog.by_plu("4011").item.measure == "weight"
    assert catalog.by_sku("TEA").sellable is False
    assert catalog.by_sku("MEAL").slots[0].choices[1].upcharge_minor == 300
    assert catalog.tax_codes()[0].by_order_type[""][0].rate_ppm == 130_000
    assert catalog.counts.items == 5
    gold = PriceContext(customer="gold")
    at = 1_768_000_000_000
    assert catalog.price_at("COLA", at, gold).unit_minor == 300
    assert catalog.price_at("COLA", at, gold, "case").unit_minor == 8000


@pytest.mark.parametrize("name", ["out", "out.jsonl"])
def test_export_then_import_gives_the_same_content(tmp_path: Path, name: str) -> None:
    """Export of an import reads back to the same rows, and exports to the same bytes."""
    first = Shop().load(folder(tmp_path, FULL))
    export_catalog(first, tmp_path / name)
    second = Shop().load(tmp_path / name)
    assert second.content_hash == first.content_hash
    export_catalog(second, tmp_path / f"again-{name}")
    for path in [tmp_path / name, *(tmp_path / name).glob("*")]:
        if path.is_file():
            twin = (
                tmp_path / f"again-{name}" / path.name
                if name == "out"
                else tmp_path / f"again-{name}"
            )
            assert twin.read_bytes() == path.read_bytes()
    with pytest.raises(InvalidInput):
        export_catalog(first, tmp_path / name)


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.lists(st.text("a|\\=x'", max_size=4)))
def test_guard_and_lists_are_invertible(text: str, parts: list[str]) -> None:
    """What export does to formulas and list members, import undoes exactly."""
    assert unguarded(guarded(text)) == text
    kept = [part for part in parts if part.strip()]
    assert split(join(kept)) == kept
    assert not guarded(text).startswith(("=", "+", "-", "@"))


@pytest.mark.req("R142")
def test_everything_wrong_is_named_at_once(tmp_path: Path) -> None:
    """One refusal lists check digits, duplicates, references and numbers, each with its place."""
    wrong = COLA[:-1] + str((int(COLA[-1]) + 1) % 10)
    text = (
        "sku,name,gtins,plus,tax,category,price\n"
        f"A,甲,{wrong},,vat,,1\n"
        f"B,乙,{COLA},7,vat,,1.234\n"
        f"C,丙,{COLA},,nope,,99999999999999999999\n"
        "D,丁,,7,vat,missing,x\n"
        "D,丁,,,vat,,1\n"
        ",戊,,,,,1\n"
        "E,己\n"
    )
    found = refused(Shop(), folder(tmp_path, {"items.csv": text}), tax_codes={"vat"})
    assert found["gtin.check_digit"] == ["items.csv:2:gtins"]
    assert found["number.form"] == ["items.csv:3:price", "items.csv:5:price"]
    assert found["number.overflow"] == ["items.csv:4:price"]
    assert found["field.missing"] == ["items.csv:7:sku"]
    assert found["row.ragged"] == ["items.csv:8"]


def test_duplicate_codes_name_both_lines(tmp_path: Path) -> None:
    """A GTIN of two SKUs is refused with both places, also between pack and item."""
    text = f"sku,name,gtins,tax,category\nA,甲,{COLA},,\nB,乙,{COLA},nope,missing\nA,丙,,,\n"
    path = folder(tmp_path, {"items.csv": text})
    with pytest.raises(BulkRefused) as caught:
        Shop().load(path, tax_codes={"vat"})
    issues = {issue.code: issue for issue in caught.value.issues}
    assert issues["code.duplicate"].source == "items.csv:3"
    assert "items.csv:2" in issues["code.duplicate"].message
    assert issues["item.duplicate"].source == "items.csv:4"
    assert {i.source for i in caught.value.issues if i.code == "reference.unknown"} == {
        "items.csv:3:tax",
        "items.csv:3:category",
    }


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"items.csv": "sku,naam\n"}, "header.unknown"),
        ({"items.csv": "sku,name,name\n"}, "header.twice"),
        ({"items.csv": "name\n甲\n"}, "header.missing"),
        ({"items.csv": ""}, "header.missing"),
        ({"goods.csv": "sku,name\n"}, "file.unknown"),
        ({}, "file.missing"),
        ({"items.csv": "sku,name\nA,a\0b\n"}, "text.nul"),
        ({"items.csv": b"sku,name\nA,\xff\xff\n"}, "text.encoding"),
        ({"items.csv": "sku,name\n".encode("utf-16")}, "text.encoding"),
        (
            {"items.csv": "sku,name\nA,可口可乐\n".encode() + "B,百事可乐\n".encode("gb18030")},
            "text.encoding",
        ),
        ({"items.csv": 'sku,name\nA,"a\nb"\n'}, "text.control"),
        ({"items.csv": 'sku,name\nA,"a"b\n'}, "csv.form"),
        ({"items.csv": f"sku,name\nA,{'长' * 501}\n"}, "text.long"),
        ({"categories.csv": "code,name,parent\nA,a,B\nB,b,A\n"}, "category.cycle"),
        ({"x.jsonl": '{"sku": \n'}, "json.form"),
        ({"x.jsonl": '{"type": "what"}\n'}, "record.unknown"),
        ({"x.jsonl": '{"sku": "A", "name": "a", "x": 1}\n'}, "field.unknown"),
        ({"x.jsonl": '{"sku": "A", "name": ["a"]}\n'}, "field.form"),
        (
            {"items.csv": "sku,name\nM,a\n", "slots.csv": "sku,slot,choice\nM,s,M\n"},
            "reference.self",
        ),
        ({"packs.csv": "sku,unit,quantity\nA,case,24\n"}, "sku.unknown"),
        ({"items.csv": "sku,name,family,spec\nA,a,F,x=1\n"}, "reference.unknown"),
        ({"items.csv": "sku,name,family,spec,axes\nF,f,,,x=1\nA,a,F,x=2,\n"}, "spec.value"),
        (
            {"items.csv": "sku,name,family,spec,axes\nF,f,,,x=1\nA,a,F,x=1,\nB,b,F,x=1,\n"},
            "spec.duplicate",
        ),
    ],
)
def test_hostile_files_are_refused_by_code(
    tmp_path: Path, files: dict[str, str | bytes], code: str
) -> None:
    """Each kind of bad file has its own stable code, and nothing is staged."""
    assert code in refused(Shop(), folder(tmp_path, files))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.req("R5")
def test_encodings_and_newlines_are_recognised(tmp_path: Path, encoding: str, newline: str) -> None:
    """UTF-8 with or without BOM and GB18030 read alike; a name of 60 characters stays whole."""
    name = "特级浓香型纯粮固态发酵白酒" * 4 + "礼盒装两瓶五百毫升"
    path = tmp_path / "items.csv"
    path.write_bytes(newline.join(["sku,name,price", f"A,{name},3.5", ""]).encode(encoding))
    catalog = Shop().load(path)
    assert len(name) >= 60
    assert catalog.by_sku("A").name == name
    assert catalog.price_at("A", 0, PriceContext()).unit_minor == 350


def test_json_numbers_stay_exact(tmp_path: Path) -> None:
    """A JSON number is read as its text, never as a float."""
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"sku":"A","name":"a","price":0.29,"gtins":[{COLA}],"plus":["7"]}}\n')
    catalog = Shop().load(path)
    assert catalog.price_at("A", 0, PriceContext()).unit_minor == 29
    assert catalog.by_gtin(int(COLA)).item.sku == "A"


def test_update_merges_by_sku_and_field(tmp_path: Path) -> None:
    """An update keeps what it does not give, replaces what it does, and removes what it says."""
    shop = Shop()
    first = shop.load(folder(tmp_path, FULL))
    path = tmp_path / "delta.jsonl"
    path.write_text(
        '{"sku":"COLA","name":"可乐","price":"4"}\n{"type":"remove","sku":"MEAL"}\n'
        '{"sku":"NEW","name":"新品","price":"1"}\n'
    )
    second = shop.load(path, update_of=first.catalog_version)
    cola = second.by_sku("COLA")
    assert (cola.name, cola.plus, cola.packs) == (
        "可乐",
        ("101", "102"),
        first.by_sku("COLA").packs,
    )
    assert second.price_at("COLA", 1, PriceContext()).unit_minor == 400
    assert [item.sku for item in second.search("新品").items] == ["NEW"]
    assert second.search("可口可乐").items == ()
    with pytest.raises(UnknownItem):
        second.by_sku("MEAL")
    assert first.by_sku("MEAL").name == "套餐"


def test_update_equals_a_whole_import(tmp_path: Path) -> None:
    """A catalog reached by an update has the same content hash as one imported whole."""
    shop = Shop()
    (tmp_path / "a.csv").write_text("sku,name,plus,price\nA,甲,1,1\nB,乙,2,2\n")
    (tmp_path / "b.csv").write_text("sku,name,plus,price\nB,丙,3,5\nC,丁,2,2\n")
    (tmp_path / "c.csv").write_text("sku,name,plus,price\nA,甲,1,1\nB,丙,3,5\nC,丁,2,2\n")
    base = shop.load(tmp_path / "a.csv")
    updated = shop.load(tmp_path / "b.csv", update_of=base.catalog_version)
    whole = Shop().load(tmp_path / "c.csv")
    assert updated.content_hash == whole.content_hash


def test_removed_goods_must_not_be_referred_to(tmp_path: Path) -> None:
    """A SKU that a staying meal or family needs cannot go; a taken code cannot come."""
    shop = Shop()
    base = shop.load(folder(tmp_path, FULL)).catalog_version
    path = tmp_path / "d.jsonl"
    path.write_text('{"type":"remove","sku":"APPLE"}\n{"sku":"X","name":"x","plus":["101"]}\n')
    found = refused(shop, path, update_of=base)
    assert found.keys() == {"remove.referred", "code.duplicate"}


def test_issues_beyond_the_cap_are_counted(tmp_path: Path) -> None:
    """At most 10,000 issues are kept, and the rest is a number."""
    path = tmp_path / "items.csv"
    path.write_text("sku,name\n" + ",\n" * 6000)
    with pytest.raises(BulkRefused) as caught:
        Shop().load(path)
    assert len(caught.value.issues) == 10_001
    assert "2000 more" in caught.value.issues[-1].message


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(
                st.characters(min_codepoint=33, codec="utf-8", categories=("L", "N", "P", "S")),
                min_size=1,
                max_size=8,
            ),
            st.integers(0, 10**9),
        ),
        unique_by=lambda pair: pair[0],
        max_size=20,
    )
)
def test_names_and_prices_survive_a_round_trip(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]]
) -> None:
    """Whatever printable name and price an item has, export and import keep it."""
    where = tmp_path_factory.mktemp("trip")
    import msgspec

    lines = [
        msgspec.json.encode({"sku": f"S{i}", "name": name, "price": f"{p // 100}.{p % 100:02d}"})
        for i, (name, p) in enumerate(rows)
    ]
    (where / "a.jsonl").write_bytes(b"\n".join(lines))
    first = Shop().load(where / "a.jsonl")
    for i, (name, _) in enumerate(rows):
        assert first.by_sku(f"S{i}").name == name
    export_catalog(first, where / "out")
    if rows:
        assert Shop().load(where / "out").content_hash == first.content_hash


VARIANTS = (
    '{"sku":"F","name":"f","axes":["size=l/s"]}\n'
    '{"sku":"FL","name":"l","family":"F","spec":["size=l"]}\n'
    '{"sku":"FS","name":"s","family":"F","spec":["size=s"]}\n'
)
UPDATES = {
    "a pack goes whose price stays": (
        '{"sku":"A","name":"a"}\n{"type":"pack","sku":"A","unit":"case","quantity":"24"}\n'
        '{"type":"price","sku":"A","price":"20","unit":"case"}\n',
        '{"type":"pack","sku":"A","unit":"box","quantity":"12"}\n',
        "reference.unknown",
    ),
    "a variant's value goes": (VARIANTS, '{"sku":"F","axes":["size=l/m"]}\n', "spec.value"),
    "a family's axes go": (VARIANTS, '{"sku":"F","axes":[]}\n', "family.axes"),
    "a variant is there already": (
        VARIANTS,
        '{"sku":"X","name":"x","family":"F","spec":["size=s"]}\n',
        "spec.duplicate",
    ),
    "a page shows what goes": (
        '{"sku":"A","name":"a"}\n{"type":"group","code":"G","name":"g","skus":["A"]}\n',
        '{"type":"remove","sku":"A"}\n',
        "remove.referred",
    ),
    "a modifier draws what goes": (
        '{"sku":"A","name":"a"}\n{"type":"modifier","group":"M","code":"x","name":"x","sku":"A"}\n',
        '{"type":"remove","sku":"A"}\n',
        "remove.referred",
    ),
    "a recipe comes to draw from itself": (
        '{"sku":"A","name":"a"}\n{"sku":"B","name":"b"}\n'
        '{"type":"ingredient","sku":"A","ingredient":"B","quantity":"1"}\n',
        '{"type":"ingredient","sku":"B","ingredient":"A","quantity":"1"}\n',
        "recipe.cycle",
    ),
    "a tax loses its default": (
        '{"type":"tax","code":"v","component":"v","rate_ppm":"130000"}\n',
        '{"type":"tax","code":"v","component":"v","rate_ppm":"60000","order_type":"takeaway"}\n',
        "tax.invalid",
    ),
}


@pytest.mark.parametrize("what", UPDATES)
def test_what_stays_must_hold_beside_an_update(tmp_path: Path, what: str) -> None:
    """An update that would leave a catalog that no whole import could make is refused."""
    before, update, code = UPDATES[what]
    shop = Shop()
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_text(before)
    second.write_text(update)
    version = shop.load(first).catalog_version
    assert refused(shop, second, update_of=version).keys() == {code}


def test_recipes_and_taxes_must_be_computable(tmp_path: Path) -> None:
    """A recipe nested too deep and rates with too many digits are found before a sale is."""
    path = tmp_path / "in.jsonl"
    items = "".join(f'{{"sku":"S{n}","name":"s"}}\n' for n in range(20))
    deep = "".join(
        f'{{"type":"ingredient","sku":"S{n}","ingredient":"S{n + 1}","quantity":"1"}}\n'
        for n in range(19)
    )
    odd = "".join(
        f'{{"type":"tax","code":"t","component":"c{n}","rate_ppm":"{999_983 - n}",'
        '"kind":"compound"}\n'
        for n in range(8)
    )
    path.write_text(items + deep + odd)
    assert refused(Shop(), path).keys() == {"recipe.deep", "tax.invalid"}
