"""One try of an import tells all that is wrong, and nothing that only follows from it."""

from pathlib import Path

import pytest
from catalog_shop import Shop, gtin13

from cashwrap.errors import BulkRefused

COLA = gtin13(690000000001)
BAD = COLA[:-1] + str((int(COLA[-1]) + 1) % 10)


def told(tmp_path: Path, files: dict[str, str], update_of: str = "") -> list[tuple[str, str]]:
    """Return (place, code) of each problem of a folder of files, in order of place."""
    shop, where = Shop(), tmp_path / "in"
    where.mkdir()
    base = shop.text(tmp_path, update_of).catalog_version if update_of else None
    for name, text in files.items():
        (where / name).write_text(text, encoding="utf-8")
    with pytest.raises(BulkRefused) as caught:
        shop.load(where, update_of=base)
    return sorted((issue.source, issue.code) for issue in caught.value.issues)


@pytest.mark.req("R142")
def test_a_row_with_a_bad_cell_is_compared_with_the_others(tmp_path: Path) -> None:
    """Its SKU, its codes and its references are checked in the same try as the cell."""
    items = (
        "sku,name,gtins,plus,category,price\n"
        f"A,甲,{BAD}|{COLA},,,1\n"
        f"B,乙,{COLA},7,,1\n"
        "C,丙,,7,nope,free\n"
        "A,丁,,,,1\n"
    )
    assert told(tmp_path, {"items.csv": items}) == [
        ("items.csv:2:gtins", "gtin.check_digit"),
        ("items.csv:3", "code.duplicate"),
        ("items.csv:4", "code.duplicate"),
        ("items.csv:4:category", "reference.unknown"),
        ("items.csv:4:price", "number.form"),
        ("items.csv:5", "item.duplicate"),
    ]


def test_a_row_without_a_sku_still_has_its_codes_compared(tmp_path: Path) -> None:
    """A GTIN that it shares with another row is told with both places."""
    items = f"sku,name,gtins\n,甲,{COLA}\nB,乙,{COLA}\n"
    assert told(tmp_path, {"items.csv": items}) == [
        ("items.csv:2:sku", "field.missing"),
        ("items.csv:3", "code.duplicate"),
    ]


def test_every_bad_member_of_a_list_is_told(tmp_path: Path) -> None:
    """Two wrong GTINs in one cell are two problems."""
    items = f"sku,name,gtins\nA,甲,{BAD}|12|{COLA}\n"
    assert told(tmp_path, {"items.csv": items}) == [
        ("items.csv:2:gtins", "gtin.check_digit"),
        ("items.csv:2:gtins", "gtin.form"),
    ]


ITEMS = "sku,name\nA,a\nB,b\nM,m\n"
BOUNDS = "sku,slot,choice,at_least,at_most\n"
QUIET = {
    "prices and packs of an item": {
        "items.csv": "sku,name,minimum\nA,a,x\n",
        "prices.csv": "sku,price\nA,1\n",
        "packs.csv": "sku,unit,quantity\nA,case,24\n",
    },
    "an item that is too short": {
        "items.csv": "sku,name,price\nA,a\n",
        "prices.csv": "sku,price\nA,1\n",
    },
    "a price by a pack whose unit is bad": {
        "items.csv": ITEMS,
        "packs.csv": "sku,unit,quantity\nA,,24\n",
        "prices.csv": "sku,price,unit\nA,20,case\n",
    },
    "a price by a pack whose content is bad": {
        "items.csv": ITEMS,
        "packs.csv": "sku,unit,quantity\nA,case,0\n",
        "prices.csv": "sku,price,unit\nA,20,case\n",
    },
    "prices in a book": {
        "items.csv": ITEMS,
        "books.csv": "code,layer,scope\nvip,what,gold\n",
        "prices.csv": "sku,book,price\nA,vip,1\n",
    },
    "a price in a bad book, beside one in base": {
        "items.csv": "sku,name,price\nA,a,1\n",
        "prices.csv": "sku,book,price\nA,not a code,1\n",
    },
    "goods of a category": {
        "categories.csv": f"code,name\ndrink,{'长' * 501}\n",
        "items.csv": "sku,name,category\nA,a,drink\n",
    },
    "a variant of a family whose axes are bad": {
        "items.csv": "sku,name,axes,family,spec\nF,f,size,,\nV,v,,F,size=l\n"
    },
    "a variant whose spec is bad": {
        "items.csv": "sku,name,axes,family,spec\nF,f,size=l,,\nV,v,,F,large\nW,w,,F,size=l\n"
    },
    "a spec of a bad family": {
        "items.csv": "sku,name,axes,family,spec\nF,f,size=l,,\nV,v,,a b,size=l\n"
    },
    "a choice of a slot": {"items.csv": ITEMS, "slots.csv": f"{BOUNDS}M,s,A,x,1\nM,s,B,2,2\n"},
    "the name of a choice": {"items.csv": ITEMS, "slots.csv": f"{BOUNDS}M,s,,1,1\n"},
    "goods with modifiers": {
        "items.csv": "sku,name,modifiers\nA,a,ice\n",
        "modifiers.csv": "group,code,name,price\nice,less,少冰,x\n",
    },
    "goods with a tax": {
        "items.csv": "sku,name,tax\nA,a,vat\n",
        "taxes.csv": "code,component,rate_ppm\nvat,vat13,13%\n",
    },
    "goods in a file whose header is wrong": {
        "items.csv": "sku,naam\nA,a\n",
        "prices.csv": "sku,price\nA,1\n",
    },
    "goods behind a quote that never ends": {
        "items.csv": 'sku,name\nA,a\nB,"b"b\nC,c\n',
        "prices.csv": "sku,price\nC,1\n",
    },
    "a misspelt field": {
        "a.jsonl": '{"sku":"A","naem":"a"}\n{"type":"price","sku":"A","price":"1"}\n'
    },
    "a price without an amount": {
        "a.jsonl": '{"sku":"A","name":"a"}\n{"type":"price","sku":"A"}\n'
    },
}


@pytest.mark.parametrize("what", QUIET)
def test_what_only_follows_from_a_problem_is_not_told(tmp_path: Path, what: str) -> None:
    """One bad cell, row or file is one problem, whatever refers to what it held."""
    assert len(told(tmp_path, QUIET[what])) == 1


def test_what_does_not_follow_is_told(tmp_path: Path) -> None:
    """Beside a bad row, a SKU that stands nowhere is still unknown."""
    files = {"items.csv": "sku,name,price\nA,a,x\n", "prices.csv": "sku,price\nA,1\nZ,1\n"}
    assert told(tmp_path, files) == [
        ("items.csv:2:price", "number.form"),
        ("prices.csv:2", "price.duplicate"),
        ("prices.csv:3:sku", "reference.unknown"),
    ]


@pytest.mark.parametrize("header", ["sku,unit", "sku,quantity"])
def test_what_each_record_must_give_stands_in_the_header(tmp_path: Path, header: str) -> None:
    """A pack without a quantity is no pack of nothing, a price without an amount not free."""
    files = {"items.csv": ITEMS, "packs.csv": f"{header}\nA,1\n"}
    assert told(tmp_path, files) == [("packs.csv:1", "header.missing")]


FAMILY = (
    "sku,name,axes,family,spec,sellable\nF,f,size=l,,,1\nL,l,,F,size=l,1\nBAG,bag,,,,0\nM,m,,,,1\n"
)


@pytest.mark.req("R7")
def test_a_meal_offers_only_what_can_be_rung_up(tmp_path: Path) -> None:
    """A family or an item that is not sold by itself is refused at import; a variant is not."""
    slots = "sku,slot,choice\nM,side,F\nM,side,L\nM,side,BAG\n"
    assert told(tmp_path, {"items.csv": FAMILY, "slots.csv": slots}) == [
        ("slots.csv:2:choice", "slot.unsellable"),
        ("slots.csv:4:choice", "slot.unsellable"),
    ]


def test_what_a_meal_that_stays_offers_cannot_stop_being_sold(tmp_path: Path) -> None:
    """An update is refused that takes a choice of a meal off sale, unless the meal changes too."""
    shop, path = Shop(), tmp_path / "update.jsonl"
    base = tmp_path / "base.jsonl"
    slot = '{"type":"slot","sku":"M","slot":"side","choice":"%s"}\n'
    base.write_text("".join(f'{{"sku":"{s}","name":"s"}}\n' for s in "MAB") + slot % "A")
    version = shop.load(base).catalog_version
    path.write_text('{"sku":"A","sellable":0}\n')
    with pytest.raises(BulkRefused) as caught:
        shop.load(path, update_of=version)
    assert [(i.source, i.code) for i in caught.value.issues] == [
        ("update.jsonl:1", "slot.unsellable")
    ]
    path.write_text('{"sku":"A","sellable":0}\n' + slot % "B")
    assert not shop.load(path, update_of=version).by_sku("A").sellable
