"""What an update leaves of its base, as far as the update bears on it."""

from collections.abc import Iterator

import msgspec

from cashwrap.catalog import keys
from cashwrap.catalog.draft import Base, Draft
from cashwrap.catalog.model import Group, Item, ModifierGroup, PriceEntry
from cashwrap.catalog.snapshot import decode_item


def kept_variants(draft: Draft, base: Base) -> Iterator[Item]:
    """Yield the variants that stay of every family that the update changes or adds to."""
    if not base.version:
        return
    families = {item.family for item in draft.items.values() if item.family}
    for family in sorted(families | draft.items.keys()):
        for sku in base.variants(family):
            item = None if _goes(draft, sku) else base.item(sku)
            if item is not None:
                yield item


def kept_prices(draft: Draft, base: Base) -> Iterator[tuple[Item, PriceEntry]]:
    """Yield the prices per pack that stay of every item that the update changes."""
    for sku, item in draft.items.items():
        if sku not in draft.prices:
            yield from ((item, entry) for entry in base.prices(sku) if entry.unit)


def still_referred(draft: Draft, base: Base) -> Iterator[tuple[str, str]]:
    """Yield (removed SKU, what still refers to it) over all that stays."""
    for _, row in base.rows(keys.ITEMS):
        item = decode_item(row)
        if not _goes(draft, item.sku):
            for sku in draft.removed.intersection(_references(item)):
                yield sku, f"SKU {item.sku!r}"
    for key, row in base.rows(keys.PARTS):
        kind, code = key[:1], key[1:].decode()
        if kind == keys.GROUP and code not in draft.parts[kind]:
            group = msgspec.msgpack.decode(row, type=Group)
            for sku in draft.removed.intersection(group.skus):
                yield sku, f"group {code!r}"
        elif kind == keys.MODIFIERS and code not in draft.parts[kind]:
            modifiers = msgspec.msgpack.decode(row, type=ModifierGroup).modifiers
            for sku in draft.removed.intersection(each.sku for each in modifiers):
                yield sku, f"modifier group {code!r}"


def still_offered(draft: Draft, base: Base) -> Iterator[tuple[Item, str, str]]:
    """Yield (item that can no longer be sold, meal that stays, slot that offers it)."""
    barred = {sku for sku, item in draft.items.items() if not item.sellable}
    barred = {sku for sku in barred if (old := base.item(sku)) is not None and old.sellable}
    if not barred:
        return
    for _, row in base.rows(keys.ITEMS):
        meal = decode_item(row)
        if meal.slots and not _goes(draft, meal.sku):
            for slot in meal.slots:
                for choice in slot.choices:
                    if choice.sku in barred:
                        yield draft.items[choice.sku], meal.sku, slot.name


def _goes(draft: Draft, sku: str) -> bool:
    return sku in draft.removed or sku in draft.items


def _references(item: Item) -> Iterator[str]:
    if item.family:
        yield item.family
    for slot in item.slots:
        yield from (choice.sku for choice in slot.choices)
    yield from (part.sku for part in item.recipe)
