"""The variant picker: a family's spec tree with price and stock per leaf (多规格浮框)."""

from collections.abc import Callable

import msgspec

from cashwrap.catalog.errors import NoPrice
from cashwrap.catalog.model import Item, Price, PriceContext
from cashwrap.catalog.view import Catalog

Available = Callable[[str], int]
"""SKU -> thousandths that may be sold now."""


class PickerLeaf(msgspec.Struct, frozen=True, array_like=True):
    """One variant. ``blocked`` says why it cannot be picked: sold_out, no_price, or ""."""

    sku: str
    name: str
    price: Price | None
    available_milli: int | None  # None: its stock is not kept
    blocked: str = ""


class PickerChoice(msgspec.Struct, frozen=True, array_like=True):
    """One value of an axis, leading to the next axis or to a leaf."""

    axis: str
    value: str
    choices: tuple["PickerChoice", ...] = ()
    leaf: PickerLeaf | None = None

    @property
    def enabled(self) -> bool:
        """Whether anything below can be picked."""
        if self.leaf is not None:
            return not self.leaf.blocked
        return any(choice.enabled for choice in self.choices)


class Picker(msgspec.Struct, frozen=True, array_like=True):
    """The spec tree of a family, in the order of its axes and their values."""

    family: str
    name: str
    axes: tuple[str, ...]
    choices: tuple[PickerChoice, ...]


def picker(
    catalog: Catalog, family: str, now_ms: int, context: PriceContext, available: Available
) -> Picker:
    """Return the picker of a family. A combination without a SKU is absent, not disabled.

    ``available`` is asked for stocked variants only. Raises UnknownItem.
    """
    item = catalog.by_sku(family)
    leaves = {
        frozenset(variant.spec): _leaf(catalog, variant, now_ms, context, available)
        for variant in catalog.variants(family)
        if variant.sellable
    }
    axes = item.axes
    choices = _choices(axes, frozenset(), leaves) if axes else ()
    return Picker(item.sku, item.name, tuple(axis for axis, _ in axes), choices)


def _choices(
    axes: tuple[tuple[str, tuple[str, ...]], ...],
    picked: frozenset[tuple[str, str]],
    leaves: dict[frozenset[tuple[str, str]], PickerLeaf],
) -> tuple[PickerChoice, ...]:
    (axis, values), rest = axes[0], axes[1:]
    found = []
    for value in values:
        now = picked | {(axis, value)}
        if rest:
            below = _choices(rest, now, leaves) if any(now <= spec for spec in leaves) else ()
            if below:
                found.append(PickerChoice(axis, value, below))
        elif now in leaves:
            found.append(PickerChoice(axis, value, (), leaves[now]))
    return tuple(found)


def _leaf(
    catalog: Catalog, item: Item, now_ms: int, context: PriceContext, available: Available
) -> PickerLeaf:
    milli = available(item.sku) if item.stocked else None
    try:
        price: Price | None = catalog.price_at(item.sku, now_ms, context)
    except NoPrice:
        price = None
    blocked = (
        "no_price" if price is None else "sold_out" if milli is not None and milli <= 0 else ""
    )
    return PickerLeaf(item.sku, item.name, price, milli, blocked)
