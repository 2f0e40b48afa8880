"""GS1 element strings: taking them apart, and what they say to a till."""

import re
from time import gmtime

import msgspec

from cashwrap.scan import ais
from cashwrap.scan.ai_checks import check_value
from cashwrap.scan.dates import full_date
from cashwrap.scan.errors import (
    CurrencyRefused,
    ElementError,
    ElementMissing,
    ElementsConflict,
    MeasureTooFine,
    UnitRefused,
    UnknownElement,
)
from cashwrap.scan.model import GS, Elements, Kind, Scan, ScanRules

# Net measures that goods are sold by, and their units (General Specifications 3.6.2, 3.6.3).
UNITS = {
    "310": "kg", "311": "m", "314": "m2", "315": "l", "316": "m3", "320": "lb", "321": "in",
    "322": "ft", "323": "yd", "350": "in2", "351": "ft2", "352": "yd2", "356": "ozt",
    "357": "floz", "360": "qt", "361": "gal", "364": "in3", "365": "ft3", "366": "yd3",
}  # fmt: skip
_TENS: list[int] = [10**n for n in range(19)]
_KEYED = re.compile(r"(?<!\\)\(([0-9]{2,4})\)")


def split_scanned(text: str, rules: ScanRules) -> Elements:
    """Return the elements of scanned data, in which GS ends a field that needs ending."""
    for separator in rules.separators:
        text = text.replace(separator, GS)
    pairs, at = [], 0
    while at < len(text):
        if text[at] == GS:
            at += 1  # one too many, after a field of fixed length
            continue
        found = ais.find(text, at)
        if found is None:
            raise UnknownElement(_leading_digits(text, at), "is not assigned: scan again")
        ai, row = found
        start = at + len(ai)
        at = _end(text, start, row, rules)
        pairs.append((ai, text[start:at]))
    return tuple(pairs)


def _leading_digits(text: str, at: int) -> str:
    """Return what stands where an AI was expected, no longer than one."""
    match = re.compile("[0-9]{1,4}").match(text, at)
    return match[0] if match else "?"


def _end(text: str, start: int, row: ais.Ai, rules: ScanRules) -> int:
    stop = text.find(GS, start)
    stop = len(text) if stop < 0 else stop
    fixed = row.length_min == row.length_max
    if row.predefined or (fixed and rules.separators_lost):
        return min(stop, start + row.length_max)
    return stop


def split_keyed(text: str) -> Elements:
    r"""Return the elements of the form people read, ``(01)...(17)...``; ``\(`` is a bracket."""
    pairs, at = [], 0
    while at < len(text):
        match = _KEYED.match(text, at)
        found = ais.find(match[1]) if match else None
        if match is None or found is None or found[0] != match[1]:
            what = match[1] if match else "?"
            raise UnknownElement(
                what, rf"at position {at + 1} is not assigned; key a bracket of a value as \("
            )
        following = _KEYED.search(text, match.end())
        at = following.start() if following else len(text)
        pairs.append((match[1], text[match.end() : at].replace("\\(", "(")))
    return tuple(pairs)


class Element(msgspec.Struct, frozen=True, gc=False):
    """One checked element."""

    ai: str
    row: ais.Ai
    value: str

    @property
    def decimals(self) -> int:
        """The decimals that the identifier of a series counts."""
        return int(self.ai[3])


Held = dict[str, Element]  # by series


def read(pairs: Elements, raw: str, symbology: str, rules: ScanRules, now_ms: int) -> Scan:
    """Return what the elements say, once each of them and all together hold."""
    this_year = gmtime(now_ms // 1000).tm_year
    held: Held = {}
    for ai, value in pairs:
        found = ais.find(ai)
        if found is None or found[0] != ai:
            raise UnknownElement(ai, "is not assigned")
        row = found[1]
        check_value(ai, row, value, this_year)
        element = held.setdefault(row.series, Element(ai, row, value))
        if (element.ai, element.value) != (ai, value):
            raise ElementsConflict(ai, "stands twice with different values: scan one pack only")
    _check_associations(held, rules)
    return _scan(held, pairs, raw, symbology, rules, this_year)


def _check_associations(held: Held, rules: ScanRules) -> None:
    for series, element in held.items():
        for other in held:
            if other != series and other.startswith(element.row.excludes):
                raise ElementsConflict(element.ai, f"may not stand with ({other})")
        for choices in element.row.needs if rules.require_keys else ():
            if not any(other.startswith(choices) for other in held):
                raise ElementMissing(element.ai, f"needs ({') or ('.join(choices)}) beside it")


def _scan(
    held: Held, pairs: Elements, raw: str, symbology: str, rules: ScanRules, this_year: int
) -> Scan:
    values = {series: element.value for series, element in held.items()}
    quantity_milli, unit = _measure(held, rules)
    if quantity_milli is None and "30" in values:
        quantity_milli = int(values["30"]) * 1000
    kind, gtin = _kind_and_gtin(values)
    return Scan(
        kind, raw, gtin,
        price_minor=_price(held, rules),
        quantity_milli=quantity_milli,
        unit=unit,
        count=int(values.get("30") or values.get("37") or 0),
        lot=values.get("10", ""),
        serial=values.get("21", ""),
        expires=_date(values.get("17") or values.get("7003", ""), this_year),
        best_before=_date(values.get("15", ""), this_year),
        sell_by=_date(values.get("16", ""), this_year),
        symbology=symbology,
        elements=pairs,
    )  # fmt: skip


def _date(yymmdd: str, this_year: int) -> int:
    return full_date(yymmdd[:6], this_year) if yymmdd else 0


def _kind_and_gtin(values: dict[str, str]) -> tuple[Kind, int]:
    pack = values.get("01") or values.get("8006") or values.get("02") or values.get("8026") or ""
    gtin = int(pack[:14] or 0)
    if pack and not gtin:
        raise ElementError("01", "is all zeros: scan another barcode of the pack")
    if "00" in values:
        return "sscc", gtin
    if gtin:
        return "gtin", gtin
    return ("coupon" if values.keys() & {"255", "8110", "8112"} else "gs1"), 0


def _measure(held: Held, rules: ScanRules) -> tuple[int | None, str]:
    """Return the quantity in the preferred unit of the store."""
    found = {UNITS[series]: element for series, element in held.items() if series in UNITS}
    for unit in rules.units:
        if unit in found:
            return _scaled(found[unit], int(found[unit].value), 3), unit
    for unit, element in found.items():
        raise UnitRefused(element.ai, f"is in {unit}, this store sells by {_list(rules.units)}")
    return None, ""


def _list(units: tuple[str, ...]) -> str:
    return ", ".join(units) or "piece only"


def _price(held: Held, rules: ScanRules) -> int | None:
    if element := held.get("392"):
        return _scaled(element, int(element.value), rules.currency.digits)
    if element := held.get("393"):
        currency, own = element.value[:3], rules.own_currency
        if currency != own:
            own = own or "of no known number"
            raise CurrencyRefused(element.ai, f"is in currency {currency}, the store's is {own}")
        return _scaled(element, int(element.value[3:]), rules.currency.digits)
    return None


def _scaled(element: Element, value: int, wanted: int) -> int:
    """Return the value with as many decimals as wanted, exactly or not at all."""
    decimals = element.decimals
    if decimals <= wanted:
        return value * _TENS[wanted - decimals]
    scaled, rest = divmod(value, _TENS[decimals - wanted])
    if rest:
        raise MeasureTooFine(
            element.ai, f"has {decimals} decimals, the till holds {wanted}: key it in"
        )
    return scaled
