"""Refusals of suspended sales. Each leaves everything as it was."""

from collections.abc import Sequence

from cashwrap.sale.errors import SaleError


class HoldError(SaleError):
    """A refused step on a suspended sale."""

    code = "hold.refused"


class BadHoldCode(HoldError):
    """The text is not the code of a suspended sale; a digit may be wrong."""

    code = "hold.bad_code"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return (
            f"{self.text[:40]!r} is no code of a suspended sale (such as H00017): "
            "scan the slip again, or look it up by its key"
        )


class NoSuchHold(HoldError):
    """Nothing that was suspended here goes by that code, sale or key."""

    code = "hold.unknown"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"no suspended sale goes by {self.what[:60]!r} here: list those that are waiting"


class SeveralHolds(HoldError):
    """More than one sale waits under a key; ``codes`` are theirs, the oldest first."""

    code = "hold.several"

    def __init__(self, key: str, codes: Sequence[str]) -> None:
        super().__init__(key, codes)
        self.key = key
        self.codes = tuple(codes)

    def __str__(self) -> str:
        return f"{len(self.codes)} sales wait under {self.key!r}: choose {' or '.join(self.codes)}"


class SeveralCarts(HoldError):
    """More than one sale is rung up at a register, so a card cannot say which one is meant."""

    code = "hold.several_carts"

    def __init__(self, register: str, sales: Sequence[str]) -> None:
        super().__init__(register, sales)
        self.register = register
        self.sales = tuple(sales)

    def __str__(self) -> str:
        where = f"register {self.register!r}" if self.register else "this till"
        return f"{where} has {len(self.sales)} carts open: suspend the one that is meant"


class AlreadyResumed(HoldError):
    """The sale was brought back before: it is resumed once, at one register."""

    code = "hold.already_resumed"

    def __init__(self, hold: str, register: str, staff: str, when: str, state: str) -> None:
        super().__init__(hold, register, staff, when, state)
        self.hold = hold
        self.register = register
        self.staff = staff
        self.when = when
        self.state = state

    def __str__(self) -> str:
        where = f" at register {self.register}" if self.register else ""
        who = f" by {self.staff}" if self.staff else ""
        since = "suspended again" if self.state == "held_again" else self.state
        now = "it is open there" if self.state == "resumed" else f"it was {since} since"
        return f"{self.hold} was resumed at {self.when}{where}{who}, and {now}"


class HoldCancelled(HoldError):
    """The sale was cancelled while it waited."""

    code = "hold.cancelled"

    def __init__(self, hold: str, when: str) -> None:
        super().__init__(hold, when)
        self.hold = hold
        self.when = when

    def __str__(self) -> str:
        return f"{self.hold} was cancelled at {self.when}: begin a new sale"


class HoldSlipScanned(HoldError):
    """The slip of a suspended sale was scanned into another sale."""

    code = "hold.slip_scanned"

    def __init__(self, hold: str) -> None:
        super().__init__(hold)
        self.hold = hold

    def __str__(self) -> str:
        return f"{self.hold} is a suspended sale, no goods: suspend or finish this one, then resume"
