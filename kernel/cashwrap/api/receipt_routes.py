"""``/receipts``: finished sales, found, printed again, reversed."""

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from cashwrap.api import bodies
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.pay_routes import LanguageQuery
from cashwrap.api.receipt_view import ReceiptRow, ReceiptView, receipt_rows, receipt_view
from cashwrap.api.wire import JsonObject, fields
from cashwrap.till import Till

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Day = Annotated[int, QueryParameter(ge=0, lt=1_0000_00_00)]
Before = Annotated[int, QueryParameter(ge=0, lt=2**62)]


class PostVoidView(msgspec.Struct, frozen=True):
    """A reversal: ``number`` is 0 while a driver has not given its money back yet."""

    of_number: int
    sale: str
    number: int
    due_minor: int


class Receipts(Controller):
    """Finished sales."""

    path = "/receipts"
    tags = ("receipts",)

    @get()
    async def newest(
        self, caller: Asking, desk: AtDesk, day: Day = 0, before: Before = 0, limit: Limit = 50
    ) -> list[ReceiptRow]:
        """Return receipts, the newest first: of a business day (yyyymmdd), or of all.

        ``before`` is the number of the last one of the page before.
        """
        return await desk.ask(lambda till: receipt_rows(till, day, before, limit))

    @get("/{number:str}")
    async def one(
        self, number: FromPath[str], caller: Asking, desk: AtDesk, language: LanguageQuery = None
    ) -> ReceiptView:
        """Return a receipt by its number, the square code on it, or its sale."""

        def work(till: Till) -> ReceiptView:
            sale = _sale(till, number)
            return receipt_view(till, sale, till.receipt(sale), language)

        return await desk.ask(work)

    @get("/{number:str}/returnable")
    async def returnable(self, number: FromPath[str], caller: Asking, desk: AtDesk) -> JsonObject:
        """Return what of a receipt can still come back, line by line."""
        return await desk.ask(lambda till: fields(till.returnable(_named(number))))

    @get("/{number:str}/link")
    async def link(
        self, number: FromPath[str], caller: Asking, desk: AtDesk, base: FromQuery[str] = ""
    ) -> JsonObject:
        """Return the signed link of the e-receipt under a shop's own address, for a QR code."""
        return await desk.ask(lambda till: {"link": till.receipt_link(_sale(till, number), base)})

    @post("/{number:str}/reprint", status_code=HTTP_200_OK)
    async def reprint(
        self,
        number: FromPath[str],
        data: JSONBody[bodies.ReprintBody],
        caller: Asking,
        desk: AtDesk,
        language: LanguageQuery = None,
    ) -> ReceiptView:
        """Print a receipt again: counted, marked, journaled."""

        def work(till: Till) -> ReceiptView:
            sale, place = _sale(till, number), caller.register
            again = till.reprint(sale, gift=data.gift, register=place, staff=caller.staff)
            return receipt_view(till, sale, again, language)

        return await desk.once(f"reprint {number}", caller, work)

    @post("/{number:str}/post-void", status_code=HTTP_200_OK)
    async def post_void(
        self,
        number: FromPath[str],
        data: JSONBody[bodies.ReasonBody],
        caller: Asking,
        desk: AtDesk,
    ) -> PostVoidView:
        """Reverse a whole finished sale: goods, money, taxes, limits and coupons go back."""

        def work(till: Till) -> PostVoidView:
            done = till.post_void(
                _named(number),
                data.reason,
                register=caller.register,
                staff=caller.staff,
                command=caller.command,
            )
            return PostVoidView(done.of_number, done.sale, done.number, done.due_minor)

        return await desk.ask(work)


def _named(number: str) -> int | str:
    """Return a receipt's number as one; anything else as it is."""
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return int(number) if is_number else number


def _sale(till: Till, number: str) -> str:
    named = _named(number)
    return till.sale_of_number(named) if isinstance(named, int) else till.original(named).sale.sale
