"""Stock moves of sales and of goods that come back."""

from collections.abc import Sequence

import msgspec

from cashwrap.money import div_round
from cashwrap.stock.book import Book, DrawPolicy, Shortage
from cashwrap.stock.errors import MoveRefused
from cashwrap.stock.events import StockHold
from cashwrap.stock.moves import CUSTOMER, LOSS, StockMove, check_moves, check_quantity
from cashwrap.stock.recipes import ItemLookup, SoldGoods, needs
from cashwrap.stock.view import Stock


class Drawn(msgspec.Struct, frozen=True):
    """The moves of a sale, and what it took beyond what was available (policy ``warn``)."""

    moves: tuple[StockMove, ...]
    shortages: tuple[Shortage, ...]


def draw(
    stock: Stock,
    goods: Sequence[SoldGoods],
    items: ItemLookup,
    policy: DrawPolicy,
    holds: Sequence[StockHold] = (),
    back: Sequence[StockMove] = (),
) -> Drawn:
    """Decide what the lines of a sale draw from stock, by line, recipe and lot.

    ``holds`` are promises that this very sale fulfils, ``back`` moves of goods that come back on
    it first. Raises InsufficientStock under ``refuse``, and what `recipes.needs` raises.
    """
    book = Book(stock)
    for move in back:
        book.bring(move)
    book.release(holds)
    for need in needs(goods, items):
        if need.quantity_milli:
            book.draw(
                need.sku,
                need.quantity_milli,
                policy,
                CUSTOMER,
                need.line,
                need.lot,
                need.expires,
            )
        if need.waste_milli:
            book.draw(need.sku, need.waste_milli, policy, LOSS, need.line)
    return Drawn(tuple(book.moves), tuple(book.shortages))


def sell(
    stock: Stock,
    goods: Sequence[SoldGoods],
    items: ItemLookup,
    policy: DrawPolicy,
    back: Sequence[StockMove] = (),
) -> tuple[StockMove, ...]:
    """Return the moves of `draw`."""
    return draw(stock, goods, items, policy, (), back).moves


def reverse(
    move: StockMove, quantity_milli: int, returned_milli: int = 0, location: str = ""
) -> StockMove:
    """Return the move that brings back part of an earlier move, with exactly its part of the cost.

    ``returned_milli`` is what came back of it before; parts cost the difference of half-up shares
    of the whole, so they sum to the cost of the move. The goods go to ``location``, or to where
    they came from (""). Raises MoveRefused for more than is left.
    """
    check_quantity(move.sku, quantity_milli)
    left_milli = move.quantity_milli - returned_milli
    if returned_milli < 0 or quantity_milli > left_milli:
        raise MoveRefused(f"{move.sku}: {quantity_milli} to return, but {left_milli} is left of it")
    before, after = (
        div_round(move.cost_minor * milli, move.quantity_milli, "half_up")
        for milli in (returned_milli, returned_milli + quantity_milli)
    )
    return msgspec.structs.replace(
        move,
        quantity_milli=quantity_milli,
        source=move.target,
        target=location or move.source,
        cost_minor=after - before,
    )


def return_to(
    stock: Stock, moves: Sequence[tuple[StockMove, int, int]], location: str = ""
) -> tuple[StockMove, ...]:
    """Return the moves that bring goods back: (earlier move, quantity, returned before) of each.

    Goods that come back to a place where the books are short pay the shortage back first. Spoilt
    goods go to ``location`` "loss"; a dish that was voided before cooking to where it came from.
    """
    book = Book(stock)
    for move, quantity_milli, returned_milli in moves:
        book.bring(reverse(move, quantity_milli, returned_milli, location))
    check_moves(book.moves)
    return tuple(book.moves)
