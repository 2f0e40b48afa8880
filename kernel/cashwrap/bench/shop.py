"""A made-up shop of any size, and sales in it."""

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from cashwrap.catalog import keys
from cashwrap.catalog.draft import BASE_BOOK
from cashwrap.catalog.events import activate
from cashwrap.catalog.model import Item, PriceBook, PriceEntry
from cashwrap.catalog.snapshot import Counts, Snapshot, encode
from cashwrap.sale.sale import Sale
from cashwrap.store.errors import StageTooLarge
from cashwrap.till import Till

SETTINGS = 'shop_name = "bench"\nsame_item = "new_line"\n'
VERSION = 1
ROWS_PER_WRITE = 60_000  # nobody else sells here meanwhile
NAMES = ("可乐330毫升", "绿茶500毫升", "原味薯片75克", "全麦面包400克", "牙膏120克", "抽纸3包")
LINES = 20
Row = tuple[str, bytes, bytes]


def gtin_of(number: int) -> int:
    """Return the GTIN-13 of the n-th SKU."""
    body = f"69{number:010d}"
    even, odd = sum(map(int, body[::2])), sum(map(int, body[1::2]))
    return int(body) * 10 + -(even + 3 * odd) % 10


def make_shop(folder: Path, skus: int) -> Till:
    """Make a shop with a catalog of so many SKUs in force, and open it.

    The rows are those that an import stages, but for the search index, which nothing here reads.
    """
    witness = [folder.parent / "witness"]
    Till.create(folder, SETTINGS, witness=witness)
    till = Till.open(folder, witness=witness)
    _stage(till, _rows(skus))
    snapshot = Snapshot(VERSION, True, "bench", Counts(skus, skus, skus, books=1))
    _stage(till, iter([(keys.SNAPSHOTS, b"", encode(snapshot))]))
    till.commit([activate(snapshot)])
    return till


def _stage(till: Till, rows: Iterator[Row]) -> None:
    prefix = keys.version_prefix(VERSION)
    while batch := list(islice(rows, ROWS_PER_WRITE)):
        while True:
            try:
                with till.store.stage() as writer:
                    for table, key, value in batch:
                        writer.put(table, prefix + key, value)
                break
            except StageTooLarge:
                continue  # the file has grown: once more


def _rows(skus: int) -> Iterator[Row]:
    book = keys.part_key(0, keys.BOOK, BASE_BOOK)[4:]
    yield keys.PARTS, book, encode(PriceBook(BASE_BOOK))
    for number in range(skus):
        sku = _sku(number)
        item = Item(sku=sku, name=NAMES[number % len(NAMES)], tax="vat13", gtins=(gtin_of(number),))
        yield keys.ITEMS, sku.encode(), encode(item)
    for number in range(skus):  # the GTINs rise with the numbers
        yield keys.CODES, keys.gtin_key(0, gtin_of(number))[4:], _sku(number).encode() + b"\0"
    for number in range(skus):
        price = PriceEntry(BASE_BOOK, 100 + number % 9900)
        yield keys.PRICES, _sku(number).encode(), encode((price,))


def _sku(number: int) -> str:
    return f"SKU{number:07d}"


class Customers:
    """What customers bring to the till: any of the shop's goods, the same in every run."""

    def __init__(self, skus: int, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._skus = skus

    def code(self) -> str:
        """Return a barcode of the shop."""
        return str(gtin_of(self._random.randrange(self._skus)))

    def basket(self, till: Till, lines: int = LINES) -> Sale:
        """Ring up a sale of so many lines."""
        sale = till.new_sale()
        for _ in range(lines):
            sale.scan(self.code())
        return sale
