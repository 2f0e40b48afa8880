"""``/receipts``: finished sales, found, printed again, reversed."""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from cashwrap.api import bodies
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.finding import LOOKED_MAX, Found, Wanted, first_number, look, newest, paid_as
from cashwrap.api.finished_proof import FinishedProof, finished_proof
from cashwrap.api.pay_bodies import ReturnQuoteBody
from cashwrap.api.pay_routes import LanguageQuery
from cashwrap.api.receipt_view import ReceiptRow, ReceiptView, receipt_view
from cashwrap.api.sessions import Caller
from cashwrap.receipt.electronic import EReceipt
from cashwrap.receipt.model import Receipt
from cashwrap.sale.returning.quoted import ReturnQuote
from cashwrap.sale.returning.returnable import Returnable
from cashwrap.till import Till

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Day = Annotated[int, QueryParameter(ge=0, lt=1_0000_00_00)]
Query = Annotated[str, QueryParameter(name="query", max_length=200)]
RegisterQuery = Annotated[str | None, QueryParameter(name="register", required=False)]
Gift = Annotated[bool, QueryParameter(description="Without amounts, to go with a present.")]
Before = Annotated[int, QueryParameter(ge=0, lt=2**62)]


class ReceiptPage(msgspec.Struct, frozen=True):
    """Receipts that were found; ``next`` goes on below them, 0 at the end."""

    rows: list[ReceiptRow]
    next: int


class PostVoidView(msgspec.Struct, frozen=True):
    """A reversal: ``number`` is 0 while a driver has not given its money back yet."""

    of_number: int
    sale: str
    number: int
    due_minor: int


class LinkView(msgspec.Struct, frozen=True):
    """A link to a receipt, to print as a square code or to send."""

    link: str


class EReceiptView(msgspec.Struct, frozen=True):
    """A receipt without paper. ``sha256`` is of the bytes that `Till.e_receipt` gives.

    What follows the ``#`` of ``link`` is signed by the till and is not sent by a browser.
    """

    schema: str
    receipt: Receipt
    sha256: str
    link: str


class Receipts(Controller):
    """Finished sales."""

    path = "/receipts"
    tags = ("receipts",)

    @get()
    async def newest(
        self, caller: Asking, desk: AtDesk, day: Day = 0, before: Before = 0, limit: Limit = 50
    ) -> list[ReceiptRow]:
        """Return receipts, the newest first: of a business day (yyyymmdd), or of all.

        ``before`` is the number of the last one of the page before. Members are masked to who has
        no right ``journal.read``.
        """

        def work(till: Till) -> list[ReceiptRow]:
            wanted = Wanted(day=day, members=_sees_members(till, caller))
            return newest(till, wanted, before, limit)

        return await desk.ask(work)

    @get("/search")
    async def search(
        self,
        caller: Asking,
        desk: AtDesk,
        text: Query = "",
        day: Day = 0,
        type: FromQuery[str] = "",
        staff: FromQuery[str] = "",
        register: RegisterQuery = None,
        before: Before = 0,
        limit: Limit = 50,
    ) -> ReceiptPage:
        """Search receipts, the newest first: by number, amount, member or goods in ``query``.

        The whole number of a payment, as it stands in the customer's wallet or on the slip of the
        terminal, finds its receipt at once.

        ``next`` is the ``before`` of the next page, 0 at the end. A page may be short, or empty,
        where the search looked at many and found few: go on with ``next``. A member is found by
        the whole number, or by what is shown of it.
        """
        members = await desk.ask(lambda till: _sees_members(till, caller))
        wanted = Wanted(
            text=text, type=type, staff=staff, register=register, day=day, members=members
        )
        if not before and (paid := await desk.ask(lambda till: paid_as(till, wanted))):
            return ReceiptPage(paid, 0)
        number = await desk.ask(lambda till: first_number(till, before, day))
        rows, lowest = list[ReceiptRow](), max(0, number - LOOKED_MAX)
        while number > lowest and len(rows) < limit:
            found = await desk.ask(_going_on(wanted, number, limit - len(rows)))
            rows += found.rows
            if not found.next:
                return ReceiptPage(rows, 0)
            number = found.next - 1
        return ReceiptPage(rows, number + 1 if number else 0)

    @get("/{number:str}")
    async def one(
        self,
        number: FromPath[str],
        caller: Asking,
        desk: AtDesk,
        language: LanguageQuery = None,
        gift: Gift = False,
    ) -> ReceiptView:
        """Return a receipt by its number, the square code on it, or its sale."""

        def work(till: Till) -> ReceiptView:
            sale = _sale(till, number)
            return receipt_view(till, sale, till.receipt(sale, gift=gift), language)

        return await desk.ask(work)

    @get("/{number:str}/returnable")
    async def returnable(self, number: FromPath[str], caller: Asking, desk: AtDesk) -> Returnable:
        """Return what of a receipt can still come back, line by line."""
        return await desk.ask(lambda till: till.returnable(_named(number)))

    @post("/{number:str}/quote", status_code=HTTP_200_OK)
    async def quote(
        self,
        number: FromPath[str],
        data: JSONBody[ReturnQuoteBody],
        caller: Asking,
        desk: AtDesk,
    ) -> ReturnQuote:
        """Return what goods of a receipt would bring if they came back now; nothing is written."""
        lines = None if data.lines is None else [(one.line, one.quantity) for one in data.lines]

        def work(till: Till) -> ReturnQuote:
            return till.return_quote(
                _named(number), lines, sale=data.sale, charge_gifts=data.charge_gifts
            )

        return await desk.ask(work)

    @get("/{number:str}/proof")
    async def proof(
        self, number: FromPath[str], caller: Asking, desk: AtDesk
    ) -> FinishedProof | None:
        """Return why a finished sale cost what it did, None where it had no promotions."""
        return await desk.ask(lambda till: finished_proof(till, _sale(till, number)))

    @get("/{number:str}/link")
    async def link(
        self, number: FromPath[str], caller: Asking, desk: AtDesk, base: FromQuery[str] = ""
    ) -> LinkView:
        """Return the signed link of the e-receipt for a QR code, "" where the shop has no page.

        ``base`` is the address of the page that shows it, else that of the settings.
        """
        return await desk.ask(lambda till: LinkView(_link(till, _sale(till, number), base)))

    @get("/{number:str}/e-receipt")
    async def e_receipt(
        self, number: FromPath[str], caller: Asking, desk: AtDesk, base: FromQuery[str] = ""
    ) -> EReceiptView:
        """Return the receipt without paper: the document, its bytes' hash, and the signed link.

        ``base`` is the address of the page that shows it, else that of the settings; without
        either there is no link. It carries the till's signature
        over what the receipt says, so that who opens it can see that it is this till's.
        """

        def work(till: Till) -> EReceiptView:
            sale = _sale(till, number)
            raw = till.e_receipt(sale)
            document = msgspec.json.decode(raw, type=EReceipt)
            digest = sha256(raw).hexdigest()
            link = _link(till, sale, base)
            return EReceiptView(document.schema, document.receipt, digest, link)

        return await desk.ask(work)

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


def _sees_members(till: Till, caller: Caller) -> bool:
    return till.may("journal.read", caller.staff, caller.register)


def _going_on(wanted: Wanted, number: int, room: int) -> Callable[[Till], Found]:
    return lambda till: look(till, wanted, number, room)


def _named(number: str) -> int | str:
    """Return a receipt's number as one; anything else as it is."""
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return int(number) if is_number else number


def _link(till: Till, sale: str, base: str) -> str:
    page = base or till.settings.receipt.link
    return till.receipt_link(sale, page) if page else ""


def _sale(till: Till, number: str) -> str:
    named = _named(number)
    return till.sale_of_number(named) if isinstance(named, int) else till.original(named).sale.sale
