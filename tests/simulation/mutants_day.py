"""Named mistakes of the shop's day: holds, returns, refunds, shifts. See `mutants`."""

from __future__ import annotations

from typing import Any

import msgspec

from cashwrap import counter as counter_module
from cashwrap.counter import Counter
from cashwrap.sale import recovery
from cashwrap.sale.events import SaleResumed
from cashwrap.sale.holds import resuming
from cashwrap.sale.returning import deciding
from cashwrap.shift import folding, own_events, projection, report, shifts
from cashwrap.shift.book import OUTSIDE, Book, drawer_key
from cashwrap.shift.model import Sums
from cashwrap.staff.guard import Guard
from cashwrap.staff.roles import Grant
from cashwrap.stock.moves import CUSTOMER
from cashwrap.tender.events import CashTaken

from .mutants import Patch, mutant

# Holds


@mutant("a resumed sale is not in the journal, so that its slip works at the next register too")
def resume_twice(patch: Patch) -> None:
    real = Counter.commit

    def commit(self: Counter, events: Any, **named: Any) -> None:
        if not isinstance(events[0], SaleResumed):
            real(self, events, **named)

    patch(Counter, "commit", commit)


@mutant("a suspended sale stays in the draft and is open again after a restart")
def draft_not_cleared(patch: Patch) -> None:
    real = recovery.ended

    def ended(reader: Any, sale: str) -> Any:
        found = real(reader, sale)
        return None if found is not None and found.state == "suspended" else found

    patch(recovery, "ended", ended)


@mutant("a sale is always priced anew when it comes back, whatever was quoted")
def quote_not_kept(patch: Patch) -> None:
    patch(resuming, "quote_holds", lambda hold, settings, now_ms: False)


# Returns


@mutant("goods bring their list price, not what was paid for them")
def lost_matrix(patch: Patch) -> None:
    real = deciding.decided

    def decided(original: Any, *given: Any, **named: Any) -> Any:
        answer = real(original, *given, **named)
        at_list = sum(
            original.lines[each.line].list_minor * each.quantity_milli // 1000
            for each in answer.back
            if each.line > 0
        )
        return msgspec.structs.replace(answer, refund_minor=at_list)

    patch(deciding, "decided", decided)


@mutant("what came back before is forgotten, and comes back again")
def refund_twice(patch: Patch) -> None:
    real = Counter.original

    def original(self: Counter, *given: Any) -> Any:
        found = real(self, *given)
        found.earlier = ()
        return found

    patch(Counter, "original", original)


@mutant("goods that come back are not put into stock again")
def stock_not_back(patch: Patch) -> None:
    real = counter_module.completed

    def completed(cart: Any, payments: Any, moves: Any, *more: Any) -> Any:
        out = tuple(move for move in moves if move.source != CUSTOMER)
        return real(cart, payments, out, *more)

    patch(counter_module, "completed", completed)


# Shifts


@mutant("the float is not counted as cash in the drawer")
def float_forgotten(patch: Patch) -> None:
    real = report.expected_cash_minor

    def expected(float_minor: int, sums: Sums) -> int:
        return real(0, sums)

    for module in (report, own_events, shifts):
        patch(module, "expected_cash_minor", expected)


@mutant("change that was given is counted as cash in the drawer")
def change_counted(patch: Patch) -> None:
    real = folding.FOLDS[CashTaken.kind]

    def cash_taken(book: Any, at: Any, body: CashTaken) -> None:
        real(book, at, msgspec.structs.replace(body, change_minor=0))

    patch(projection, "_FOLDS", {**projection._FOLDS, CashTaken.kind: cash_taken})


@mutant("money that moves while no shift is open stands nowhere")
def outside_dropped(patch: Patch) -> None:
    real = Book.happened

    def happened(self: Book, register: str, at: Any) -> Sums:
        return real(self, register, at) if self.working(register).shift else Sums()

    patch(Book, "happened", happened)


@mutant("a shift has what happened after its opening by the clock, not by the journal")
def z_by_time(patch: Patch) -> None:
    real = Book.happened

    def happened(self: Book, register: str, at: Any) -> Sums:
        working = self.working(register)
        shift = self.shift(working.shift)
        if shift is not None and at.wall_ms < shift.opened_ms:
            return self.changing(OUTSIDE, drawer_key(working.drawer), at)
        return real(self, register, at)

    patch(Book, "happened", happened)


# Staff


@mutant("an approval can be used again for the same act")
def approval_reused(patch: Patch) -> None:
    def used(self: Guard, staff: str) -> None:
        self._taken.clear()

    patch(Guard, "used", used)


@mutant("a role's right counts as given, whatever it says of approvals")
def approval_not_asked(patch: Patch) -> None:
    patch(Grant, "covers", lambda self, act: True)
