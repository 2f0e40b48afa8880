"""A cart written down to try rules on: goods, and who buys them when."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from cashwrap.errors import BulkRefused, CashwrapError, Issue
from cashwrap.money import div_round
from cashwrap.promotions.files.faults import Walk
from cashwrap.promotions.files.notation import Notation
from cashwrap.promotions.files.written import data_of, text_of
from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Occasion
from cashwrap.promotions.rules import Minor

CODE = "cart.invalid"

LookUp = Callable[[str], BasketLine | None]
"""Find goods of a shop by SKU, as one unit (weighed: 1000 of the quantity); None for none."""


class _Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A misspelt field is an error."""


class CartLine(_Closed, frozen=True, kw_only=True):
    """Goods of a cart. ``weight_milli`` > 0: weighed, the price being for 1000 of it.

    What is not said is looked up in the shop, if there is one.
    """

    sku: Annotated[str, msgspec.Meta(min_length=1)]
    units: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    price_minor: Minor | None = None
    list_minor: Minor | None = None
    least_minor: Minor | None = None
    weight_milli: Annotated[int, msgspec.Meta(ge=0)] = 0
    family: str | None = None
    categories: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    fixed_price: bool = False


class CartOccasion(_Closed, frozen=True, kw_only=True):
    """Who, when, where. ``at`` is local: 2026-11-11T09:00; ``coupons`` are ids of their rules."""

    at: str = ""
    timezone: str = ""
    store: str = ""
    channel: str = ""
    order_type: str = ""
    member: str = ""
    tier: str = ""
    groups: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tenders: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    points: Minor = 0
    points_wanted: Annotated[int, msgspec.Meta(ge=-1)] = -1
    chosen: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    fees: dict[str, Minor] = {}


class TriedCart(NamedTuple):
    """A cart ready to be priced."""

    lines: tuple[BasketLine, ...]
    occasion: Occasion


def read_cart(path: Path, usual: Occasion, look_up: LookUp) -> TriedCart:
    """Return the cart of a TOML or JSON file; what it does not say is as on the ``usual`` occasion.

    Raises BulkRefused with everything that is wrong with it.
    """
    data, _ = data_of(text_of(path), path.name)
    issues: list[Issue] = []
    if not isinstance(data, dict) or not isinstance(data.get("lines"), list) or not data["lines"]:
        why = 'a cart has lines: lines = [{sku = "TEA", units = 2, price_minor = 1000}]'
        raise BulkRefused([Issue(path.name, CODE, why)])
    for name in sorted(data.keys() - {"lines", "occasion"}):
        issues.append(Issue(f"{path.name}: {name}", CODE, "is no field: lines, occasion"))
    lines = [
        line
        for number, each in enumerate(data["lines"], 1)
        if (line := _line(number, each, look_up, path, issues)) is not None
    ]
    occasion = _occasion(data.get("occasion", {}), usual, path, issues)
    if issues or occasion is None:
        raise BulkRefused(issues)
    return TriedCart(tuple(lines), occasion)


def _line(
    number: int, data: object, look_up: LookUp, path: Path, issues: list[Issue]
) -> BasketLine | None:
    where = f"{path.name}: lines[{number - 1}]"
    try:
        line = msgspec.convert(data, CartLine)
    except msgspec.ValidationError as fault:
        issues += _of_form(data, CartLine, f"lines[{number - 1}]", path, fault)
        return None
    try:
        known = look_up(line.sku)
    except CashwrapError as fault:
        issues.append(Issue(where, CODE, str(fault)))
        return None
    if known is None and line.price_minor is None:
        why = f"nothing is known of {line.sku}: say price_minor, or name a shop with --shop"
        issues.append(Issue(where, CODE, why))
        return None
    return _basket_line(number, line, known)


def _of_form(
    data: object,
    kind: type[msgspec.Struct],
    place: str,
    path: Path,
    fault: msgspec.ValidationError,
) -> list[Issue]:
    """Return everything that is wrong with the form of a table of the cart."""
    walk = Walk(path.name, Notation("toml"))
    walk.struct(data, kind, place)
    found = walk.issues or [Issue(f"{path.name}:{place}", CODE, str(fault))]
    return [
        Issue(one.source.replace(f":{place}", f": {place}"), CODE, one.message) for one in found
    ]


def _basket_line(number: int, line: CartLine, known: BasketLine | None) -> BasketLine:
    goods = known.goods if known is not None else Goods(line.sku)
    price = known.unit_minor if line.price_minor is None and known else line.price_minor or 0
    listed = line.list_minor if line.list_minor is not None else price
    least = line.least_minor
    if least is None:
        least = min(known.least_minor, price) if known is not None else 0
    weighed = line.weight_milli > 0
    milli = line.weight_milli if weighed else 1000

    def worth(minor: int) -> int:
        return div_round(minor * milli, 1000, "half_up") if weighed else minor

    return BasketLine(
        line=number,
        goods=Goods(
            line.sku,
            goods.family if line.family is None else line.family,
            goods.categories if line.categories is None else line.categories,
            goods.tags if line.tags is None else line.tags,
        ),
        unit_minor=worth(price),
        units=1 if weighed else line.units,
        list_minor=worth(listed),
        least_minor=worth(least),
        divisible=weighed,
        quantity_milli=milli,
        fixed_price=line.fixed_price,
        measure_ppm=known.measure_ppm if known is not None else 1_000_000,
    )


def _occasion(data: object, usual: Occasion, path: Path, issues: list[Issue]) -> Occasion | None:
    where = f"{path.name}: occasion"
    try:
        said = msgspec.convert(data, CartOccasion)
    except msgspec.ValidationError as fault:
        issues += _of_form(data, CartOccasion, "occasion", path, fault)
        return None
    try:
        zone = ZoneInfo(said.timezone or usual.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        why = f"time zone {said.timezone!r} is not known: write Asia/Shanghai"
        issues.append(Issue(f"{where}.timezone", CODE, why))
        return None
    try:
        at_ms = _moment(said.at, zone) if said.at else usual.now_ms
    except (ValueError, OverflowError):
        why = f"{said.at!r} is no local time: write 2026-11-11T09:00"
        issues.append(Issue(f"{where}.at", CODE, why))
        return None
    held = tuple(HeldCoupon(rule, rule) for rule in said.coupons)
    return Occasion(
        opened_ms=at_ms,
        now_ms=at_ms,
        timezone=said.timezone or usual.timezone,
        store=said.store or usual.store,
        channel=said.channel or usual.channel,
        order_type=said.order_type or usual.order_type,
        member=said.member,
        tier=said.tier,
        groups=said.groups,
        facts=said.facts,
        tenders=said.tenders,
        coupons=held,
        points=said.points,
        points_wanted=said.points_wanted if said.points else 0,
        chosen=said.chosen,
        refused=said.refused,
        fees=tuple(sorted(said.fees.items())),
    )


def _moment(said: str, zone: ZoneInfo) -> int:
    when = datetime.fromisoformat(said)
    when = when if when.tzinfo is not None else when.replace(tzinfo=zone)
    return int(when.timestamp()) * 1000
