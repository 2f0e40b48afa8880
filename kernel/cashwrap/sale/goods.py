"""From what a cashier or scanner names to what stands on a line: item, price, parts, quantity.

Looks things up and checks them; changes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.catalog.errors import CatalogError, NoPrice, UnknownItem
from cashwrap.catalog.meals import check_choices, check_modifiers
from cashwrap.catalog.model import Found, Item
from cashwrap.catalog.view import Catalog, pack_of
from cashwrap.money import MILLI, checked, div_round, parse_quantity
from cashwrap.sale import margin
from cashwrap.sale.cart import Cart, Line
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import ChosenModifier, ChosenPart, Goods
from cashwrap.sale.errors import NotForSale, PriceRefused, QuantityRefused
from cashwrap.sale.holds.codes import looks_like_code
from cashwrap.sale.holds.errors import HoldSlipScanned
from cashwrap.scan.decode import decode
from cashwrap.scan.model import Scan
from cashwrap.scan.pack import merge, refuse_reasons
from cashwrap.tender.pan import mask_pan

Quantity = int | str
"""Whole units as an int, or decimal text such as ``"0.532"``."""

Choices = Mapping[str, Sequence[str]]
"""Slot name to the SKUs chosen for it."""


class LastScan(NamedTuple):
    """The scan before, to tell two codes of one pack from two packs."""

    scan: Scan
    at_ms: int
    line: int


class Scanned(NamedTuple):
    """What a scan came to."""

    scan: Scan
    goods: Goods
    quantity_milli: int


def scanned(desk: Desk, cart: Cart, code: str, at_ms: int, last: LastScan | None) -> Scanned | int:
    """Return what a scanned code puts on the sale, or the number of the line it is already on."""
    rules = desk.settings.scan
    scan = decode(code, rules, now_ms=at_ms)
    if scan.elements or desk.settings.recalled:
        _check_pack(desk, scan, at_ms)  # the pack's second code may be the one that tells its date
    if last is not None and last.line in cart.lines and _same_pack(last, scan, at_ms):
        return last.line
    if scan.elements or desk.settings.recalled:
        scan = _masked(scan)
    found = found_by(desk.catalog, scan)
    goods = make(desk, found.item, at_ms, cart.header.customer, found.unit, (), scan)
    return _measured(scan, found, goods)


def _check_pack(desk: Desk, scan: Scan, at_ms: int) -> None:
    refused = refuse_reasons(scan, desk.day_of(at_ms), desk.settings.recalled, desk.settings.packs)
    if refused is not None:
        raise refused


def _masked(scan: Scan) -> Scan:
    """Return the scan as it may be kept: whatever field of it looks like a card number, masked."""
    raw = scan.raw
    for _, value in scan.elements:
        raw = raw.replace(value, mask_pan(value))
    return replace(scan, raw=raw, lot=mask_pan(scan.lot), serial=mask_pan(scan.serial))


def found_by(catalog: Catalog, scan: Scan) -> Found:
    """Return what a scan names in the catalog. Raises UnknownItem."""
    if scan.gtin:
        return catalog.by_gtin(scan.gtin)
    try:
        return catalog.by_plu(scan.item or scan.raw)
    except UnknownItem:
        if scan.kind == "store_code":
            raise
    try:
        return Found(catalog.by_sku(scan.item or scan.raw))
    except UnknownItem:
        if looks_like_code(scan.raw):
            raise HoldSlipScanned(scan.raw) from None
        raise


def find(catalog: Catalog, code: str) -> Item:
    """Return the item of a SKU, or of a PLU. Raises UnknownItem naming the SKU."""
    try:
        return catalog.by_sku(code)
    except UnknownItem as unknown:
        try:
            return catalog.by_plu(code).item
        except UnknownItem:
            raise unknown from None


def make(
    desk: Desk,
    item: Item,
    at_ms: int,
    customer: str,
    unit: str = "",
    modifiers: Sequence[str] = (),
    scan: Scan | None = None,
    lot: str = "",
) -> Goods:
    """Return an item as it is sold now, at the price in force, with its modifiers.

    Raises NotForSale, NoPrice, ModifierRefused, UnknownUnit.
    """
    if not item.sellable:
        what = "choose one of its variants" if item.axes else "it is not sold by itself"
        raise NotForSale(f"{item.name} ({item.sku}): {what}")
    catalog = desk.catalog
    price = catalog.price_at(item.sku, at_ms, desk.price_context(customer), unit)
    chosen = _chosen(catalog, item, modifiers)
    base_milli = pack_of(item, unit).base_quantity_milli if unit else MILLI
    extra = sum(modifier.price_minor for modifier in chosen)
    made = Goods(
        item.sku,
        item.name,
        checked(price.unit_minor + extra) if extra else price.unit_minor,
        item.tax,
        price.tax_included,
        unit or item.unit,
        "count" if unit else item.measure,
        price.book,
        _scaled(item.minimum_minor, base_milli),
        base_milli,
        chosen,
        scan.lot if scan else lot,
        scan.expires if scan else 0,
        scan.serial if scan else "",
        item.family,
        catalog.category_path(item.category) if item.category else (),
        item.tags,
        _list_minor(desk, item, at_ms, unit, price.unit_minor, extra) if customer else 0,
    )
    return margin.guarded(desk, made)


def _list_minor(
    desk: Desk, item: Item, at_ms: int, unit: str, own_minor: int, extra_minor: int
) -> int:
    """Return the unit price outside the customer's own books, or 0 where it is the same."""
    try:
        others = desk.catalog.price_at(item.sku, at_ms, desk.price_context(""), unit).unit_minor
    except NoPrice:  # sold to this group only
        return 0
    return 0 if others == own_minor else checked(others + extra_minor)


def _scaled(minor: int, milli: int) -> int:
    """Return an amount for 1000 as one for ``milli``."""
    return minor if milli == MILLI else checked(div_round(minor * milli, MILLI, "half_up"))


def _chosen(catalog: Catalog, item: Item, modifiers: Sequence[str]) -> tuple[ChosenModifier, ...]:
    if not modifiers and not item.modifiers:
        return ()
    groups = catalog.modifier_groups(item)
    check_modifiers(item, groups, modifiers)
    known = {each.code: each for group in reversed(groups) for each in group.modifiers}
    found = [known[code] for code in modifiers]
    return tuple(ChosenModifier(m.code, m.name, m.price_minor, m.sku) for m in found)


def meal_parts(
    desk: Desk, item: Item, at_ms: int, customer: str, choices: Choices | None
) -> tuple[ChosenPart, ...]:
    """Return the parts of a set meal as chosen; empty for other items.

    Raises SlotRefused naming the slot, UnknownItem, NoPrice.
    """
    if not item.slots:
        if choices:
            raise NotForSale(f"{item.name} ({item.sku}) is not a set meal: it has no slots")
        return ()
    parts = []
    for choice in check_choices(item, choices or {}):
        part = desk.catalog.by_sku(choice.sku)
        goods = make(desk, part, at_ms, customer)
        parts.append(ChosenPart(choice.slot, goods, MILLI, choice.upcharge_minor))
    return tuple(parts)


def respec(
    desk: Desk,
    cart: Cart,
    line: Line,
    at_ms: int,
    sku: str,
    modifiers: Sequence[str] | None,
    choices: Choices | None,
    unit: str | None = None,
) -> tuple[Goods, tuple[ChosenPart, ...]]:
    """Return what a line becomes with another variant, modifiers, choices or unit."""
    old = line.goods
    if old.book == "code":
        raise NotForSale(f"{old.name} costs what its label says: void the line and add another")
    item = desk.catalog.by_sku(sku or old.sku)
    if sku and item.measure != old.measure:
        raise NotForSale(f"{item.name} is sold by {item.measure}, the line by {old.measure}")
    if modifiers is None:
        modifiers = [m.code for m in old.modifiers] if item.modifiers else []
    if choices is None and item.slots:
        choices = choices_of(cart, line)
    customer = cart.header.customer
    if unit is None:
        unit = "" if sku or old.unit == item.unit else old.unit
    goods = make(desk, item, at_ms, customer, "" if unit == item.unit else unit, modifiers)
    if goods.measure == "count" and line.quantity_milli % MILLI:
        raise QuantityRefused(f"{goods.name} by the {goods.unit} is sold whole: add it as such")
    if item.sku == old.sku:
        goods = _same_pack_as(old, goods)
    parts = meal_parts(desk, item, at_ms, customer, choices)
    return margin.guarded_meal(desk, goods, parts), parts


def choices_of(cart: Cart, line: Line) -> dict[str, list[str]]:
    """Return what fills the slots of a set meal on a cart."""
    choices: dict[str, list[str]] = {}
    for number in line.parts:
        part = cart.lines[number]
        choices.setdefault(part.slot, []).append(part.goods.sku)
    return choices


def repriced(desk: Desk, cart: Cart, customer: str, at_ms: int) -> tuple[tuple[int, Goods], ...]:
    """Return the lines whose goods cost something else for a customer, with their new goods.

    What the catalog does not sell any more keeps its price.
    """
    changed = []
    for line in cart.lines.values():
        old = line.goods
        if line.parent or old.book == "code":
            continue
        try:
            item = desk.catalog.by_sku(old.sku)
            unit = "" if old.unit == item.unit else old.unit
            new = make(desk, item, at_ms, customer, unit, [m.code for m in old.modifiers])
            new = margin.guarded_meal(desk, new, _parts_of(cart, line))
        except (CatalogError, NotForSale):
            continue
        if (new := _same_pack_as(old, new)) != old:
            changed.append((line.number, new))
    return tuple(changed)


def _parts_of(cart: Cart, line: Line) -> list[ChosenPart]:
    parts = [cart.lines[number] for number in line.parts]
    return [ChosenPart(p.slot, p.goods, p.part_milli, p.upcharge_minor) for p in parts]


def _same_pack_as(old: Goods, new: Goods) -> Goods:
    return replace(new, lot=old.lot, expires=old.expires, serial=old.serial)


def same_line(desk: Desk, cart: Cart, goods: Goods) -> Line | None:
    """Return the line that the same goods can be added to, when the settings say so."""
    if desk.settings.same_item != "merge" or goods.book == "code" or goods.measure == "weight":
        return None
    for line in cart.lines.values():
        if line.goods == goods and not line.parent and line.override_minor is None:
            return line
    return None


def quantity_milli(quantity: Quantity, goods: Goods, *, whole: bool = False) -> int:
    """Return a quantity in thousandths that these goods can be sold in.

    Raises QuantityRefused when it is not above zero, or not whole for counted goods.
    """
    if isinstance(quantity, str):
        milli = parse_quantity(quantity)
    elif type(quantity) is int:
        milli = checked(quantity * MILLI)
    else:
        raise QuantityRefused(f"{quantity!r} is no quantity: give whole units, or text like '0.5'")
    if milli <= 0:
        raise QuantityRefused(
            f"{goods.name}: a quantity must be above zero; to take it off, void the line"
        )
    if (whole or goods.measure == "count") and milli % MILLI:
        raise QuantityRefused(f"{goods.name} is sold in whole pieces, not {quantity}")
    return milli


def sum_milli(first: int, second: int) -> int:
    """Return the sum of two quantities. Raises AmountOverflow."""
    return checked(first + second)


def stock_milli(line: Line) -> int:
    """Return how much of its stock unit a line sells, thousandths, rounded half up."""
    base_milli = line.goods.base_milli
    if base_milli == MILLI:
        return line.quantity_milli
    return checked(div_round(line.quantity_milli * base_milli, MILLI, "half_up"))


def _same_pack(last: LastScan, scan: Scan, at_ms: int) -> bool:
    return merge(last.scan, last.at_ms, scan, at_ms) is not None


def _measured(scan: Scan, found: Found, goods: Goods) -> Scanned:
    """Bring the weight, count or price that the code itself carries onto the goods."""
    milli = scan.quantity_milli
    if milli is not None and scan.unit and scan.unit != found.item.unit:
        raise QuantityRefused(
            f"{found.item.name} is sold by {found.item.unit}, the label says {scan.unit}"
        )
    if scan.price_minor is not None:
        return Scanned(scan, _at_label_price(scan.price_minor, milli, goods), MILLI)
    if milli is None:
        return Scanned(scan, goods, (scan.count or 1) * MILLI)
    if milli <= 0:
        raise QuantityRefused(f"the label of {found.item.name} says nothing was weighed")
    return Scanned(scan, goods, milli)


def _at_label_price(price_minor: int, milli: int | None, goods: Goods) -> Goods:
    """A labelled pack costs what its label says; its weight is read, or worked out from that."""
    if milli is None and goods.measure == "weight":
        if goods.unit_minor <= 0:
            raise PriceRefused(f"{goods.name} has no price per {goods.unit} to weigh it by")
        milli = div_round(price_minor * MILLI, goods.unit_minor, "half_up")
    base_milli = MILLI if milli is None else milli
    return replace(
        goods,
        unit_minor=price_minor,
        unit="pack",
        measure="count",
        book="code",
        base_milli=base_milli,
        list_minor=0,
        labelled=goods.measure == "weight",
        minimum_minor=min(price_minor, _scaled(goods.minimum_minor, base_milli)),
    )
