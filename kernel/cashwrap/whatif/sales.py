"""Past sales out of a journal, as a rule set sees them: goods, occasion, what came off then."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from cashwrap.catalog.errors import NoCatalog
from cashwrap.catalog.view import Catalog, open_catalog
from cashwrap.counter import engine_of
from cashwrap.errors import CashwrapError
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.sale.cart import Cart
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.returning.projection import reversed_sales
from cashwrap.settings import Settings
from cashwrap.stock.moves import cost_of
from cashwrap.store.errors import TableRefused
from cashwrap.store.records import Record
from cashwrap.whatif.shelf import categories_above
from cashwrap.whatif.source import Source, seq_before

Progress = Callable[[int, int], None]
TOLD_EVERY = 500


class LineMoney(NamedTuple):
    """What became of one line: left of it after all discounts, and paid for it, net and in all.

    ``saved_minor`` is what the rules of that day took off.
    """

    left_minor: int
    payable_minor: int
    net_minor: int
    saved_minor: int


class PastSale(NamedTuple):
    """One completed sale: of an exchange what it sold. ``saved`` is what each rule took off."""

    sale: str
    number: int
    at_ms: int
    day: int
    member: str
    lines: tuple[BasketLine, ...]
    occasion: Occasion
    saved: Mapping[str, int]
    money: Mapping[int, LineMoney]  # by line of the basket
    payable_minor: int
    net_minor: int
    cost_minor: int


class Period(NamedTuple):
    """From one moment to before another, in ms; 0 for no bound."""

    from_ms: int = 0
    until_ms: int = 0

    def has(self, at_ms: int) -> bool:
        """Return whether a moment is in it."""
        return self.from_ms <= at_ms and (not self.until_ms or at_ms < self.until_ms)


EVER = Period()


class PastSales:
    """The completed sales of a journal, in order. ``skipped`` counts what could not be read.

    Sales from before there were rules say less of their goods: their families, categories and tags
    are those that the catalog has now.
    """

    def __init__(
        self, source: Source, settings: Settings, now_ms: int, period: Period = EVER
    ) -> None:
        self.skipped = 0
        self._source = source
        self._settings = settings
        self._period = period
        self._facts = _Facts(source, now_ms)
        self._engine = engine_of(settings, self._facts.taxes)
        self._reversed = _reversed(source)

    def each(self, progress: Progress | None = None) -> Iterator[PastSale]:
        """Yield every sale of the period; those of training, and what all came back, are none."""
        last = self._source.head.seq
        first = seq_before(self._source, self._period.from_ms)
        for record in self._source.records(first):
            if progress and record.seq % TOLD_EVERY == 0:
                progress(record.seq - first, last - first)
            envelope = record.envelope
            if envelope.kind == SaleCompleted.kind and self._period.has(envelope.wall_ms):
                sale = self._read(record)
                if sale is not None:
                    yield sale
        if progress:
            progress(last - first, last - first)

    def _read(self, record: Record) -> PastSale | None:
        try:
            body = record.body()
            assert isinstance(body, SaleCompleted)
            none = body.training or not body.lines or body.sale in self._reversed
            return None if none else self._sale(record, body)
        except (CashwrapError, msgspec.MsgspecError):  # a newer version's, or a tax code is gone
            self.skipped += 1
            return None

    def _sale(self, record: Record, body: SaleCompleted) -> PastSale:
        proof = body.priced.proof
        if proof is not None and proof.occasion is not None:
            lines, occasion = proof.lines, proof.occasion
        else:
            lines, occasion = self._before_rules(body)
        rules = {applied.rule for applied in proof.applied} if proof is not None else set()
        saved: dict[str, int] = {}
        for cell in body.priced.allocations:
            if cell.rule in rules:
                saved[cell.rule] = saved.get(cell.rule, 0) + cell.minor
        return PastSale(
            body.sale,
            body.number,
            record.envelope.wall_ms,
            body.day,
            occasion.member,
            lines,
            occasion,
            saved,
            _money(body, rules, {line.line for line in lines}),
            body.priced.totals.payable_minor,
            body.priced.totals.payable_minor - body.priced.totals.tax_minor,
            body.cost_minor if body.type == "sale" else _drawn_minor(body),
        )

    def _before_rules(self, body: SaleCompleted) -> tuple[tuple[BasketLine, ...], Occasion]:
        cart = Cart.of_history(body.history, self._engine)
        lines = tuple(self._facts.completed(line) for line in cart.basket_lines())
        settings, opened = self._settings, cart.opened
        occasion = Occasion(
            opened_ms=opened.at_ms,
            now_ms=body.history[-1].at_ms,
            timezone=settings.timezone,
            store=settings.store,
            channel=settings.channel,
            order_type=body.order_type,
            groups=(body.customer,) if body.customer else (),
            tenders=tuple(dict.fromkeys(payment.kind for payment in body.payments)),
        )
        return lines, occasion


def _reversed(source: Source) -> frozenset[str]:
    try:
        with source.read() as reader:
            return reversed_sales(reader)
    except TableRefused:  # it was written before goods could come back
        return frozenset()


def _drawn_minor(body: SaleCompleted) -> int:
    """Return the cost of what an exchange sold, not of what came back on it."""
    return cost_of(move for move in body.moves if move.line)


def _money(body: SaleCompleted, rules: set[str], known: set[int]) -> dict[int, LineMoney]:
    """Return the amounts by line of the basket: the parts of a set meal count for the meal."""
    parents = {line.line: line.parent for line in body.lines if line.parent}
    sums: dict[int, list[int]] = {line: [0, 0, 0, 0] for line in known}

    def of(line: int) -> list[int]:
        return sums.get(line) or sums.get(parents.get(line, 0)) or [0, 0, 0, 0]

    for priced in body.priced.lines:
        row = of(priced.line)
        row[0] += priced.gross_minor - priced.discount_minor
        row[1] += priced.payable_minor
        row[2] += priced.net_minor
    for cell in body.priced.allocations:
        if cell.rule in rules:
            of(cell.line)[3] += cell.minor
    return {line: LineMoney(*row) for line, row in sums.items()}


class _Facts:
    """What the catalog says now of goods that were sold before sales kept it."""

    def __init__(self, source: Source, now_ms: int) -> None:
        self._known: dict[str, Goods] = {}
        self._catalog: Catalog | None
        try:
            self._catalog = open_catalog(source.read, now_ms)
            self._above = categories_above(self._catalog)
            self.taxes = self._catalog.tax_codes()
        except NoCatalog:
            self._catalog, self._above, self.taxes = None, {}, ()

    def completed(self, line: BasketLine) -> BasketLine:
        """Return the line with the facts that it lacks."""
        goods = line.goods
        if self._catalog is None or goods.family or goods.categories or goods.tags:
            return line
        found = self._known.get(goods.sku)
        if found is None:
            found = self._known[goods.sku] = self._looked_up(goods)
        return replace(line, goods=found)

    def _looked_up(self, goods: Goods) -> Goods:
        item = self._catalog.find_sku(goods.sku) if self._catalog else None
        if item is None:
            return goods
        return Goods(item.sku, item.family, self._above.get(item.category, ()), item.tags)
