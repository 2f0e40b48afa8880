"""``/sales/{id}/pay``, returns and refunds: money in and money back."""

from typing import Annotated, Literal

import msgspec
from litestar import Controller, delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from cashwrap.api import pay_bodies as bodies
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.receipt_view import ReceiptView, receipt_view
from cashwrap.api.sale_routes import by
from cashwrap.api.sale_view import SaleView
from cashwrap.api.sessions import Caller
from cashwrap.errors import InvalidInput
from cashwrap.receipt.words import Language
from cashwrap.sale.sale import Sale
from cashwrap.till import Till

LanguageQuery = Annotated[Language | None, QueryParameter(name="language", required=False)]


class Refunded(msgspec.Struct, frozen=True):
    """A sale after money went back, and the code of the credit note where there is one."""

    sale: SaleView
    credit: str
    cash_minor: int


class Pay(Controller):
    """Paying a sale. Enough of it completes the sale; the answer has its receipt number then."""

    path = "/sales/{sale:str}"
    tags = ("payments",)

    @post("/pay/cash", status_code=HTTP_200_OK)
    async def cash(
        self, sale: FromPath[str], data: JSONBody[bodies.CashBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Take cash; the change stands in the payment."""
        return await desk.change(
            sale, lambda sold: sold.pay_cash(data.tendered_minor, **by(caller))
        )

    @post("/pay/scan", status_code=HTTP_200_OK)
    async def scan(
        self, sale: FromPath[str], data: JSONBody[bodies.PayScanBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Pay with a scanned payment code, or a credit note."""

        def act(sold: Sale) -> None:
            sold.payments.scan(data.code, data.amount_minor, **by(caller))

        return await desk.change(sale, act)

    @post("/pay/credit", status_code=HTTP_200_OK)
    async def credit(
        self, sale: FromPath[str], data: JSONBody[bodies.PayScanBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Pay with a credit note of this till."""

        def act(sold: Sale) -> None:
            sold.payments.credit(data.code, data.amount_minor, **by(caller))

        return await desk.change(sale, act)

    @post("/pay/record", status_code=HTTP_200_OK)
    async def record(
        self, sale: FromPath[str], data: JSONBody[bodies.RecordBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Record a payment that was made beside the till."""

        def act(sold: Sale) -> None:
            sold.payments.record(
                data.tender, data.name, data.amount_minor, data.reference, **by(caller)
            )

        return await desk.change(sale, act)

    @post("/pay/{driver:str}", status_code=HTTP_200_OK)
    async def ask(
        self,
        sale: FromPath[str],
        driver: FromPath[str],
        data: JSONBody[bodies.PayBody],
        caller: Asking,
        desk: AtDesk,
    ) -> SaleView:
        """Ask a driver for money; the answer may leave the payment in doubt."""

        def act(sold: Sale) -> None:
            sold.payments.ask(
                driver,
                data.amount_minor,
                auth_code=data.auth_code,
                online=data.online,
                **by(caller),
            )

        return await desk.change(sale, act)

    @post("/finish", status_code=HTTP_200_OK)
    async def finish(self, sale: FromPath[str], caller: Asking, desk: AtDesk) -> SaleView:
        """Complete a sale on which nothing is due."""
        return await desk.change(sale, lambda sold: sold.payments.finish(**by(caller)))

    @post("/give-up", status_code=HTTP_200_OK)
    async def give_up(self, sale: FromPath[str], caller: Asking, desk: AtDesk) -> SaleView:
        """Stop waiting for payments in doubt: they are cancelled, and asked on about."""
        return await desk.change_once(
            "give up", caller, sale, lambda sold: sold.payments.give_up(staff=caller.staff)
        )

    @post("/give-back", status_code=HTTP_200_OK)
    async def give_back(
        self, sale: FromPath[str], data: JSONBody[bodies.GiveBackBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Give all payments back and open the sale for changes again."""

        def act(sold: Sale) -> None:
            sold.payments.give_back(data.reason, in_cash=data.in_cash, staff=caller.staff)

        return await desk.change_once("give back", caller, sale, act)

    @post("/payments/{payment:str}/declare", status_code=HTTP_200_OK)
    async def declare(
        self,
        sale: FromPath[str],
        payment: FromPath[str],
        data: JSONBody[bodies.DeclareBody],
        caller: Asking,
        desk: AtDesk,
    ) -> SaleView:
        """Settle a payment in doubt, or its refund, on the word of who saw the slip."""

        def act(sold: Sale) -> None:
            sold.payments.declare(
                payment, data.paid, data.reason, refund=data.refund, staff=caller.staff
            )

        return await desk.change_once(f"declare {payment}", caller, sale, act)

    @get("/receipt")
    async def receipt(
        self, sale: FromPath[str], caller: Asking, desk: AtDesk, language: LanguageQuery = None
    ) -> ReceiptView:
        """Return the receipt of a completed sale: the document, and the paper as text."""
        return await desk.ask(lambda till: receipt_view(till, sale, till.receipt(sale), language))


class Returns(Controller):
    """Goods that come back on a sale."""

    path = "/sales/{sale:str}"
    tags = ("returns",)

    @post("/returns", status_code=HTTP_200_OK)
    async def take_back(
        self, sale: FromPath[str], data: JSONBody[bodies.ReturnBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Take goods of a receipt back, or goods without one where the shop does."""
        return await desk.change(sale, lambda sold: _take_back(sold, data, caller))

    @post("/adjustments", status_code=HTTP_200_OK)
    async def adjust(
        self, sale: FromPath[str], data: JSONBody[bodies.AdjustBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Give money off a finished sale whose goods stay, as price protection does.

        `refund` gives it; a later return of these goods gives that much less.
        """
        lines = [(one.line, one.amount_minor) for one in data.lines]
        return await desk.change(
            sale,
            lambda s: s.adjust(
                data.receipt, lines, reason=data.reason, once=data.once, **by(caller)
            ),
        )

    @delete("/returns/{back:str}", status_code=HTTP_200_OK)
    async def remove(
        self, sale: FromPath[str], back: FromPath[str], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Let what was to come back stay with the customer."""
        return await desk.change(sale, lambda sold: sold.remove_return(back, **by(caller)))

    @post("/refund", status_code=HTTP_200_OK)
    async def refund(
        self, sale: FromPath[str], data: JSONBody[bodies.RefundBody], caller: Asking, desk: AtDesk
    ) -> Refunded:
        """Give back what is due for goods that came back."""

        def work(till: Till) -> Refunded:
            sold = desk.find(till, sale)
            to: Literal["", "cash", "credit"] = data.to
            done = sold.refund(to, data.amount_minor, online=data.online, **by(caller))
            code = "" if done.credit is None else done.credit.code
            return Refunded(desk.tell(till, sold), code, done.cash_minor)

        return await desk.ask(work)


def _take_back(sale: Sale, data: bodies.ReturnBody, caller: Caller) -> None:
    if bool(data.receipt) == bool(data.sku):
        raise InvalidInput("name the receipt, or a SKU where there is none")
    if data.sku:
        sale.take_back_unreceipted(
            data.sku,
            data.quantity,
            unit=data.unit,
            modifiers=data.modifiers,
            lot=data.lot,
            serial=data.serial,
            reason=data.reason,
            location=data.location,
            **by(caller),
        )
        return
    lines = None if data.lines is None else [(one.line, one.quantity) for one in data.lines]
    sale.take_back(
        data.receipt,
        lines,
        reason=data.reason,
        location=data.location,
        charge_gifts=data.charge_gifts,
        **by(caller),
    )
