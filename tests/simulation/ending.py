"""The end of the day: everything is settled, and every till is held against the books."""

from __future__ import annotations

from collections import Counter

from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.projection import NUMBERS, ended, series_totals
from cashwrap.tender.events import CashReturned, CashTaken
from cashwrap.till import Till

from . import goods
from .books import hold
from .world import Place, World

STEPS_MAX = 500
HANGING = ("silent_paid", "silent_unpaid", "late", "late_pending", "abandoned")


def finish(world: World) -> None:
    """End the day at every till, and check everything."""
    for here in world.tills:
        here.device.troubles.clear()
        world.say(f"{here.device.name}: the day ends")
        settle(world, here)
        end_sales(world, here)
        settle(world, here)
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
    """Every open sale is paid or cancelled."""
    for sale in here.till.open_sales():
        bill = here.bill(sale)
        if sale.due_minor > 0 and sale.lines:
            bill.tendered = sale.due_minor + 10_000
            sale.pay_cash(bill.tendered, staff="ana")
        elif sale.state == "tendering":
            sale.payments.finish(staff="ana")
        else:
            bill.cancel_wanted = True
            sale.cancel("closing", staff="ana")
        here.books.look(here.till)
        world.say(f"{here.device.name}: sale {sale.id} ends")
    hold("sale.stuck", not here.till.open_sales(), f"{here.till.open_sales()} cannot end")


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
    """What the journal says of cash is what lies in the drawers."""
    found: Counter[str] = Counter()
    for record in here.till.store.records():
        body = record.body()
        if isinstance(body, CashTaken):
            found[body.register] += body.tendered_minor - body.change_minor
        elif isinstance(body, CashReturned):
            found[body.register] -= body.amount_minor
    for register in here.registers:
        known = here.books.drawers[register]
        hold("drawer", found[register] == known, f"{register}: {found[register]}, in it {known}")


def check_cards(here: Place) -> None:
    """What the bank took is what the sales say was paid, each once."""
    till, terminal = here.till, here.device.terminal
    by_sale: Counter[str] = Counter()
    for charge in terminal.charges.values():
        by_sale[charge.intent.sale] += charge.net_minor - (charge.net_minor and charge.tip_minor)
    for bill in here.books.done:
        counts = bill.payable - bill.cash_counts
        bank = by_sale.pop(bill.sale, 0)
        hold("cards", bank == counts, f"sale {bill.sale}: the bank took {bank}, {counts} count")
    left = {sale: net for sale, net in by_sale.items() if net}
    hold("cards", not left, f"the bank took money for sales that are not finished: {left}")
    check_takings(till, here)


def check_takings(till: Till, here: Place) -> None:
    """The perpetual total is the sum of all receipts."""
    with till.store.read() as reader:
        total = series_totals(reader).grand_sales_minor
    told = sum(bill.payable for bill in here.books.done)
    hold("totals", total == told, f"{total} on the till, {told} on the receipts")


def completed_in(till: Till) -> list[SaleCompleted]:
    """Return the completed sales of a journal."""
    bodies = (record.body() for record in till.store.records())
    return [body for body in bodies if isinstance(body, SaleCompleted)]
