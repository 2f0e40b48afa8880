"""Every step of the Python API is there: a route takes it, or it says here why none does."""

from inspect import isfunction, ismethod

import pytest
from pages.api import served
from pages.api_reach import handlers, steps_of

from cashwrap.sale.credits import Credits
from cashwrap.sale.holds.holds import Holds
from cashwrap.sale.payment import Payments
from cashwrap.sale.sale import Sale
from cashwrap.shift.shifts import Shifts
from cashwrap.staff.staff import Staff
from cashwrap.stock import documents, reservations
from cashwrap.till import Till

# Steps that no route takes by their own name, and by what a program has them instead.
ELSEWHERE = {
    "Till.sale": "GET /sales/{sale}; every route below a sale finds it so",
    "Till.import_catalog": "POST /catalog/files and /rows stage it beside the till",
    "Till.training": "POST /session/training, through the desk of those who train",
    "Till.takings": "GET /reports/takings asks for the right first",
    "Till.weigh": "GET /scale reads it beside the till",
    "Till.receipt_text": "GET /receipts/{number} answers document and text in one",
    "Till.receipt_copy": "POST /receipts/{number}/reprint, which journals the copy",
    "Till.paper_of": "receipts, slips and reports answer their paper as text",
    "Till.credit_note": "GET /credits/{code}",
    "Till.payments_of": "a sale's `payments`",
    "Till.returns_of": "a receipt's row says how often goods of it came back",
    "Till.traded_in": "the receipt's `returned`",
    "Till.signed_in": "GET /session",
    "Till.tax_codes": "a line's `tax_minor`; the receipt names the taxes",
    "Till.lowest_minor": "POST /returns/quote",
    "Till.short_of": "what is short stands in the changes of a resumed sale",
    "Sale.priced": "a sale's lines and totals",
    "Sale.hints": "a sale's `hints`",
    "Sale.offers": "a sale's `offers`",
    "Payments.cash": "POST /sales/{sale}/pay/cash takes it by `Sale.pay_cash`",
    "Payments.cash_due": "a sale's `cash_due_minor`",
    "Payments.showing": "a payment's `show`",
    "Holds.suspend": "POST /sales/{sale}/suspend takes it by `Sale.suspend`",
    "Credits.slip": "GET /credits/{code} has its text",
    "Staff.account": "GET /staff, without what a PIN is checked by",
}

# What belongs to the program that has the till open, and what a till does by itself.
OWN = {
    "Till": "create open close abandon step work work_on_threads commit write_draft draft_whole "
    "flush_draft began ended completed before_close forget_catalog ask_watchers clerk "
    "on_shift rules_at new_id latest_ms hour_of local_time drawn would_draw cost_minor limits_left "
    "coupon_on_open_sale on_open_sales credit_of_payment payments_given_back_by price_beside",
    "Sale": "move check end leave commit ended_as ended_by scoped may ready_for void_whole",
    "Payments": "came refresh recovered book record_vouchers refuse_short refuse_to_forget",
    "Holds": "",
    "Shifts": "needed",
    "Staff": "refresh",
    "Credits": "",
}

# Stock is a ledger for other programs too: these are for those that hold its events themselves.
STOCK = {
    "reservations.release_expired": "a job of the program that made the promises",
    "reservations.commit_reservation": "two events that belong to the order's own program",
    "reservations.release_part": "a part of `commit_reservation`",
}


@pytest.fixture(scope="module")
def taken() -> set[str]:
    """The steps that routes take."""
    with served() as app:
        return {step for handler in handlers(app).values() for step in steps_of(handler)}


@pytest.mark.parametrize("kind", [Till, Sale, Payments, Holds, Shifts, Staff, Credits])
def test_every_step_has_a_route_or_says_why_not(kind: type, taken: set[str]):
    """A new method is put behind a route, or into a table here, before it is there."""
    steps = {f"{kind.__name__}.{name}" for name in dir(kind) if is_step(kind, name)}
    own = {f"{kind.__name__}.{name}" for name in OWN[kind.__name__].split()}
    told = {name for name in ELSEWHERE if name.startswith(f"{kind.__name__}.")}
    assert steps - taken - own - told == set()
    assert own | told <= steps  # nothing is told that is gone
    assert (own | told).isdisjoint(taken)
    assert own.isdisjoint(told)


@pytest.mark.parametrize("room", [documents, reservations])
def test_every_document_of_stock_can_be_posted(room, taken: set[str]):
    """The functions that decide stock documents are all behind routes, or say why not."""
    name = room.__name__.rpartition(".")[2]
    steps = {f"{name}.{step}" for step, one in vars(room).items() if is_of(room, step, one)}
    told = {step for step in STOCK if step.startswith(name)}
    assert steps - taken == told


def is_step(kind: type, name: str) -> bool:
    one = getattr(kind, name)
    return not name.startswith("_") and (isfunction(one) or ismethod(one))


def is_of(room, name: str, one: object) -> bool:
    return isfunction(one) and not name.startswith("_") and one.__module__ == room.__name__
