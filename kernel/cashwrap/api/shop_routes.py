"""``/shop``, ``/groups``, ``/items``, ``/picker``, ``/stock``: what there is to sell."""

from typing import Annotated

from litestar import Controller, get, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from cashwrap.api import bodies
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.sessions import Caller
from cashwrap.api.shop_view import (
    GroupView,
    ItemPage,
    ItemView,
    ShopView,
    StockView,
    groups_view,
    item_view,
    shop_view,
    stock_view,
)
from cashwrap.catalog.picker import Picker
from cashwrap.till import Till

Query = Annotated[str, QueryParameter(name="query", max_length=200)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class Shop(Controller):
    """What a page draws before anything is sold."""

    tags = ("shop",)

    @get("/shop")
    async def shop(self, desk: AtDesk) -> ShopView:
        """Return the shop; a page may ask before anybody has signed in."""
        return await desk.ask(shop_view)

    @get("/groups")
    async def groups(self, caller: Asking, desk: AtDesk) -> list[GroupView]:
        """Return the register's pages with their items, in the shop's order."""
        return await desk.ask(groups_view)

    @put("/groups/order", status_code=HTTP_200_OK)
    async def order_groups(
        self, data: JSONBody[bodies.OrderBody], caller: Asking, desk: AtDesk
    ) -> list[GroupView]:
        """Set this shop's own order of its groups."""
        return await desk.ask(lambda till: _arranged(till, data.codes, "", caller))

    @put("/groups/{group:str}/order", status_code=HTTP_200_OK)
    async def order_items(
        self, group: FromPath[str], data: JSONBody[bodies.OrderBody], caller: Asking, desk: AtDesk
    ) -> list[GroupView]:
        """Set this shop's own order of the items in a group."""
        return await desk.ask(lambda till: _arranged(till, data.codes, group, caller))

    @get("/items")
    async def search(
        self,
        caller: Asking,
        desk: AtDesk,
        text: Query = "",
        limit: Limit = 30,
        after: FromQuery[str] = "",
    ) -> ItemPage:
        """Search by name, pinyin initials or the tail of a code."""

        def work(till: Till) -> ItemPage:
            page = till.catalog.search(text, limit, after)
            return ItemPage([item_view(till, item) for item in page.items], page.next)

        return await desk.ask(work)

    @get("/items/{sku:str}")
    async def item(
        self, sku: FromPath[str], caller: Asking, desk: AtDesk, customer: FromQuery[str] = ""
    ) -> ItemView:
        """Return one item with its stock and its price now, to customers of a kind."""
        return await desk.ask(lambda till: item_view(till, till.catalog.by_sku(sku), customer))

    @get("/picker/{family:str}")
    async def picker(
        self, family: FromPath[str], caller: Asking, desk: AtDesk, customer: FromQuery[str] = ""
    ) -> Picker:
        """Return the spec tree of a family, with price and stock per leaf."""
        return await desk.ask(lambda till: till.picker(family, customer=customer))

    @get("/stock/{sku:str}")
    async def stock(self, sku: FromPath[str], caller: Asking, desk: AtDesk) -> list[StockView]:
        """Return where a SKU is, as far as this till knows."""
        return await desk.ask(lambda till: stock_view(till, sku))


def _arranged(till: Till, codes: list[str], group: str, caller: Caller) -> list[GroupView]:
    till.arrange(codes, group, staff=caller.staff)
    return groups_view(till)
