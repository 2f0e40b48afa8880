"""The scripted morning: who comes in, what they buy, and what goes wrong.

Everything goes through the public `Till` and `Sale`, as a vendor's program would. The dice are
fixed, so the same morning comes out every time.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from cashwrap.catalog.search import gtin_text
from cashwrap.demo.customers import Customers, Note
from cashwrap.demo.ports import MORNING_MS, DemoClock
from cashwrap.errors import CashwrapError
from cashwrap.sale.sale import Sale
from cashwrap.till import Till

SALES = 220
OPENS_MS, CLOSES_MS = MORNING_MS + 90 * 60_000, MORNING_MS + 360 * 60_000  # 07:30 to 12:00
EARLY, LATE = "王芳", "李强"


class Story(NamedTuple):
    """What the morning came to."""

    counts: Counter[str]
    notes: tuple[Note, ...]
    showcase: int  # the receipt number to look at


class Morning(Customers):
    """One morning at one till."""

    def __init__(self, till: Till, clock: DemoClock) -> None:
        super().__init__(till, clock, EARLY)
        self.showcase = 0
        self.incidents: dict[int, Callable[[], None]] = {
            9: self.expired_yoghurt,
            21: self.payment_code_in_cart,
            34: self.price_override,
            47: self.cancelled_sale,
            58: self.reprint,
            76: self.wrong_check_digit,
            95: self.card_number_in_note,
            118: self.drawer_without_sale,
            140: self.dented_box,
            160: self.case_of_water,
            188: self.for_the_receipt,
        }

    def run(self, tell: Callable[[int, int], None]) -> Story:
        """Ring up the morning; ``tell`` gets (done, total)."""
        for number in range(SALES):
            arrival = OPENS_MS + (CLOSES_MS - OPENS_MS) * number // SALES
            self.clock.wait(arrival + self.dice.below(40_000) - self.clock.wall_ms)
            self.staff = EARLY if number < 110 else LATE
            incident = self.incidents.get(number)
            if incident is not None:
                incident()
            else:
                self.customer(number)
            tell(number + 1, SALES)
        return Story(self.counts, tuple(self.notes), self.showcase)

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
        sale.override_price(line.number, 580, "货架价签未换", approver="店长", staff=self.staff)
        was = self.money(line.goods.unit_minor)
        text = f"{line.goods.name}: ¥5.80 for {was}; reason and approver kept."
        self.note("New price", text)
        self.finish(sale)

    def dented_box(self) -> None:
        """A dented box goes with a discount."""
        sale = self.begin()
        line = sale.scan(gtin_text(self.named("S005").gtins[0]), staff=self.staff)
        sale.discount(percent_ppm=200_000, lines=[line.number], reason="包装破损", staff=self.staff)
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
        sale.cancel("忘带手机", staff=self.staff)
        self.counts["cancelled"] += 1
        self.note("Cancelled", f"{lines} lines, {total}. All of it stays in the journal.")

    def reprint(self) -> None:
        """A customer wants the paper again."""
        number = self.counts["sales"]
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
        self.till.no_sale("换零钱", staff=self.staff)
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
        self.showcase = self.counts["sales"]

    def hint(self, sale: Sale) -> None:
        """Tell the customer what adding a little would save (凑单)."""
        names = {rule.id: rule.name["zh-CN"] for rule in sale.rules}
        for hint in sale.hints()[:1]:
            more = str(hint.add_count) if hint.add_count else self.money(hint.add_minor)
            gain = self.money(hint.gain_minor)
            self.note("Hint", f"{names[hint.rule]}: {more} more, and {gain} more comes off.")
