"""What must hold between records: codes name one thing, and every reference leads somewhere."""

from collections.abc import Collection, Iterator

import msgspec

from cashwrap.catalog import keys
from cashwrap.catalog.draft import Base, Draft
from cashwrap.catalog.issues import Issues
from cashwrap.catalog.kept import kept_prices, kept_variants, still_offered, still_referred
from cashwrap.catalog.model import RECIPE_DEPTH_MAX, Category, Group, Item, ModifierGroup
from cashwrap.catalog.search import gtin_text
from cashwrap.catalog.sources import NAMELESS
from cashwrap.pricing.model import PricePolicy, TaxCode
from cashwrap.pricing.taxes import issues as tax_issues

CATEGORY_DEPTH_MAX = 50
_TYPES = {
    keys.BOOK: "book",
    keys.CATEGORY: "category",
    keys.GROUP: "group",
    keys.MODIFIERS: "modifier",
    keys.TAX: "tax",
}


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
        self.variants_kept()
        self.meals_kept()
        for item in self.draft.items.values():
            self.item(item)
        self.recipes()
        self.prices()
        self.parts()
        if self.draft.removed:
            self.left_behind()

    def item_known(self, sku: str) -> bool:
        """Whether a SKU is there after the import."""
        return self.find_item(sku) is not None or self._maybe("item", sku)

    def _maybe(self, kind: str, code: str) -> bool:
        """Whether what is not there may be in what could not be read."""
        return not code or code.startswith(NAMELESS) or self.issues.is_lost(kind)

    def find_item(self, sku: str) -> Item | None:
        """Return an item as it is after the import."""
        return self.draft.items.get(sku) or (
            None if sku in self.draft.removed else self.base.item(sku)
        )

    def part_known(self, kind: bytes, code: str) -> bool:
        """Whether a book, category, ... is there after the import."""
        if (kind, code) in self._known:
            return True
        known = (
            code in self.draft.parts[kind]
            or self._maybe(_TYPES[kind], code)
            or self.base.part(kind, code) is not None
        )
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
                named = "an item" if other.startswith(NAMELESS) else f"SKU {other!r}"
                text = f"{shown} also names {named} at {self.place_of(other)}"
                self.issues.add(self.place_of(sku), "code.duplicate", text)

    def item(self, item: Item) -> None:
        """Everything that an item refers to is there."""
        where = self.place_of(item.sku)
        if item.tax and self._checks_tax and not self._tax_known(item.tax):
            self._unknown(f"{where}:tax", "tax code", item.tax)
        if item.category and not self.part_known(keys.CATEGORY, item.category):
            self._unknown(f"{where}:category", "category", item.category)
        for code in item.modifiers:
            if not self.part_known(keys.MODIFIERS, code):
                self._unknown(f"{where}:modifiers", "modifier group", code)
        if item.family:
            for field, code, text in self.spec_faults(item):
                self.issues.add(f"{where}:{field}", code, text)
        elif item.spec and not self.draft.doubted("item", item.sku, "family"):
            self.issues.add(f"{where}:spec", "spec.form", "a spec needs the family it is of")
        if item.packs:
            self.packs(where, item)
        for slot in item.slots:
            for choice in slot.choices:
                place = self.draft.place("slot", f"{item.sku} {slot.name} {choice.sku}")
                self._needs_item(place, "choice", choice.sku, item.sku)
                chosen = self.find_item(choice.sku)
                if chosen is not None and not self._can_be_sold(chosen):
                    self.issues.add(f"{place}:choice", "slot.unsellable", unsellable(chosen))
        for part in item.recipe:
            self._needs_item(
                self.draft.place("ingredient", f"{item.sku} {part.sku}"),
                "ingredient",
                part.sku,
                item.sku,
            )

    def _can_be_sold(self, item: Item) -> bool:
        return item.sellable or self.draft.doubted("item", item.sku, "axes", "sellable")

    def meals_kept(self) -> None:
        """What stays of the set meals offers only what can still be sold."""
        for item, meal, slot in still_offered(self.draft, self.base):
            text = f"{unsellable(item)}, and {meal!r} that stays offers it for {slot!r}"
            self.issues.add(self.place_of(item.sku), "slot.unsellable", text)

    def place_of(self, sku: str) -> str:
        """Return where an item, or a part of it, came from."""
        return self.draft.places.get(("item", sku)) or self.draft.place("part of", sku)

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
            if pack.unit == item.unit and not self.draft.doubted("item", item.sku, "unit"):
                place = self.draft.place("pack", f"{item.sku} {pack.unit}")
                text = f"{pack.unit!r} is already the base unit of {item.sku!r}"
                self.issues.add(f"{place}:unit", "pack.unit", text)

    def variants_kept(self) -> None:
        """Variants that stay fit their family as it will be."""
        for item in kept_variants(self.draft, self.base):
            where = self.draft.place("item", item.family)
            for field, code, text in self.spec_faults(item):
                self.issues.add(f"{where}:{field}", code, f"SKU {item.sku!r} that stays: {text}")

    def spec_faults(self, item: Item) -> Iterator[tuple[str, str, str]]:
        """A variant gives each axis of its family one of that axis' values, alone."""
        family = self.find_item(item.family)
        if family is None:
            if not self._maybe("item", item.family):
                yield "family", "reference.unknown", f"there is no family {item.family!r}"
            return
        if self.draft.doubted("item", family.sku, "axes"):
            return
        axes = dict(family.axes)
        if not axes:
            yield "family", "family.axes", f"{item.family!r} has no axes, so it is no family"
        elif self.draft.doubted("item", item.sku, "spec"):
            return
        elif len(item.spec) != len(axes) or dict(item.spec).keys() != axes.keys():
            yield "spec", "spec.axes", f"expected one value for each of {', '.join(axes)}"
        else:
            for axis, value in item.spec:
                if value not in axes[axis]:
                    text = f"{axis}={value}: expected one of {', '.join(axes[axis])}"
                    yield "spec", "spec.value", text
        other = self._specs.setdefault((item.family, tuple(sorted(item.spec))), item.sku)
        if other != item.sku:
            text = f"SKU {other!r} at {self.draft.place('item', other)} has the same spec"
            yield "spec", "spec.duplicate", text

    def recipes(self) -> None:
        """No recipe draws from itself or nests too deep."""
        heights: dict[str, int] = {}
        for sku, item in self.draft.items.items():
            if item.recipe and self._height(item, heights, ()) > RECIPE_DEPTH_MAX:
                where = self.draft.place("part of", sku)
                text = f"the recipe of {sku!r} is nested deeper than {RECIPE_DEPTH_MAX}"
                self.issues.add(where, "recipe.deep", text)

    def _height(self, item: Item, heights: dict[str, int], path: tuple[str, ...]) -> int:
        """Return how deep a recipe is nested, looking no deeper than needed."""
        if item.sku in path:
            where = self.draft.place("part of", path[0])
            loop = " > ".join([*path[path.index(item.sku) :], item.sku])
            self.issues.add(where, "recipe.cycle", f"a recipe draws from itself: {loop}")
            return 0
        if not item.recipe or item.sku in heights or len(path) > RECIPE_DEPTH_MAX:
            return heights.get(item.sku, 1) if item.recipe else 0
        path = (*path, item.sku)
        parts = [self.find_item(part.sku) for part in item.recipe if part.sku != item.sku]
        below = [self._height(part, heights, path) for part in parts if part is not None]
        heights[item.sku] = 1 + max(below, default=0)
        return heights[item.sku]

    def prices(self) -> None:
        """A price is for an item, in a book and a unit that are there."""
        for sku, entries in self.draft.prices.items():
            where = self.draft.place("price of", sku)
            item = self.draft.items.get(sku) or self.find_item(sku)
            if item is None and not self._maybe("item", sku):
                self._unknown(f"{where}:sku", "SKU", sku)
            for entry in entries:
                if not self.part_known(keys.BOOK, entry.book):
                    self._unknown(f"{where}:book", "price book", entry.book)
                if item is not None:
                    self._sold_by(f"{where}:unit", item, entry.unit)
        for item, entry in kept_prices(self.draft, self.base):
            self._sold_by(f"{self.place_of(item.sku)}:unit", item, entry.unit)

    def _sold_by(self, where: str, item: Item, unit: str) -> None:
        unsure = self.issues.is_lost("pack") or self.draft.doubted("pack", item.sku, "unit")
        if not unsure and unit and all(pack.unit != unit for pack in item.packs):
            self._unknown(where, f"pack of {item.sku!r}, which has a price for it, by", unit)

    def parts(self) -> None:
        """Groups and modifiers name items that are there, taxes add up, categories form a tree."""
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
        for tax in self.draft.parts[keys.TAX].values():
            assert isinstance(tax, TaxCode)
            if ("tax", tax.code) in self.draft.doubts:
                continue
            for issue in tax_issues(tax, PricePolicy()):
                self.issues.add(self.draft.place("tax", tax.code), issue.code, issue.message)
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
        for sku, owner in still_referred(self.draft, self.base):
            text = f"{owner} of the current catalog still refers to {sku!r}"
            self.issues.add(self.draft.place("remove", sku), "remove.referred", text)


def unsellable(item: Item) -> str:
    """Return why an item cannot be rung up, and what to do."""
    if item.axes:
        return f"{item.sku!r} is a family: offer its variants"
    return f"{item.sku!r} is not sold by itself: make it sellable or offer another"


def codes_of(item: Item) -> Iterator[int | str]:
    """Yield every GTIN (int) and PLU (text) of an item and its packs."""
    yield from item.gtins
    yield from item.plus
    for pack in item.packs:
        yield from pack.gtins
