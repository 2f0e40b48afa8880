"""What the people in the shop know: the oracle that a till's journal is held against.

Nothing here is taken from the till but what it told somebody: the lines and the amount on its
screen, the change to give, the number on the paper. Then each record of the journal must be
something that somebody did: an event that nobody asked for is as wrong as one that is missing.
What was under way when a till died may have happened or not; the journal says which.
"""

from __future__ import annotations

from collections import Counter

from cashwrap.events import Event
from cashwrap.sale.events import SaleCancelled, SaleCompleted, SaleResumed, SaleSuspended
from cashwrap.sale.sale import Sale
from cashwrap.stock.events import StockMoved
from cashwrap.tender import events as tender
from cashwrap.till import Till

from .approvals import Approvals
from .bills import Bill, Wants, difference, encoded, hold
from .drawers import Drawers

CASH_STEP = 10


class Books:
    """What is known of one till."""

    def __init__(self, stock: dict[str, int], seq: int, *, guarded: bool) -> None:
        self.open: dict[str, Bill] = {}
        self.parked: dict[str, Bill] = {}
        self.done: list[Bill] = []  # by receipt number
        self.by_sale: dict[str, Bill] = {}  # the same, by sale
        self.back: dict[str, Counter[int]] = {}  # sale -> line -> what came back of it
        self.refunds: Counter[str] = Counter()  # sale -> what went back for it
        self.refund_of: dict[str, tuple[str, int]] = {}  # refund -> the return, tip in it
        self.resumed: list[tuple[str, str]] = []  # code and sale of holds that are over
        self.drawers = Drawers()
        self.approvals = Approvals(guarded)
        self.stock: Counter[str] = Counter(stock)
        self.delivery: tuple[str, int] | None = None  # goods that are being booked
        self.voiding = 0  # the receipt that is being reversed
        self._seq = seq

    # What the clerk does

    def began(self, sale: Sale) -> Bill:
        """A sale was begun at a register."""
        bill = self.open[sale.id] = Bill(sale.id, sale.register)
        bill.saw(sale)
        return bill

    def flushed(self) -> None:
        """The draft was put on the disk."""
        for bill in self.open.values():
            bill.flushed = len(bill.edits)

    def saw(self, till: Till) -> None:
        """The clerks read their screens, and nothing is under way any more."""
        for sale in till.open_sales():
            bill = self.open.get(sale.id)
            if bill is None:
                hold("sale.unknown", sale.id not in self.parked, f"{sale.id} came back by itself")
                bill = self.began(sale)
            bill.saw(sale)
        self.rest()

    def rest(self) -> None:
        """Nothing is under way any more."""
        for bill in (*self.open.values(), *self.parked.values()):
            bill.wants = Wants()
        self.delivery, self.voiding, self.drawers.moving = None, 0, None

    # What the journal says came of it

    def look(self, till: Till) -> None:
        """Read the records that are new, and see that somebody did each."""
        for record in till.store.records(self._seq):
            self._seq = record.seq
            body = record.body()
            self.approvals.told(record.envelope.staff, body)
            self._told(till, body)

    def _told(self, till: Till, body: Event) -> None:
        match body:
            case tender.CashTaken():
                self._cash_taken(body)
            case tender.CashReturned():
                self._cash_returned(body)
            case tender.CreditIssued():
                bill = self._paying(body.sale)
                hold("credit", bill.wants.refund, f"a credit note for {body.sale}, unasked")
                bill.credit -= body.amount_minor - sum(each.rounding_minor for each in body.of)
            case tender.TenderRecorded():
                self._paying(body.sale).credit += body.amount_minor
            case tender.TenderRefundIntended():
                self.refund_of[body.refund] = body.sale, body.tip_minor
            case SaleCompleted():
                self._completed(till, body)
            case SaleCancelled():
                self._cancelled(body)
            case SaleSuspended():
                self._suspended(body)
            case SaleResumed():
                self._resumed(body)
            case StockMoved():
                self._delivered(body)
            case _:
                self.drawers.told(body)

    def _paying(self, sale: str) -> Bill:
        bill = self.open.get(sale)
        if bill is None and self.voiding:
            bill = self.open[sale] = self._void_bill(sale, "")
        if bill is None:
            hold("money.where", False, f"money moved on {sale}, which is not open")
            raise AssertionError
        return bill

    def _cash_taken(self, body: tender.CashTaken) -> None:
        bill = self._paying(body.sale)
        tendered, bill.wants.tendered = bill.wants.tendered, 0
        hold("cash.twice", tendered > 0, f"{body.payment}: cash that nobody gave")
        hold("cash.tendered", body.tendered_minor == tendered, f"{body}, {tendered} in hand")
        kept = tendered - body.change_minor
        hold("cash.change", 0 <= body.change_minor <= tendered, f"change {body}")
        hold("cash.rounding", -CASH_STEP < body.rounding_minor <= 0, f"rounding {body}")
        bill.cash += kept - body.rounding_minor
        self.drawers.moved(body.register, kept)

    def _cash_returned(self, body: tender.CashReturned) -> None:
        bill = self._paying(body.sale)
        asked = bill.wants.back or bill.wants.refund or self.voiding
        hold("cash.given", bool(asked), f"cash of {body.sale} went out unasked")
        bill.cash -= body.amount_minor - body.rounding_minor
        self.drawers.moved(body.register, -body.amount_minor)

    def _completed(self, till: Till, body: SaleCompleted) -> None:
        bill = self.open.get(body.sale) or self._void_bill(body.sale, body.register)
        if body.type == "post_void" and not bill.voids:
            self._voids(bill)
        number = len(self.done) + 1
        hold("numbers", body.number == number, f"receipt {body.number} where {number} was due")
        told = f"{bill.sale}: {body.payable_minor} on paper, {bill.net} on the screen"
        hold("sale.payable", body.payable_minor == bill.net, told)
        self._shelf(till, bill, body)
        for of_sale in dict.fromkeys(each.of_sale for each in body.returns):
            refunds = [each.refund_minor for each in body.returns if each.of_sale == of_sale]
            self._came_back(bill, of_sale, sum(refunds))
        lines = () if body.priced is None else body.priced.lines
        bill.paid_lines = {line.line: line.payable_minor for line in lines}
        bill.number, bill.is_sale = body.number, body.type == "sale"
        self.drawers.sold(body.register, bill)
        self.done.append(bill)
        self.by_sale[bill.sale] = bill
        self.open.pop(bill.sale, None)

    def _shelf(self, till: Till, bill: Bill, body: SaleCompleted) -> None:
        """What leaves the shelf is what lay on the counter."""
        own, moved = till.settings.own_location, Counter[str]()
        for move in body.moves:
            moved[move.sku] += move.quantity_milli * ((move.source == own) - (move.target == own))
        taken = bill.taken_from_shelf()
        same = all(moved[sku] == taken[sku] for sku in {*moved, *taken})
        hold("stock.moves", same, f"{dict(moved)} moved, {dict(taken)} on the counter")
        self.stock.subtract(taken)

    def _came_back(self, bill: Bill, of_sale: str, refund: int) -> None:
        """No unit comes back twice, and all of a sale brings what was paid for it."""
        if not of_sale:
            return
        original = self.by_sale[of_sale]
        gone = self.back.setdefault(of_sale, Counter())
        for line, (_, milli) in bill.back.get(of_sale, {}).items():
            gone[line] += milli
            left = original.lines[line][1] - gone[line]
            hold("return.twice", left >= 0, f"line {line} of {of_sale} came back twice")
        self.refunds[of_sale] += refund
        told = f"{self.refunds[of_sale]} went back of {original.payable} for {of_sale}"
        hold("return.sum", self.refunds[of_sale] <= original.payable, told)
        if all(gone[line] == milli for line, (_, milli) in original.lines.items()):
            hold("return.exact", self.refunds[of_sale] == original.payable, told)

    def _void_bill(self, sale: str, register: str) -> Bill:
        hold("sale.unknown", bool(self.voiding), f"{sale} came from nowhere")
        bill = Bill(sale, register)
        self._voids(bill)
        return bill

    def _voids(self, bill: Bill) -> None:
        """A bill reverses the whole of a receipt."""
        hold("void", bool(self.voiding) or bool(bill.back), f"{bill.sale} is a void, unasked")
        number = self.voiding or self.by_sale[next(iter(bill.back))].number
        original = self.done[number - 1]
        hold("void.twice", not self.back.get(original.sale), f"receipt {number} is void twice")
        bill.voids, bill.returned = number, original.payable
        bill.back = {original.sale: dict(original.lines)}

    def _cancelled(self, body: SaleCancelled) -> None:
        bill = self.open.pop(body.sale, None) or self.parked.pop(body.sale, None)
        if bill is None:
            hold("sale.cancelled", bool(self.voiding), f"{body.sale} was cancelled, unasked")
            return
        asked = bill.wants.cancel or self.voiding
        hold("sale.cancelled", bool(asked), f"sale {bill.sale} ended by itself")
        money = bill.cash or bill.credit
        hold("sale.cancelled", not money, f"{bill.sale} cancelled with money on it")

    def _suspended(self, body: SaleSuspended) -> None:
        bill = self.open.pop(body.sale)
        hold("hold.unasked", bill.wants.suspend, f"{body.sale} was suspended by itself")
        hold("hold.total", body.total_minor == bill.net, f"{body.total_minor}, told {bill.net}")
        found = encoded(body.history)
        same = found[: len(bill.edits)] == bill.edits
        hold("hold.edits", same, f"{body.sale}: {difference(bill.edits, found)}")
        bill.code, bill.edits = body.code, found
        self.parked[body.sale] = bill

    def _resumed(self, body: SaleResumed) -> None:
        hold("hold.twice", body.sale in self.parked, f"{body.sale} was resumed twice")
        bill = self.parked.pop(body.sale)
        hold("hold.unasked", bill.wants.resume, f"{body.sale} was resumed by itself")
        bill.edits += encoded(body.edits)
        bill.flushed = len(bill.edits)  # the journal has them
        bill.register = body.register
        self.resumed.append((bill.code, bill.sale))
        self.open[body.sale] = bill

    def _delivered(self, body: StockMoved) -> None:
        delivery, self.delivery = self.delivery, None
        booked = [(move.sku, move.quantity_milli) for move in body.moves]
        hold("stock.delivery", [delivery] == booked, f"{booked} booked, {delivery} came")
        for sku, milli in booked:
            self.stock[sku] += milli

    # After a restart

    def came_up(self, till: Till, *, power_cut: bool) -> None:
        """Everything acknowledged is there; a power cut may take edits that were never flushed."""
        self.look(till)
        there = {sale.id: sale for sale in till.open_sales()}
        for bill in tuple(self.open.values()):
            sale = there.pop(bill.sale, None)
            if sale is None:
                self._lost(till, bill, power_cut)
                continue
            self._same_edits(bill, sale, power_cut)
            bill.forget_after(sale.history)
        for sale in there.values():  # begun, and the till died before it said so
            hold("hold.twice", sale.id not in self.parked, f"{sale.id} waits, and is open")
            fresh = len(sale.history) == 1 or self.voiding
            hold("sale.unknown", bool(fresh), f"sale {sale.id} came from nowhere")
        self.saw(till)

    def _lost(self, till: Till, bill: Bill, power_cut: bool) -> None:
        money = [each for each in till.payments_of(bill.sale) if each.paid_minor or each.undecided]
        hold("sale.lost", power_cut and not bill.flushed, f"open sale {bill.sale} is gone")
        hold("sale.lost", not money, f"open sale {bill.sale} is gone, with money on it")
        del self.open[bill.sale]

    def _same_edits(self, bill: Bill, sale: Sale, power_cut: bool) -> None:
        found = encoded(sale.history)
        known = bill.edits[: len(found)] if power_cut else bill.edits
        hold("sale.edits", found[: len(known)] == known, f"{bill.sale}: {difference(known, found)}")
        least = bill.flushed if power_cut else len(bill.edits)
        hold("sale.edits", len(found) >= least, f"{bill.sale}: {len(found)} of {least} edits back")
        hold("sale.edits", len(found) <= len(bill.edits) + 1, f"{bill.sale}: edits nobody made")
