"""``/sales``: ring up, change, discount, suspend, cancel. Every change answers the whole sale."""

from typing import TypedDict

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from cashwrap.api import sale_bodies as bodies
from cashwrap.api.bodies import ReasonBody
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.offer_view import goods_of
from cashwrap.api.sale_proof_view import ProofView, proof_view
from cashwrap.api.sale_view import SaleView
from cashwrap.api.sessions import Caller
from cashwrap.api.shop_view import ItemView
from cashwrap.errors import InvalidInput
from cashwrap.sale.sale import Sale
from cashwrap.till import Till


class Sales(Controller):
    """Open sales."""

    path = "/sales"
    tags = ("sales",)

    @post()
    async def begin(
        self, data: JSONBody[bodies.NewSaleBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Begin a sale at the caller's register."""

        def work(till: Till) -> SaleView:
            sale = till.new_sale(
                data.order_type,
                customer=data.customer,
                register=caller.register,
                staff=caller.staff,
                command=caller.command,
            )
            return desk.tell(till, sale)

        return await desk.ask(work)

    @get()
    async def open_sales(self, caller: Asking, desk: AtDesk) -> list[SaleView]:
        """Return the open sales of all registers, oldest first."""
        return await desk.ask(lambda till: [desk.seen(till, one) for one in till.open_sales()])

    @get("/{sale:str}")
    async def one(self, sale: FromPath[str], caller: Asking, desk: AtDesk) -> SaleView:
        """Return a sale that is open, or ended not long ago."""
        return await desk.view(sale)

    @get("/{sale:str}/proof")
    async def proof(self, sale: FromPath[str], caller: Asking, desk: AtDesk) -> ProofView | None:
        """Return why the promotions of a sale are what they are; null where no rules count."""

        def work(till: Till) -> ProofView | None:
            return proof_view(desk.find(till, sale))

        return await desk.ask(work)

    @get("/{sale:str}/rules/{rule:str}/goods")
    async def goods(
        self, sale: FromPath[str], rule: FromPath[str], caller: Asking, desk: AtDesk
    ) -> list[ItemView]:
        """Return the goods that an offer or a hint of a sale is about, to choose from."""
        return await desk.ask(lambda till: goods_of(till, desk.find(till, sale), rule))

    @post("/{sale:str}/scan", status_code=HTTP_200_OK)
    async def scan(
        self, sale: FromPath[str], data: JSONBody[bodies.ScanBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Add what a scanner read."""
        who = by(caller)
        return await desk.change(sale, lambda sold: sold.scan(data.code, **who))

    @post("/{sale:str}/lines", status_code=HTTP_200_OK)
    async def add(
        self, sale: FromPath[str], data: JSONBody[bodies.LineBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Add an item by its SKU or PLU."""

        def act(sold: Sale) -> None:
            sold.add(
                data.sku,
                data.quantity,
                unit=data.unit,
                modifiers=data.modifiers,
                choices=data.choices,
                lot=data.lot,
                **by(caller),
            )

        return await desk.change(sale, act)

    @patch("/{sale:str}/lines/{line:int}")
    async def change_line(
        self,
        sale: FromPath[str],
        line: FromPath[int],
        data: JSONBody[bodies.LineChange],
        caller: Asking,
        desk: AtDesk,
    ) -> SaleView:
        """Change the quantity, the spec, the note or the seller of a line."""
        return await desk.change(sale, lambda sold: _change_line(sold, line, data, caller))

    @delete("/{sale:str}/lines/{line:int}", status_code=HTTP_200_OK)
    async def void_line(
        self,
        sale: FromPath[str],
        line: FromPath[int],
        caller: Asking,
        desk: AtDesk,
        reason: FromQuery[str] = "",
    ) -> SaleView:
        """Strike a line out; it stays in the history."""
        return await desk.change(sale, lambda sold: sold.void_line(line, reason, **by(caller)))

    @patch("/{sale:str}")
    async def change(
        self, sale: FromPath[str], data: JSONBody[bodies.SaleChange], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Change the note, seller or order type of the sale, or how it is going to be paid."""
        return await desk.change(sale, lambda sold: _change_sale(sold, data, caller))

    @post("/{sale:str}/undo", status_code=HTTP_200_OK)
    async def undo(self, sale: FromPath[str], caller: Asking, desk: AtDesk) -> SaleView:
        """Take back the newest step that still counts."""
        return await desk.change(sale, lambda sold: sold.undo(**by(caller)))

    @post("/{sale:str}/override", status_code=HTTP_200_OK)
    async def override(
        self, sale: FromPath[str], data: JSONBody[bodies.OverrideBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Set a line's unit price by hand."""

        def act(sold: Sale) -> None:
            sold.override_price(data.line, data.unit_minor, data.reason, **by(caller))

        return await desk.change(sale, act)

    @post("/{sale:str}/discounts", status_code=HTTP_200_OK)
    async def discount(
        self, sale: FromPath[str], data: JSONBody[bodies.DiscountBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Give a discount by hand, on lines or on the order."""

        def act(sold: Sale) -> None:
            sold.discount(
                percent_ppm=data.percent_ppm,
                amount_minor=data.amount_minor,
                unit_price_minor=data.unit_price_minor,
                lines=data.lines,
                reason=data.reason,
                **by(caller),
            )

        return await desk.change(sale, act)

    @delete("/{sale:str}/discounts/{discount:str}", status_code=HTTP_200_OK)
    async def remove_discount(
        self, sale: FromPath[str], discount: FromPath[str], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Take a discount by hand away again."""
        return await desk.change(sale, lambda sold: sold.remove_discount(discount, **by(caller)))

    @post("/{sale:str}/coupons", status_code=HTTP_200_OK)
    async def coupon(
        self, sale: FromPath[str], data: JSONBody[bodies.CouponBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Show a coupon to the till."""

        def act(sold: Sale) -> None:
            sold.add_coupon(data.code, rule=data.rule, expires_ms=data.expires_ms, **by(caller))

        return await desk.change(sale, act)

    @delete("/{sale:str}/coupons/{code:str}", status_code=HTTP_200_OK)
    async def remove_coupon(
        self, sale: FromPath[str], code: FromPath[str], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Give a coupon back unused."""
        return await desk.change(sale, lambda sold: sold.remove_coupon(code, **by(caller)))

    @post("/{sale:str}/choices", status_code=HTTP_200_OK)
    async def choose(
        self, sale: FromPath[str], data: JSONBody[bodies.ChoiceBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Let a promotion count that waits to be chosen, or leave one out."""

        def act(sold: Sale) -> None:
            tick = sold.choose if data.choice == "chosen" else sold.refuse
            tick(data.rule, **by(caller))

        return await desk.change(sale, act)

    @post("/{sale:str}/customer", status_code=HTTP_200_OK)
    async def customer(
        self, sale: FromPath[str], data: JSONBody[bodies.CustomerBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Say who buys."""

        def act(sold: Sale) -> None:
            sold.set_customer(
                data.customer,
                member=data.member,
                tier=data.tier,
                groups=data.groups,
                facts=data.facts,
                points=data.points,
                **by(caller),
            )

        return await desk.change(sale, act)

    @post("/{sale:str}/suspend", status_code=HTTP_200_OK)
    async def suspend(
        self, sale: FromPath[str], data: JSONBody[bodies.SuspendBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Park the sale (挂单); ``GET /holds`` has it then."""

        def act(sold: Sale) -> None:
            sold.suspend(data.reason, key=data.key, note=data.note, **by(caller))

        return await desk.change(sale, act)

    @post("/{sale:str}/cancel", status_code=HTTP_200_OK)
    async def cancel(
        self, sale: FromPath[str], data: JSONBody[ReasonBody], caller: Asking, desk: AtDesk
    ) -> SaleView:
        """Abandon the sale; its lines go into the journal."""
        return await desk.change(sale, lambda sold: sold.cancel(data.reason, **by(caller)))


class By(TypedDict):
    """Who asks under which command id, as the kernel's operations take it."""

    staff: str
    command: str


def by(caller: Caller) -> By:
    """Return who asks."""
    return {"staff": caller.staff, "command": caller.command}


def _change_line(sale: Sale, line: int, data: bodies.LineChange, caller: Caller) -> None:
    _only_one(data.quantity, data.spec, data.note, data.seller)
    who = by(caller)
    if data.quantity is not None:
        set_to = sale.weigh if data.weighed else sale.set_quantity
        set_to(line, data.quantity, **who)
    elif data.spec is not None:
        spec = data.spec
        sale.change_spec(
            line,
            spec.sku,
            modifiers=spec.modifiers,
            choices=spec.choices,
            unit=spec.unit,
            **who,
        )
    elif data.note is not None:
        sale.note(data.note, line, **who)
    elif data.seller is not None:
        sale.credit(data.seller, line, **who)


def _change_sale(sale: Sale, data: bodies.SaleChange, caller: Caller) -> None:
    _only_one(data.note, data.seller, data.order_type, data.points, data.tenders)
    who = by(caller)
    if data.note is not None:
        sale.note(data.note, **who)
    elif data.seller is not None:
        sale.credit(data.seller, **who)
    elif data.order_type is not None:
        sale.set_order_type(data.order_type, **who)
    elif data.points is not None:
        sale.use_points(data.points, **who)
    elif data.tenders is not None:
        sale.choose_tender(*data.tenders, **who)


def _only_one(*given: object) -> None:
    if sum(one is not None for one in given) != 1:
        raise InvalidInput("change exactly one thing at a time, so that it can be undone")
