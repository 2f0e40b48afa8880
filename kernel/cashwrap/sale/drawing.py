"""What a sale draws from stock: asked before money is taken, decided when the sale ends."""

from msgspec.structs import replace

from cashwrap.errors import CashwrapError
from cashwrap.money import MILLI, checked, div_round
from cashwrap.sale.cart import Cart
from cashwrap.sale.edits import Goods
from cashwrap.sale.goods import stock_milli
from cashwrap.settings import Settings
from cashwrap.stock.book import DrawPolicy
from cashwrap.stock.errors import InsufficientStock, RecipeRefused
from cashwrap.stock.moves import CUSTOMER, StockMove, cost_of
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


def short(stock: Stock, cart: Cart, items: ItemLookup, policy: DrawPolicy) -> tuple[str, ...]:
    """Return the SKUs of which there is less than a sale would draw."""
    found: list[str] = []
    goods = sold_goods(cart)
    while goods:
        try:
            sell(stock, goods, items, policy)
            break
        except InsufficientStock as why:
            sku = why.sku
            found.append(sku)
            goods = [one for one in goods if all(n.sku != sku for n in needs([one], items))]
        except RecipeRefused:
            break
    return tuple(found)


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
    return cost_of(_alone(stock, goods, MILLI, items, policy))


def as_sold(
    stock: Stock, goods: Goods, quantity_milli: int, items: ItemLookup, policy: DrawPolicy
) -> tuple[StockMove, ...]:
    """Return the moves to the customer of goods that nobody knows the sale of.

    They cost what they would cost now; of lots only the one in hand is known, if any.
    """
    found = _alone(stock, goods, quantity_milli, items, policy)
    return tuple(
        move
        if move.sku == goods.sku and move.lot == goods.lot
        else replace(move, lot="", expires=0)
        for move in found
        if move.target == CUSTOMER
    )


def _alone(
    stock: Stock, goods: Goods, quantity_milli: int, items: ItemLookup, policy: DrawPolicy
) -> tuple[StockMove, ...]:
    milli = checked(div_round(quantity_milli * goods.base_milli, MILLI, "half_up"))
    sold = [SoldGoods(1, goods.sku, milli, "", goods.lot, goods.expires, _extras(goods))]
    try:
        return sell(stock, sold, items, policy)
    except RecipeRefused:
        return sell(stock, sold, lambda sku: None, policy)


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
