"""The end of the day: everything is settled, and every till is held against the books."""

from __future__ import annotations

from collections import Counter

from cashwrap.errors import CashwrapError
from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.sale.projection import NUMBERS, ended, series_totals
from cashwrap.sale.refunding import Wish
from cashwrap.sale.returning.errors import PostVoidRefused, ReturnChanged, ReturnWaits
from cashwrap.sale.sale import Sale
from cashwrap.till import Till

from . import goods
from .bills import hold
from .scene import Place
from .world import World

STEPS_MAX = 500
ROUNDS_MAX = 3
WISHES: tuple[Wish, ...] = ("", "cash", "credit")
HANGING = ("silent_paid", "silent_unpaid", "late", "late_pending", "abandoned")


def finish(world: World) -> None:
    """End the day at every till, and check everything."""
    for here in world.tills:
        here.device.troubles.clear()
        world.say(f"{here.device.name}: the day ends")
        for _ in range(ROUNDS_MAX):
            settle(world, here)
            end_sales(world, here)
        left = [(sale.id, sale.state, sale.due_minor) for sale in here.till.open_sales()]
        hold("sale.stuck", not left, f"{left} cannot end")
        here.books.look(here.till)
        check(here)
        here.till.close()
        here.device.till = None
        here.books.came_up(here.device.open(), power_cut=False)
        check(here)


def settle(world: World, here: Place) -> None:
    """Ask until nothing is left to ask; the terminal is repaired first."""
    repair(here)
    till, clock = here.till, here.device.clock
    for _ in range(STEPS_MAX):
        due_ms = till.next_step_ms
        if due_ms is None:
            break
        clock.pass_ms(max(0, due_ms - clock.steady_ms))
        till.step()
    else:
        hold("doubt", False, f"{till.runner.in_doubt()} stay in doubt")
    doubts = [each for sale in till.open_sales() for each in sale.payments.in_doubt]
    hold("doubt", not doubts, f"nobody asks about {doubts}")
    world.rested(here)


def repair(here: Place) -> None:
    """Make the terminal answer, as it does once its line is up again."""
    for charge in here.device.terminal.charges.values():
        if charge.behaviour in HANGING:
            charge.behaviour = "approve" if charge.charged_minor else "decline"


def end_sales(world: World, here: Place) -> None:
    """Every open sale is paid, given back or cancelled."""
    here.sign_in(here.closer, here.registers[0])
    for sale in here.till.open_sales():
        try:
            try:
                end_sale(here, sale)
            except ReturnChanged:  # the clerk tells the customer, and goes on
                here.bill(sale).saw(sale)
                end_sale(here, sale)
        except ReturnWaits:  # for another sale, which ends first
            world.say(f"{here.device.name}: sale {sale.id} waits")
        except (ReturnRefused, PostVoidRefused):  # the goods came back on another sale meanwhile
            sale.cancel("closing", staff=here.closer)
        here.books.look(here.till)
        world.say(f"{here.device.name}: sale {sale.id} ends")


def end_sale(here: Place, sale: Sale) -> None:
    """End a sale as it should."""
    wants, by = here.bill(sale).wants, here.closer
    wants.refund = wants.cancel = True
    wants.tendered = max(0, sale.due_minor) + 10_000
    if sale.due_minor > 0:
        sale.pay_cash(wants.tendered, staff=by)
    elif sale.cart.header.returns:
        give(sale, by)
    elif sale.state == "tendering":
        sale.payments.finish(staff=by)
    else:
        sale.cancel("closing", staff=by)


def give(sale: Sale, by: str) -> None:
    """Give back what is due, some way or other."""
    for to in WISHES:
        try:
            if sale.refund(to, staff=by).due_minor == 0:
                return
        except (ReturnRefused, PostVoidRefused, ReturnWaits, ReturnChanged):
            raise
        except CashwrapError:
            continue


def check(here: Place) -> None:
    """Hold a till, at rest and without open sales, against the books."""
    till = here.till
    proof = till.store.verify()
    hold("journal", proof.ok, str(proof))
    check_numbers(here)
    check_stock(here)
    check_cash(here)
    check_cards(here)


def check_numbers(here: Place) -> None:
    """Receipt numbers have no gaps, and each is of the sale that the paper says."""
    with here.till.store.read() as reader:
        numbers = [int.from_bytes(key, "big") for key, _ in reader.items(NUMBERS)]
        last = series_totals(reader).last_number
        hold("numbers", numbers == list(range(1, last + 1)), f"{numbers}")
        hold("numbers", last == len(here.books.done), f"{last} receipts, {len(here.books.done)}")
        for bill in here.books.done:
            place = ended(reader, bill.sale)
            known = place is not None and (place.state, place.number) == ("completed", bill.number)
            hold("sale.kept", known, f"receipt {bill.number} of {bill.sale}: {place}")


def check_stock(here: Place) -> None:
    """The ledger has what the shelf has."""
    own = here.till.settings.own_location
    for sku in goods.PRICES:
        on_hand = here.till.ask_stock(lambda stock, sku=sku: stock.on_hand(sku, own))
        known = here.books.stock[sku]
        hold("stock", on_hand == known, f"{sku}: {on_hand} in the ledger, {known} on the shelf")


def check_cash(here: Place) -> None:
    """All cash that moved stands on a Z, in an open shift, or outside of shifts."""
    till, drawers = here.till, here.books.drawers
    outside = sum(till.shifts.outside(each).net_cash_minor for each in here.registers)
    found, known = outside + drawers.z_outside, drawers.outside
    hold("outside", found == known, f"{found} outside of shifts, {known} moved there")
    here.sign_in(here.closer, here.registers[0])
    for shift in till.shifts.all():
        if shift.z:
            continue
        expected = till.shifts.x(
            number=shift.number, staff=here.closer, expected=True
        ).cash.expected_minor
        lies = drawers.shifts[shift.number].cash
        hold("x.cash", expected == lies, f"shift {shift.number}: {expected}, in it {lies}")


def check_cards(here: Place) -> None:
    """What the bank took, cash and notes are what the sales say was paid, each once."""
    bank: Counter[str] = Counter()
    for charge in here.device.terminal.charges.values():
        own, tip = charge.intent.sale, charge.tip_minor if charge.charged_minor else 0
        paid = charge.charged_minor - tip
        bank[own] += paid
        for refund, amount in charge.refunds.items():
            sale, tip_back = here.books.refund_of[refund]
            if sale in ("", own):  # a payment that is given back goes back with its tip
                tip_back = max(0, amount - paid)
            bank[sale or own] -= amount - tip_back
    for bill in here.books.done:
        paid = bill.cash + bill.credit + bank.pop(bill.sale, 0)
        hold("paid", paid == bill.net, f"sale {bill.sale}: {paid} was paid of {bill.net}")
    left = {sale: net for sale, net in bank.items() if net}
    hold("cards", not left, f"the bank took money for sales that are not finished: {left}")
    check_takings(here.till, here)
    check_holds(here)


def check_holds(here: Place) -> None:
    """What waits is what was suspended and not resumed."""
    waiting = {each.sale: each.total_minor for each in here.till.holds.waiting()}
    known = {bill.sale: bill.net for bill in here.books.parked.values()}
    hold("hold.waiting", waiting == known, f"{waiting} wait, {known} were suspended")


def check_takings(till: Till, here: Place) -> None:
    """The perpetual total is the sum of all receipts."""
    with till.store.read() as reader:
        total = series_totals(reader).grand_sales_minor
    told = sum(bill.net for bill in here.books.done)
    hold("totals", total == told, f"{total} on the till, {told} on the receipts")
