"""What requests carry. Names are those of the Python API; unknown fields are refused."""

from typing import Annotated, Any

import msgspec

from cashwrap.staff.rights import Right

Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Words = Annotated[str, msgspec.Meta(max_length=2000)]
Code = Annotated[str, msgspec.Meta(max_length=4000)]
Quantity = (
    Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
    | Annotated[str, msgspec.Meta(max_length=40)]
)
Lines = Annotated[list[Whole], msgspec.Meta(max_length=2000)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Common to all bodies."""


class SessionBody(Body, frozen=True):
    """Sign in at a register; a shop without accounts takes no ``pin``."""

    staff: Words = ""
    pin: Words = ""
    register: Words = ""


class TrainingBody(Body, frozen=True):
    """Enter training (``fresh``: nothing of what was practised before), or leave it."""

    on: bool
    fresh: bool = False


class ReasonBody(Body, frozen=True):
    """Why."""

    reason: Words = ""


class SwipeBody(Body, frozen=True):
    """A card that was swiped."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    reason: Words = ""


class ReprintBody(Body, frozen=True):
    """Print a receipt again."""

    gift: bool = False


class OrderBody(Body, frozen=True):
    """An order of groups, or of the SKUs in one; an empty one goes back to headquarters'."""

    codes: Annotated[list[str], msgspec.Meta(max_length=5000)]


class ActBody(Body, frozen=True):
    """An act as `staff.approval_needed` named it."""

    right: Right
    subject: Words = ""
    detail: Words = ""
    amount_minor: Whole = 0
    rate_ppm: Whole = 0


class ApprovalBody(Body, frozen=True):
    """An approval, or with ``refuse`` a no."""

    act: ActBody
    approver: Words
    pin: Words
    refuse: bool = False
    reason: Words = ""


class SettingsBody(Body, frozen=True):
    """All settings of a plugin. What is left out has its default; a secret stays as it is."""

    values: dict[str, Any]


class AsideBody(Body, frozen=True):
    """Why a plugin is to be asked no more."""

    reason: Words = ""


class PanelFaultBody(Body, frozen=True):
    """What a panel of a plugin raised in a page."""

    panel: Words
    told: Words
