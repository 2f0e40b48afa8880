"""The catalog as a till sees it: one snapshot, read in place, with small bounded caches.

Opening reads one row, whatever the number of SKUs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cashwrap.catalog import keys
from cashwrap.catalog.arrange import arranged
from cashwrap.catalog.errors import NoCatalog, NoPrice, UnknownItem, UnknownUnit
from cashwrap.catalog.model import (
    Category,
    Found,
    Group,
    Item,
    ModifierGroup,
    Pack,
    Price,
    PriceBook,
    PriceContext,
    PriceEntry,
    PriceList,
)
from cashwrap.catalog.prices import effective, ranked
from cashwrap.catalog.projection import current
from cashwrap.catalog.snapshot import (
    Counts,
    Reads,
    decode_item,
    decode_names,
    decode_prices,
    read_snapshot,
)
from cashwrap.errors import InvalidInput
from cashwrap.money import MILLI, checked, div_round
from cashwrap.pricing.model import TaxCode

if TYPE_CHECKING:
    from cashwrap.catalog.search import Page, Tables

CACHE_ROWS_MAX = 4096
CODE_BYTES_MAX = 256
GTIN_MAX = 10**14 - 1

K = TypeVar("K")
V = TypeVar("V")
P = TypeVar("P")


def open_catalog(reads: Reads, now_ms: int) -> Catalog:
    """Return the catalog in effect at ``now_ms``. Raises NoCatalog when there is none."""
    with reads() as reader:
        version = current(reader, now_ms).version
    return Catalog(reads, version)


def keep(cache: dict[K, V], key: K, value: V) -> V:
    """Remember a value; when the cache is full its oldest half goes."""
    if len(cache) >= CACHE_ROWS_MAX:
        for old in list(cache)[: CACHE_ROWS_MAX // 2]:
            del cache[old]
    cache[key] = value
    return value


class Catalog:
    """One snapshot. It never changes; a till opens the next one when that takes effect."""

    def __init__(self, reads: Reads, version: int) -> None:
        with reads() as reader:
            snapshot = read_snapshot(reader, version)
        if snapshot is None:
            raise NoCatalog(f"catalog {version} is not on this device: fetch or import it again")
        self.catalog_version: int = version
        self.content_hash: str = snapshot.content_hash
        self.counts: Counts = snapshot.counts
        self._reads = reads
        self._prefix = keys.version_prefix(version)
        self._items: dict[str, Item] = {}
        self._codes: dict[int | str, Found] = {}
        self._prices: dict[tuple[str, str, PriceContext], tuple[int, Price]] = {}
        self._tables: Tables | None = None
        self._books: dict[str, PriceBook] | None = None
        self._paths: dict[str, tuple[str, ...]] | None = None
        self._ahead: tuple[str, bytes | None] = ("", None)  # prices read together with an item
        self._lists: tuple[PriceList, ...] = ()
        self._lowering: frozenset[str] = frozenset()  # books that never raise a price

    def by_gtin(self, gtin: int) -> Found:
        """Return what a GTIN names: the item, or a pack of it. Raises UnknownItem."""
        found = self._codes.get(gtin)
        if found is None:
            if not 0 < gtin <= GTIN_MAX:
                raise UnknownItem("GTIN", str(gtin)[:20])
            key = keys.gtin_key(self.catalog_version, gtin)
            found = keep(self._codes, gtin, self._found(key, "GTIN", str(gtin)))
        return found

    def by_plu(self, plu: str) -> Found:
        """Return what a PLU names. Raises UnknownItem."""
        found = self._codes.get(plu)
        if found is None:
            key = self._key("PLU", plu, b"p")
            found = keep(self._codes, plu, self._found(key, "PLU", plu))
        return found

    def find_sku(self, sku: str) -> Item | None:
        """Return an item, or None when there is none of that SKU."""
        try:
            return self._items.get(sku) or self.by_sku(sku)
        except UnknownItem:
            return None

    def by_sku(self, sku: str) -> Item:
        """Return an item. Raises UnknownItem."""
        item = self._items.get(sku)
        if item is None:
            with self._reads() as reader:
                row = reader.get(keys.ITEMS, self._key("SKU", sku))
            if row is None:
                raise UnknownItem("SKU", sku)
            item = keep(self._items, sku, decode_item(row))
        return item

    def price_at(self, sku: str, now_ms: int, context: PriceContext, unit: str = "") -> Price:
        """Return the price of one unit at a moment: per base unit ("") or per pack.

        A pack without a price of its own in any layer costs its content times the base price.
        Raises NoPrice, UnknownItem, UnknownUnit.
        """
        key = (sku, unit, context)
        kept = self._prices.get(key)
        if (
            kept is not None
            and kept[0] <= now_ms
            and (now_ms < kept[1].until_ms or not kept[1].until_ms)
        ):
            return kept[1]
        price = self._price(sku, now_ms, context, unit)
        keep(self._prices, key, (now_ms, price))
        return price

    def shelf_minor(self, sku: str, now_ms: int, context: PriceContext) -> int | None:
        """Return what a base unit costs without lists that only lower it, None without a price.

        Raises UnknownItem.
        """
        self.by_sku(sku)
        own = [entry for entry in self.prices(sku) if entry.book not in self._lowering]
        price = effective(ranked(own, self.books(), context, ""), now_ms)
        return None if price is None else price.unit_minor

    def groups(self, store: str = "") -> tuple[Group, ...]:
        """Return the register's pages in the store's own order, else in headquarters' order."""
        with self._reads() as reader:
            rows = [
                msgspec.msgpack.decode(row, type=Group)
                for _, row in reader.items(keys.PARTS, self._prefix + keys.GROUP)
            ]
            orders = {
                key.split(b"\0", 1)[1].decode(): decode_names(row)
                for key, row in reader.items(keys.LAYOUT, keys.layout_key(store, ""))
            }
        return arranged(rows, orders if store else {})

    def search(self, text: str, limit: int = 20, after: str = "") -> Page:
        """Return a page of items by name, code tail or pinyin initials (docs/catalog.md#search).

        ``after`` is the ``next`` of the page before. Raises InvalidInput for a limit outside
        1..1000 or a cursor that is none.
        """
        from cashwrap.catalog import search

        with self._reads() as reader:
            if self._tables is None:
                self._tables = search.Tables(reader, self.catalog_version)
            version, tables = self.catalog_version, self._tables
            skus, next_page = search.find(reader, version, text, limit, after, tables)
        return search.Page(tuple(self.by_sku(sku) for sku in skus), next_page)

    def books(self) -> dict[str, PriceBook]:
        """Return the price books by code."""
        if self._books is None:
            beside = {each.book.code: each.book for each in self._lists}
            own = {book.code: book for book in self._parts(keys.BOOK, PriceBook)}
            self._books = beside | own
        return self._books

    def price_beside(self, lists: Sequence[PriceList]) -> None:
        """Let price lists from elsewhere count beside the snapshot's own, by the same order.

        A book of the same code in the snapshot stands in the list's place.
        """
        self._lists, self._books = tuple(lists), None
        self._lowering = frozenset(each.book.code for each in lists if each.only_lowers)
        self._prices.clear()

    def categories(self) -> tuple[Category, ...]:
        """Return the category tree's nodes by code."""
        return tuple(self._parts(keys.CATEGORY, Category))

    def category_path(self, code: str) -> tuple[str, ...]:
        """Return a category and all above it, narrowest first; () for no category."""
        if self._paths is None:
            self._paths = _paths({each.code: each.parent for each in self.categories()})
        return self._paths.get(code, (code,) if code else ())

    def tax_codes(self) -> tuple[TaxCode, ...]:
        """Return the tax codes that came with the catalog, by code."""
        return tuple(self._parts(keys.TAX, TaxCode))

    def modifier_groups(self, item: Item) -> tuple[ModifierGroup, ...]:
        """Return the modifier groups of an item in the item's order."""
        return tuple(self._modifier_group(code) for code in item.modifiers)

    def all_modifier_groups(self) -> tuple[ModifierGroup, ...]:
        """Return every modifier group by code."""
        return tuple(self._parts(keys.MODIFIERS, ModifierGroup))

    def variants(self, family: str) -> tuple[Item, ...]:
        """Return the variants of a family by SKU."""
        prefix = keys.variant_prefix(self.catalog_version, family)
        with self._reads() as reader:
            skus = [key[len(prefix) :].decode() for key, _ in reader.items(keys.PARTS, prefix)]
        return tuple(self.by_sku(sku) for sku in skus)

    def items(self, after: str = "", limit: int = 1000) -> tuple[Item, ...]:
        """Return up to ``limit`` items in order of SKU, beyond ``after``."""
        found: list[Item] = []
        start = self._prefix + keys.encoded(after) if after else b""
        with self._reads() as reader:
            for _, row in reader.items(keys.ITEMS, self._prefix, start):
                found.append(decode_item(row))
                if len(found) >= limit:
                    break
        return tuple(found)

    def prices(self, sku: str) -> tuple[PriceEntry, ...]:
        """Return every price entry of a SKU."""
        ahead, row = self._ahead
        if ahead != sku:
            with self._reads() as reader:
                row = reader.get(keys.PRICES, self._key("SKU", sku))
        own = decode_prices(row) if row is not None else ()
        if not self._lists:
            return own
        beside = [entry for each in self._lists for entry in each.entries.get(sku, ())]
        return (*own, *beside)

    def _key(self, kind: str, code: str, letter: bytes = b"") -> bytes:
        if not isinstance(code, str):
            raise InvalidInput(f"a {kind} must be text, not {code!r:.60}")
        raw = keys.encoded(code)
        if not 0 < len(raw) <= CODE_BYTES_MAX:
            raise UnknownItem(kind, code)
        return self._prefix + letter + raw

    def _found(self, key: bytes, kind: str, code: str) -> Found:
        with self._reads() as reader:  # one view for all rows: opening it is the dear part
            row = reader.get(keys.CODES, key)
            if row is None:
                raise UnknownItem(kind, code)
            sku_raw, unit_raw = row.split(b"\0")
            item_row = reader.get(keys.ITEMS, self._prefix + sku_raw)
            prices_row = reader.get(keys.PRICES, self._prefix + sku_raw)
        sku, unit = sku_raw.decode(), unit_raw.decode()
        self._ahead = (sku, prices_row)  # what is scanned is priced next
        item = self._items.get(sku)
        if item is None:
            if item_row is None:
                raise UnknownItem("SKU", sku)
            item = keep(self._items, sku, decode_item(item_row))
        return Found(item, unit, pack_of(item, unit).base_quantity_milli if unit else MILLI)

    def _price(self, sku: str, now_ms: int, context: PriceContext, unit: str) -> Price:
        entries, books = self.prices(sku), self.books()
        pack = pack_of(self.by_sku(sku), unit) if unit or not entries else None
        price = effective(ranked(entries, books, context, unit), now_ms, self._lowering)
        own_later = price.until_ms if price else 0
        if price is None and pack is not None and unit:
            own = ranked(entries, books, context, unit)
            own_later = min((e.from_ms for e, _ in own if e.from_ms > now_ms), default=0)
            price = effective(ranked(entries, books, context, ""), now_ms, self._lowering)
            if price is not None:
                times = [time for time in (own_later, price.until_ms) if time]
                minor = div_round(price.unit_minor * pack.base_quantity_milli, MILLI, "half_up")
                price = Price(checked(minor), price.book, price.tax_included, min(times, default=0))
        if price is None:
            raise NoPrice(sku, unit, now_ms)
        return price

    def _parts(self, kind: bytes, type_: type[P]) -> Iterator[P]:
        with self._reads() as reader:
            rows = [row for _, row in reader.items(keys.PARTS, self._prefix + kind)]
        return (msgspec.msgpack.decode(row, type=type_) for row in rows)

    def _modifier_group(self, code: str) -> ModifierGroup:
        with self._reads() as reader:
            row = reader.get(keys.PARTS, keys.part_key(self.catalog_version, keys.MODIFIERS, code))
        if row is None:
            raise UnknownItem("modifier group", code)
        return msgspec.msgpack.decode(row, type=ModifierGroup)


def pack_of(item: Item, unit: str) -> Pack:
    """Return the pack of a unit; the base unit is a pack of one. Raises UnknownUnit."""
    if unit in ("", item.unit):
        return Pack(item.unit, MILLI)
    for pack in item.packs:
        if pack.unit == unit:
            return pack
    raise UnknownUnit(item.sku, unit, (item.unit, *(pack.unit for pack in item.packs)))


def _paths(parents: dict[str, str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for code in parents:
        path = [code]
        while (above := parents.get(path[-1], "")) and above not in path:
            path.append(above)
        found[code] = tuple(path)
    return found
