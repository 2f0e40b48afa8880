"""What a scan says, and what a store has settled about its codes."""

from functools import cached_property
from typing import Literal

import msgspec

from cashwrap.errors import Issue
from cashwrap.money import Currency
from cashwrap.scan.currencies import NUMERIC_CODES
from cashwrap.scan.errors import ScanRulesRefused
from cashwrap.scan.store_codes import Layout, StoreCodeRule, rule_issues

Kind = Literal["gtin", "store_code", "plu", "payment_code", "sscc", "coupon", "gs1", "text"]
Context = Literal["cart", "payment"]
Elements = tuple[tuple[str, str], ...]

GS = "\x1d"
# Figure 7.11-1, in its order: the value of a character is its place.
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


class Scan(msgspec.Struct, frozen=True, gc=False):
    """What was read. Only ``kind`` and ``raw`` are always set.

    ``item`` is a store code's item number, or the keyed code of a ``plu`` or ``text``.
    ``price_minor`` is what the whole pack costs, not a unit price. ``quantity_milli`` is in
    thousandths of ``unit`` ("kg", "m", ... or "" for pieces). Dates are yyyymmdd, 0 for none;
    ``elements`` are GS1 (AI, value) pairs as read. ``raw`` is masked for a payment code and for
    anything that could be a card number; the caller who needs the code still holds it.
    """

    kind: Kind
    raw: str
    gtin: int = 0
    item: str = ""
    price_minor: int | None = None
    quantity_milli: int | None = None
    unit: str = ""
    count: int = 0
    lot: str = ""
    serial: str = ""
    expires: int = 0
    best_before: int = 0
    sell_by: int = 0
    symbology: str = ""
    elements: Elements = ()
    provider: str = ""


class PaymentCodeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Digits of a wallet's payment code: how many, and the range of the first two."""

    provider: str
    prefix_first: int
    prefix_last: int
    digits_min: int
    digits_max: int

    def matches(self, digits: str) -> bool:
        """Whether these ASCII digits have the length and the prefix."""
        return (
            self.digits_min <= len(digits) <= self.digits_max
            and self.prefix_first <= int(digits[:2]) <= self.prefix_last
        )


WECHAT = PaymentCodeRule("wechat", 10, 15, 18, 18)
ALIPAY = PaymentCodeRule("alipay", 25, 30, 16, 24)


class ScanRules(msgspec.Struct, frozen=True, dict=True, kw_only=True, forbid_unknown_fields=True):
    """What a store has settled about its codes; refused as a whole when anything is wrong with it.

    ``units`` are the units that it sells by measure in, the preferred first. ``separators`` stand
    for FNC1 in GS1 data, beside GS itself; ``separators_lost`` says that the scanner sends none,
    so a fixed-length element ends by its length. ``eight_digits`` decides a number that could be
    EAN-8 and UPC-E. ``require_keys`` refuses GS1 elements without the key that they belong to.
    """

    store_codes: tuple[StoreCodeRule, ...] = ()
    payment_codes: tuple[PaymentCodeRule, ...] = (WECHAT, ALIPAY)
    currency: Currency = Currency()
    currency_numeric: str = ""  # ISO 4217, e.g. "156"; "" takes it from the code
    units: tuple[str, ...] = ("kg",)
    separators: tuple[str, ...] = ()
    separators_lost: bool = False
    zero_suppressed_gtins: bool = False
    eight_digits: Literal["ean8", "upce"] = "ean8"
    require_keys: bool = True

    def __post_init__(self) -> None:
        """Raise ScanRulesRefused with all problems at once."""
        issues = rule_issues(self.store_codes, self.currency)
        issues += _payment_issues(self.payment_codes) + _separator_issues(self.separators)
        if issues:
            raise ScanRulesRefused(issues)

    @cached_property
    def layouts(self) -> dict[int, tuple[Layout, ...]]:
        """Store-code layouts by the number of digits as matched: 8, 13 or 18."""
        layouts = [rule.layout() for rule in self.store_codes]
        return {n: tuple(x for x in layouts if x.length == n) for n in (8, 13, 18)}

    @cached_property
    def store_prefixes(self) -> frozenset[str]:
        """First two digits that make 13 digits a store code."""
        return frozenset(p for layout in self.layouts[13] for p in layout.prefixes())

    @property
    def weight_unit(self) -> str:
        """The unit that the store's own codes carry weights in."""
        return next((unit for unit in self.units if unit in ("kg", "lb")), "kg")

    @cached_property
    def own_currency(self) -> str:
        """The ISO 4217 number of the store's currency, "" if not known."""
        return self.currency_numeric or NUMERIC_CODES.get(self.currency.code, "")


def _payment_issues(rules: tuple[PaymentCodeRule, ...]) -> list[Issue]:
    issues = []
    for at, rule in enumerate(rules):
        if not (rule.provider and 0 <= rule.prefix_first <= rule.prefix_last <= 99):
            issues.append(_issue(f"payment_codes[{at}]", "needs a provider and prefixes 0 to 99"))
        if not 15 <= rule.digits_min <= rule.digits_max:
            issues.append(_issue(f"payment_codes[{at}]", "must have 15 digits or more"))
    return issues


def _separator_issues(separators: tuple[str, ...]) -> list[Issue]:
    return [
        _issue(f"separators[{at}]", f"{text!r} can stand inside a lot or serial number")
        for at, text in enumerate(separators)
        if not text or (len(text) == 1 and text in SET_82)
    ]


def _issue(source: str, message: str) -> Issue:
    return Issue(source, "scan.rules", message)
