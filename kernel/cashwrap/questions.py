"""What a till is asked that changes nothing: what goods would come to, sold or brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from cashwrap.errors import InvalidInput, whole
from cashwrap.papers import Papers
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart
from cashwrap.sale.projection import day_totals
from cashwrap.staff.rights import Act
from cashwrap.stock.recipes import sellable
from cashwrap.stock.view import Stock
from cashwrap.tender.pan import words

if TYPE_CHECKING:
    from cashwrap.catalog.model import Found, Group
    from cashwrap.catalog.picker import Picker
    from cashwrap.pricing.model import PricedLine
    from cashwrap.sale.goods import Quantity
    from cashwrap.sale.projection import DayTotals
    from cashwrap.sale.quote import Quoted
    from cashwrap.sale.returning.deciding import Asked
    from cashwrap.sale.returning.quoted import ReturnQuote
    from cashwrap.sale.returning.report import ReturnReport
    from cashwrap.sale.returning.returnable import Returnable
    from cashwrap.store.records import Record

T = TypeVar("T")


class Questions(Papers):
    """A counter that answers questions about goods; nothing of it is written."""

    def quote(
        self,
        lines: Sequence[Quoted],
        *,
        order_type: str = "",
        customer: str = "",
        promotions: bool = True,
    ) -> tuple[PricedLine, ...]:
        """Return what goods would come to if they were sold together now; nothing is written.

        Promotions count that need no member, coupon or choice. Raises UnknownItem, NoPrice,
        NotForSale, SlotRefused, ModifierRefused.
        """
        from cashwrap.sale.quote import quote

        self._check_open()
        return quote(self, self._cart(order_type, customer, promotions=promotions), lines)

    def returnable(self, receipt: int | str) -> Returnable:
        """Return what of a finished sale can still come back, line by line.

        ``receipt`` is its number, the square code on the paper, or its id. Raises NoSuchSale.
        """
        from cashwrap.sale.returning.returnable import returnable
        from cashwrap.sale.returning.terms import is_late

        self._check_open()
        original, today = self.original(receipt), self.day_of(self.latest_ms())
        late = is_late(self.settings.returns, original.sale.day, today)
        return returnable(original, late=late)

    def return_quote(
        self,
        receipt: int | str,
        lines: Asked | None = None,
        *,
        sale: str = "",
        charge_gifts: bool = False,
    ) -> ReturnQuote:
        """Return what goods of a receipt would bring if they came back now.

        ``sale`` is the open one they would come back on: what is on it already is counted. Raises
        NoSuchSale, and what `Sale.take_back` raises of goods.
        """
        from cashwrap.sale.returning.quoted import quoted

        self._check_open()
        original = self.original(receipt, sale)
        on_it = self._open[sale].returns if sale in self._open else ()
        mine = [one.answer for one in on_it if one.of_sale == original.sale.sale]
        return quoted(original, lines, mine, charge_gifts=charge_gifts)

    def return_quote_unreceipted(
        self, sku: str, quantity: Quantity = 1, *, customer: str = ""
    ) -> ReturnQuote:
        """Return what goods would bring without a receipt.

        Raises what `Sale.take_back_unreceipted` raises of goods.
        """
        from cashwrap.sale.returning.quoted import quoted_unreceipted
        from cashwrap.sale.returning.unreceipted import Named

        self._check_open()
        cart = self._cart("", customer, promotions=False)
        return quoted_unreceipted(self, cart, Named(sku, quantity))

    def look_up(self, code: str) -> Found:
        """Return what a scanned code names in the catalog, without selling it.

        Raises ScanError for what cannot be goods, UnknownItem, HoldSlipScanned.
        """
        from cashwrap.sale.goods import found_by
        from cashwrap.scan.decode import decode

        self._check_open()
        scan = decode(code, self.settings.scan, now_ms=self.now().wall_ms)
        return found_by(self.catalog, scan)

    def takings(self, day: int = 0) -> DayTotals:
        """Return the sums of a business day (yyyymmdd), today by default."""
        with self.store.read() as reader:
            return day_totals(reader, day or self.day_of(self.now().wall_ms))

    def returned(self, first_day: int = 0, last_day: int = 0) -> ReturnReport:
        """Return what came back on some business days: why, by whom, which goods.

        Days are yyyymmdd: today by default, one day where only the first is given.
        """
        from cashwrap.sale.returning.report import report

        first = first_day or self.day_of(self.now().wall_ms)
        with self.store.read() as reader:
            return report(reader, first, last_day or first)

    def ask_stock(self, question: Callable[[Stock], T]) -> T:
        """Return the answer to a question about stock, from one consistent view."""
        with self.store.read() as reader:
            return question(Stock(reader))

    def available(self, sku: str, location: str = "") -> int:
        """Return what may still be sold of a SKU here: on hand, less promises and open sales.

        Of what is made to order: how many whole units its ingredients are enough for.
        """
        place = location or self.settings.own_location

        def on_hand(part: str) -> int:
            held = self.ask_stock(lambda stock: stock.available(part, place))
            return held - self.on_open_sales(part)

        return sellable(sku, self.catalog.find_sku, on_hand)

    def picker(self, family: str, *, customer: str = "") -> Picker:
        """Return the spec tree of a family with price and stock per leaf. Raises UnknownItem."""
        from cashwrap.catalog.picker import picker

        context = self.price_context(customer)
        return picker(self.catalog, family, self.now().wall_ms, context, self.available)

    def groups(self) -> tuple[Group, ...]:
        """Return the register's pages in this store's order."""
        return self.catalog.groups(self.settings.store)

    def shown_takings(self, day: int = 0, *, staff: str = "", register: str = "") -> DayTotals:
        """Return the sums of a business day as a register may show them.

        They tell what a drawer should hold, so they ask for the right ``shift.count``; an approval
        is good for one look. Raises NotSignedIn, RightDenied, ApprovalNeeded.
        """
        self._check_open()
        asked = whole(day, "a business day") or self.day_of(self.now().wall_ms)
        act = Act("shift.count", str(asked), "see the takings of the day")
        self.allow(act, staff, register)
        self.use_up(staff, register)
        with self.store.read() as reader:
            return day_totals(reader, asked)

    def journal_page(
        self, after_seq: int = 0, limit: int = 100, *, staff: str = "", register: str = ""
    ) -> list[Record]:
        """Return up to ``limit`` records of the journal after one, oldest first.

        All that the shop does stands in it, so it asks for the right ``journal.read``; an approval
        is good for one page. Raises HistoryTrimmed for records that are gone, NotSignedIn,
        RightDenied, ApprovalNeeded, InvalidInput.
        """
        self._check_open()
        if whole(after_seq, "a record's number") < 0 or not 1 <= whole(limit, "a limit") <= 1000:
            raise InvalidInput("read 1 to 1000 records after a number of 0 or more")
        act = Act("journal.read", str(after_seq), f"{limit} records")
        self.allow(act, staff, register)
        self.use_up(staff, register)
        return list(islice(self.store.records(after_seq), limit))

    def _cart(self, order_type: str, customer: str, *, promotions: bool) -> Cart:
        """Return a cart that nobody buys."""
        at_ms = self.now().wall_ms
        rules = self.shop_rules.in_force(at_ms) if promotions else None
        opened = edits.SaleOpened(
            sale="",
            order_type=order_type or self.settings.order_types[0],
            customer=words(customer, "a customer"),
            rules=None if rules is None else self.rules_at(rules),
            at_ms=at_ms,
        )
        return Cart(opened, self.engine, rules)
