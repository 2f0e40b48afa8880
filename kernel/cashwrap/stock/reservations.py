"""Promises of stock to orders: reserve when ordered, commit when handed over, else release."""

from collections.abc import Iterator, Sequence

from cashwrap.stock.book import Book, DrawPolicy, Negative
from cashwrap.stock.documents import Amount
from cashwrap.stock.errors import MoveRefused, ReservationTaken, UnknownReservation
from cashwrap.stock.events import StockHold, StockMoved, StockReleased, StockReserved
from cashwrap.stock.moves import CUSTOMER, check_moves, check_quantity, text_bytes
from cashwrap.stock.projection import Reservation, without
from cashwrap.stock.view import Stock


def reserve(
    stock: Stock,
    reservation: str,
    lines: Sequence[Amount],
    locations: Sequence[str],
    until_ms: int = 0,
) -> StockReserved:
    """Promise goods that are available, from the locations in their order.

    A promise never goes below zero, whatever the policy of floor sales. Raises InsufficientStock
    naming what there is in all locations, and ReservationTaken for an id in use.
    """
    if not 0 < text_bytes(reservation) <= 511 or not lines:
        raise MoveRefused("a reservation needs an id of at most 511 bytes and at least one line")
    if stock.reservation(reservation) is not None:
        raise ReservationTaken(reservation)
    book = Book(stock)
    holds: list[StockHold] = []
    for line in lines:
        holds += _promise(book, line, locations)
    return StockReserved(reservation, tuple(holds), until_ms)


def _promise(book: Book, line: Amount, locations: Sequence[str]) -> list[StockHold]:
    check_quantity(line.sku, line.quantity_milli)
    policy = DrawPolicy(tuple(locations), "refuse", owner=line.owner)
    book.require(line.sku, line.quantity_milli, policy, line.lot)
    left_milli = line.quantity_milli
    holds: list[StockHold] = []
    for location in locations:
        here = DrawPolicy((location,), "refuse", owner=line.owner)
        part_milli = min(left_milli, book.available(line.sku, here, line.lot))
        if part_milli:
            hold = StockHold(line.sku, part_milli, location, line.lot, line.owner or "")
            book.row(line.sku, location, hold.lot, hold.owner).reserved_milli += part_milli
            holds.append(hold)
            left_milli -= part_milli
    return holds


def release(stock: Stock, reservation: str, reason: str) -> StockReleased:
    """Give free all that a reservation still holds. Raises UnknownReservation."""
    return StockReleased(reservation, _require(stock, reservation).holds, reason)


def release_expired(stock: Stock, now_ms: int) -> Iterator[StockReleased]:
    """Yield the release of every unpaid reservation whose time is over."""
    for name, kept in stock.reservations():
        if 0 < kept.until_ms <= now_ms:
            yield StockReleased(name, kept.holds, "expired")


def commit_reservation(
    stock: Stock,
    reservation: str,
    document: str,
    target: str = CUSTOMER,
    negative: Negative = "refuse",
) -> tuple[StockReleased, StockMoved]:
    """Hand over all that a reservation holds: commit both events at once.

    Raises UnknownReservation, and InsufficientStock when floor sales took the goods meanwhile;
    pass ``allow`` as ``negative`` when the goods are in hand all the same.
    """
    kept = _require(stock, reservation)
    book = Book(stock)
    book.release(kept.holds)
    for hold in kept.holds:
        policy = DrawPolicy((hold.location,), negative, owner=hold.owner or None)
        book.draw(hold.sku, hold.quantity_milli, policy, target, lot=hold.lot)
    check_moves(book.moves)
    moved = StockMoved(tuple(book.moves), document, "delivery", "", "", reservation)
    return StockReleased(reservation, kept.holds, "committed"), moved


def release_part(
    stock: Stock, reservation: str, holds: Sequence[StockHold], reason: str
) -> StockReleased:
    """Give free a part of a reservation. Raises UnknownReservation, MoveRefused for too much."""
    kept = _require(stock, reservation)
    for hold in holds:
        check_quantity(hold.sku, hold.quantity_milli)
    left = without(kept.holds, tuple(holds))
    freed = sum(hold.quantity_milli for hold in kept.holds) - sum(h.quantity_milli for h in left)
    if freed != sum(hold.quantity_milli for hold in holds):
        raise MoveRefused(f"reservation {reservation!r} does not hold that much: look at it again")
    return StockReleased(reservation, tuple(holds), reason)


def _require(stock: Stock, reservation: str) -> Reservation:
    kept = stock.reservation(reservation)
    if kept is None:
        raise UnknownReservation(reservation)
    return kept
