"""A made-up shop of any size, and sales in it."""

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from cashwrap.bench.goods import (
    CATEGORIES,
    DEPARTMENTS,
    brand_of,
    categories_of,
    price_of,
    sku_of,
)
from cashwrap.catalog import keys
from cashwrap.catalog.draft import BASE_BOOK
from cashwrap.catalog.events import activate
from cashwrap.catalog.model import Category, Item, PriceBook, PriceEntry
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


# Four digits weighed 1, 3, 1, 3 as in a check digit: a million GTINs are made in a second.
_WEIGHED = [sum(map(int, f"{n:04d}"[::2])) + 3 * sum(map(int, f"{n:04d}"[1::2]))
            for n in range(10_000)]  # fmt: skip


def gtin_of(number: int) -> int:
    """Return the GTIN-13 of the n-th SKU, below 10,000,000,000: 69, the number, a check digit."""
    body = 690_000_000_000 + number
    high, low = divmod(body, 10_000)
    total = _WEIGHED[high // 10_000] + _WEIGHED[high % 10_000] + _WEIGHED[low]
    return body * 10 + -total % 10


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
                    put = writer.put
                    for table, key, value in batch:
                        put(table, prefix + key, value)
                break
            except StageTooLarge:
                continue  # the file has grown: once more


def _rows(skus: int) -> Iterator[Row]:
    """Yield table by table in key order, as an import does: LMDB appends those fastest."""
    yield keys.PARTS, keys.BOOK + BASE_BOOK.encode(), encode(PriceBook(BASE_BOOK))
    for category in sorted(_categories(), key=lambda each: each.code):
        yield keys.PARTS, keys.CATEGORY + category.code.encode(), encode(category)
    for number in range(skus):
        sku = sku_of(number)
        item = Item(
            sku=sku,
            name=NAMES[number % len(NAMES)],
            tax="vat13",
            category=categories_of(number)[0],
            gtins=(gtin_of(number),),
            tags=(brand_of(number),),
        )
        yield keys.ITEMS, sku.encode(), encode(item)
    for number in range(skus):
        yield keys.CODES, b"g" + gtin_of(number).to_bytes(8, "big"), b"SKU%07d\0" % number
    for number in range(skus):
        yield (
            keys.PRICES,
            b"SKU%07d" % number,
            encode((PriceEntry(BASE_BOOK, price_of(number)),)),
        )


def _categories() -> Iterator[Category]:
    for number in range(DEPARTMENTS):
        yield Category(f"D{number}", f"部门{number}")
    for number in range(CATEGORIES):
        code, department = categories_of(number)
        yield Category(code, f"品类{number}", department)


class Customers:
    """What customers bring to the till, the same in every run.

    ``once`` gives no goods twice, so that no cache of the till's helps: for comparing shops.
    Every second of their goods is one of ``promoted``, where that names any.
    """

    def __init__(
        self, skus: int, seed: int = 1, *, once: bool = False, promoted: Sequence[int] = ()
    ) -> None:
        self._random = random.Random(seed)
        self._skus = skus
        self._promoted = promoted
        self._left = iter(self._random.sample(range(skus), skus)) if once else None

    def code(self) -> str:
        """Return a barcode of the shop."""
        return str(gtin_of(next(self._left) if self._left else self._any()))

    def _any(self) -> int:
        if self._promoted and self._random.random() < 0.5:
            return self._random.choice(self._promoted)
        return self._random.randrange(self._skus)

    def basket(self, till: Till, lines: int = LINES) -> Sale:
        """Ring up a sale of so many lines."""
        sale = till.new_sale()
        for _ in range(lines):
            sale.scan(self.code())
        return sale
