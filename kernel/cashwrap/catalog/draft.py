"""From rows to whole records: what an import would make of the catalog, before it is checked."""

from collections.abc import Callable, Iterator

import msgspec

from cashwrap.catalog import keys
from cashwrap.catalog.columns import Row, Value
from cashwrap.catalog.issues import Issues
from cashwrap.catalog.model import (
    Category,
    Group,
    Ingredient,
    Item,
    Modifier,
    ModifierGroup,
    Pack,
    PriceBook,
    PriceEntry,
    Slot,
    SlotChoice,
)
from cashwrap.catalog.snapshot import Reads, decode_item, decode_prices, pages
from cashwrap.catalog.sources import NAMELESS, Parsed, Refused
from cashwrap.pricing.model import TaxCode, TaxComponent

BASE_BOOK = "base"
_BOUNDS = ("at_least", "at_most")
_OWN_CODES = {"modifier": "group"} | dict.fromkeys(("tax", "book", "category", "group"), "code")
_NONE: frozenset[str] = frozenset()
Part = PriceBook | Category | Group | ModifierGroup | TaxCode
_make_item: Callable[..., Item] = Item
_make_component: Callable[..., TaxComponent] = TaxComponent


class Base:
    """The snapshot that an update builds on; without one, everything in it is unknown."""

    def __init__(self, reads: Reads, version: int | None) -> None:
        self._reads = reads
        self._known = version is not None
        self.version = version or 0

    def _get(self, table: str, key: bytes) -> bytes | None:
        if not self._known:
            return None
        with self._reads() as reader:
            return reader.get(table, key)

    def rows(self, table: str) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key without version, value) of a table, read in short views."""
        if self._known:
            for key, value in pages(self._reads, table, keys.version_prefix(self.version)):
                yield key[4:], value

    def item(self, sku: str) -> Item | None:
        """Return an item, or None."""
        row = self._get(keys.ITEMS, keys.version_prefix(self.version) + sku.encode())
        return decode_item(row) if row is not None else None

    def prices(self, sku: str) -> tuple[PriceEntry, ...]:
        """Return the price entries of a SKU."""
        row = self._get(keys.PRICES, keys.version_prefix(self.version) + sku.encode())
        return decode_prices(row) if row is not None else ()

    def variants(self, family: str) -> list[str]:
        """Return the SKUs of a family's variants."""
        if not self._known:
            return []
        prefix = keys.variant_prefix(self.version, family)
        with self._reads() as reader:
            return [key[len(prefix) :].decode() for key, _ in reader.items(keys.PARTS, prefix)]

    def owner(self, code: int | str) -> str | None:
        """Return the SKU that a GTIN (int) or PLU (text) names, or None."""
        key = (
            keys.gtin_key(self.version, code)
            if isinstance(code, int)
            else keys.plu_key(self.version, code)
        )
        row = self._get(keys.CODES, key)
        return row.decode().split("\0")[0] if row is not None else None

    def has_taxes(self) -> bool:
        """Whether any tax code came with it."""
        if not self._known:
            return False
        with self._reads() as reader:
            prefix = keys.part_key(self.version, keys.TAX, "")
            return next(iter(reader.items(keys.PARTS, prefix)), None) is not None

    def part(self, kind: bytes, code: str) -> bytes | None:
        """Return the row of a book, category, group, modifier group or tax code, or None."""
        return self._get(keys.PARTS, keys.part_key(self.version, kind, code))


class Draft:
    """Whole new records by code, and where each came from (``places[type, code]``)."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.prices: dict[str, list[PriceEntry]] = {}
        self.parts: dict[bytes, dict[str, Part]] = {
            kind: {} for kind in (keys.BOOK, keys.CATEGORY, keys.GROUP, keys.MODIFIERS, keys.TAX)
        }
        self.removed: set[str] = set()
        self.places: dict[tuple[str, str], str] = {}
        self.doubts: dict[tuple[str, str], set[str]] = {}
        """Columns whose cells were refused somewhere in the rows of (type, code)."""

    def doubted(self, kind: str, code: str, *columns: str) -> bool:
        """Whether a refused cell of one of these columns is why a record may look wrong."""
        return not self.doubts.get((kind, code), _NONE).isdisjoint(columns)

    def place(self, kind: str, code: str) -> str:
        """Return where a record came from, for an issue."""
        return self.places.get((kind, code), "current catalog")


def text(row: Row, name: str, default: str = "") -> str:
    """Return a text value of a row."""
    value = row.get(name, default)
    assert isinstance(value, str)
    return value


def number(row: Row, name: str, default: int = 0) -> int:
    """Return a number or flag of a row."""
    value = row.get(name, default)
    assert isinstance(value, int)
    return value


class Gatherer:
    """Takes rows one by one and keeps those of one record together."""

    def __init__(self, base: Base, issues: Issues) -> None:
        self.draft = Draft()
        self._base = base
        self._issues = issues
        self._rows: dict[str, Row] = {}
        self._packs: dict[str, list[Pack]] = {}
        self._slots: dict[str, dict[str, Slot]] = {}
        self._recipes: dict[str, list[Ingredient]] = {}
        self._bounds: dict[str, tuple[int, int]] = {}
        self._takers: dict[str, Callable[[str, Row, Refused], None]] = {
            "item": self._item,
            "pack": self._pack,
            "slot": self._slot,
            "ingredient": self._ingredient,
            "price": self._price,
            "modifier": self._modifier,
            "tax": self._tax,
            "book": self._book,
            "category": self._category,
            "group": self._group,
            "remove": self._remove,
        }

    def take(self, parsed: Parsed) -> None:
        """Take one row; of one with refused cells, all that can be told of it."""
        kind, where, row, refused = parsed
        if refused:
            own = text(row, _OWN_CODES.get(kind, "sku"))
            self.draft.doubts.setdefault((kind, own), set()).update(refused)
        self._takers[kind](where, row, refused)

    def _once(self, kind: str, code: str, where: str, *, told: bool = True) -> bool:
        first = self.draft.places.setdefault((kind, code), where)
        if told and first is not where:
            message = f"{kind} {code!r} already stands at {first}"
            self._issues.add(where, f"{kind}.duplicate", message)
        return first is where

    def _item(self, where: str, row: Row, refused: Refused) -> None:
        sku = text(row, "sku")
        if not self._once("item", sku, where):
            return
        price = row.pop("price", None)
        if isinstance(price, int):
            self._entry(where, sku, PriceEntry(BASE_BOOK, price))
        elif price is not None and "price" in refused:
            self._entry(where, sku, PriceEntry(BASE_BOOK, 0))
        if "minimum" in row:
            row["minimum_minor"] = row.pop("minimum")
        if row.get("axes"):
            row["sellable"] = False
        self._rows[sku] = row

    def _pack(self, where: str, row: Row, refused: Refused) -> None:
        sku, gtins = text(row, "sku"), row.get("gtins", ())
        self._touch(sku, where)
        self._once("pack", f"{sku} {text(row, 'unit')}", where, told="unit" not in refused)
        pack: Callable[..., Pack] = Pack
        made = pack(text(row, "unit"), number(row, "quantity"), gtins)
        self._packs.setdefault(sku, []).append(made)

    def _slot(self, where: str, row: Row, refused: Refused) -> None:
        sku, name = text(row, "sku"), text(row, "slot")
        self._touch(sku, where)
        choice = SlotChoice(text(row, "choice"), number(row, "upcharge"))
        named = refused.isdisjoint(("slot", "choice"))
        self._once("slot", f"{sku} {name} {choice.sku}", where, told=named)
        bounds = number(row, "at_least", 1), number(row, "at_most", 1)
        if refused.isdisjoint(("slot", *_BOUNDS)):
            self._same_bounds(where, f"slot {sku} {name}", bounds)
        slots = self._slots.setdefault(sku, {})
        choices = slots[name].choices if name in slots else ()
        slots[name] = Slot(name, (*choices, choice), *bounds)

    def _ingredient(self, where: str, row: Row, refused: Refused) -> None:
        sku, ingredient = text(row, "sku"), text(row, "ingredient")
        self._touch(sku, where)
        named = "ingredient" not in refused
        self._once("ingredient", f"{sku} {ingredient}", where, told=named)
        made = Ingredient(ingredient, number(row, "quantity"), number(row, "waste_ppm"))
        self._recipes.setdefault(sku, []).append(made)

    def _touch(self, sku: str, where: str) -> None:
        self.draft.places.setdefault(("part of", sku), where)

    def _same_bounds(self, where: str, owner: str, now: tuple[int, int]) -> None:
        first = self._bounds.setdefault(owner, now)
        if now[0] > now[1] or now[1] == 0:
            self._issues.add(where, "bounds.form", f"at least {now[0]} but at most {now[1]}")
        elif first != now:
            message = f"at_least and at_most are {now}, but {first} on the lines before"
            self._issues.add(where, "bounds.differ", message)

    def _price(self, where: str, row: Row, refused: Refused) -> None:
        entry = PriceEntry(
            text(row, "book", BASE_BOOK),
            number(row, "price"),
            number(row, "from"),
            number(row, "until"),
            text(row, "unit"),
        )
        named = refused.isdisjoint(("book", "from", "unit"))
        self._entry(where, text(row, "sku"), entry, named=named)

    def _entry(self, where: str, sku: str, entry: PriceEntry, *, named: bool = True) -> None:
        code = f"{sku} {entry.book} {entry.unit} {entry.from_ms}".rstrip()
        self._once("price", code, where, told=named)
        self.draft.places.setdefault(("price of", sku), where)
        if named and entry.until_ms and entry.until_ms <= entry.from_ms:
            self._issues.add(f"{where}:until", "time.order", "it ends before it starts")
        self.draft.prices.setdefault(sku, []).append(entry)

    def _modifier(self, where: str, row: Row, refused: Refused) -> None:
        group, modifier = text(row, "group"), text(row, "code")
        self.draft.places.setdefault(("modifiers", group), where)
        self._once("modifier", f"{group} {modifier}", where, told="code" not in refused)
        least, most = number(row, "at_least"), number(row, "at_most", 1)
        made = Modifier(modifier, text(row, "name"), number(row, "price"), text(row, "sku"))
        name = text(row, "group_name") or group
        old = self.draft.parts[keys.MODIFIERS].get(
            group, ModifierGroup(group, name, (), least, most)
        )
        assert isinstance(old, ModifierGroup)
        if refused.isdisjoint(_BOUNDS):
            self._same_bounds(where, f"modifiers {group}", (least, most))
        self.draft.parts[keys.MODIFIERS][group] = ModifierGroup(
            group, old.name, (*old.modifiers, made), least, most
        )

    def _tax(self, where: str, row: Row, refused: Refused) -> None:
        code, order_type = text(row, "code"), text(row, "order_type")
        self.draft.places.setdefault(("tax", code), where)
        named = refused.isdisjoint(("order_type", "component"))
        component = f"{code} {order_type} {text(row, 'component')}"
        self._once("tax component", component, where, told=named)
        included = row.get("included", "")
        made = _make_component(
            code=text(row, "component"),
            name=text(row, "component_name") or text(row, "component"),
            kind=text(row, "kind", "percent"),
            rate_ppm=number(row, "rate_ppm"),
            fixed_minor=number(row, "fixed"),
            included=None if included == "" else included,
        )
        old = self.draft.parts[keys.TAX].get(code, TaxCode(code, text(row, "name") or code, {}))
        assert isinstance(old, TaxCode)
        old.by_order_type[order_type] = (*old.by_order_type.get(order_type, ()), made)
        self.draft.parts[keys.TAX][code] = old

    def _book(self, where: str, row: Row, refused: Refused) -> None:
        row["tax_included"] = bool(row.get("tax_included", True))
        self._part(where, "book", keys.BOOK, row, PriceBook)
        scoped = row.get("layer", "chain") != "chain" and not row.get("scope")
        if scoped and "scope" not in refused:
            message = f"a {row['layer']} book needs the {row['layer']} that it is for"
            self._issues.add(f"{where}:scope", "field.missing", message)

    def _category(self, where: str, row: Row, _: Refused) -> None:
        self._part(where, "category", keys.CATEGORY, row, Category)

    def _group(self, where: str, row: Row, _: Refused) -> None:
        self._part(where, "group", keys.GROUP, row, Group)

    def _part(
        self, where: str, kind: str, letter: bytes, row: Row, make: Callable[..., Part]
    ) -> None:
        code = text(row, "code")
        self._once(kind, code, where)
        self.draft.parts[letter][code] = make(**row)

    def _remove(self, where: str, row: Row, _: Refused) -> None:
        sku = text(row, "sku")
        self._once("remove", sku, where)
        self.draft.removed.add(sku)

    def finish(self) -> Draft:
        """Return the draft, with every item whole."""
        skus = dict.fromkeys([*self._rows, *self._packs, *self._slots, *self._recipes])
        for sku in skus:
            item = self._whole(sku)
            if item is not None:
                self.draft.items[sku] = item
        for sku, entries in self.draft.prices.items():
            books = {entry.book for entry in entries}
            entries.extend(old for old in self._base.prices(sku) if old.book not in books)
        uses_base = any(
            e.book == BASE_BOOK for entries in self.draft.prices.values() for e in entries
        )
        books_new = self.draft.parts[keys.BOOK]
        if uses_base and BASE_BOOK not in books_new and not self._base.part(keys.BOOK, BASE_BOOK):
            books_new[BASE_BOOK] = PriceBook(BASE_BOOK)
        return self.draft

    def _whole(self, sku: str) -> Item | None:
        fields: dict[str, Value] = dict(self._rows.get(sku, {}))
        if sku in self._packs:
            fields["packs"] = tuple(self._packs[sku])
        if sku in self._slots:
            fields["slots"] = tuple(self._slots[sku].values())
        if sku in self._recipes:
            fields["recipe"] = tuple(self._recipes[sku])
        old = self._base.item(sku)
        replace: Callable[..., Item] = msgspec.structs.replace
        if old is not None:
            return replace(old, **fields)
        if sku not in self._rows:
            if sku.startswith(NAMELESS) or self._issues.is_lost("item"):
                return None
            where = self.draft.place("part of", sku)
            self._issues.add(f"{where}:sku", "sku.unknown", f"there is no item {sku!r}")
        elif "name" not in fields and self.draft.doubted("item", sku, "name"):
            return _make_item(name="", **fields)
        elif "name" not in fields:
            where = self.draft.place("item", sku)
            self._issues.add(f"{where}:name", "field.missing", "a new item needs a name")
        else:
            return _make_item(**fields)
        return None
