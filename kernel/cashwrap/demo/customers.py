"""Everyday customers: what they buy at this hour, how it gets into the sale, how they pay."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from cashwrap.catalog.model import Item
from cashwrap.catalog.search import gtin_text
from cashwrap.demo.people import MANAGER, PINS
from cashwrap.demo.ports import DemoClock, Dice
from cashwrap.money import div_round
from cashwrap.sale.sale import Sale
from cashwrap.scan.digits import check_digit
from cashwrap.staff.errors import ApprovalNeeded
from cashwrap.till import Till

T = TypeVar("T")

COUPON, COUPON_EVERY = "SPRING5", 6


class Note(NamedTuple):
    """Something that happened, for the story."""

    at_ms: int
    title: str
    text: str


class Customers:
    """Whoever comes in while one of the staff stands at the till."""

    def __init__(self, till: Till, clock: DemoClock, staff: str) -> None:
        self.till = till
        self.clock = clock
        self.staff = staff
        self.dice = Dice(20250315)
        self.counts: Counter[str] = Counter()
        self.notes: list[Note] = []
        self.items = _by_category(till)

    @property
    def receipts(self) -> int:
        """Return the number of the last receipt."""
        return self.counts["sales"] + self.counts["returns"]

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
        if number % COUPON_EVERY == 0:
            self.coupon(sale)
        self.pay(sale)

    def begin(self) -> Sale:
        """Begin a sale; one customer in five is a member."""
        member = "member" if self.dice.chance(20) else ""
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

    def coupon(self, sale: Sale) -> None:
        """Show the spring coupon; the till uses it where it is worth something."""
        sale.add_coupon(COUPON, staff=self.staff)
        self.counts["coupons shown"] += 1

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
            self.approved(lambda: sale.cancel("顾客不要了"))
            self.counts["cancelled"] += 1
            return
        self.count_promotions(sale)
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

    def count_promotions(self, sale: Sale) -> None:
        """Remember what the rules take off this sale."""
        proof = sale.proof()
        applied = () if proof is None else proof.applied
        self.counts["promoted"] += bool(applied)
        self.counts["saved_minor"] += sum(each.saving_minor for each in applied)
        self.counts["coupons used"] += len(sale.coupons_used)

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

    def finish(self, sale: Sale) -> None:
        """The rest of a sale in which something happened."""
        self.counts["lines"] += len(sale.lines)
        self.pay(sale)

    def approved(self, act: Callable[[], T]) -> T:
        """Do something, with the manager's PIN where the clerk may not alone."""
        try:
            return act()
        except ApprovalNeeded as needed:
            self.till.staff.approve(needed.act, MANAGER, PINS[MANAGER])
            self.counts["approvals"] += 1
            return act()

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
