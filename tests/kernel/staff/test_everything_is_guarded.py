"""What is guarded: every public step of a till is in one of these tables."""

from collections.abc import Callable, Iterator
from inspect import isfunction, ismethod
from pathlib import Path
from typing import NamedTuple

import pytest
from builders.people import refused

from cashwrap.catalog.snapshot import Counts, Snapshot
from cashwrap.pricing.model import Fee
from cashwrap.promotions.rules import Coupon, Off, Rule, RuleSet, Spend, Step
from cashwrap.sale.holds.holds import Holds
from cashwrap.sale.payment import Payments
from cashwrap.sale.sale import Sale
from cashwrap.shift.shifts import Shifts
from cashwrap.staff.errors import NotSignedIn
from cashwrap.stock.documents import Received, receive
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

pytestmark = pytest.mark.usefixtures("cheap")

FEE = Fee(id="bag", kind="fixed", value=20, name="袋")
RETURNS = '[returns]\nwithout_receipt = "today"\n'


class Prepared(NamedTuple):
    """A shop where nobody is signed in, with something to do for every step."""

    shop: Shop
    sale: Sale  # a line, a discount, a fee, a coupon
    returning: Sale
    paying: Sale  # a part of it is paid in cash
    doubtful: Sale  # a card payment without an answer
    free: Sale  # nothing to pay
    waiting: str
    discount: str
    back: str

    @property
    def till(self) -> Till:
        return self.shop.till


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, cheap: None) -> Iterator[Prepared]:
    folder: Path = tmp_path_factory.mktemp("guarded") / "shop"
    settings = 'registers = ["", "R2", "R3", "R4", "R5"]\n' + SETTINGS + RETURNS
    shop = Shop(folder, settings=settings, drivers={"card": FakeTerminal(("abandoned",))})
    till = shop.till
    spend = Spend(steps=(Step(at_minor=1, off=Off(amount_minor=1)),))
    coupon = Rule(id="C", layer="coupon", benefit=spend, coupon=Coupon())
    till.publish_rules(RuleSet(rules=(coupon,)))
    till.publish_rules(RuleSet(version=2), effective_at_ms=shop.clock.wall_ms + 10**9)

    def begun(quantity: int = 2) -> Sale:
        sale = till.new_sale()
        sale.add("COLA", quantity)
        return sale

    begun().pay_cash(10_000)
    hold = begun().suspend("接电话", key="card-1")
    sale = begun()
    discount = sale.discount(percent_ppm=10_000, reason="torn")
    sale.charge(FEE)
    sale.add_coupon("C-1", rule="C")
    returning = till.new_sale()
    back = returning.take_back(1, [(1, 1)], reason="不想要").id
    paying, doubtful, free = begun(), begun(), begun()
    paying.pay_cash(100)
    doubtful.payments.ask("card")
    free.discount(percent_ppm=1_000_000, reason="gift")
    for register in ("", "R3", "R4"):
        till.shifts.open(0, register=register, staff="boss")
    till.shifts.join("", register="R5", staff="boss")
    till.shifts.suspend(register="R3", staff="boss")
    till.shifts.blind_close(register="R4", staff="boss")
    till.shifts.declare(3, {}, staff="boss")
    till.staff.enroll("boss", "Boss", role="owner", pin="2580")
    yield Prepared(shop, sale, returning, paying, doubtful, free, hold.code, discount, back)
    till.close()


Call = Callable[[Prepared], object]

# Every guarded step, and a call of it. Each is refused where nobody is signed in.
GUARDED: dict[str, Call] = {
    "Till.new_sale": lambda day: day.till.new_sale(),
    "Till.post_void": lambda day: day.till.post_void(1, "mistake"),
    "Till.arrange": lambda day: day.till.arrange(()),
    "Till.reprint": lambda day: day.till.reprint(day.till.sale_of_number(1)),
    "Till.import_catalog": lambda day: day.till.import_catalog(day.shop.folder / "items.jsonl"),
    "Till.activate_catalog": lambda day: day.till.activate_catalog(Snapshot(9, counts=Counts(1))),
    "Till.publish_rules": lambda day: day.till.publish_rules(RuleSet(version=3)),
    "Till.rollback_rules": lambda day: day.till.rollback_rules(),
    "Till.cancel_planned_rules": lambda day: day.till.cancel_planned_rules(2),
    "Till.move_stock": lambda day: day.till.move_stock(
        lambda stock: receive(stock, "D1", [Received("COLA", 1000, 1)], "supplier:A", "store:S001")
    ),
    "Till.no_sale": lambda day: day.till.no_sale("change"),
    "Till.journal_page": lambda day: day.till.journal_page(),
    "Till.shown_takings": lambda day: day.till.shown_takings(),
    "Till.training": lambda day: day.till.training(),
    "Till.manage_plugins": lambda day: day.till.manage_plugins().set_aside("any", "by hand"),
    "Sale.scan": lambda day: day.sale.scan("6901234567892"),
    "Sale.add": lambda day: day.sale.add("COLA"),
    "Sale.set_quantity": lambda day: day.sale.set_quantity(1, 1),
    "Sale.weigh": lambda day: day.sale.weigh(1, 3),
    "Sale.void_line": lambda day: day.sale.void_line(1),
    "Sale.change_spec": lambda day: day.sale.change_spec(1, "BUN"),
    "Sale.undo": lambda day: day.sale.undo(),
    "Sale.note": lambda day: day.sale.note("x"),
    "Sale.credit": lambda day: day.sale.credit("ana"),
    "Sale.override_price": lambda day: day.sale.override_price(1, 1, "r"),
    "Sale.discount": lambda day: day.sale.discount(percent_ppm=1, reason="r"),
    "Sale.remove_discount": lambda day: day.sale.remove_discount(
        next(iter(day.sale.cart.header.discounts))
    ),
    "Sale.charge": lambda day: day.sale.charge(FEE),
    "Sale.remove_fee": lambda day: day.sale.remove_fee("bag"),
    "Sale.set_order_type": lambda day: day.sale.set_order_type("takeaway"),
    "Sale.pay_cash": lambda day: day.sale.pay_cash(10_000),
    "Sale.suspend": lambda day: day.sale.suspend("接电话"),
    "Sale.cancel": lambda day: day.sale.cancel(),
    "Sale.set_customer": lambda day: day.sale.set_customer("vip"),
    "Sale.add_coupon": lambda day: day.sale.add_coupon("C-2", rule="C"),
    "Sale.remove_coupon": lambda day: day.sale.remove_coupon("C-1"),
    "Sale.choose": lambda day: day.sale.choose("C"),
    "Sale.refuse": lambda day: day.sale.refuse("C"),
    "Sale.use_points": lambda day: day.sale.use_points(),
    "Sale.choose_tender": lambda day: day.sale.choose_tender("cash"),
    "Sale.take_back": lambda day: day.sale.take_back(1, [(1, 1)], reason="不想要"),
    "Sale.take_back_unreceipted": lambda day: day.sale.take_back_unreceipted("COLA", 1),
    "Sale.adjust": lambda day: day.sale.adjust(1, [(1, 1)], reason="价保"),
    "Sale.remove_return": lambda day: day.returning.remove_return(
        next(iter(day.returning.cart.header.returns))
    ),
    "Sale.refund": lambda day: day.returning.refund(),
    "Payments.cash": lambda day: day.sale.payments.cash(10_000),
    "Payments.record": lambda day: day.sale.payments.record("voucher", "饭票", 100),
    "Payments.ask": lambda day: day.sale.payments.ask("card"),
    "Payments.scan": lambda day: day.sale.payments.scan("134567890123456789"),
    "Payments.credit": lambda day: day.sale.payments.credit("CN1"),
    "Payments.give_back": lambda day: day.paying.payments.give_back("no"),
    "Payments.give_up": lambda day: day.doubtful.payments.give_up(),
    "Payments.declare": lambda day: day.doubtful.payments.declare(
        day.doubtful.payments.in_doubt[0].id, True, "the slip says so"
    ),
    "Payments.finish": lambda day: day.free.payments.finish(),
    "Holds.suspend": lambda day: day.till.holds.suspend(day.sale, "接电话", "", "", "", ""),
    "Holds.resume": lambda day: day.till.holds.resume(day.waiting, register=""),
    "Holds.cancel": lambda day: day.till.holds.cancel(day.waiting),
    "Holds.swipe": lambda day: day.till.holds.swipe("card-1", register="R2"),
    "Shifts.open": lambda day: day.till.shifts.open(0, staff="boss", register="R2"),
    "Shifts.paid_in": lambda day: day.till.shifts.paid_in(1, "r", staff="boss"),
    "Shifts.paid_out": lambda day: day.till.shifts.paid_out(1, "r", staff="boss"),
    "Shifts.safe_drop": lambda day: day.till.shifts.safe_drop(1, to="bag 1", staff="boss"),
    "Shifts.suspend": lambda day: day.till.shifts.suspend(staff="boss"),
    "Shifts.resume": lambda day: day.till.shifts.resume(2, register="R2", staff="boss"),
    "Shifts.join": lambda day: day.till.shifts.join("", register="R2", staff="boss"),
    "Shifts.leave": lambda day: day.till.shifts.leave(register="R5", staff="boss"),
    "Shifts.blind_close": lambda day: day.till.shifts.blind_close(staff="boss"),
    "Shifts.declare": lambda day: day.till.shifts.declare(1, {}, staff="boss"),
    "Shifts.close": lambda day: day.till.shifts.close(3, staff="boss"),
    "Shifts.x": lambda day: day.till.shifts.x(staff="boss"),
}
"""Steps, and how each is called."""

# What anybody may call, and why.
FREE = {
    "Till.step": "asks on about payments that were asked for before; nobody decides anything",
    "Till.close": "ends the program; nothing is decided",
    "Till.abandon": "ends the program as its death would",
    "Till.create": "makes a folder in which nobody has an account yet",
    "Till.open": "begins the program; rules that it is given are the program's, not a person's",
    "Till.commit": "journals what an operation decided, which asked before",
    "Till.write_draft": "keeps what a step decided, which asked before",
    "Till.draft_whole": "keeps what a step decided, which asked before",
    "Till.flush_draft": "puts what was decided on the disk",
    "Till.began": "takes up a sale that an operation begun, resumed or recovered",
    "Till.ended": "forgets a sale whose end is in the journal",
    "Till.before_close": "remembers what to do at the close",
    "Till.forget_catalog": "reads the catalog anew",
    "Till.price_beside": "takes prices of a plugin that the owner lets set them",
    "Till.ask_watchers": "asks plugins, which can only refuse",
    "Till.work": "does what plugins do by themselves; nobody acts",
    "Till.work_on_threads": "says where plugins do that",
    "Till.devices": "looks at devices, and moves nothing",
    "Sale.move": "the sale's own step from state to state",
    "Sale.end": "journals what an operation decided, which asked before",
    "Sale.leave": "journals what an operation decided, which asked before",
    "Sale.commit": "journals what an operation decided, which asked before",
    "Sale.ended_as": "remembers which command ended the sale",
    "Sale.ready_for": "sees that a price still holds; who pays is asked by the payment",
    "Sale.void_whole": "a part of `Till.post_void`, which asks",
    "Payments.came": "takes note of an answer to a payment that was asked for before",
    "Payments.refresh": "reads what is committed",
    "Payments.recovered": "ends a sale that was paid before the process died",
    "Payments.book": "journals what a payment decided, which asked before",
    "Payments.record_vouchers": "a part of a payment, which asks",
    "Payments.refuse_short": "refuses only",
    "Payments.refuse_to_forget": "refuses only",
}

READS = {
    "Till": "quote return_quote return_quote_unreceipted look_up sale takings ask_stock available "
    "picker groups e_receipt receipt_link receipt "
    "receipt_text record_of sale_of_number rules tax_codes now known_register day_of hour_of "
    "local_time new_id price_context allow may use_up clerk rules_at payments_of "
    "payments_given_back_by credit_note credit_of_payment called signed_in drawn short_of "
    "cost_minor limits_left original number_of would_draw lowest_minor known_coupon "
    "coupon_on_open_sale completed on_open_sales open_sales on_shift returned sales_paid_as "
    "returnable returns_of traded_in weigh latest_ms followers paper_of receipt_copy",
    "Sale": "priced proof hints offers check ended_by scoped may",
    "Payments": "cash_due showing",
    "Holds": "waiting find report slip slip_text",
    "Shifts": "z text shift current needed all outside",
}
"""Methods that change nothing."""


def public(kind: type) -> set[str]:
    """Return the public methods of a class; a property is no step."""
    found = set()
    for name in dir(kind):
        one = getattr(kind, name)
        if not name.startswith("_") and (isfunction(one) or ismethod(one)):
            found.add(f"{kind.__name__}.{name}")
    return found


@pytest.mark.parametrize("kind", [Till, Sale, Payments, Holds, Shifts])
def test_every_public_step_is_guarded_or_explained(kind: type):
    """A new method is put into a table before it is there: guarded, free with why, or a read."""
    reads = {f"{kind.__name__}.{name}" for name in READS[kind.__name__].split()}
    tables = [set(GUARDED), set(FREE), reads]
    assert public(kind) - set.union(*tables) == set()
    told = {name for name in (*GUARDED, *FREE) if name.startswith(f"{kind.__name__}.")}
    assert told <= public(kind)  # nothing is told that is gone
    assert set(GUARDED).isdisjoint(FREE)
    assert set(GUARDED).isdisjoint(reads)


@pytest.mark.parametrize("step", GUARDED)
def test_where_nobody_is_signed_in_nothing_is_done(day: Prepared, step: str):
    """Every guarded step is refused, and leaves the journal and the sale as they were."""
    sales = [(sale.id, len(sale.history)) for sale in day.till.open_sales()]
    refused(lambda: GUARDED[step](day), NotSignedIn, day.shop)
    assert [(sale.id, len(sale.history)) for sale in day.till.open_sales()] == sales
