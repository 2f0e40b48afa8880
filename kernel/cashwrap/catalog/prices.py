"""Which price holds: a pure function of the entries, the books, the moment and the place."""

from collections.abc import Collection, Iterable, Mapping

from cashwrap.catalog.model import Price, PriceBook, PriceContext, PriceEntry

LAYERS = {"chain": 0, "region": 1, "store": 2, "channel": 3, "customer": 4}

Ranked = list[tuple[PriceEntry, PriceBook]]


def applies(book: PriceBook, context: PriceContext) -> bool:
    """Whether a book is for this place; a scoped layer without a scope is for nobody."""
    if book.layer == "chain":
        return True
    scope: str = getattr(context, book.layer)
    return bool(book.scope) and book.scope == scope


def ranked(
    entries: Iterable[PriceEntry],
    books: Mapping[str, PriceBook],
    context: PriceContext,
    unit: str,
) -> Ranked:
    """Return the entries that can ever apply here, the strongest first.

    The narrowest layer wins, then the higher priority, then the entry that starts later, then the
    book whose code comes first.
    """
    able = [
        (entry, books[entry.book])
        for entry in entries
        if entry.unit == unit and entry.book in books and applies(books[entry.book], context)
    ]
    if len(able) > 1:
        able.sort(
            key=lambda pair: (
                -LAYERS[pair[1].layer],
                -pair[1].priority,
                -pair[0].from_ms,
                pair[1].code,
            )
        )
    return able


def effective(ranked_entries: Ranked, now_ms: int, lowering: Collection[str] = ()) -> Price | None:
    """Return the price at a moment, with the moment until which it surely stays the same.

    Books named in ``lowering`` never raise it: see `PriceList`.
    """
    if not lowering:
        return _strongest(ranked_entries, now_ms)
    own = [pair for pair in ranked_entries if pair[1].code not in lowering]
    shelf = _strongest(own, now_ms)
    able = [
        (entry, book)
        for entry, book in ranked_entries
        if book.code not in lowering or shelf is None or entry.unit_minor < shelf.unit_minor
    ]
    price = _strongest(able, now_ms)
    if price is None:
        return None
    if shelf is None:  # until there is one
        ends = [price.until_ms, *(entry.from_ms for entry, _ in own if entry.from_ms > now_ms)]
    else:
        ends = [price.until_ms, shelf.until_ms]
    taxed = price.tax_included if shelf is None else shelf.tax_included
    return Price(price.unit_minor, price.book, taxed, min((ms for ms in ends if ms), default=0))


def _strongest(ranked_entries: Ranked, now_ms: int) -> Price | None:
    until_ms = 0
    for entry, book in ranked_entries:
        if entry.until_ms and entry.until_ms <= now_ms:
            continue
        if entry.from_ms > now_ms:
            until_ms = min(until_ms or entry.from_ms, entry.from_ms)
            continue
        if entry.until_ms:
            until_ms = min(until_ms or entry.until_ms, entry.until_ms)
        return Price(entry.unit_minor, book.code, book.tax_included, until_ms)
    return None
