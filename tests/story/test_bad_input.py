"""What a hostile program, file or hand gives a till: a typed refusal in words, all as before."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from cashwrap.catalog.errors import CatalogError
from cashwrap.errors import BulkRefused, CashwrapError
from cashwrap.pricing.model import Fee
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

COLA = "6901234567892"
EDGES = (-1, -(2**63), 2**63, 10**30)
AMOUNTS = (*EDGES, 0, 1.5, float("nan"), None, "350", b"1")
QUANTITIES = (
    *EDGES, 2**63 - 1, 0, "", "abc", "-1", "0", "1e5", "0x1", "1_0", "1.0001", "1" * 400, "nan",
    "9223372036854775.808", "٣", 1.5, None, b"1",
)  # fmt: skip
BARCODES = (
    "", " ", "\0", "\ud800", "6901234567893", "690123456789", "69012345678921", "x" * 100_000,
    "可口可乐", "' OR 1=1 --", "../../etc/passwd", "]C1", "]C1019",
    "134567890123456789", "https://id.gs1.org/01/", "https://id.gs1.org/01/06901234567892/17/991399",
    "4111111111111111", "99999999999999", "\x1b[31m", "2110001", "%s%n%d",
)  # fmt: skip
CATALOGS = {
    "empty.jsonl": b"",
    "blank.jsonl": b"\n\n\n",
    "cut.jsonl": b'{"type":"item","sku":"A","name":"a","price":"1.0',
    "list.jsonl": b"[1,2]",
    "kind.jsonl": b'{"type":"nothing"}',
    "huge.jsonl": b'{"type":"item","sku":"A","name":"a","price":"99999999999999999999"}',
    "less.jsonl": b'{"type":"item","sku":"A","name":"a","price":"-1"}',
    "twice.jsonl": b'{"type":"item","sku":"A","name":"a","price":"1"}\n' * 2,
    "bytes.jsonl": bytes(range(256)) * 64,
    "nul.csv": b"sku,name\n\0,\0\n",
    "quote.csv": b'sku,name\n"a,b\n',
    "empty.csv": b"",
    "header.csv": b"sku,name,price\n",
    "columns.csv": b"a,b,c\n1,2,3\n",
    "more.csv": b"sku,name,price\nA,a,1.00,5,6,7\n",
    "formula.csv": b"sku,name,price\nA,a,=1+1\n",
    "picture.xlsx": b"PK\x03\x04",
}
DAMAGE: dict[str, Callable[[Path], object]] = {
    "data emptied": lambda folder: (folder / "data.mdb").write_bytes(b""),
    "data cut short": lambda folder: os.truncate(folder / "data.mdb", 8192),
    "data gone": lambda folder: (folder / "data.mdb").unlink(),
    "data of noise": lambda folder: (folder / "data.mdb").write_bytes(os.urandom(1 << 16)),
    "key gone": lambda folder: (folder / "till.key").unlink(),
    "key of another": lambda folder: (folder / "till.key").write_text("00" * 32),
    "settings of noise": lambda folder: (folder / "settings.toml").write_bytes(b"\xff\xfe\0"),
    "settings cut short": lambda folder: (folder / "settings.toml").write_text("[[taxes]"),
}  # fmt: skip
BAD_SETTINGS = (
    "x", "store = 1", 'store = "../x"', 'till = ""', 'timezone = "Nowhere/Here"', "[[taxes]]",
    "price.tax_rounding = 'sideways'", "unheard_of = 1", '[[scan.store_codes]]\npattern = "Q"',
    "day_starts_minutes = -99999", "order_types = []", "receipt.columns = -5", "\0",
    "price.cash_rounding.unit_minor = 0",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop", drivers={"card": FakeTerminal()})
    yield made
    made.till.close()


@pytest.fixture
def sale(shop: Shop) -> Sale:
    made = shop.till.new_sale()
    made.add("COLA", 2)
    made.add("APPLE", "0.500")
    return made


def refused(sale: Sale, step: Callable[[], object]) -> None:
    """The step raises a typed error that says something, and the sale is byte for byte the same."""
    before = (sale.state, sale.history, msgspec.msgpack.encode(sale.priced()), sale.payments.all)
    with pytest.raises(CashwrapError) as error:
        step()
    assert "." in error.value.code
    assert len(str(error.value)) > 10
    after = (sale.state, sale.history, msgspec.msgpack.encode(sale.priced()), sale.payments.all)
    assert after == before


def still_sells(shop: Shop) -> None:
    again = shop.crash()
    sale = again.new_sale()
    sale.scan(COLA)
    sale.pay_cash(350)
    assert again.store.verify().ok


@pytest.mark.parametrize("code", BARCODES)
def test_a_hostile_barcode_adds_nothing(shop: Shop, sale: Sale, code: str) -> None:
    """Neither as goods nor as a payment code."""
    refused(sale, lambda: sale.scan(code))
    refused(sale, lambda: sale.payments.scan(code))
    still_sells(shop)


def test_hostile_quantities_change_nothing(shop: Shop, sale: Sale) -> None:
    """At the int64 edges, in other digits, of other types: refused for pieces and for weight."""
    for quantity in QUANTITIES:
        refused(sale, lambda: sale.add("COLA", quantity))  # noqa: B023
        refused(sale, lambda: sale.set_quantity(1, quantity))  # noqa: B023
        if quantity != "1e5":
            refused(sale, lambda: sale.weigh(1, quantity))  # noqa: B023
    still_sells(shop)


def test_hostile_amounts_move_no_money(shop: Shop, sale: Sale) -> None:
    """Cash, cards, vouchers, prices, discounts and fees."""
    for amount in AMOUNTS:
        refused(sale, lambda: sale.payments.record("voucher", "券", amount))  # type: ignore[arg-type]  # noqa: B023
        refused(sale, lambda: sale.pay_cash(amount))  # type: ignore[arg-type]  # noqa: B023
        if amount:  # an override to nothing is a gift; no amount asks a driver for all that is due
            refused(sale, lambda: sale.payments.ask("card", amount))  # type: ignore[arg-type]  # noqa: B023
            refused(sale, lambda: sale.override_price(1, amount, "x"))  # type: ignore[arg-type]  # noqa: B023
            refused(sale, lambda: sale.charge(Fee("f", "f", "fixed", amount)))  # type: ignore[arg-type]  # noqa: B023
        refused(sale, lambda: sale.discount(percent_ppm=amount, reason="x"))  # type: ignore[arg-type]  # noqa: B023
        refused(sale, lambda: sale.discount(amount_minor=amount, reason="x"))  # type: ignore[arg-type]  # noqa: B023
    still_sells(shop)


def test_the_largest_amount_there_is_can_be_tendered(shop: Shop, sale: Sale) -> None:
    """An int64 of cash gives an int64 of change; one more is refused."""
    payment = sale.pay_cash(2**63 - 1)
    assert payment.change_minor == 2**63 - 1 - 1340
    still_sells(shop)


def test_after_its_end_a_sale_takes_nothing_more(shop: Shop, sale: Sale) -> None:
    """Completed is an end, cancelled too, in whatever order the commands come."""
    other = shop.till.new_sale()
    refused(other, lambda: other.pay_cash(1))
    refused(other, other.undo)
    refused(other, lambda: other.void_line(1))
    other.add("BUN")
    sale.pay_cash(10_000)
    other.cancel("x")
    for ended in sale, other:
        for step in (
            lambda: ended.scan(COLA),  # noqa: B023
            lambda: ended.void_line(1),  # noqa: B023
            lambda: ended.pay_cash(1),  # noqa: B023
            lambda: ended.payments.ask("card"),  # noqa: B023
            lambda: ended.cancel(),  # noqa: B023
            lambda: ended.undo(),  # noqa: B023
            lambda: ended.payments.finish(),  # noqa: B023
            lambda: ended.payments.give_back("x"),  # noqa: B023
        ):
            refused(ended, step)
    assert shop.till.takings().sales == 1
    still_sells(shop)


def test_a_closed_till_refuses_everything(shop: Shop, sale: Sale, tmp_path: Path) -> None:
    """Whatever is still held of it, and closing again is fine."""
    till = shop.till
    till.close()
    till.close()
    for step in (
        till.new_sale,
        till.takings,
        lambda: till.no_sale("x"),
        lambda: till.receipt(sale.id),
        lambda: till.import_catalog(tmp_path / "x.jsonl"),
        lambda: till.available("COLA"),
        lambda: sale.scan(COLA),
        lambda: sale.note("x"),
        lambda: sale.pay_cash(1340),
        lambda: sale.payments.ask("card"),
        lambda: sale.cancel("x"),
    ):
        with pytest.raises(CashwrapError, match="open"):
            step()
    shop.till = shop._opened()
    assert shop.till.sale(sale.id).history == sale.history


@pytest.mark.parametrize("name", sorted(CATALOGS))
def test_a_hostile_catalog_leaves_the_old_one(shop: Shop, tmp_path: Path, name: str) -> None:
    """Refused as a whole with its places; what was for sale still is."""
    path = tmp_path / name
    path.write_bytes(CATALOGS[name])
    version = shop.till.catalog.catalog_version
    with pytest.raises((BulkRefused, CatalogError), match=name):
        shop.till.import_catalog(path)
    assert shop.till.catalog.catalog_version == version
    still_sells(shop)


@pytest.mark.parametrize("what", sorted(DAMAGE))
def test_a_damaged_folder_is_refused_and_left_alone(tmp_path: Path, what: str) -> None:
    """The message names the folder or file and a way out; opening changes nothing in it."""
    shop = Shop(tmp_path / "shop")
    shop.till.close()
    DAMAGE[what](shop.folder)
    before = {path.name: path.read_bytes() for path in shop.folder.iterdir()}
    with pytest.raises(CashwrapError, match=str(tmp_path)):
        shop._opened()
    after = {path.name: path.read_bytes() for path in shop.folder.iterdir()}
    assert {name for name in before if after.get(name) != before[name]} <= {"lock.mdb"}


@pytest.mark.parametrize("text", BAD_SETTINGS)
def test_bad_settings_make_no_store(tmp_path: Path, text: str) -> None:
    """Refused before anything is made; a folder with good settings can be made there after."""
    with pytest.raises(CashwrapError):
        Till.create(tmp_path / "shop", text, witness=[])
    assert not (tmp_path / "shop" / "data.mdb").exists()
    assert not (tmp_path / "shop" / "settings.toml").exists()
    Till.create(tmp_path / "shop", SETTINGS, witness=[])


@pytest.mark.parametrize("place", ["file/shop", "file"])
def test_a_place_that_is_no_folder_is_refused(tmp_path: Path, place: str) -> None:
    """Creating and opening say so."""
    (tmp_path / "file").write_text("a file")
    for step in (Till.create, Till.open):
        with pytest.raises(CashwrapError):
            step(tmp_path / place, witness=[])
    assert (tmp_path / "file").read_text() == "a file"
