"""What the people in the shop know: the oracle that a till's journal is held against.

Nothing here is taken from the till but what it told somebody: the lines and the amount on its
screen, the change to give, the number on the paper. What was under way when a till died may have
happened or not; when it comes up again, the books take note of which.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.projection import Ended, ended
from cashwrap.sale.sale import Sale
from cashwrap.tender.payments import Payment
from cashwrap.till import Till

CASH_STEP = 10
_encode = msgspec.msgpack.Encoder().encode


class Wrong(Exception):
    """The till and the books disagree. ``check`` names the rule that is broken."""

    def __init__(self, check: str, what: str) -> None:
        super().__init__(check, what)
        self.check = check
        self.what = what

    def __str__(self) -> str:
        return f"{self.check}: {self.what}"


def hold(check: str, holds: bool, what: str) -> None:
    """Raise Wrong unless a rule holds."""
    if not holds:
        raise Wrong(check, what)


class Bill:
    """One sale, as its customer and its clerk know it."""

    def __init__(self, sale: str, register: str) -> None:
        self.sale = sale
        self.register = register
        self.edits: list[bytes] = []
        self.flushed = 0  # how many edits no power cut can take
        self.goods: Counter[str] = Counter()  # thousandths by SKU, as they lie on the counter
        self.payable = 0
        self.cash: dict[str, int] = {}  # what each cash payment counts
        self.given: dict[str, int] = {}  # cash given back, by the id of the act
        self.tendered = 0  # cash that the clerk has in hand for the payment under way
        self.back_wanted = False
        self.cancel_wanted = False
        self.end = ""  # completed, cancelled
        self.number = 0

    def saw(self, sale: Sale) -> None:
        """Take note of what the screen shows."""
        self.edits += [_encode(edit) for edit in sale.history[len(self.edits) :]]
        self.goods = goods_of(sale)
        self.payable = sale.totals.payable_minor

    def forget_after(self, history: tuple[AnyEdit, ...]) -> None:
        """Take note that the newest edits are gone."""
        self.edits = [_encode(edit) for edit in history]
        self.flushed = min(self.flushed, len(self.edits))

    @property
    def cash_counts(self) -> int:
        """What was paid in cash so far."""
        return sum(self.cash.values())


def goods_of(sale: Sale) -> Counter[str]:
    """Return the goods on the counter, thousandths by SKU."""
    found: Counter[str] = Counter()
    for line in sale.lines:
        found[line.goods.sku] += line.quantity_milli
    return found


class Books:
    """What is known of one till."""

    def __init__(self, stock: dict[str, int]) -> None:
        self.open: dict[str, Bill] = {}
        self.done: list[Bill] = []  # by receipt number
        self.cancelled: list[Bill] = []
        self.drawers: Counter[str] = Counter()  # cash in hand, by register
        self.stock: Counter[str] = Counter(stock)
        self.delivery: tuple[str, int] | None = None  # goods that are being booked

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

    # What came of it

    def look(self, till: Till) -> None:
        """Compare every open bill with the till, and take note of what ended."""
        endings: list[tuple[int, Bill, Ended]] = []
        for bill in self.open.values():
            self._follow_money(till, bill)
            with till.store.read() as reader:
                place = ended(reader, bill.sale)
            if place is not None:
                endings.append((place.seq, bill, place))
        for _, bill, place in sorted(endings, key=lambda each: each[0]):
            self._ended(till, bill, place)

    def _follow_money(self, till: Till, bill: Bill) -> None:
        """Whatever cash the till knows of was handed over, and counts as it should."""
        for payment in till.payments_of(bill.sale):
            if payment.kind != "cash":
                continue
            if payment.id not in bill.cash:
                self._took_cash(bill, payment)
            for refund in payment.refunds:
                if refund.id not in bill.given:
                    hold("cash.given", bill.back_wanted, f"cash of {bill.sale} went out unasked")
                    bill.given[refund.id] = refund.amount_minor
                    bill.cash[payment.id] -= refund.counts_minor
                    self.drawers[bill.register] -= refund.amount_minor

    def _took_cash(self, bill: Bill, payment: Payment) -> None:
        tendered, bill.tendered = bill.tendered, 0
        hold("cash.twice", tendered > 0, f"cash payment {payment.id} that nobody made")
        hold(
            "cash.tendered",
            payment.tendered_minor == tendered,
            f"{payment.tendered_minor} tendered on the till, {tendered} in hand",
        )
        kept = tendered - payment.change_minor
        hold("cash.change", 0 <= payment.change_minor <= tendered, f"change {payment}")
        rounding = payment.rounding_minor
        hold("cash.rounding", -CASH_STEP < rounding <= 0, f"{rounding} of rounding")
        bill.cash[payment.id] = kept - rounding
        self.drawers[bill.register] += kept

    def _ended(self, till: Till, bill: Bill, place: Ended) -> None:
        if place.state == "cancelled":
            hold("sale.cancelled", bill.cancel_wanted, f"sale {bill.sale} ended by itself")
            hold("sale.cancelled", bill.cash_counts == 0, f"{bill.sale} cancelled with money on it")
            bill.end = "cancelled"
            self.cancelled.append(self.open.pop(bill.sale))
            return
        body = till.record_of(bill.sale).body()
        assert isinstance(body, SaleCompleted)
        self._completed(till, bill, body)

    def _completed(self, till: Till, bill: Bill, body: SaleCompleted) -> None:
        number = len(self.done) + 1
        hold("numbers", body.number == number, f"receipt {body.number} where {number} was due")
        hold(
            "sale.payable",
            body.payable_minor == bill.payable,
            f"{bill.sale}: {body.payable_minor} on paper, {bill.payable} on the screen",
        )
        paid = sum(each.paid_minor for each in till.payments_of(bill.sale))
        hold("sale.paid", paid == body.payable_minor, f"{bill.sale}: {paid} of {bill.payable} paid")
        self._goods_left(bill, body)
        bill.end, bill.number = "completed", body.number
        self.done.append(self.open.pop(bill.sale))

    def _goods_left(self, bill: Bill, body: SaleCompleted) -> None:
        moved: Counter[str] = Counter()
        for move in body.moves:
            moved[move.sku] += move.quantity_milli
        hold("stock.moves", moved == bill.goods, f"{dict(moved)} moved, {dict(bill.goods)} sold")
        self.stock.subtract(bill.goods)

    # After a restart

    def came_up(self, till: Till, *, power_cut: bool) -> None:
        """Everything acknowledged is there; a power cut may take edits that were never flushed."""
        self._delivered(till)
        self.look(till)
        there = {sale.id: sale for sale in till.open_sales()}
        for bill in tuple(self.open.values()):
            sale = there.pop(bill.sale, None)
            if sale is None:
                self._lost(till, bill, power_cut)
                continue
            self._same_edits(bill, sale, power_cut)
            bill.forget_after(sale.history)
            bill.saw(sale)
        for sale in there.values():  # begun, and the till died before it said so
            hold("sale.unknown", len(sale.history) == 1, f"sale {sale.id} came from nowhere")
            self.began(sale)

    def _delivered(self, till: Till) -> None:
        """Goods that were being booked when the till died are booked, or not."""
        if self.delivery is None:
            return
        (sku, milli), self.delivery = self.delivery, None
        own = till.settings.own_location
        sold = sum(bill.goods[sku] for bill in self.open.values() if self._is_done(till, bill))
        on_hand = till.ask_stock(lambda stock: stock.on_hand(sku, own))
        if on_hand == self.stock[sku] + milli - sold:
            self.stock[sku] += milli

    def _is_done(self, till: Till, bill: Bill) -> bool:
        with till.store.read() as reader:
            place = ended(reader, bill.sale)
        return place is not None and place.state == "completed"

    def _lost(self, till: Till, bill: Bill, power_cut: bool) -> None:
        money = [each for each in till.payments_of(bill.sale) if each.paid_minor or each.undecided]
        hold("sale.lost", power_cut and not bill.flushed, f"open sale {bill.sale} is gone")
        hold("sale.lost", not money, f"open sale {bill.sale} is gone, with money on it")
        del self.open[bill.sale]

    def _same_edits(self, bill: Bill, sale: Sale, power_cut: bool) -> None:
        found = [_encode(edit) for edit in sale.history]
        known = bill.edits[: len(found)] if power_cut else bill.edits
        hold("sale.edits", found[: len(known)] == known, f"{bill.sale}: other edits than were made")
        least = bill.flushed if power_cut else len(bill.edits)
        hold("sale.edits", len(found) >= least, f"{bill.sale}: {len(found)} of {least} edits back")
        hold("sale.edits", len(found) <= len(bill.edits) + 1, f"{bill.sale}: edits nobody made")
