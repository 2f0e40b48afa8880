"""What must hold between records: codes name one thing, and every reference leads somewhere."""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from cashwrap.catalog import keys
from cashwrap.catalog.draft import Base, Draft
from cashwrap.catalog.issues import Issues
from cashwrap.catalog.model import Category, Group, Item, ModifierGroup
from cashwrap.catalog.search import gtin_text
from cashwrap.catalog.snapshot import decode_item

CATEGORY_DEPTH_MAX = 50


class Checks:
    """All checks over one draft; each notes what it finds and goes on."""

    def __init__(
        self, draft: Draft, base: Base, issues: Issues, tax_codes: Collection[str] | None
    ) -> None:
        self.draft = draft
        self.base = base
        self.issues = issues
        self.tax_codes = tax_codes
        self._specs: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        self._checks_tax = tax_codes is not None or bool(draft.parts[keys.TAX]) or base.has_taxes()
        self._known: set[tuple[bytes, str]] = set()

    def run(self) -> None:
        """Run them all, in the order of docs/catalog.md#checks."""
        for sku in self.draft.removed & self.draft.items.keys():
            where = self.draft.place("remove", sku)
            text = f"SKU {sku!r} is also given at {self.draft.place('item', sku)}"
            self.issues.add(where, "remove.conflict", text)
        self.codes()
        for item in self.draft.items.values():
            self.item(item)
        self.prices()
        self.parts()
        if self.draft.removed:
            self.left_behind()

    def item_known(self, sku: str) -> bool:
        """Whether a SKU is there after the import."""
        return sku in self.draft.items or (
            sku not in self.draft.removed and self.base.item(sku) is not None
        )

    def find_item(self, sku: str) -> Item | None:
        """Return an item as it is after the import."""
        return self.draft.items.get(sku) or (
            None if sku in self.draft.removed else self.base.item(sku)
        )

    def part_known(self, kind: bytes, code: str) -> bool:
        """Whether a book, category, ... is there after the import."""
        if (kind, code) in self._known:
            return True
        known = code in self.draft.parts[kind] or self.base.part(kind, code) is not None
        if known:
            self._known.add((kind, code))
        return known

    def codes(self) -> None:
        """No GTIN or PLU names two things."""
        owners: dict[int | str, str] = {}
        replaced = self.draft.items.keys() | self.draft.removed
        for sku, item in self.draft.items.items():
            for code in codes_of(item):
                other = owners.get(code) or self.base.owner(code)
                if other is None or (code not in owners and other in replaced):
                    owners[code] = sku
                    continue
                shown = f"GTIN {gtin_text(code)}" if isinstance(code, int) else f"PLU {code}"
                text = f"{shown} also names SKU {other!r} at {self.draft.place('item', other)}"
                self.issues.add(self.draft.place("item", sku), "code.duplicate", text)

    def item(self, item: Item) -> None:
        """Everything that an item refers to is there."""
        where = self.draft.places.get(("item", item.sku)) or self.draft.place("part of", item.sku)
        if item.tax and self._checks_tax and not self._tax_known(item.tax):
            self._unknown(f"{where}:tax", "tax code", item.tax)
        if item.category and not self.part_known(keys.CATEGORY, item.category):
            self._unknown(f"{where}:category", "category", item.category)
        for code in item.modifiers:
            if not self.part_known(keys.MODIFIERS, code):
                self._unknown(f"{where}:modifiers", "modifier group", code)
        if item.family:
            self.variant(where, item)
        elif item.spec:
            self.issues.add(f"{where}:spec", "spec.form", "a spec needs the family it is of")
        if item.packs:
            self.packs(where, item)
        for slot in item.slots:
            for choice in slot.choices:
                self._needs_item(
                    self.draft.place("slot", f"{item.sku} {slot.name} {choice.sku}"),
                    "choice",
                    choice.sku,
                    item.sku,
                )
        for part in item.recipe:
            self._needs_item(
                self.draft.place("ingredient", f"{item.sku} {part.sku}"),
                "ingredient",
                part.sku,
                item.sku,
            )

    def _tax_known(self, code: str) -> bool:
        return code in (self.tax_codes or ()) or self.part_known(keys.TAX, code)

    def _needs_item(self, where: str, field: str, sku: str, owner: str) -> None:
        if sku == owner:
            self.issues.add(f"{where}:{field}", "reference.self", f"SKU {sku!r} contains itself")
        elif not self.item_known(sku):
            self._unknown(f"{where}:{field}", "SKU", sku)

    def _unknown(self, where: str, what: str, code: str) -> None:
        self.issues.add(where, "reference.unknown", f"there is no {what} {code!r}")

    def packs(self, where: str, item: Item) -> None:
        """Each pack has a unit of its own."""
        for pack in item.packs:
            if pack.unit == item.unit:
                place = self.draft.place("pack", f"{item.sku} {pack.unit}")
                text = f"{pack.unit!r} is already the base unit of {item.sku!r}"
                self.issues.add(f"{place}:unit", "pack.unit", text)

    def variant(self, where: str, item: Item) -> None:
        """A variant gives each axis of its family one of that axis' values, alone."""
        family = self.find_item(item.family)
        if family is None:
            self._unknown(f"{where}:family", "family", item.family)
            return
        axes = dict(family.axes)
        if not axes:
            text = f"{item.family!r} has no axes, so it is no family"
            self.issues.add(f"{where}:family", "family.axes", text)
        elif len(item.spec) != len(axes) or dict(item.spec).keys() != axes.keys():
            text = f"expected one value for each of {', '.join(axes)}"
            self.issues.add(f"{where}:spec", "spec.axes", text)
        else:
            for axis, value in item.spec:
                if value not in axes[axis]:
                    text = f"{axis}={value}: expected one of {', '.join(axes[axis])}"
                    self.issues.add(f"{where}:spec", "spec.value", text)
        other = self._specs.setdefault((item.family, tuple(sorted(item.spec))), item.sku)
        if other != item.sku:
            text = f"SKU {other!r} at {self.draft.place('item', other)} has the same spec"
            self.issues.add(f"{where}:spec", "spec.duplicate", text)

    def prices(self) -> None:
        """A price is for an item, in a book and a unit that are there."""
        for sku, entries in self.draft.prices.items():
            where = self.draft.place("price of", sku)
            item = self.draft.items.get(sku) or self.find_item(sku)
            if item is None:
                self._unknown(f"{where}:sku", "SKU", sku)
            for entry in entries:
                if not self.part_known(keys.BOOK, entry.book):
                    self._unknown(f"{where}:book", "price book", entry.book)
                units = ("", *(pack.unit for pack in item.packs)) if item else (entry.unit,)
                if entry.unit not in units:
                    self._unknown(f"{where}:unit", f"pack of {sku!r} by", entry.unit)

    def parts(self) -> None:
        """Groups hold items that are there; categories form a tree; modifiers draw items."""
        for group in self.draft.parts[keys.GROUP].values():
            assert isinstance(group, Group)
            where = f"{self.draft.place('group', group.code)}:skus"
            for sku in group.skus:
                if not self.item_known(sku):
                    self._unknown(where, "SKU", sku)
            if len(set(group.skus)) != len(group.skus):
                self.issues.add(where, "group.duplicate", "a SKU stands in it twice")
        for modifiers in self.draft.parts[keys.MODIFIERS].values():
            assert isinstance(modifiers, ModifierGroup)
            for modifier in modifiers.modifiers:
                if modifier.sku and not self.item_known(modifier.sku):
                    place = self.draft.place("modifier", f"{modifiers.code} {modifier.code}")
                    self._unknown(f"{place}:sku", "SKU", modifier.sku)
        for category in self.draft.parts[keys.CATEGORY].values():
            assert isinstance(category, Category)
            self.category(category)

    def category(self, category: Category) -> None:
        """Going up from a category ends at a root."""
        where = f"{self.draft.place('category', category.code)}:parent"
        path = [category.code]
        parent = category.parent
        while parent:
            if not self.part_known(keys.CATEGORY, parent):
                if len(path) == 1:
                    self._unknown(where, "category", parent)
                return
            if parent in path or len(path) > CATEGORY_DEPTH_MAX:
                text = f"categories contain each other: {' < '.join([*path, parent][:10])}"
                self.issues.add(where, "category.cycle", text)
                return
            path.append(parent)
            parent = self._parent_of(parent)

    def _parent_of(self, code: str) -> str:
        found = self.draft.parts[keys.CATEGORY].get(code)
        if found is None:
            row = self.base.part(keys.CATEGORY, code)
            return msgspec.msgpack.decode(row, type=Category).parent if row else ""
        assert isinstance(found, Category)
        return found.parent

    def left_behind(self) -> None:
        """Nothing that stays refers to a SKU that goes."""
        for _, row in self.base.rows(keys.ITEMS):
            item = decode_item(row)
            if item.sku in self.draft.removed or item.sku in self.draft.items:
                continue
            for sku in self.draft.removed.intersection(references(item)):
                text = f"SKU {item.sku!r} of the current catalog still refers to {sku!r}"
                self.issues.add(self.draft.place("remove", sku), "remove.referred", text)


def codes_of(item: Item) -> Iterator[int | str]:
    """Yield every GTIN (int) and PLU (text) of an item and its packs."""
    yield from item.gtins
    yield from item.plus
    for pack in item.packs:
        yield from pack.gtins


def references(item: Item) -> Iterable[str]:
    """Yield every SKU that an item refers to."""
    if item.family:
        yield item.family
    for slot in item.slots:
        yield from (choice.sku for choice in slot.choices)
    yield from (part.sku for part in item.recipe)
