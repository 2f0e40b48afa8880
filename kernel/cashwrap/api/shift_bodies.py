"""What requests about shifts and the cash in a drawer carry."""

import msgspec

from cashwrap.api.bodies import Body, Whole, Words


class OpenShiftBody(Body, frozen=True):
    """Begin a shift."""

    float_minor: Whole
    drawer: Words = ""


class CashMoveBody(Body, frozen=True):
    """Cash in or out without a sale."""

    amount_minor: Whole
    reason: Words = ""


class ShiftBody(Body, frozen=True):
    """A shift by its number; 0 is the register's."""

    number: Whole = 0


class JoinBody(Body, frozen=True):
    """Work on the shift of a drawer."""

    drawer: Words


class CountBody(Body, frozen=True):
    """What was counted: pieces by unit in minor units, other tenders by name."""

    cash: dict[str, Whole]
    tenders: dict[str, Whole] = msgspec.field(default_factory=dict)
    number: Whole = 0
