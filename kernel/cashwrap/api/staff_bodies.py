"""What requests about people carry."""

from typing import Annotated

import msgspec

from cashwrap.api.bodies import Body, Words
from cashwrap.staff.rights import Right
from cashwrap.staff.roles import How

Pin = Annotated[str, msgspec.Meta(max_length=200, description="Digits; see docs/staff.md.")]


class EnrollBody(Body, frozen=True):
    """A new account. The first one of a shop must be able to manage staff."""

    code: Words
    name: Words
    role: Words
    pin: Pin


class PersonChange(Body, frozen=True):
    """What to change of an account: exactly one of these."""

    role: Words | None = None
    active: bool | None = None
    pin: Pin | None = None
    reason: Annotated[
        str, msgspec.Meta(max_length=2000, description="Why it is disabled; goes along with it.")
    ] = ""


class PinBody(Body, frozen=True):
    """Another PIN of one's own."""

    old: Pin
    new: Pin


class GrantBody(Body, frozen=True):
    """How a role has a right; ``limit`` is ppm or minor units, beyond it an approval is needed."""

    how: How
    limit: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None


class RoleBody(Body, frozen=True):
    """Grants to change, by right; ``like`` is the role that a new one begins as."""

    grants: dict[Right, GrantBody] = msgspec.field(default_factory=dict)
    like: Words = ""
