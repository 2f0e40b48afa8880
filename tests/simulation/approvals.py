"""Approvals, counted by hand: each is used once, and what needs one has one."""

from __future__ import annotations

from collections import Counter

from cashwrap.events import Event
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
            case DrawerOpened() | PriceOverrideJournaled() | SaleCancelled():
                alone = staff in goods.CLERKS and body.approver != goods.BOSS
                hold("approval", not alone, f"{staff} did {body.kind} without approval")
