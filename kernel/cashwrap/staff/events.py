"""What the journal says of people: accounts, roles, who is signed in, approvals and refusals.

``register`` is where it happened (`events.placed`). The record's staff is who did it; where the
owner of the device did it from its command line, `StaffOwnerActed` stands before it.
"""

from typing import Literal

from cashwrap.events import Event, event
from cashwrap.staff.pins import PinSecret
from cashwrap.staff.rights import Act
from cashwrap.staff.roles import Grant

Ended = Literal["self", "other", "timeout", "disabled", "pin"]
Refusal = Literal["denied", "said_no", "no_right", "own_act"]


@event("staff.role_defined")
class RoleDefined(Event, frozen=True):
    """A role gives these rights from now on; what is not named is denied."""

    role: str
    grants: dict[str, Grant]
    approver: str = ""


@event("staff.enrolled")
class StaffEnrolled(Event, frozen=True):
    """Somebody got an account. ``secret`` is what their PIN is checked by, None before it is set.

    ``store`` is the shop that the account was made at.
    """

    account: str
    name: str
    role: str
    secret: PinSecret | None = None
    store: str = ""
    approver: str = ""


@event("staff.role_given")
class RoleGiven(Event, frozen=True):
    """An account has another role from now on."""

    account: str
    role: str
    approver: str = ""


@event("staff.disabled")
class StaffDisabled(Event, frozen=True):
    """An account signs in no more and approves nothing."""

    account: str
    reason: str = ""
    approver: str = ""


@event("staff.enabled")
class StaffEnabled(Event, frozen=True):
    """A disabled account may sign in again."""

    account: str
    approver: str = ""


@event("staff.pin_set")
class PinSet(Event, frozen=True):
    """An account has another PIN: its own wish, or ``reset`` by somebody who may."""

    account: str
    secret: PinSecret
    reset: bool = False
    approver: str = ""


@event("staff.unlocked")
class StaffUnlocked(Event, frozen=True):
    """Wrong PINs of an account, or with "" of the device, count no more."""

    account: str
    approver: str = ""


@event("staff.pepper_made")
class PepperMade(Event, frozen=True):
    """The device has a new pepper; PINs made with another do not count any more.

    ``pepper`` names it and is not it.
    """

    pepper: str


@event("staff.owner_acted")
class StaffOwnerActed(Event, frozen=True):
    """What follows in this commit was done by the owner of the device, not by an account."""

    reason: str


@event("staff.signed_in")
class SignedIn(Event, frozen=True):
    """Somebody signed in at a register with their PIN."""

    account: str
    role: str
    register: str = ""


@event("staff.signed_out")
class SignedOut(Event, frozen=True):
    """Somebody is no more signed in: by their own wish, or why else."""

    account: str
    why: Ended = "self"
    register: str = ""


@event("staff.pin_wrong")
class PinWrong(Event, frozen=True):
    """A PIN was wrong. ``account`` is "" for a code that nobody has; ``at`` says what for."""

    account: str
    at: Literal["sign_in", "approve", "change"] = "sign_in"
    register: str = ""


@event("staff.pin_right")
class PinRight(Event, frozen=True):
    """A PIN was right where nothing else in the commit says so."""

    account: str


@event("staff.approved")
class StaffApproved(Event, frozen=True):
    """Somebody else approved one act of ``asker``, for two minutes and once.

    ``digest`` is the act's; `ApprovalUsed` of the same stands in the commit of what was done.
    """

    act: Act
    asker: str
    approver: str
    digest: str
    register: str = ""


@event("staff.approval_used")
class ApprovalUsed(Event, frozen=True):
    """An approval was used up by what is journaled in this commit, or by a step of a sale."""

    right: str
    subject: str
    asker: str
    approver: str
    digest: str
    register: str = ""


@event("staff.refused")
class StaffRefused(Event, frozen=True):
    """An act of ``asker`` was refused.

    ``why``: denied (their role never does that), said_no (``by`` was asked and said no), no_right
    (``by`` approved what is beyond their own right), own_act (``by`` is who asked).
    """

    act: Act
    asker: str
    digest: str
    why: Refusal
    by: str = ""
    reason: str = ""
    register: str = ""
