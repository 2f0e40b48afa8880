"""The shop and its goods as pages see them."""

from typing import Literal

import msgspec

from cashwrap.catalog.errors import NoPrice, UnknownItem
from cashwrap.catalog.model import Item, Modifier, ModifierGroup, Slot, SlotChoice
from cashwrap.stock.view import Stock
from cashwrap.till import Till


class CurrencyView(msgspec.Struct, frozen=True):
    """The shop's money."""

    code: str
    minor_digits: int
    symbol: str


class TenderView(msgspec.Struct, frozen=True):
    """A way to pay through a driver; ``needs_scan``: the customer's code is scanned first."""

    driver: str
    kind: str
    needs_scan: bool


class PersonView(msgspec.Struct, frozen=True):
    """Somebody who may sign in."""

    id: str
    name: str
    role: str


class ShopView(msgspec.Struct, frozen=True, kw_only=True):
    """What a page needs to know of a shop before anybody is signed in."""

    name: str
    branch: str
    store: str
    till: str
    currency: CurrencyView
    timezone: str
    language: str
    languages: list[str]
    denominations: list[int]
    registers: list[str]
    order_types: list[str]
    suspend_reasons: list[str]
    suspend_reason_required: bool
    return_reasons: list[str]
    return_reason_required: bool
    return_locations: list[str]
    return_days: int
    return_without_receipt: str
    suspend_quote: str
    suspend_quote_minutes: int
    tenders: list[TenderView]
    scales: list[str]
    negative_stock: Literal["allow", "warn", "refuse"]
    guarded: bool
    staff: list[PersonView]
    shifts_required: bool
    count_required: bool
    training: bool
    now_ms: int
    day: int


class SlotChoiceView(msgspec.Struct, frozen=True):
    """One item that may fill a slot of a set meal. ``available_milli`` is null where no stock is
    kept; ``blocked`` says why it cannot be taken now: sold_out, no_price, or ""."""

    sku: str
    name: str
    upcharge_minor: int
    available_milli: int | None
    blocked: Literal["", "sold_out", "no_price"]


class SlotView(msgspec.Struct, frozen=True):
    """A place in a set meal."""

    name: str
    at_least: int
    at_most: int
    choices: list[SlotChoiceView]


class ModifierGroupView(msgspec.Struct, frozen=True):
    """Modifiers of which some are chosen."""

    code: str
    name: str
    at_least: int
    at_most: int
    modifiers: list[Modifier]


class PackView(msgspec.Struct, frozen=True):
    """A unit that holds several: ``quantity_milli`` of the item's. None: no price."""

    unit: str
    quantity_milli: int
    unit_minor: int | None


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """One item with its price now. None: it has no price, or its stock is not kept."""

    sku: str
    name: str
    short_name: str
    unit: str
    measure: str
    category: str
    family: str
    is_family: bool
    has_slots: bool
    sellable: bool
    unit_minor: int | None
    available_milli: int | None
    plus: list[str]
    gtins: list[str]
    tags: list[str]
    spec: dict[str, str]
    units: list[str]
    packs: list[PackView]
    slots: list[SlotView]
    modifier_groups: list[ModifierGroupView]


class GroupView(msgspec.Struct, frozen=True):
    """A page of the register, in the shop's order."""

    code: str
    name: str
    items: list[ItemView]


class ItemPage(msgspec.Struct, frozen=True):
    """Items found; ``next`` is the ``after`` of the next page, "" at the end."""

    items: list[ItemView]
    next: str


class StockView(msgspec.Struct, frozen=True):
    """What the till knows of a SKU at one place.

    ``as_of_ms`` is when it last heard of the place and ``age_s`` how long ago that was: 0 for its
    own store, None for a place of which it has no document.
    """

    location: str
    on_hand_milli: int
    available_milli: int
    as_of_ms: int | None
    age_s: int | None


def shop_view(till: Till) -> ShopView:
    """Return the shop."""
    settings, now_ms = till.settings, till.now().wall_ms
    currency = settings.currency
    return ShopView(
        name=settings.shop_name,
        branch=settings.receipt.branch,
        store=settings.store,
        till=settings.till,
        currency=CurrencyView(currency.code, currency.digits, currency.symbol),
        timezone=settings.timezone,
        language=settings.receipt.language,
        languages=["zh-CN", "en"],
        denominations=list(till.shifts.denominations),
        registers=list(settings.registers),
        order_types=list(settings.order_types),
        suspend_reasons=list(settings.suspend.reasons),
        suspend_reason_required=settings.suspend.reason_required,
        return_reasons=list(settings.returns.reasons),
        return_reason_required=settings.returns.reason_required,
        return_locations=["sellable", *settings.returns.locations],
        return_days=settings.returns.days,
        return_without_receipt=settings.returns.without_receipt,
        suspend_quote=settings.suspend.quote,
        suspend_quote_minutes=settings.suspend.quote_minutes,
        tenders=_tenders(till),
        scales=sorted(till.scales),
        negative_stock=settings.stock.negative,
        guarded=till.guarded,
        staff=_people(till),
        shifts_required=settings.shifts.required,
        count_required=settings.shifts.require_count,
        training=till.is_training,
        now_ms=now_ms,
        day=till.day_of(now_ms),
    )


def _tenders(till: Till) -> list[TenderView]:
    found = [TenderView("cash", "cash", False)]
    for name, driver in till.drivers.items():
        can = driver.capabilities
        found.append(TenderView(name, can.kind, can.needs_scan))
    return found


def _people(till: Till) -> list[PersonView]:
    if not till.guarded:
        return []
    people = till.staff.people()
    return [PersonView(one.code, one.name, one.role) for one in people if one.active]


def item_view(till: Till, item: Item, customer: str = "") -> ItemView:
    """Return an item as it can be sold now, to customers of a kind at their price."""
    catalog = till.catalog
    return ItemView(
        sku=item.sku,
        name=item.name,
        short_name=item.short_name,
        unit=item.unit,
        measure=item.measure,
        category=item.category,
        family=item.family,
        is_family=bool(item.axes),
        has_slots=bool(item.slots),
        sellable=item.sellable,
        unit_minor=_price(till, item, customer),
        available_milli=till.available(item.sku) if item.stocked and item.sellable else None,
        plus=list(item.plus),
        gtins=[str(gtin) for gtin in item.gtins],
        tags=list(item.tags),
        spec=dict(item.spec),
        units=[item.unit, *(pack.unit for pack in item.packs)],
        packs=[
            PackView(pack.unit, pack.base_quantity_milli, _price(till, item, customer, pack.unit))
            for pack in item.packs
        ],
        slots=[_slot(till, slot, customer) for slot in item.slots],
        modifier_groups=[_modifiers(group) for group in catalog.modifier_groups(item)],
    )


def groups_view(till: Till) -> list[GroupView]:
    """Return the register's pages with their items."""
    found = []
    for group in till.groups():
        items = [till.catalog.find_sku(sku) for sku in group.skus]
        shown = [item_view(till, item) for item in items if item is not None]
        found.append(GroupView(group.code, group.name, shown))
    return found


def stock_view(till: Till, sku: str) -> list[StockView]:
    """Return where a SKU is, place by place, its own store first."""
    own, now_ms = till.settings.own_location, till.now().wall_ms

    def asked(stock: Stock) -> list[StockView]:
        places: dict[str, list[int]] = {own: [0, 0]} if stock.held(sku) else {}
        for row in stock.held(sku):
            sums = places.setdefault(row.location, [0, 0])
            sums[0] += row.on_hand_milli
            sums[1] += row.available_milli
        found = []
        for place, (on_hand_milli, available_milli) in places.items():
            as_of_ms = now_ms if place == own else stock.heard_ms(place)
            age_s = None if as_of_ms is None else max(0, now_ms - as_of_ms) // 1000
            found.append(StockView(place, on_hand_milli, available_milli, as_of_ms, age_s))
        return found

    return till.ask_stock(asked)


def _price(till: Till, item: Item, customer: str, unit: str = "") -> int | None:
    try:
        context = till.price_context(customer)
        return till.catalog.price_at(item.sku, till.now().wall_ms, context, unit).unit_minor
    except (NoPrice, UnknownItem):
        return None


def _slot(till: Till, slot: Slot, customer: str) -> SlotView:
    choices = [_choice(till, choice, customer) for choice in slot.choices]
    return SlotView(slot.name, slot.at_least, slot.at_most, choices)


def _choice(till: Till, choice: SlotChoice, customer: str) -> SlotChoiceView:
    """Return what may fill a slot; what cannot is blocked, as a leaf of the picker is."""
    item = till.catalog.find_sku(choice.sku)
    if item is None or not item.sellable or _price(till, item, customer) is None:
        name = choice.sku if item is None else item.name
        return SlotChoiceView(choice.sku, name, choice.upcharge_minor, None, "no_price")
    milli = till.available(item.sku) if item.stocked else None
    blocked: Literal["", "sold_out"] = "sold_out" if milli is not None and milli <= 0 else ""
    return SlotChoiceView(choice.sku, item.name, choice.upcharge_minor, milli, blocked)


def _modifiers(group: ModifierGroup) -> ModifierGroupView:
    return ModifierGroupView(
        group.code, group.name, group.at_least, group.at_most, list(group.modifiers)
    )
