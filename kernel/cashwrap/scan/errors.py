"""Why a scan was refused, in words for the cashier. No message shows a payment or card number."""

from cashwrap.errors import BulkRefused, CashwrapError
from cashwrap.scan.masking import shown


class ScanError(CashwrapError):
    """A code that cannot be used as it was read."""

    code = "scan.error"


class EmptyScan(ScanError):
    """Nothing was read."""

    code = "scan.empty"

    def __str__(self) -> str:
        return "nothing was read: scan again"


class ScanTooLong(ScanError):
    """More text than any barcode holds."""

    code = "scan.too_long"

    def __init__(self, length: int, length_max: int) -> None:
        super().__init__(length, length_max)
        self.length = length
        self.length_max = length_max

    def __str__(self) -> str:
        return f"read {self.length} characters, a barcode holds at most {self.length_max}"


class ControlCharacter(ScanError):
    """A character that cannot be printed, and that is not a configured separator."""

    code = "scan.control_character"

    def __init__(self, point: int, position: int) -> None:
        super().__init__(point, position)
        self.point = point
        self.position = position

    def __str__(self) -> str:
        return (
            f"unreadable character U+{self.point:04X} at position {self.position}: "
            "scan again, or check the scanner's prefix and suffix settings"
        )


class MalformedCode(ScanError):
    """A code whose digits cannot be what its symbology or its length says."""

    code = "scan.malformed"

    def __init__(self, text: str, reason: str) -> None:
        self.text = shown(text)
        self.reason = reason
        super().__init__(self.text, reason)

    def __str__(self) -> str:
        return f"{self.text!r} {self.reason}"


class CheckDigitWrong(ScanError):
    """The last digit does not fit the others: misread or mistyped."""

    code = "scan.check_digit"

    def __init__(self, text: str, expected: int, what: str = "code") -> None:
        self.text = shown(text)
        self.expected = expected
        self.what = what
        super().__init__(self.text, expected, what)

    def __str__(self) -> str:
        return (
            f"{self.what} {self.text}: check digit must be {self.expected}, "
            f"got {self.text[-1:]}: scan or key it again"
        )


class VerifierWrong(ScanError):
    """The price or weight inside a store code does not fit its verifier digit."""

    code = "scan.verifier"

    def __init__(self, text: str, expected: int, got: int) -> None:
        self.text = shown(text)
        self.expected = expected
        self.got = got
        super().__init__(self.text, expected, got)

    def __str__(self) -> str:
        return (
            f"store code {self.text}: verifier of its price or weight must be {self.expected}, "
            f"got {self.got}: weigh and label it again"
        )


class ElementError(ScanError):
    """A GS1 element that does not hold; ``ai`` is its application identifier."""

    code = "scan.element"

    def __init__(self, ai: str, reason: str) -> None:
        super().__init__(ai, reason)
        self.ai = ai
        self.reason = reason

    def __str__(self) -> str:
        return f"element ({self.ai}) {self.reason}"


class UnknownElement(ElementError):
    """An application identifier that GS1 has not assigned."""

    code = "scan.unknown_ai"


class ElementsConflict(ElementError):
    """Elements that may not stand together, or one element with two values."""

    code = "scan.ai_conflict"


class ElementMissing(ElementError):
    """An element that means nothing without another one."""

    code = "scan.ai_missing"


class DateImpossible(ElementError):
    """A date or time that no calendar has."""

    code = "scan.date"


class UnitRefused(ElementError):
    """A quantity in a unit that this store does not sell by."""

    code = "scan.unit"


class MeasureTooFine(ElementError):
    """A quantity or price with more decimals than the till can hold exactly."""

    code = "scan.too_fine"


class CurrencyRefused(ElementError):
    """A price in a currency that is not the store's."""

    code = "scan.currency"


class LinkMalformed(ScanError):
    """A GS1 Digital Link URI that breaks the standard's rules."""

    code = "scan.link"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"web link on the pack: {self.reason}; scan the other barcode of the pack"


class PaymentCodeInCart(ScanError):
    """A customer's payment code scanned as if it were goods."""

    code = "scan.payment_code_in_cart"

    def __init__(self, provider: str) -> None:
        super().__init__(provider)
        self.provider = provider

    def __str__(self) -> str:
        return f"this is a payment code ({self.provider}), not goods: choose payment, then scan it"


class GoodsAtPayment(ScanError):
    """Goods scanned where a payment code is awaited."""

    code = "scan.goods_at_payment"

    def __init__(self, text: str) -> None:
        self.text = shown(text)
        super().__init__(self.text)

    def __str__(self) -> str:
        return f"{self.text} is goods, not a payment code: leave payment to add it to the sale"


class ScanRulesRefused(BulkRefused):
    """The store's scan rules were refused; ``issues`` names every problem."""

    code = "scan.rules"


class ExpiredItem(ScanError):
    """A pack past its expiry, sell-by or best-before date; dates are yyyymmdd."""

    code = "scan.expired"

    def __init__(self, which: str, until: int, day: int) -> None:
        super().__init__(which, until, day)
        self.which = which
        self.until = until
        self.day = day

    def __str__(self) -> str:
        return f"{self.which} date {_dashed(self.until)} has passed: take the pack off sale"


class BestBeforePassed(ScanError):
    """A pack past its best-before date, where the store only warns of it."""

    code = "scan.best_before"

    def __init__(self, until: int, day: int) -> None:
        super().__init__(until, day)
        self.until = until
        self.day = day

    def __str__(self) -> str:
        return f"best-before date {_dashed(self.until)} has passed: ask the customer"


class RecalledLot(ScanError):
    """A pack of a lot that was called back; ``lot`` is "" when every lot was."""

    code = "scan.recalled"

    def __init__(self, gtin: int, lot: str) -> None:
        super().__init__(gtin, lot)
        self.gtin = gtin
        self.lot = lot

    def __str__(self) -> str:
        which = f"lot {self.lot}" if self.lot else "every lot"
        return f"{which} of {self.gtin:014d} was recalled: take the pack off sale"


def _dashed(day: int) -> str:
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
