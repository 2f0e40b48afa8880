"""The scripted morning: who comes in, what they buy, and what goes wrong.

Everything goes through the public `Till` and `Sale`, as a vendor's program would. The dice are
fixed, so the same morning comes out every time.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from cashwrap.catalog.model import Item
from cashwrap.catalog.search import gtin_text
from cashwrap.demo.ports import MORNING_MS, DemoClock, Dice
from cashwrap.errors import CashwrapError
from cashwrap.money import div_round
from cashwrap.sale.sale import Sale
from cashwrap.scan.digits import check_digit
from cashwrap.till import Till

SALES = 220
OPENS_MS, CLOSES_MS = MORNING_MS + 90 * 60_000, MORNING_MS + 360 * 60_000  # 07:30 to 12:00
EARLY, LATE = "王芳", "李强"
YOGHURT = "]d20106900000000687172503121" + "0L250226"


class Note(NamedTuple):
    """Something that happened, for the story."""

    at_ms: int
    title: str
    text: str


class Story(NamedTuple):
    """What the morning came to."""

    counts: Counter[str]
    notes: tuple[Note, ...]
    showcase: int  # the receipt number to look at


class Morning:
    """One morning at one till."""

    def __init__(self, till: Till, clock: DemoClock) -> None:
        self.till = till
        self.clock = clock
        self.dice = Dice(20250315)
        self.counts: Counter[str] = Counter()
        self.notes: list[Note] = []
        self.staff = EARLY
        self.showcase = 0
        self.items = _by_category(till)
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

    # Everyday customers

    def customer(self, number: int) -> None:
        """Somebody comes in and buys what one buys at this hour."""
        sale = self.begin()
        kind = self.dice.below(100)
        breakfast = number < 90
        if kind < (50 if breakfast else 15):
            self.breakfast(sale)
        elif kind < 65:
            self.drinks(sale)
        elif kind < 72:
            self.set_meal(sale)
        elif kind < 88:
            self.groceries(sale)
        else:
            self.snacks(sale)
        self.second_thoughts(sale)
        self.pay(sale)

    def begin(self, customer: str = "") -> Sale:
        """Begin a sale; one customer in five is a member."""
        member = customer or ("member" if self.dice.chance(20) else "")
        place = "dine_in" if self.dice.chance(25) else "takeaway"
        self.counts["members"] += member == "member"
        return self.till.new_sale(place, customer=member, staff=self.staff)

    def breakfast(self, sale: Sale) -> None:
        """Buns by their keys, and something to drink with them."""
        for _ in range(1 + self.dice.below(3)):
            self.key(sale, self.one("bakery").plus[0], 1 + self.dice.below(2))
        if self.dice.chance(60):
            self.drink(sale)
        elif self.dice.chance(60):
            self.scan(sale, self.one("dairy"))

    def drinks(self, sale: Sale) -> None:
        """One to three drinks made to order."""
        for _ in range(1 + self.dice.below(3)):
            self.drink(sale)

    def drink(self, sale: Sale) -> None:
        """A drink of some size, temperature and sweetness, maybe with toppings; some rethink."""
        sku = self.one("teabar").sku
        wanted = ("pearl", "coco", "oat", "shot", "own-cup", "no-straw")
        modifiers = [wanted[self.dice.below(6)]] if self.dice.chance(45) else []
        line = self.add(sale, sku, modifiers=modifiers)
        if self.dice.chance(15):
            family, _, spec = sku.partition("-")
            sale.change_spec(line, f"{family}-{'L' if spec[0] == 'M' else 'M'}{spec[1:]}")
            self.counts["specs changed"] += 1
        if self.dice.chance(8):
            sale.note("分开装", line, staff=self.staff)
            self.counts["notes"] += 1

    def set_meal(self, sale: Sale) -> None:
        """A set meal, its slots filled with what the customer wants."""
        meal = self.one("meal")
        choices = {
            slot.name: [
                slot.choices[self.dice.below(len(slot.choices))].sku for _ in range(slot.at_least)
            ]
            for slot in meal.slots
        }
        self.clock.wait(4_000)
        sale.add(meal.sku, choices=choices, staff=self.staff)
        self.counts["set meals"] += 1

    def groceries(self, sale: Sale) -> None:
        """Fruit and vegetables with the scale's labels or weighed at the till, and some packs."""
        for _ in range(2 + self.dice.below(4)):
            self.weighed(sale, self.one("veg" if self.dice.chance(60) else "fruit"))
        for _ in range(self.dice.below(5)):
            self.scan(sale, self.one("grain" if self.dice.chance(40) else "daily"))
        self.scan(sale, self.named("H012"))

    def snacks(self, sale: Sale) -> None:
        """A few packs."""
        for _ in range(1 + self.dice.below(5)):
            category = ("drink", "snack", "instant", "dairy")[self.dice.below(4)]
            self.scan(sale, self.one(category))

    def second_thoughts(self, sale: Sale) -> None:
        """Some customers want something less, or the last thing not at all."""
        self.counts["lines"] += len(sale.lines)
        mains = [line for line in sale.lines if not line.parent]
        if len(mains) > 1 and self.dice.chance(8):
            sale.void_line(mains[0].number, "顾客不要了", staff=self.staff)
            self.counts["lines voided"] += 1
        elif len(mains) > 1 and self.dice.chance(6):
            sale.undo(staff=self.staff)
            self.counts["undone"] += 1

    # Getting goods into the sale

    def one(self, category: str) -> Item:
        """Return some item of a category."""
        items = self.items[category]
        return items[self.dice.below(len(items))]

    def named(self, sku: str) -> Item:
        """Return an item by its SKU."""
        return self.till.catalog.by_sku(sku)

    def scan(self, sale: Sale, item: Item) -> None:
        """Scan a pack."""
        self.clock.wait(1_500)
        sale.scan(gtin_text(item.gtins[0]), staff=self.staff)
        self.counts["scanned"] += 1

    def key(self, sale: Sale, plu: str, quantity: int) -> None:
        """Key in a PLU."""
        self.clock.wait(2_000)
        sale.add(plu, quantity, staff=self.staff)

    def add(self, sale: Sale, sku: str, modifiers: list[str]) -> int:
        """Choose an item on the page; return its line."""
        self.clock.wait(3_000)
        return sale.add(sku, modifiers=modifiers, staff=self.staff).number

    def weighed(self, sale: Sale, item: Item) -> None:
        """Sell by weight: a label of the scale in one of two forms, or the till's own scale."""
        grams = 180 + self.dice.below(1_400)
        self.clock.wait(2_500)
        self.counts["weighed"] += 1
        way = self.dice.below(3)
        if way == 0:
            line = sale.add(item.plus[0], "1", staff=self.staff)
            sale.weigh(line.number, f"{grams // 1000}.{grams % 1000:03d}", staff=self.staff)
        else:
            sale.scan(self.label(item, grams, long=way == 2), staff=self.staff)

    def label(self, item: Item, grams: int, *, long: bool) -> str:
        """Return what the shop's scale prints: 13 digits with the amount, 18 with the weight."""
        now_ms = self.clock.wall_ms
        price = self.till.catalog.price_at(item.sku, now_ms, self.till.price_context(""))
        amount = div_round(price.unit_minor * grams, 1000, "half_up")
        digits = f"{'26' if long else '21'}{item.plus[0]}{amount:05d}"
        digits += f"{grams:05d}" if long else ""
        return f"{digits}{check_digit(digits)}"

    # Paying

    def pay(self, sale: Sale) -> None:
        """Pay as people do here: mostly by code, some with cash, some with both."""
        self.clock.wait(5_000)
        if not sale.lines:
            sale.cancel("顾客不要了", staff=self.staff)
            self.counts["cancelled"] += 1
            return
        way = self.dice.below(100)
        if way < 48:
            self.by_code(sale, "wechat")
        elif way < 78:
            self.by_code(sale, "alipay")
        elif way < 84:
            sale.payments.ask("card", staff=self.staff)
        elif way < 90 and sale.due_minor > 1_000:
            sale.pay_cash(500, staff=self.staff)
            self.counts["split"] += 1
            self.by_code(sale, "wechat")
        else:
            self.in_cash(sale)
        self.settle(sale)
        self.counts["sales"] += 1

    def by_code(self, sale: Sale, provider: str) -> None:
        """Scan the customer's payment code."""
        head = "13" if provider == "wechat" else "28"
        code = head + "".join(str(self.dice.below(10)) for _ in range(16))
        sale.payments.scan(code, staff=self.staff)

    def in_cash(self, sale: Sale) -> None:
        """Give the next round sum of notes."""
        due, _ = sale.payments.cash_due()
        step = 500 if due < 2_000 else 1_000 if due < 5_000 else 5_000
        sale.pay_cash(-(-due // step) * step, staff=self.staff)

    def settle(self, sale: Sale) -> None:
        """See a payment through: wait where nobody answered, pay cash where it was declined."""
        last = sale.payments.all[-1]
        if last.undecided:
            self.wait_for_answer(sale)
        elif last.state == "declined":
            self.counts["declined"] += 1
            self.note(
                "Declined",
                f"{last.driver} said no: {last.reason}. Paid in cash instead.",
            )
            self.in_cash(sale)

    def wait_for_answer(self, sale: Sale) -> None:
        """Ask on until the provider says how the payment stands."""
        last = sale.payments.all[-1]
        began_ms, silent = self.clock.wall_ms, last.state == "unknown"
        while sale.state != "completed" and self.till.next_step_ms is not None:
            self.clock.wait(self.till.next_step_ms - self.clock.steady_ms)
            self.till.step()
        waited = (self.clock.wall_ms - began_ms) // 1000
        amount = self.money(sale.totals.payable_minor)
        self.counts["in doubt"] += silent
        if silent:
            text = f"{last.driver} never answered for {amount}: in doubt, not failed. A query "
            text += f"{waited} s later: paid, once."
            self.note("No answer", text)

    # What goes wrong, and what must not

    def expired_yoghurt(self) -> None:
        """A pack from the back of the fridge, three days over its date."""
        sale = self.begin()
        self.scan(sale, self.named("Z001"))
        self.refused(sale, YOGHURT, "Expired pack")
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
        text = f"{line.goods.name}: 5.80 for 6.80, reason and approver kept."
        self.note("New price", text)
        self.finish(sale)

    def dented_box(self) -> None:
        """A dented box goes with a discount."""
        sale = self.begin()
        line = sale.scan(gtin_text(self.named("S005").gtins[0]), staff=self.staff)
        sale.discount(percent_ppm=200_000, lines=[line.number], reason="包装破损", staff=self.staff)
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
        box = sale.scan(gtin_text(self.named("S007").gtins[0]), staff=self.staff)
        sale.discount(percent_ppm=100_000, lines=[box.number], reason="包装破损", staff=self.staff)
        self.scan(sale, self.named("H003"))
        sale.void_line(sale.lines[-1].number, "顾客不要了", staff=self.staff)
        self.counts["lines"] += len(sale.lines)
        sale.pay_cash(2_000, staff=self.staff)
        self.by_code(sale, "wechat")
        self.settle(sale)
        self.counts["sales"] += 1
        self.showcase = self.counts["sales"]

    def finish(self, sale: Sale) -> None:
        """The rest of a sale in which something happened."""
        self.counts["lines"] += len(sale.lines)
        self.pay(sale)

    def note(self, title: str, text: str) -> None:
        """Remember something for the story."""
        self.notes.append(Note(self.clock.wall_ms, title, text))

    def money(self, minor: int) -> str:
        """Return an amount with its sign."""
        currency = self.till.settings.currency
        return f"{currency.symbol}{currency.format(minor)}"


def _by_category(till: Till) -> dict[str, list[Item]]:
    """Return what can be sold, by category, in order of SKU."""
    found: dict[str, list[Item]] = {}
    for item in till.catalog.items():
        if item.sellable:
            found.setdefault(item.category, []).append(item)
    return found
