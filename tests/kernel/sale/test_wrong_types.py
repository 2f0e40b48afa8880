"""What is of a wrong type is refused in words at every door, and nothing is changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cashwrap.errors import CashwrapError, InvalidInput
from cashwrap.sale.sale import Sale
from cashwrap.stock.documents import Received, receive
from cashwrap.store.errors import TableRefused
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

WRONG = [None, 5, 1.5, True, b"x"]


def take_in(till: Till, line: Received, document: str = "PO-1", place: str = "store:S001") -> None:
    till.move_stock(lambda stock: receive(stock, document, [line], "supplier:ACME", place))


AT_THE_SALE: dict[str, Callable[[Sale, object], object]] = {
    "scan": lambda sale, it: sale.scan(it),
    "sku": lambda sale, it: sale.add(it),
    "modifiers": lambda sale, it: sale.add("TEA-L", modifiers=it),
    "choices": lambda sale, it: sale.add("SET", choices=it),
    "chosen": lambda sale, it: sale.add("SET", choices={"点心": it, "饮品": ["TEA-M"]}),
    "variant": lambda sale, it: sale.change_spec(1, it or 7),
    "lines": lambda sale, it: sale.discount(amount_minor=1, lines=it, reason="r"),
    "fee": lambda sale, it: sale.charge(it),
    "payment code": lambda sale, it: sale.payments.scan(it),
}

AT_THE_TILL: dict[str, Callable[[Till, object], object]] = {
    "receipt": lambda till, it: till.receipt(it),
    "reprint": lambda till, it: till.reprint(it),
    "available": lambda till, it: till.available(it),
    "picker": lambda till, it: till.picker(it),
    "search": lambda till, it: till.catalog.search(it),
    "order": lambda till, it: till.arrange(it),
    "page": lambda till, it: till.arrange([it]),
    "received SKU": lambda till, it: take_in(till, Received(it, 1000, 5)),
    "document": lambda till, it: take_in(till, Received("COLA", 1000, 5), it),
    "place": lambda till, it: take_in(till, Received("COLA", 1000, 5), place=it),
}

NUMBERS: dict[str, Callable[[Till, object], object]] = {
    "number": lambda till, it: till.sale_of_number(it),
    "day": lambda till, it: till.takings(it),
    "received quantity": lambda till, it: take_in(till, Received("COLA", it, 5)),
    "cost": lambda till, it: take_in(till, Received("COLA", 1000, it)),
    "begin": lambda till, it: till.import_catalog(
        till.store.engine.folder / "items.jsonl", effective_at_ms=it
    ),
}


@pytest.mark.parametrize("door", sorted(AT_THE_SALE))
def test_a_sale_refuses_it_and_stays_as_it_was(shop: Shop, door: str) -> None:
    """The error has a code and says what is expected; lines, sums and payments are as before."""
    sale = shop.till.new_sale()
    sale.add("TEA-L")
    for wrong in [it for it in WRONG if it is not None or door not in ("choices", "modifiers")]:
        before = sale.history, sale.totals, sale.payments.all
        with pytest.raises(CashwrapError):
            AT_THE_SALE[door](sale, wrong)
        assert (sale.history, sale.totals, sale.payments.all) == before


@pytest.mark.parametrize("door", sorted(AT_THE_TILL))
def test_a_till_refuses_it_and_journals_nothing(shop: Shop, door: str) -> None:
    """What is no text is no SKU, id, document or place."""
    for wrong in WRONG:
        head = shop.till.store.head
        with pytest.raises(CashwrapError):
            AT_THE_TILL[door](shop.till, wrong)
        assert shop.till.store.head == head


@pytest.mark.parametrize("door", sorted(NUMBERS))
def test_a_number_is_a_whole_number(shop: Shop, door: str) -> None:
    """Text, floats and truth values are no numbers of anything."""
    for wrong in ["5", 1.5, True, [5]]:
        head = shop.till.store.head
        with pytest.raises(CashwrapError):
            NUMBERS[door](shop.till, wrong)
        assert shop.till.store.head == head


def test_one_word_is_no_list_of_codes(shop: Shop) -> None:
    """A single code is not read letter by letter: the message names it and asks for a list."""
    sale = shop.till.new_sale()
    with pytest.raises(CashwrapError, match="must be a list, not 'PEARLS'"):
        sale.add("TEA-L", modifiers="PEARLS")
    with pytest.raises(CashwrapError, match="must be a list, not 'BUN'"):
        sale.add("SET", choices={"点心": "BUN", "饮品": ["TEA-M"]})


class NoDriver:
    """A class whose author has not finished."""

    capabilities = "wallet"

    def begin(self, intent: object) -> None: ...


@pytest.mark.parametrize("name", ["", "cash", 5])
def test_a_driver_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    """Cash is not asked for, and a till that would take no money by a driver does not open."""
    with pytest.raises(InvalidInput, match="no name for a driver"):
        Shop(tmp_path / "shop", drivers={name: FakeTerminal()})


def test_a_driver_has_all_its_methods(tmp_path: Path) -> None:
    """What is missing is named when the till opens, not at the first customer."""
    with pytest.raises(InvalidInput, match="'acme' has no query, cancel, refund, settlement"):
        Shop(tmp_path / "shop", drivers={"acme": NoDriver()})


def test_a_projection_has_all_its_parts(tmp_path: Path) -> None:
    """What is missing is named when the till opens."""
    with pytest.raises(TableRefused, match="tables, reads, fold"):
        Shop(tmp_path / "shop", projections=[type("Mine", (), {"name": "mine", "version": 1})()])


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "n" * 300, None, 5, b"x"])
def test_what_can_be_no_path_is_refused(shop: Shop, name: str) -> None:
    """A name that no file can have is refused in words wherever a file or folder is named."""
    for door in (shop.till.import_catalog, shop.till.store.backup, Till.open, Till.create):
        with pytest.raises(CashwrapError):
            door(name)
