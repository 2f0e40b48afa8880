"""What can be wrong with a provider's keys or its answers. None of it says a payment failed."""

from cashwrap.errors import CashwrapError
from cashwrap.tender.errors import DeviceError


class KeyRefused(CashwrapError):
    """A key file that cannot be used; what is in it is never told."""

    code = "payments.key_refused"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"key file {self.path}: {self.why}"


class NoAnswer(DeviceError):
    """The provider did not answer, or not in full."""

    code = "payments.no_answer"


class BillNotReady(DeviceError):
    """The provider has no statement of that day yet."""

    code = "payments.bill_not_ready"
