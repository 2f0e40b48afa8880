"""What a sale draws from stock: asked before money is taken, decided when the sale ends."""

from msgspec.structs import replace

from cashwrap.errors import CashwrapError
from cashwrap.sale.cart import Cart
from cashwrap.sale.edits import Goods
from cashwrap.sale.goods import stock_milli
from cashwrap.settings import Settings
from cashwrap.stock.book import DrawPolicy
from cashwrap.stock.errors import RecipeRefused
from cashwrap.stock.moves import StockMove, cost_of
from cashwrap.stock.recipes import ItemLookup, SoldGoods, needs
from cashwrap.stock.sell import reverse, sell
from cashwrap.stock.view import Stock


def drawn(
    stock: Stock, cart: Cart, items: ItemLookup, policy: DrawPolicy, *, paid: bool
) -> tuple[StockMove, ...]:
    """Return the moves of a sale, goods that come back on it first.

    A recipe that the catalog broke while the sale was being paid draws the sold item itself: the
    sale must end, and the stocktake will tell. Raises InsufficientStock, RecipeRefused.
    """
    goods, back = sold_goods(cart), _brought(cart)
    try:
        return sell(stock, goods, items, policy, back)
    except RecipeRefused:
        if not paid:
            raise
        return sell(stock, goods, lambda sku: None, policy, back)


def _brought(cart: Cart) -> list[StockMove]:
    """Return the moves of goods that come back; what the sale draws may be of them."""
    back = [
        reverse(one.move, one.quantity_milli, one.returned_milli, each.location)
        for each in cart.header.returns.values()
        for one in each.moves
    ]
    return [replace(move, line=0) for move in back]  # it was a line of another sale


def needed(cart: Cart, sku: str, items: ItemLookup) -> int:
    """Return how much of a SKU a cart would draw, waste included, thousandths."""
    try:
        found = needs(sold_goods(cart), items)
    except CashwrapError:
        return 0
    return sum(need.quantity_milli + need.waste_milli for need in found if need.sku == sku)


def sold_goods(cart: Cart) -> list[SoldGoods]:
    """Return what the lines of a cart draw from stock; a set meal draws its parts."""
    return [
        SoldGoods(
            line.number,
            line.goods.sku,
            stock_milli(line),
            "",
            line.goods.lot,
            line.goods.expires,
            _extras(line.goods),
        )
        for line in cart.lines.values()
        if not line.parts
    ]


def cost_minor(stock: Stock, goods: Goods, items: ItemLookup, policy: DrawPolicy) -> int:
    """Return what one unit would cost: its recipe, waste and modifiers included."""
    sold = [
        SoldGoods(
            1, goods.sku, goods.base_milli, "", goods.lot, goods.expires, _extras(goods)
        )
    ]  # fmt: skip
    try:
        return cost_of(sell(stock, sold, items, policy))
    except RecipeRefused:
        return cost_of(sell(stock, sold, lambda sku: None, policy))


def _extras(goods: Goods) -> tuple[str, ...]:
    if not goods.modifiers:
        return ()
    return tuple([modifier.sku for modifier in goods.modifiers if modifier.sku])


def policy_of(settings: Settings, day: int, *, paid: bool) -> DrawPolicy:
    """Return from where and in which order sales draw."""
    own = settings.own_location
    locations = tuple(location or own for location in settings.stock.locations) or (own,)
    negative = "allow" if paid else settings.stock.negative
    return DrawPolicy(locations, negative, today=day)
