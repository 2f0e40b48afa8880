"""What a catalog holds: items and their codes, variants, packs, set meals, prices, taxes, groups.

A snapshot of these is immutable. Names are kept whole, whatever their length or script.
"""

from typing import Literal

import msgspec

Measure = Literal["count", "weight"]
RECIPE_DEPTH_MAX = 16
"""How deep recipes may be nested."""


class Pack(msgspec.Struct, frozen=True, array_like=True):
    """A trade unit of an item, e.g. a case of 24: ``Pack("case", 24_000)``, with its own codes."""

    unit: str
    base_quantity_milli: int
    gtins: tuple[int, ...] = ()


class SlotChoice(msgspec.Struct, frozen=True, array_like=True):
    """One item that may fill a slot, with what it adds to the meal's price."""

    sku: str
    upcharge_minor: int = 0


class Slot(msgspec.Struct, frozen=True, array_like=True):
    """A place in a set meal to be filled with ``at_least`` to ``at_most`` of its choices."""

    name: str
    choices: tuple[SlotChoice, ...]
    at_least: int = 1
    at_most: int = 1


class Modifier(msgspec.Struct, frozen=True, array_like=True):
    """An addition to an item (extra pearls, less ice) and what it adds to the unit price.

    ``sku`` names the stock item that it draws, if any.
    """

    code: str
    name: str
    price_minor: int = 0
    sku: str = ""


class ModifierGroup(msgspec.Struct, frozen=True, array_like=True):
    """Modifiers of which ``at_least`` to ``at_most`` are chosen."""

    code: str
    name: str
    modifiers: tuple[Modifier, ...]
    at_least: int = 0
    at_most: int = 1


class Ingredient(msgspec.Struct, frozen=True, array_like=True):
    """What one unit of a sold item draws from stock; ``waste_ppm`` is lost on top of it."""

    sku: str
    quantity_milli: int
    waste_ppm: int = 0


class Item(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """One SKU.

    ``gtins`` are GTINs as integers (leading zeros do not matter), ``plus`` short keyed codes.
    A variant names its family in ``family`` and its place in the spec tree in ``spec``, e.g.
    ``(("size", "large"), ("ice", "less"))``; the family itself has ``sellable`` False and lists
    its axes in ``axes``. ``minimum_minor`` is the lowest unit price a cashier may give, or 0.
    """

    sku: str
    name: str
    unit: str = "each"
    measure: Measure = "count"
    tax: str = ""
    category: str = ""
    gtins: tuple[int, ...] = ()
    plus: tuple[str, ...] = ()
    family: str = ""
    spec: tuple[tuple[str, str], ...] = ()
    axes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    packs: tuple[Pack, ...] = ()
    slots: tuple[Slot, ...] = ()
    modifiers: tuple[str, ...] = ()
    recipe: tuple[Ingredient, ...] = ()
    sellable: bool = True
    stocked: bool = True
    minimum_minor: int = 0
    tags: tuple[str, ...] = ()
    short_name: str = ""


class Found(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a code names: ``unit`` is "" for the base unit, else the pack that the code is on.

    ``base_quantity_milli`` is how much of the base unit one scan of the code sells.
    """

    item: Item
    unit: str = ""
    base_quantity_milli: int = 1000


class PriceEntry(msgspec.Struct, frozen=True, array_like=True):
    """The price of one SKU in one price book during [from_ms, until_ms), 0 meaning open-ended.

    ``unit_minor`` is per base unit (each, kg). ``unit`` is "" for the base unit or a pack's unit.
    """

    book: str
    unit_minor: int
    from_ms: int = 0
    until_ms: int = 0
    unit: str = ""


class PriceBook(msgspec.Struct, frozen=True, array_like=True):
    """A layer of prices. The narrowest layer that has a price at the moment of asking wins.

    ``layer`` orders chain < region < store < channel < customer; ``scope`` is the region, store,
    channel or customer group it is for ("" for chain); ``priority`` breaks ties, higher first.
    """

    code: str
    layer: Literal["chain", "region", "store", "channel", "customer"] = "chain"
    scope: str = ""
    tax_included: bool = True
    priority: int = 0


class PriceList(msgspec.Struct, frozen=True):
    """A price book from beside the catalog, with its entries by SKU; all of them name the book.

    One that ``only_lowers`` counts where it is below what the goods cost without it, and has its
    taxes in it as that price has.
    """

    book: PriceBook
    entries: dict[str, tuple[PriceEntry, ...]]
    only_lowers: bool = False


class Category(msgspec.Struct, frozen=True, array_like=True):
    """A node of the category tree."""

    code: str
    name: str
    parent: str = ""


class Group(msgspec.Struct, frozen=True, array_like=True):
    """A page of the register: SKUs in the order the shop wants them."""

    code: str
    name: str
    skus: tuple[str, ...] = ()
    position: int = 0


class Price(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The answer to "what does it cost at time T": unit price, its book, and when it ends."""

    unit_minor: int
    book: str
    tax_included: bool
    until_ms: int = 0


class PriceContext(msgspec.Struct, frozen=True):
    """For whom and where a price is asked; "" matches no scoped book."""

    region: str = ""
    store: str = ""
    channel: str = ""
    customer: str = ""
