"""What the journal says of shifts. Amounts are minor units, > 0 unless said otherwise.

``number`` is the shift's, ``register`` where it was done, ``approver`` who approved it, if anybody
had to.
"""

from cashwrap.events import Event, event
from cashwrap.shift.model import ShiftReport


@event("shift.opened")
class ShiftOpened(Event, frozen=True):
    """A drawer is accounted for from here on; ``float_minor`` >= 0 is in it."""

    number: int
    drawer: str
    float_minor: int
    approver: str = ""
    register: str = ""


@event("shift.paid_in")
class PaidIn(Event, frozen=True):
    """Cash came into the drawer without a sale."""

    number: int
    amount_minor: int
    reason: str
    approver: str = ""
    register: str = ""


@event("shift.paid_out")
class PaidOut(Event, frozen=True):
    """Cash was taken out of the drawer without a sale."""

    number: int
    amount_minor: int
    reason: str
    approver: str = ""
    register: str = ""


@event("shift.safe_drop")
class SafeDropped(Event, frozen=True):
    """Cash went from the drawer to the safe; ``to`` names the bag."""

    number: int
    amount_minor: int
    to: str
    approver: str = ""
    register: str = ""


@event("shift.suspended")
class ShiftSuspended(Event, frozen=True):
    """The tray was taken along: no register works on the shift until it is resumed."""

    number: int
    approver: str = ""
    register: str = ""


@event("shift.resumed")
class ShiftResumed(Event, frozen=True):
    """The tray was put into a drawer again, perhaps another one."""

    number: int
    drawer: str
    approver: str = ""
    register: str = ""


@event("shift.joined")
class ShiftJoined(Event, frozen=True):
    """One more register works on the shift and shares its drawer."""

    number: int
    approver: str = ""
    register: str = ""


@event("shift.left")
class ShiftLeft(Event, frozen=True):
    """A register works on the shift no more; others do."""

    number: int
    approver: str = ""
    register: str = ""


@event("shift.counting")
class ShiftCounting(Event, frozen=True):
    """The shift was closed blind: it has no more sales, and is counted later."""

    number: int
    approver: str = ""
    register: str = ""


@event("shift.declared")
class ShiftDeclared(Event, frozen=True):
    """Somebody counted the drawer: (unit, pieces) of cash, (tender, amount) of what else.

    The last one before the Z counts.
    """

    number: int
    cash: tuple[tuple[int, int], ...]
    tenders: tuple[tuple[str, int], ...] = ()
    approver: str = ""
    register: str = ""


@event("shift.closed")
class ShiftClosed(Event, frozen=True):
    """A shift ended with its Z report, which equals the fold of the journal up to here."""

    number: int
    report: ShiftReport
    approver: str = ""
    register: str = ""
