"""Approvals, counted by hand: each is used once, and what needs one has one."""

from __future__ import annotations

from collections import Counter

from cashwrap.events import Event
from cashwrap.sale.edits import ReturnAdded, SaleOpened
from cashwrap.sale.events import DrawerOpened, PriceOverrideJournaled, SaleCancelled
from cashwrap.staff.events import ApprovalUsed, StaffApproved

from . import goods
from .bills import hold


class Approvals:
    """What was approved at one till, and not used yet."""

    def __init__(self, guarded: bool) -> None:
        self._guarded = guarded
        self._left: Counter[str] = Counter()

    def told(self, staff: str, body: Event) -> None:
        """Take note of a record."""
        if not self._guarded:
            return
        match body:
            case StaffApproved():
                self._left[body.digest] += 1
            case ApprovalUsed():
                left = self._left[body.digest] > 0
                hold("approval", left, f"the approval of {body.right} was used once more")
                self._left[body.digest] -= 1
            case SaleCancelled() if _let_go(body):
                pass
            case DrawerOpened() | PriceOverrideJournaled() | SaleCancelled():
                alone = staff in goods.CLERKS and body.approver != goods.BOSS
                hold("approval", not alone, f"{staff} did {body.kind} without approval")


def _let_go(body: SaleCancelled) -> bool:
    """Return whether a post-void that could not go on let its own reversal go, unasked."""
    return all(
        isinstance(edit, SaleOpened) or (isinstance(edit, ReturnAdded) and edit.voids)
        for edit in body.history
    )
