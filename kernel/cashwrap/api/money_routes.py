"""``/credits``, ``/coupons``, ``/quote``, surcharges: money beside the payments of a sale."""

import msgspec
from litestar import Controller, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.catalog_bodies import FeeBody, QuoteBody
from cashwrap.api.sale_routes import by
from cashwrap.api.sale_view import SaleView
from cashwrap.pricing.model import Fee, PricedLine
from cashwrap.sale.coupons import KnownCoupon
from cashwrap.sale.quote import Quoted
from cashwrap.tender.credit import CreditNote
from cashwrap.till import Till


class CreditsView(msgspec.Struct, frozen=True):
    """What the shop owes on all its credit notes, expired ones too; and those that were named."""

    owed_minor: int
    notes: list[CreditNote]


class Credits(Controller):
    """Credit notes that this till gave. `POST /sales/{sale}/pay/credit` spends them."""

    path = "/credits"
    tags = ("reports",)

    @get()
    async def owed(self, caller: Asking, desk: AtDesk, sale: FromQuery[str] = "") -> CreditsView:
        """Return what the shop owes on credit notes, and those that a return (``sale``) gave."""

        def work(till: Till) -> CreditsView:
            notes = till.credits.given_for(sale) if sale else ()
            return CreditsView(till.credits.owed_minor(), list(notes))

        return await desk.ask(work)


class Coupons(Controller):
    """Coupons that this till issued or took."""

    path = "/coupons"
    tags = ("reports",)

    @get("/{code:str}")
    async def one(self, code: FromPath[str], caller: Asking, desk: AtDesk) -> KnownCoupon | None:
        """Return what became of a coupon: unused, used up, or void; null for one from elsewhere."""
        return await desk.ask(lambda till: till.known_coupon(code))


class Quotes(Controller):
    """What goods would come to."""

    path = "/quote"
    tags = ("goods",)

    @post(status_code=HTTP_200_OK)
    async def quote(
        self, data: JSONBody[QuoteBody], caller: Asking, desk: AtDesk
    ) -> list[PricedLine]:
        """Return what goods would come to if they were sold together now; nothing is written.

        Promotions count that need no member, coupon or choice.
        """
        return await desk.ask(lambda till: _quoted(till, data))


class Fees(Controller):
    """Surcharges of an order."""

    path = "/sales/{sale:str}/fees"
    tags = ("sales",)

    @post(status_code=HTTP_200_OK)
    async def charge(
        self, sale: FromPath[str], data: JSONBody[FeeBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Put a surcharge on the order, or replace the one of the same id."""
        fee = Fee(
            data.id, data.name, data.kind, data.value, data.of, data.tax, data.tax_included
        )  # fmt: skip
        return await desk.change(sale, lambda sold: sold.charge(fee, **by(caller)))

    @delete("/{fee:str}", status_code=HTTP_200_OK)
    async def remove(
        self, sale: FromPath[str], fee: FromPath[str], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Take a surcharge off the order."""
        return await desk.change(sale, lambda sold: sold.remove_fee(fee, **by(caller)))


def _quoted(till: Till, data: QuoteBody) -> list[PricedLine]:
    lines = [
        Quoted(one.sku, one.quantity_milli, one.unit, tuple(one.modifiers), one.choices)
        for one in data.lines
    ]
    return list(
        till.quote(
            lines,
            order_type=data.order_type,
            customer=data.customer,
            promotions=data.promotions,
        )
    )
