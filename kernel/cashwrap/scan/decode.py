"""The one door: text from a scanner or a keyboard in, what it means out."""

from cashwrap.errors import InvalidInput
from cashwrap.scan.digits import check_digit, check_holds, expand_upce, is_number
from cashwrap.scan.errors import (
    CheckDigitWrong,
    ControlCharacter,
    EmptyScan,
    GoodsAtPayment,
    MalformedCode,
    PaymentCodeInCart,
    ScanTooLong,
)
from cashwrap.scan.masking import masked, without_cards
from cashwrap.scan.model import GS, Context, Kind, PaymentCodeRule, Scan, ScanRules
from cashwrap.scan.symbology import GS1_SYMBOLOGIES, split_symbology

_LENGTH_MAX = 7_089  # digits in the largest QR code
_PLU_DIGITS_MAX = 12
_PLU_LENGTH_MAX = 20
_PLU_PUNCTUATION = str.maketrans("", "", "-_.")
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_GOODS = frozenset({"gtin", "store_code", "sscc"})
_KEY_DIGITS = {"00": 18, "01": 14, "02": 14}
_RETAIL = ("ean13", "ean8")
_NAMES = {8: "ean8", 12: "upca", 13: "ean13", 14: "itf14"}


def decode(raw: str, rules: ScanRules, *, now_ms: int, context: Context = "cart") -> Scan:
    """Return what was scanned or keyed.

    In the cart a store code with a right check digit comes before a payment code, at payment the
    payment code comes first. Raises a ScanError that says what the cashier should do.
    """
    if not isinstance(raw, str):
        raise InvalidInput(f"a scanned code must be text, not {raw!r:.60}")
    if len(raw) == 13 and raw.isascii() and context == "cart":
        data = raw.encode()
        if (
            data.isdigit()
            and (sum(data[::2]) + 3 * sum(data[1::2])) % 10 == 0  # ASCII 48 adds 1200
            and raw[:2] not in rules.store_prefixes
            and (gtin := int(data))
        ):
            return Scan("gtin", raw, gtin, symbology="ean13")
    return _decode(raw, rules, now_ms, context)


def _decode(raw: str, rules: ScanRules, now_ms: int, context: Context) -> Scan:
    text = _cleaned(raw, rules)
    symbology, body = split_symbology(text)
    if not body:
        raise EmptyScan
    if is_number(body) and symbology not in GS1_SYMBOLOGIES:
        scan = _number(body, text, symbology, rules, now_ms, context)
    else:
        scan = _message(body, text, symbology, rules, now_ms)
    if context == "payment" and scan.kind in _GOODS:
        raise GoodsAtPayment(body)
    return scan


def _cleaned(raw: str, rules: ScanRules) -> str:
    """Return the text without line ends, its full-width letters narrow, all of it printable."""
    text = raw.strip(" \t\r\n")
    if not text:
        raise EmptyScan
    if len(text) > _LENGTH_MAX:
        raise ScanTooLong(len(text), _LENGTH_MAX)
    if not text.isascii():
        text = text.translate(_FULL_WIDTH)
    if not text.replace(GS, "").isprintable():
        for separator in rules.separators:
            text = text.replace(separator, GS)
        for at, char in enumerate(text):
            if char != GS and not char.isprintable():
                raise ControlCharacter(ord(char), at + 1)
    return text


def _number(
    body: str, raw: str, symbology: str, rules: ScanRules, now_ms: int, context: Context
) -> Scan:
    if symbology in _RETAIL:
        return _retail(body, raw, symbology, rules)
    payment = _payment_rule(body, rules)
    if payment and (context == "payment" or not _is_store_code(body, rules)):
        if context == "cart":
            raise PaymentCodeInCart(payment.provider)
        safe = _with_prefix(masked(body), raw, body)
        return Scan("payment_code", safe, symbology=symbology, provider=payment.provider)
    own = _store_code(body, raw, symbology, rules)
    if own:
        return own
    if len(body) in _NAMES and (not symbology or check_holds(body)):
        return _gtin(body, raw, symbology, rules)
    if _has_key(body):
        return _message(body, raw, symbology, rules, now_ms)
    return _free(body, raw, symbology)


def _retail(body: str, raw: str, symbology: str, rules: ScanRules) -> Scan:
    """Return what EAN and UPC symbols hold; an add-on of two or five digits stays in ``raw``."""
    if symbology == "ean13" and len(body) in (15, 18):
        raw, body = _with_prefix(without_cards(body), raw, body), body[:13]
    if len(body) not in _NAMES:
        raise MalformedCode(body, f"has {len(body)} digits, {symbology} has 8, 12, 13 or 14")
    return _store_code(body, raw, symbology, rules) or _gtin(body, raw, symbology, rules)


def _payment_rule(digits: str, rules: ScanRules) -> PaymentCodeRule | None:
    return next((rule for rule in rules.payment_codes if rule.matches(digits)), None)


def _is_store_code(digits: str, rules: ScanRules) -> bool:
    fits = any(layout.matches(digits) for layout in rules.layouts.get(len(digits), ()))
    return fits and check_holds(digits)


def _store_code(digits: str, raw: str, symbology: str, rules: ScanRules) -> Scan | None:
    """Return a store code, also from 12 digits (UPC-A) or 14 (DataBar) around the 13."""
    if len(digits) == 12:
        digits = f"0{digits}"
    elif len(digits) == 14 and digits[0] == "0":
        digits = digits[1:]
    for layout in rules.layouts.get(len(digits), ()):
        if layout.matches(digits):
            code = layout.read(digits)
            return Scan(
                "store_code", raw,
                item=code.item,
                price_minor=_price_minor(code.price, rules),
                quantity_milli=code.count * 1000 if code.count is not None else code.weight_milli,
                unit=rules.weight_unit if code.weight_milli is not None else "",
                count=code.count or 0,
                symbology=symbology or _NAMES.get(len(digits), ""),
            )  # fmt: skip
    return None


def _price_minor(price: tuple[int, int] | None, rules: ScanRules) -> int | None:
    return price and int(price[0] * 10 ** (rules.currency.digits - price[1]))


def _gtin(digits: str, raw: str, symbology: str, rules: ScanRules) -> Scan:
    expanded = expand_upce(digits) if len(digits) == 8 and symbology != "ean8" else ""
    is_ean, is_upce = check_holds(digits), bool(expanded) and check_holds(expanded)
    if is_upce and (not is_ean or rules.eight_digits == "upce"):
        return Scan("gtin", raw, int(expanded), symbology="upce")
    if not is_ean:
        raise CheckDigitWrong(digits, check_digit(digits[:-1]))
    if not int(digits):
        raise MalformedCode(digits, "is all zeros: scan another barcode of the pack")
    return Scan("gtin", raw, int(digits), symbology=symbology or _NAMES[len(digits)])


def _has_key(body: str) -> bool:
    """Whether the data begins with a whole SSCC or GTIN element: GS1 data without its mark."""
    end = 2 + _KEY_DIGITS.get(body[:2], 10**9)
    return len(body) >= end and is_number(body[:end]) and check_holds(body[2:end])


def _message(body: str, raw: str, symbology: str, rules: ScanRules, now_ms: int) -> Scan:
    """Return what GS1 data, a link, or any other text says."""
    from cashwrap.scan.digital_link import split_link  # a till that starts need not load these
    from cashwrap.scan.elements import read, split_keyed, split_scanned

    if body.startswith("(") and body[1:3].isdigit():
        return read(split_keyed(body), raw, symbology or "gs1", rules, now_ms)
    if symbology in GS1_SYMBOLOGIES or GS in body or _has_key(body):
        elements = split_scanned(body, rules)
        if not elements:
            raise EmptyScan
        own = _databar_store_code(elements, raw, symbology, rules)
        return own or read(elements, raw, symbology or "gs1", rules, now_ms)
    if body[:4] in ("http", "HTTP"):
        elements_of_link = split_link(body, rules)
        if elements_of_link:
            safe = without_cards(raw)  # the rest of the link is not GS1's
            return read(elements_of_link, safe, symbology or "digital_link", rules, now_ms)
    return _free(body, raw, symbology)


def _databar_store_code(
    elements: tuple[tuple[str, str], ...], raw: str, symbology: str, rules: ScanRules
) -> Scan | None:
    """Return the store code that stands alone in (01), as a DataBar symbol carries it."""
    [(ai, value), *more] = elements
    if more or ai != "01" or not (is_number(value) and len(value) == 14):
        return None
    return _store_code(value, raw, symbology, rules)


def _free(body: str, raw: str, symbology: str) -> Scan:
    """Return a keyed code for the catalog to look up, or plain text."""
    safe = without_cards(body)
    code = body.translate(_PLU_PUNCTUATION)
    short = len(body) <= (_PLU_DIGITS_MAX if is_number(body) else _PLU_LENGTH_MAX)
    keyed = safe == body and short and code.isascii() and code.isalnum()
    kind: Kind = "plu" if keyed else "text"
    return Scan(kind, _with_prefix(safe, raw, body), item=safe, symbology=symbology)


def _with_prefix(safe: str, raw: str, body: str) -> str:
    """Return what may be kept of ``raw``, whose last part is ``body``."""
    return raw[: len(raw) - len(body)] + safe
