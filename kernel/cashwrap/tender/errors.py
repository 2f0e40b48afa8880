"""Refusals of the tender room. A driver's own failure is never one of them: it is doubt."""

from datetime import UTC, datetime

from cashwrap.errors import CashwrapError


class TenderError(CashwrapError):
    """Root of all refusals about payments; nothing was asked of a driver."""

    code = "tender.error"


class TenderExceedsDue(TenderError):
    """A tender that gives no change (card, wallet, voucher) for more than is due."""

    code = "tender.exceeds_due"

    def __init__(self, tendered_minor: int, due_minor: int) -> None:
        super().__init__(tendered_minor, due_minor)  # args stay picklable
        self.tendered_minor = tendered_minor
        self.due_minor = due_minor

    def __str__(self) -> str:
        return (
            f"tendered {self.tendered_minor}, but only {self.due_minor} minor units are due: "
            "this tender gives no change, so ask for what is due or less"
        )


class TenderRefused(TenderError):
    """The driver cannot do this (currency, amount, missing scan): choose another tender."""

    code = "tender.refused"


class IntentTermsDiffer(TenderError):
    """An intent id came again with another sale, driver, amount or currency."""

    code = "tender.terms_differ"

    def __init__(self, intent: str, had: str, got: str) -> None:
        super().__init__(intent, had, got)
        self.intent = intent
        self.had = had
        self.got = got

    def __str__(self) -> str:
        return (
            f"payment {self.intent} was asked for as {self.had}, not as {self.got}: "
            "take a new intent id for a new payment"
        )


class PaymentInDoubt(TenderError):
    """The sale has a payment whose answer is not known yet; no other money may be asked for."""

    code = "tender.in_doubt"

    def __init__(self, intent: str, sale: str) -> None:
        super().__init__(intent, sale)
        self.intent = intent
        self.sale = sale

    def __str__(self) -> str:
        return (
            f"payment {self.intent} of sale {self.sale} is not decided yet: "
            "wait for its answer, cancel it, or have it declared by hand"
        )


class PaymentNotInDoubt(TenderError):
    """Only a payment or refund whose answer is not known can be declared by hand."""

    code = "tender.not_in_doubt"

    def __init__(self, intent: str, state: str) -> None:
        super().__init__(intent, state)
        self.intent = intent
        self.state = state

    def __str__(self) -> str:
        return f"{self.intent} is {self.state}, which needs no declaration by hand"


class CannotCancel(TenderError):
    """The driver has no cancel; the payment can only be asked about, or declared by hand."""

    code = "tender.cannot_cancel"

    def __init__(self, intent: str, driver: str) -> None:
        super().__init__(intent, driver)
        self.intent = intent
        self.driver = driver

    def __str__(self) -> str:
        return (
            f"driver {self.driver} cannot cancel {self.intent}: "
            "wait for its answer, or look at the terminal and declare it by hand"
        )


class UnknownPayment(TenderError):
    """No payment or refund is known under this id."""

    code = "tender.unknown_payment"

    def __init__(self, intent: str) -> None:
        super().__init__(intent)
        self.intent = intent

    def __str__(self) -> str:
        return f"no payment is known under {self.intent!r}: check the id on the receipt"


class UnknownDriver(TenderError):
    """No tender driver is installed under this name."""

    code = "tender.unknown_driver"

    def __init__(self, driver: str, known: tuple[str, ...]) -> None:
        super().__init__(driver, known)
        self.driver = driver
        self.known = known

    def __str__(self) -> str:
        known = ", ".join(self.known) or "none"
        return f"no tender driver {self.driver!r} is installed (there are: {known})"


class RefundExceedsPaid(TenderError):
    """More would go back than this payment brought in."""

    code = "tender.refund_exceeds_paid"

    def __init__(self, intent: str, asked_minor: int, left_minor: int) -> None:
        super().__init__(intent, asked_minor, left_minor)
        self.intent = intent
        self.asked_minor = asked_minor
        self.left_minor = left_minor

    def __str__(self) -> str:
        return (
            f"cannot refund {self.asked_minor} of payment {self.intent}: "
            f"{self.left_minor} minor units are left to refund"
        )


class TenderNeedsNetwork(TenderError):
    """There is no connection and this tender may not be taken, or given back, without one."""

    code = "tender.needs_network"

    def __init__(self, driver: str, why: str) -> None:
        super().__init__(driver, why)
        self.driver = driver
        self.why = why

    def __str__(self) -> str:
        return f"{self.driver} cannot be used offline: {self.why}; use cash or wait for the network"


class CreditRefused(TenderError):
    """A credit note that cannot be spent here."""

    code = "credit.refused"


class UnknownCredit(CreditRefused):
    """No credit note of this till has the code."""

    code = "credit.unknown"

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint

    def __str__(self) -> str:
        return f"this till gave no credit note …{self.hint}: take it at the till that gave it"


class CreditExpired(CreditRefused):
    """The credit note is too old."""

    code = "credit.expired"

    def __init__(self, hint: str, expires_ms: int) -> None:
        super().__init__(hint, expires_ms)
        self.hint = hint
        self.expires_ms = expires_ms

    def __str__(self) -> str:
        day = datetime.fromtimestamp(self.expires_ms / 1000, UTC).date()
        return f"credit note {self.hint} was good until {day}: take another tender"


class CreditUsedUp(CreditRefused):
    """The credit note has not so much left."""

    code = "credit.used_up"

    def __init__(self, hint: str, left_minor: int) -> None:
        super().__init__(hint, left_minor)
        self.hint = hint
        self.left_minor = left_minor

    def __str__(self) -> str:
        return (
            f"credit note {self.hint} has {self.left_minor} minor units left: "
            "spend no more of it, and take another tender for the rest"
        )


class SettlementDamaged(TenderError):
    """A settlement file does not have the digest or totals that its provider named."""

    code = "tender.settlement_damaged"

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got

    def __str__(self) -> str:
        return (
            f"the settlement file is damaged: expected {self.expected}, got {self.got}; "
            "nothing was reconciled, download it again"
        )


class DeviceError(TenderError):
    """A device or its provider failed while it was asked to do ``action``.

    Drivers may raise it, or anything else: the runner turns every failure into doubt.
    """

    code = "device.failed"

    def __init__(self, device: str, action: str, why: str = "") -> None:
        super().__init__(device, action, why)
        self.device = device
        self.action = action
        self.why = why

    def __str__(self) -> str:
        return f"{self.device} failed to {self.action}" + (f": {self.why}" if self.why else "")


class BadSignature(DeviceError):
    """An answer is not signed as its provider signs: it says nothing, neither yes nor no."""

    code = "device.bad_signature"
