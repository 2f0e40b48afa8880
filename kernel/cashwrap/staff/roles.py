"""Roles: what each right comes to for who has the role; four that every shop begins with."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.staff.rights import RIGHTS, Act, Right

How = Literal["allowed", "approval", "denied"]
HOWS: tuple[How, ...] = get_args(How)

# What the limit of a right is held against. The other rights have none.
LIMITED: dict[Right, Literal["rate_ppm", "amount_minor"]] = {
    "sale.override_price": "rate_ppm",
    "sale.discount": "rate_ppm",
    "sale.return": "amount_minor",
    "sale.return_without_receipt": "amount_minor",
    "sale.adjust_price": "amount_minor",
    "shift.paid_in": "amount_minor",
    "shift.paid_out": "amount_minor",
}


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """How a role has a right; beyond ``limit`` (ppm or minor units) it needs an approval."""

    how: How
    limit: int | None = None

    def covers(self, act: Act) -> bool:
        """Return whether the act may be done without asking anybody."""
        if self.how != "allowed":
            return False
        if self.limit is None:
            return True
        measure = LIMITED.get(act.right)
        return measure is None or abs(getattr(act, measure)) <= self.limit

    def reaches(self, other: "Grant") -> bool:
        """Return whether this gives all that another gives."""
        return self._rank() >= other._rank()

    def _rank(self) -> tuple[int, int]:
        steps: dict[How, int] = {"denied": 0, "approval": 1, "allowed": 2}
        if self.how == "allowed" and self.limit is None:
            return 3, 0
        return steps[self.how], self.limit or 0


ALLOWED, APPROVAL, DENIED = Grant("allowed"), Grant("approval"), Grant("denied")


class Role(msgspec.Struct, frozen=True, array_like=True):
    """A role and its grants by right; what it does not name is denied."""

    name: str
    grants: dict[str, Grant]

    def grant(self, right: Right) -> Grant:
        """Return how it has a right."""
        return self.grants.get(right, DENIED)

    def reaches(self, other: "Role") -> bool:
        """Return whether who has this role may do all that one with the other may."""
        return all(self.grant(right).reaches(other.grant(right)) for right in RIGHTS)

    @property
    def manages_staff(self) -> bool:
        """Return whether it may change accounts and roles without asking."""
        return self.grant("staff.manage").how == "allowed"


def checked(grants: Mapping[Right, Grant]) -> dict[str, Grant]:
    """Return grants as a role keeps them. Raises InvalidInput for what is no right or limit."""
    for right, grant in grants.items():
        if right not in RIGHTS:
            raise InvalidInput(f"{right!r:.60} is no right: see cashwrap.staff.rights.RIGHTS")
        _check(right, grant)
    return {str(right): grant for right, grant in grants.items()}


def _check(right: Right, grant: Grant) -> None:
    if not isinstance(grant, Grant) or grant.how not in HOWS:
        raise InvalidInput(f"{right} is given as Grant('allowed' | 'approval' | 'denied')")
    if grant.limit is None:
        return
    if grant.how != "allowed" or right not in LIMITED:
        raise InvalidInput(f"{right} as {grant.how} has no limit: leave it out")
    if type(grant.limit) is not int or grant.limit < 0:
        raise InvalidInput(f"the limit of {right} is ppm or minor units >= 0, not {grant.limit!r}")


def _role(name: str, below: Mapping[str, Grant], **grants: Iterable[Right]) -> Role:
    """Return a role that gives what the one below it does, and more."""
    given = dict(below)
    for how, rights in grants.items():
        given |= dict.fromkeys(rights, {"allowed": ALLOWED, "approval": APPROVAL}[how])
    return Role(name, given)


def _limited(role: Role, **limits: int) -> Role:
    given = {name.replace("__", "."): Grant("allowed", limit) for name, limit in limits.items()}
    return Role(role.name, role.grants | given)


_CASHIER = _limited(
    _role(
        "cashier",
        {},
        allowed=(
            "sale.sell",
            "sale.void_line",
            "sale.suspend",
            "sale.resume",
            "sale.reprint",
            "shift.open",
            "shift.join",
            "shift.paid_in",
            "shift.safe_drop",
            "shift.x",
            "shift.close",
            "training.enter",
        ),
        approval=(
            "sale.cancel",
            "sale.override_price",
            "sale.below_margin",
            "sale.return_without_receipt",
            "sale.return_other_tender",
            "sale.return_late",
            "sale.adjust_price",
            "sale.post_void",
            "payment.declare",
            "drawer.no_sale",
        ),
    ),
    sale__discount=100_000,
    sale__return=20_000,
    shift__paid_out=20_000,
)
_SUPERVISOR = _limited(
    _role(
        "supervisor",
        _CASHIER.grants,
        allowed=(
            "sale.cancel",
            "sale.return_other_tender",
            "sale.return_late",
            "payment.declare",
            "drawer.no_sale",
            "shift.count",
            "stock.move",
        ),
        approval=("sale.below_margin", "sale.post_void"),
    ),
    sale__discount=300_000,
    sale__override_price=200_000,
    sale__return=200_000,
    sale__return_without_receipt=20_000,
    sale__adjust_price=20_000,
    shift__paid_out=100_000,
)
_MANAGER = _limited(
    _role(
        "manager",
        _SUPERVISOR.grants,
        allowed=(
            "sale.below_margin",
            "sale.override_price",
            "sale.return",
            "sale.return_without_receipt",
            "sale.adjust_price",
            "sale.post_void",
            "shift.paid_out",
            "goods.publish",
            "plugins.manage",
            "devices.pair",
            "journal.read",
            "staff.manage",
        ),
        approval=("sale.post_void_after_z",),
    ),
    sale__discount=500_000,
)
_OWNER = _role("owner", {}, allowed=RIGHTS)

SHIPPED: dict[str, Role] = {role.name: role for role in (_CASHIER, _SUPERVISOR, _MANAGER, _OWNER)}
