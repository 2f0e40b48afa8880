"""``/reports``, ``/lookup``, ``/credits``: what a shopkeeper asks at the till."""

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.pay_bodies import ReturnQuoteItemBody
from cashwrap.api.shop_view import ItemView, StockView, item_view, stock_view
from cashwrap.sale.holds.report import HoldReport
from cashwrap.sale.projection import DayTotals
from cashwrap.sale.returning.quoted import ReturnQuote
from cashwrap.sale.returning.report import ReturnReport
from cashwrap.till import Till

Day = Annotated[int, QueryParameter(ge=0, lt=1_0000_00_00)]
LastDay = Annotated[int, QueryParameter(name="last_day", ge=0, lt=1_0000_00_00)]
Code = Annotated[str, QueryParameter(min_length=1, max_length=4000)]


class DayView(msgspec.Struct, frozen=True):
    """The sums of a business day (yyyymmdd), net of returns."""

    day: int
    totals: DayTotals


class LookedUp(msgspec.Struct, frozen=True):
    """What a code names: the item with its price now, and where how much of it is.

    ``unit`` is "" for the base unit, else the pack that the code is on, which has
    ``base_quantity_milli`` of the base unit.
    """

    item: ItemView
    unit: str
    base_quantity_milli: int
    stock: list[StockView]


class ReceiptFound(msgspec.Struct, frozen=True):
    """The finished sale that a code on paper names."""

    sale: str
    number: int
    day: int


class CreditView(msgspec.Struct, frozen=True):
    """A credit note of this till, and its paper."""

    code: str
    balance_minor: int
    expires_ms: int
    text: str


class Reports(Controller):
    """What a shopkeeper asks at the till; nothing is changed."""

    path = "/"
    tags = ("reports",)

    @get("/reports/takings")
    async def takings(self, caller: Asking, desk: AtDesk, day: Day = 0) -> DayView:
        """Return the sums of a business day, today's by default, by tender.

        They tell what a drawer should hold, so they need the right ``shift.count``.
        """

        def work(till: Till) -> DayView:
            of = day or till.day_of(till.now().wall_ms)
            totals = till.shown_takings(of, staff=caller.staff, register=caller.register)
            return DayView(of, totals)

        return await desk.ask(work)

    @get("/reports/holds")
    async def holds(
        self, caller: Asking, desk: AtDesk, day: Day = 0, last_day: LastDay = 0
    ) -> HoldReport:
        """Return what became of suspended sales, by reason, hour and staff."""
        return await desk.ask(lambda till: till.holds.report(day, last_day))

    @get("/reports/returns")
    async def returns(
        self, caller: Asking, desk: AtDesk, day: Day = 0, last_day: LastDay = 0
    ) -> ReturnReport:
        """Return what came back, by reason, staff and goods."""
        return await desk.ask(lambda till: till.returned(day, last_day))

    @get("/lookup")
    async def look_up(self, caller: Asking, desk: AtDesk, code: Code) -> LookedUp:
        """Return what a scanned code names, without selling it."""

        def work(till: Till) -> LookedUp:
            found = till.look_up(code)
            stock = stock_view(till, found.item.sku)
            item = item_view(till, found.item)
            return LookedUp(item, found.unit, found.base_quantity_milli, stock)

        return await desk.ask(work)

    @get("/lookup/receipt")
    async def look_up_receipt(self, caller: Asking, desk: AtDesk, code: Code) -> ReceiptFound:
        """Return the sale of a receipt's square code: it has slashes, so it fits in no path."""

        def work(till: Till) -> ReceiptFound:
            found = till.original(code).sale
            return ReceiptFound(found.sale, found.number, found.day)

        return await desk.ask(work)

    @post("/returns/quote", status_code=HTTP_200_OK)
    async def quote(
        self, data: JSONBody[ReturnQuoteItemBody], caller: Asking, desk: AtDesk
    ) -> ReturnQuote:
        """Return what goods would bring without a receipt, where the shop takes those."""
        return await desk.ask(lambda till: till.return_quote_unreceipted(data.sku, data.quantity))

    @get("/credits/{code:str}")
    async def credit(self, code: FromPath[str], caller: Asking, desk: AtDesk) -> CreditView:
        """Return a credit note by its code, with the slip that the customer gets."""

        def work(till: Till) -> CreditView:
            note = till.credits.find(code)
            text = till.credits.slip_text(note)
            return CreditView(note.code, note.balance_minor, note.expires_ms, text)

        return await desk.ask(work)
