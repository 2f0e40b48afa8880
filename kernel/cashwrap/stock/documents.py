"""Stock documents: receipts, transfers, adjustments, stocktakes, production.

Each is a pure function of a view and a document that returns the event to commit, or refuses.
"""

from collections.abc import Iterable, Sequence

import msgspec

from cashwrap.errors import AmountOverflow, InvalidInput, whole
from cashwrap.stock.book import Book, DrawPolicy, Negative
from cashwrap.stock.errors import DocumentPosted, MoveRefused
from cashwrap.stock.events import DocumentType, StockMoved
from cashwrap.stock.moves import LOSS, PRODUCTION, StockMove, check_moves, is_held, text_bytes
from cashwrap.stock.view import Stock
from cashwrap_native.allocate import allocate

_DOCUMENT_BYTES_MAX = 200


class Received(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of goods that come in, with their total cost, minor units."""

    sku: str
    quantity_milli: int
    cost_minor: int
    lot: str = ""
    expires: int = 0
    owner: str = ""


class Amount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A quantity of one SKU, of a lot ("" any) and an owner (None any)."""

    sku: str
    quantity_milli: int
    lot: str = ""
    owner: str | None = None


class Count(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was counted of a SKU at a location, and what the books said at that very moment.

    ``lot`` and ``owner`` narrow the count to one balance; None counts all of the SKU there.
    """

    sku: str
    location: str
    counted_milli: int
    book_milli: int
    lot: str | None = None
    owner: str | None = None


class Output(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One product. ``weight`` is its part of the cost; None takes the quantity, 0 carries none.

    ``target`` "" is the document's location; ``loss`` books the trim that nobody sells.
    """

    sku: str
    quantity_milli: int
    weight: int | None = None
    target: str = ""
    lot: str = ""
    expires: int = 0


def receive(
    stock: Stock,
    document: str,
    lines: Sequence[Received],
    source: str,
    location: str,
    type: DocumentType = "receipt",
    reference: str = "",
) -> StockMoved:
    """Take in goods from a supplier, or opening balances; shortages there are paid back first.

    An opening document is posted once (DocumentPosted). Raises MoveRefused for bad lines.
    """
    if type == "opening":
        _once(stock, type, document)
    _require_held(location)
    book = Book(stock)
    for line in lines:
        if whole(line.cost_minor, "a cost") < 0:
            raise MoveRefused(f"{line.sku}: a cost of {line.cost_minor} is below zero")
        move = StockMove(
            line.sku,
            line.quantity_milli,
            source,
            location,
            line.cost_minor,
            0,
            line.lot,
            line.expires,
            line.owner,
        )
        check_moves([move])
        book.bring(move)
    return _posted(book, document, type, reference=reference)


def send_back(
    stock: Stock, document: str, lines: Sequence[Amount], location: str, supplier: str
) -> StockMoved:
    """Return goods to a supplier at their average cost. Raises InsufficientStock."""
    return _draw_all(stock, document, "return", lines, location, supplier)


def waste(
    stock: Stock,
    document: str,
    lines: Sequence[Amount],
    location: str,
    reason: str,
    negative: Negative = "allow",
) -> StockMoved:
    """Write off spoilt goods at their average cost."""
    return _draw_all(stock, document, "waste", lines, location, LOSS, reason, negative)


def ship(
    stock: Stock, document: str, lines: Sequence[Amount], source: str, reason: str = ""
) -> StockMoved:
    """Send goods on their way: into ``transit:<document>``. Raises InsufficientStock."""
    return _draw_all(stock, document, "transfer", lines, source, _transit(document), reason)


def arrive(stock: Stock, document: str, lines: Sequence[Amount], target: str) -> StockMoved:
    """Take in what came of a transfer, in as many parts as it comes, at the cost it was sent.

    Raises InsufficientStock for more than is still on its way.
    """
    return _draw_all(stock, document, "transfer", lines, _transit(document), target)


def close_transfer(stock: Stock, document: str, skus: Iterable[str], reason: str) -> StockMoved:
    """Write off what a transfer sent and nobody received. Raises MoveRefused when all arrived."""
    book = Book(stock)
    transit = _transit(document)
    for sku in skus:
        missing_milli = stock.on_hand(sku, transit)
        if missing_milli > 0:
            book.draw(sku, missing_milli, DrawPolicy((transit,), "refuse"), LOSS)
    return _posted(book, document, "transfer", reason)


def adjust(
    stock: Stock, document: str, lines: Sequence[Amount], location: str, reason: str
) -> StockMoved:
    """Correct the books: quantities above zero were found, below zero are gone.

    Found goods come in at the average (else the last known) cost of their owner, from ``loss``.
    """
    _require_held(location)
    book = Book(stock)
    for line in lines:
        _correct(book, line, location)
    return _posted(book, document, "adjustment", reason)


def count(
    stock: Stock,
    sku: str,
    location: str,
    counted_milli: int,
    lot: str | None = None,
    owner: str | None = None,
) -> Count:
    """Set down a count beside what the books say now, so that later sales do not distort it."""
    if counted_milli < 0:
        raise MoveRefused(f"{sku}: a count of {counted_milli} is below zero")
    book_milli = stock.on_hand(sku, location, lot, owner)
    return Count(sku, location, counted_milli, book_milli, lot, owner)


def stocktake(stock: Stock, document: str, counts: Sequence[Count], reason: str = "") -> StockMoved:
    """Post the differences of all counts, once. Sales since each count stand as they are.

    Raises DocumentPosted for a second posting, InvalidInput for a balance that is counted twice.
    A stocktake without a difference is an event without moves.
    """
    _once(stock, "stocktake", document)
    book = Book(stock)
    counted: dict[tuple[str, str], list[Count]] = {}
    for each in counts:
        _require_held(each.location)
        earlier = counted.setdefault((each.sku, each.location), [])
        if any(_overlap(each, other) for other in earlier):
            raise InvalidInput(f"{each.sku} is counted twice at {each.location}: add the counts up")
        earlier.append(each)
        difference = each.counted_milli - each.book_milli
        if difference:
            amount = Amount(each.sku, difference, each.lot or "", each.owner)
            _correct(book, amount, each.location)
    return _event(book, document, "stocktake", reason)


def _overlap(one: Count, other: Count) -> bool:
    return (one.lot is None or other.lot is None or one.lot == other.lot) and (
        one.owner is None or other.owner is None or one.owner == other.owner
    )


def produce(
    stock: Stock,
    document: str,
    inputs: Sequence[Amount],
    outputs: Sequence[Output],
    location: str,
    reason: str = "",
) -> StockMoved:
    """Turn goods into other goods: disassemble a carcass, assemble a basket.

    Inputs leave at average cost; the products share their sum by weight, largest remainder first,
    so not a cent is made or lost. Raises InsufficientStock, MoveRefused when no product has weight.
    """
    book = Book(stock)
    for line in inputs:
        policy = DrawPolicy((location,), "refuse", owner=line.owner or "")
        book.draw(line.sku, line.quantity_milli, policy, PRODUCTION, lot=line.lot)
    weights = [out.quantity_milli if out.weight is None else out.weight for out in outputs]
    if not any(weights) or min(weights) < 0:
        raise MoveRefused("the products' weights must be zero or above, and one above zero")
    try:
        costs = allocate(sum(move.cost_minor for move in book.moves), weights)
    except OverflowError:
        raise AmountOverflow("a weight, or the cost of all inputs, is too large") from None
    for out, cost_minor in zip(outputs, costs, strict=True):
        target = out.target or location
        move = StockMove(
            out.sku, out.quantity_milli, PRODUCTION, target, cost_minor, 0, out.lot, out.expires
        )
        check_moves([move])
        enter = book.bring if is_held(target) else book.add
        enter(move)
    return _posted(book, document, "production", reason)


def _draw_all(
    stock: Stock,
    document: str,
    type: DocumentType,
    lines: Sequence[Amount],
    source: str,
    target: str,
    reason: str = "",
    negative: Negative = "refuse",
) -> StockMoved:
    book = Book(stock)
    for line in lines:
        policy = DrawPolicy((source,), negative, owner=line.owner)
        book.draw(line.sku, line.quantity_milli, policy, target, lot=line.lot)
    return _posted(book, document, type, reason)


def _correct(book: Book, line: Amount, location: str) -> None:
    if line.quantity_milli > 0:
        book.find(line.sku, line.quantity_milli, location, line.lot, line.owner or "")
    else:
        policy = DrawPolicy((location,), owner=line.owner)
        book.draw(line.sku, -line.quantity_milli, policy, LOSS, lot=line.lot)


def _posted(
    book: Book, document: str, type: DocumentType, reason: str = "", reference: str = ""
) -> StockMoved:
    if not book.moves:
        raise MoveRefused(f"{type} {document!r} moves nothing: add a line")
    return _event(book, document, type, reason, reference)


def _event(
    book: Book, document: str, type: DocumentType, reason: str = "", reference: str = ""
) -> StockMoved:
    if not 0 < text_bytes(document) <= _DOCUMENT_BYTES_MAX:
        raise MoveRefused(f"a document number has 1 to {_DOCUMENT_BYTES_MAX} bytes")
    check_moves(book.moves)
    return StockMoved(tuple(book.moves), document, type, reason, reference)


def _once(stock: Stock, type: DocumentType, document: str) -> None:
    if stock.postings(type, document):
        raise DocumentPosted(type, document)


def _require_held(location: str) -> None:
    if not is_held(location):
        raise MoveRefused(f"{location} is not ours to keep goods in: name a store or a warehouse")


def _transit(document: str) -> str:
    return f"transit:{document}"
