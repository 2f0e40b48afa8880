"""Post-void: a whole finished sale is reversed, as a record of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.sale.complete import cancelled
from cashwrap.sale.desk import Desk
from cashwrap.sale.errors import CommandReused, ReasonNeeded
from cashwrap.sale.returning.errors import PostVoidRefused
from cashwrap.staff.rights import Act
from cashwrap.tender.pan import words

if TYPE_CHECKING:
    from cashwrap.sale.returning.original import Original
    from cashwrap.sale.sale import Sale


class PostVoided(msgspec.Struct, frozen=True):
    """A sale that was reversed by sale ``sale``, whose receipt number is ``number``.

    ``number`` is 0 and ``due_minor`` below it while a driver has not answered: the sale is open
    until its money is back.
    """

    of_number: int
    sale: str
    number: int
    due_minor: int = 0


def post_void(
    desk: Desk,
    begin: Callable[[], Sale],
    original: Original,
    reason: str,
    *,
    z: int,
    register: str,
    staff: str,
) -> PostVoided:
    """Reverse a finished sale; ``z`` is the Z report that holds it, 0 for none yet.

    Raises ReasonNeeded, PostVoidRefused, RightDenied, ApprovalNeeded, and what `Sale.refund` raises
    while no money has moved; the reversal is then cancelled.
    """
    said = words(reason, "a reason").strip()
    if not said:
        raise ReasonNeeded("a post-void")
    _check(original)
    _allowed(desk, original, z, register, staff)
    sale = begin()
    approver = _allowed(desk, original, z, register, staff)  # beginning the sale was an act, too
    try:
        edit = sale.void_whole(original, said, approver, staff)
        if sale.due_minor < 0:
            sale.refund(staff=staff)
        elif sale.state == "open":
            sale.payments.finish(staff=staff)
    except CashwrapError:
        if (
            sale.state == "open" and not sale.payments.in_doubt
        ):  # as part of this act: no other right
            day = desk.day_of(desk.now().wall_ms)
            sale.end("cancel", [cancelled(sale.cart, said, day)], staff, "")
        raise
    return _as_it_stands(desk, sale, edit.of_number)


def go_on(desk: Desk, sale: Sale, original: Original, staff: str) -> PostVoided | None:
    """Do the rest of a reversal that the same command began and did not end, as after a crash.

    None where the command only began the sale. Raises CommandReused where it is another sale, and
    what `Sale.refund` raises.
    """
    if len(sale.history) == 1:
        return None
    if [edit.of_sale for edit in sale.returns if edit.voids] != [original.sale.sale]:
        raise CommandReused(sale.cart.opened.command)
    if not sale.payments.in_doubt:
        sale.refund(staff=staff)
    return _as_it_stands(desk, sale, original.sale.number)


def _as_it_stands(desk: Desk, sale: Sale, of_number: int) -> PostVoided:
    due = 0 if sale.state == "completed" else sale.due_minor
    number = desk.number_of(sale.id) if sale.state == "completed" else 0
    return PostVoided(of_number, sale.id, number, due)


def _check(original: Original) -> None:
    sale = original.sale
    if original.voided_by:
        raise PostVoidRefused(sale.number, f"receipt {original.voided_by} voided it before")
    if sale.type != "sale":
        raise PostVoidRefused(sale.number, "goods came back on it: sell or return them anew")
    if original.waits_for:
        raise PostVoidRefused(sale.number, "goods of it are coming back on another open sale")
    if original.earlier:
        raise PostVoidRefused(sale.number, "some of it came back already: return the rest")


def _allowed(desk: Desk, original: Original, z: int, register: str, staff: str) -> str:
    about = original.sale.sale, f"receipt {original.sale.number}", original.sale.payable_minor
    approver = desk.allow(Act("sale.post_void", *about), staff, register).approver
    if z:
        after = Act("sale.post_void_after_z", *about)
        approver = desk.allow(after, staff, register).approver or approver
    return approver
