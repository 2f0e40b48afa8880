"""``/stock``: what is on hand where, and the documents that move it."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar, cast

import msgspec
from litestar import Controller, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from cashwrap.api import stock_bodies as bodies
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.desk import Desk
from cashwrap.api.sessions import Caller
from cashwrap.catalog.errors import NoCatalog
from cashwrap.events import Event
from cashwrap.stock import documents, reservations
from cashwrap.stock.documents import Amount, Count, Output, Received
from cashwrap.stock.events import StockHold, StockMoved, StockReleased, StockReserved
from cashwrap.stock.view import Balance, Stock
from cashwrap.till import Till

Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
Below = Annotated[
    int | None,
    QueryParameter(
        required=False, description="Only those with less than this on hand, thousandths."
    ),
]
P = TypeVar("P", bound=Event)
LOOKED_MAX = 2000  # SKUs in one look: others sell between two


class LevelView(msgspec.Struct, frozen=True):
    """What is on hand of a SKU in all places, and what it cost."""

    sku: str
    name: str
    on_hand_milli: int
    reserved_milli: int
    value_minor: int


class LevelPage(msgspec.Struct, frozen=True):
    """Some SKUs; ``next`` is the ``after`` of the next page, "" at the end."""

    levels: list[LevelView]
    next: str


class ReservationView(msgspec.Struct, frozen=True):
    """A promise that stands; ``until_ms`` 0 is for ever."""

    reservation: str
    holds: list[StockHold]
    until_ms: int


class StockRoutes(Controller):
    """The stock ledger. Documents need the right ``stock.move``."""

    path = "/stock"
    tags = ("stock",)

    @get()
    async def levels(
        self,
        caller: Asking,
        desk: AtDesk,
        after: FromQuery[str] = "",
        limit: Limit = 200,
        below_milli: Below = None,
    ) -> LevelPage:
        """Return every SKU that ever moved, in order of SKU, page by page.

        A page may be short where few are below what was asked for: go on with ``next``.
        """
        return await desk.ask(lambda till: _levels(till, after, limit, below_milli))

    @get("/{sku:str}/balances")
    async def balances(self, sku: FromPath[str], caller: Asking, desk: AtDesk) -> list[Balance]:
        """Return what is in the shop's hands of a SKU by place, lot and owner, with its cost."""
        return await desk.ask(lambda till: till.ask_stock(lambda stock: stock.held(sku)))

    @post("/receive", status_code=HTTP_200_OK)
    async def receive(
        self, data: JSONBody[bodies.ReceiveBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Take in goods from a supplier, or opening balances."""
        lines = [_received(one) for one in data.lines]
        return await _post(desk, caller, data.document, lambda stock, here: documents.receive(
            stock, data.document, lines, data.source, data.location or here, data.type,
            data.reference,
        ))  # fmt: skip

    @post("/send-back", status_code=HTTP_200_OK)
    async def send_back(
        self, data: JSONBody[bodies.MoveBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Return goods to a supplier (``other``) at their average cost."""
        return await _post(desk, caller, data.document, lambda stock, here: documents.send_back(
            stock, data.document, _amounts(data.lines), data.location or here, data.other
        ))  # fmt: skip

    @post("/waste", status_code=HTTP_200_OK)
    async def waste(
        self, data: JSONBody[bodies.MoveBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Write off spoilt goods."""
        return await _post(desk, caller, data.document, lambda stock, here: documents.waste(
            stock, data.document, _amounts(data.lines), data.location or here, data.reason
        ))  # fmt: skip

    @post("/ship", status_code=HTTP_200_OK)
    async def ship(
        self, data: JSONBody[bodies.MoveBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Send goods on their way to another place, which takes them in with the same number."""
        return await _post(desk, caller, data.document, lambda stock, here: documents.ship(
            stock, data.document, _amounts(data.lines), data.location or here, data.reason
        ))  # fmt: skip

    @post("/arrive", status_code=HTTP_200_OK)
    async def arrive(
        self, data: JSONBody[bodies.MoveBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Take in what came of a transfer, in as many parts as it comes."""
        return await _post(desk, caller, data.document, lambda stock, here: documents.arrive(
            stock, data.document, _amounts(data.lines), data.location or here
        ))  # fmt: skip

    @post("/close-transfer", status_code=HTTP_200_OK)
    async def close_transfer(
        self, data: JSONBody[bodies.CloseTransferBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Write off what a transfer sent and nobody received."""
        return await _post(desk, caller, data.document, lambda stock, _: documents.close_transfer(
            stock, data.document, data.skus, data.reason
        ))  # fmt: skip

    @post("/adjust", status_code=HTTP_200_OK)
    async def adjust(
        self, data: JSONBody[bodies.MoveBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Put the books right: above zero was found, below zero is gone."""
        return await _post(desk, caller, data.document, lambda stock, here: documents.adjust(
            stock, data.document, _amounts(data.lines), data.location or here, data.reason
        ))  # fmt: skip

    @post("/count", status_code=HTTP_200_OK)
    async def count(
        self, data: JSONBody[bodies.CountAtBody], caller: Asking, desk: AtDesk
    ) -> Count:
        """Set down a count beside what the books say now; post it later as a stocktake.

        Nothing is written: keep the answer, so that sales between do not distort it.
        """

        def work(till: Till) -> Count:
            place = data.location or till.settings.own_location
            return till.ask_stock(lambda stock: documents.count(
                stock, data.sku, place, data.counted_milli, data.lot, data.owner
            ))  # fmt: skip

        return await desk.ask(work)

    @post("/stocktake", status_code=HTTP_200_OK)
    async def stocktake(
        self, data: JSONBody[bodies.StocktakeBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Post the differences of all counts, once."""
        counts = [
            Count(one.sku, one.location, one.counted_milli, one.book_milli, one.lot, one.owner)
            for one in data.counts
        ]
        return await _post(desk, caller, data.document, lambda stock, _: documents.stocktake(
            stock, data.document, counts, data.reason
        ))  # fmt: skip

    @post("/produce", status_code=HTTP_200_OK)
    async def produce(
        self, data: JSONBody[bodies.ProduceBody], caller: Asking, desk: AtDesk
    ) -> StockMoved:
        """Turn goods into other goods; the products share the cost, to the cent."""
        outputs = [
            Output(one.sku, one.quantity_milli, one.weight, one.target, one.lot, one.expires)
            for one in data.outputs
        ]
        return await _post(desk, caller, data.document, lambda stock, here: documents.produce(
            stock, data.document, _amounts(data.inputs), outputs, data.location or here,
            data.reason,
        ))  # fmt: skip


class Reservations(Controller):
    """Goods promised to orders. Changes need the right ``stock.move``."""

    path = "/reservations"
    tags = ("stock",)

    @get()
    async def reserved(self, caller: Asking, desk: AtDesk) -> list[ReservationView]:
        """Return every promise of goods that stands."""

        def question(stock: Stock) -> list[ReservationView]:
            found = stock.reservations()
            return [ReservationView(name, list(one.holds), one.until_ms) for name, one in found]

        return await desk.ask(lambda till: till.ask_stock(question))

    @post(status_code=HTTP_200_OK)
    async def reserve(
        self, data: JSONBody[bodies.ReserveBody], caller: Asking, desk: AtDesk
    ) -> StockReserved:
        """Promise goods that are available to an order."""
        return await _post(desk, caller, data.reservation, lambda stock, here: reservations.reserve(
            stock, data.reservation, _amounts(data.lines), data.locations or [here], data.until_ms
        ))  # fmt: skip

    @delete("/{reservation:str}", status_code=HTTP_200_OK)
    async def release(
        self,
        reservation: FromPath[str],
        caller: Asking,
        desk: AtDesk,
        reason: FromQuery[str] = "",
    ) -> StockReleased:
        """Give free all that a promise still holds."""
        return await _post(desk, caller, reservation, lambda stock, _: reservations.release(
            stock, reservation, reason
        ))  # fmt: skip


def _received(one: bodies.ReceivedBody) -> Received:
    return Received(
        one.sku, one.quantity_milli, one.cost_minor, one.lot, one.expires, one.owner
    )  # fmt: skip


def _amounts(lines: Sequence[bodies.AmountBody]) -> list[Amount]:
    return [Amount(one.sku, one.quantity_milli, one.lot, one.owner) for one in lines]


async def _post(desk: Desk, caller: Caller, document: str, decide: Callable[[Stock, str], P]) -> P:
    """Post a document, decided on the stock as it is and on this till's own place."""

    def work(till: Till) -> P:
        here = till.settings.own_location
        return cast(P, till.move_stock(lambda stock: decide(stock, here), staff=caller.staff))

    return await desk.once(f"stock {document}", caller, work)


def _levels(till: Till, after: str, limit: int, below_milli: int | None) -> LevelPage:
    def question(stock: Stock) -> LevelPage:
        rows: list[LevelView] = []
        last = after
        for looked, sku in enumerate(stock.skus(after)):
            if len(rows) == limit or looked == LOOKED_MAX:
                return LevelPage(rows, last)
            on_hand_milli, last = stock.on_hand(sku), sku
            if below_milli is None or on_hand_milli < below_milli:
                name, reserved_milli = _name(till, sku), stock.reserved(sku)
                rows.append(
                    LevelView(sku, name, on_hand_milli, reserved_milli, stock.value(sku))
                )  # fmt: skip
        return LevelPage(rows, "")

    return till.ask_stock(question)


def _name(till: Till, sku: str) -> str:
    try:
        found = till.catalog.find_sku(sku)
    except NoCatalog:
        return ""
    return "" if found is None else found.name
