"""The scripted morning: who comes in, what they buy, and what goes wrong.

Everything goes through the public `Till` and `Sale`, as a vendor's program would. The dice are
fixed, so the same morning comes out every time.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from cashwrap.catalog.search import gtin_text
from cashwrap.demo.customers import Note
from cashwrap.demo.people import EARLY, LATE
from cashwrap.demo.ports import MORNING_MS, DemoClock
from cashwrap.demo.shifts import Shifts
from cashwrap.errors import CashwrapError
from cashwrap.sale.holds.model import Hold
from cashwrap.sale.sale import Sale
from cashwrap.shift.model import ShiftReport
from cashwrap.till import Till

SALES = 220
OPENS_MS, CLOSES_MS = MORNING_MS + 90 * 60_000, MORNING_MS + 360 * 60_000  # 07:30 to 12:00
HANDOVER = 110


class Story(NamedTuple):
    """What the morning came to."""

    counts: Counter[str]
    notes: tuple[Note, ...]
    showcase: int  # the receipt number to look at
    z: ShiftReport


class Morning(Shifts):
    """One morning at one till."""

    def __init__(self, till: Till, clock: DemoClock) -> None:
        super().__init__(till, clock, EARLY)
        self.showcase = 0
        self.held: Hold | None = None
        self.incidents: dict[int, Callable[[], None]] = {
            9: self.expired_yoghurt,
            21: self.payment_code_in_cart,
            34: self.price_override,
            47: self.cancelled_sale,
            52: self.phone_rings,
            55: self.back_from_the_phone,
            58: self.reprint,
            76: self.wrong_check_digit,
            95: self.card_number_in_note,
            118: self.drawer_without_sale,
            140: self.dented_box,
            160: self.case_of_water,
            172: self.sour_yoghurt,
            188: self.for_the_receipt,
        }

    def run(self, tell: Callable[[int, int], None]) -> Story:
        """Ring up the morning; ``tell`` gets (done, total)."""
        for number in range(SALES):
            if number in (0, HANDOVER):
                self.clock.wait(OPENS_MS - 300_000 - self.clock.wall_ms)
                z = self.hand_over() if number else None
                self.take_over(LATE if number else EARLY)
            arrival = OPENS_MS + (CLOSES_MS - OPENS_MS) * number // SALES
            self.clock.wait(arrival + self.dice.below(40_000) - self.clock.wall_ms)
            incident = self.incidents.get(number)
            if incident is not None:
                incident()
            else:
                self.customer(number)
            tell(number + 1, SALES)
        assert z is not None  # after the hand-over
        return Story(self.counts, tuple(self.notes), self.showcase, z)

    # What is out of the ordinary

    def expired_yoghurt(self) -> None:
        """A pack from the back of the fridge, three days over its date."""
        sale = self.begin()
        yoghurt = self.named("Z001")
        self.scan(sale, yoghurt)
        code = f"]d201{yoghurt.gtins[0]:014d}1725031210L250226"  # GTIN, expiry, lot
        self.clock.wait(1_500)
        self.refused(sale, code, "Expired pack")
        self.finish(sale)

    def payment_code_in_cart(self) -> None:
        """The customer shows a payment code while goods are still being scanned."""
        sale = self.begin()
        self.scan(sale, self.named("D011"))
        self.refused(sale, "134567890123456789", "Payment code")
        self.finish(sale)

    def wrong_check_digit(self) -> None:
        """A dirty label is read wrong."""
        sale = self.begin()
        self.refused(sale, "6900000000105", "Misread label")
        self.scan(sale, self.named("D001"))
        self.finish(sale)

    def refused(self, sale: Sale, code: str, title: str) -> None:
        """Scan something that must not get onto the sale."""
        before = sale.totals
        try:
            sale.scan(code, staff=self.staff)
        except CashwrapError as refusal:
            assert sale.totals == before
            self.counts["stopped"] += 1
            text = str(refusal)
            self.note(title, f"{text[0].upper()}{text[1:]}.")

    def price_override(self) -> None:
        """The shelf still shows last week's price; the customer gets it."""
        sale = self.begin()
        line = sale.scan(gtin_text(self.named("S024").gtins[0]), staff=self.staff)
        self.approved(lambda: sale.override_price(line.number, 580, "货架价签未换"))
        was = self.money(line.goods.unit_minor)
        text = f"{line.goods.name}: ¥5.80 for {was}; reason and approver kept."
        self.note("New price", text)
        self.finish(sale)

    def dented_box(self) -> None:
        """A dented box goes with a discount."""
        sale = self.begin()
        line = sale.scan(gtin_text(self.named("S005").gtins[0]), staff=self.staff)
        number = line.number
        self.approved(lambda: sale.discount(percent_ppm=200_000, lines=[number], reason="包装破损"))
        self.note(
            "Dented box", "20 % off: a clerk may give 10, so the manager's PIN, for this act."
        )
        self.finish(sale)

    def case_of_water(self) -> None:
        """A whole case has a barcode and a price of its own, and draws 24 from stock."""
        sale = self.begin()
        line = sale.scan(gtin_text(self.named("D001").packs[0].gtins[0]), staff=self.staff)
        price = self.money(line.goods.unit_minor)
        self.note("Case", f"{line.goods.name}: a case of 24 by its own barcode, {price}.")
        self.finish(sale)

    def cancelled_sale(self) -> None:
        """The wallet was left at home."""
        sale = self.begin()
        self.groceries(sale)
        total = self.money(sale.totals.payable_minor)
        lines = len(sale.lines)
        self.approved(lambda: sale.cancel("忘带手机"))
        self.counts["cancelled"] += 1
        self.note("Cancelled", f"{lines} lines, {total}. All of it stays in the journal.")

    def phone_rings(self) -> None:
        """The customer takes a call; the next one is served meanwhile."""
        sale = self.begin()
        self.groceries(sale)
        total, lines = self.money(sale.totals.payable_minor), len(sale.lines)
        self.held = sale.suspend("接电话", staff=self.staff)
        self.note("Suspended", f"{lines} lines, {total}: 接电话. Slip {self.held.code}.")

    def back_from_the_phone(self) -> None:
        """The slip is scanned, and everything is there."""
        assert self.held is not None
        back = self.till.holds.resume(self.held.code, staff=self.staff)
        assert back.changes.nothing
        self.note("Resumed", f"Slip {self.held.code} is scanned: the same lines, the same price.")
        self.finish(back.sale)

    def sour_yoghurt(self) -> None:
        """Two yoghurts were bought, the second at half price; one comes back."""
        sale = self.begin()
        yoghurt = self.named("Z001")
        self.scan(sale, yoghurt)
        self.scan(sale, yoghurt)
        self.count_promotions(sale)
        paid = self.money(sale.totals.payable_minor)
        line = sale.lines[0].number
        self.in_cash(sale)
        self.counts["sales"] += 1
        self.counts["lines"] += 1
        self.clock.wait(60_000)
        back = self.till.new_sale("takeaway", staff=self.staff)
        back.take_back(self.receipts, [(line, 1)], reason="变质", location="damaged")
        given = self.money(self.approved(back.refund).cash_minor)
        self.counts["returns"] += 1
        self.note("Return", f"One of two yoghurts ({paid}, the second at half price): {given}.")

    def reprint(self) -> None:
        """A customer wants the paper again."""
        number = self.receipts
        receipt = self.till.reprint(self.till.sale_of_number(number), staff=self.staff)
        assert receipt.marks
        self.note("Reprint", f"Receipt {number} once more, marked as copy 1 and counted.")

    def card_number_in_note(self) -> None:
        """Somebody types a card number into a note; it never reaches the disk."""
        sale = self.begin()
        self.breakfast(sale)
        sale.note("卡号 6228480402564899", staff=self.staff)
        self.note("Card number", f"Kept as {sale.cart.header.note}")
        self.finish(sale)

    def drawer_without_sale(self) -> None:
        """Change for a note of 100: the drawer opens without a sale."""
        self.approved(lambda: self.till.no_sale("换零钱"))
        self.note("No sale", "Drawer opened for change; who and why is journaled.")

    def for_the_receipt(self) -> None:
        """A sale with a bit of everything."""
        sale = self.till.new_sale("dine_in", customer="member", staff=self.staff)
        drink = self.add(sale, "PEARL-MIF", ["coco"])
        sale.change_spec(drink, "PEARL-LIS", modifiers=["coco", "oat"])
        sale.note("少放珍珠", drink, staff=self.staff)
        sale.add("MEAL1", choices={"面点": ["B012"], "饮品": ["LATTE-MHO"]}, staff=self.staff)
        sale.scan(self.label(self.named("R001"), 862, long=True), staff=self.staff)
        self.scan(sale, self.named("D001"))
        self.scan(sale, self.named("D001"))
        self.hint(sale)
        box = sale.scan(gtin_text(self.named("S007").gtins[0]), staff=self.staff)
        sale.discount(percent_ppm=100_000, lines=[box.number], reason="包装破损", staff=self.staff)
        self.scan(sale, self.named("H003"))
        sale.void_line(sale.lines[-1].number, "顾客不要了", staff=self.staff)
        self.add(sale, "LATTE-MHO", [])
        self.key(sale, self.named("B007").plus[0], 1)
        self.scan(sale, self.named("Z001"))
        self.scan(sale, self.named("Z002"))
        self.coupon(sale)
        self.count_promotions(sale)
        self.counts["lines"] += len(sale.lines)
        sale.pay_cash(2_000, staff=self.staff)
        self.by_code(sale, "wechat")
        self.settle(sale)
        self.counts["sales"] += 1
        self.showcase = self.receipts

    def hint(self, sale: Sale) -> None:
        """Tell the customer what adding a little would save (凑单)."""
        names = {rule.id: rule.name["zh-CN"] for rule in sale.rules}
        for hint in sale.hints()[:1]:
            more = str(hint.add_count) if hint.add_count else self.money(hint.add_minor)
            gain = self.money(hint.gain_minor)
            self.note("Hint", f"{names[hint.rule]}: {more} more, and {gain} more comes off.")
