"""What a till keeps of its sales: an index, receipt numbers, and the takings of each day."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cashwrap.errors import InvalidInput, whole
from cashwrap.events import Envelope, Event
from cashwrap.sale.events import (
    ReceiptReprinted,
    SaleCancelled,
    SaleCompleted,
    SaleFolded,
    SaleResumed,
    SaleSuspended,
    Taking,
)
from cashwrap.sale.returning.events import GoodsReturned
from cashwrap.sale.state import State
from cashwrap.store.tables import Reader, Told, Writer

INDEX, NUMBERS, DAYS, TOTALS = "sale.index", "sale.numbers", "sale.days", "sale.totals"
_TOTALS_KEY = b"totals"
Finished = SaleFolded | SaleCompleted
_FINISHED = (SaleFolded, SaleCompleted)


class Ended(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a sale that left the draft stands in the journal, and how it ended."""

    state: State
    epoch: int
    seq: int
    number: int = 0
    copies: int = 0


class SeriesTotals(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The last receipt number and the perpetual total of sales, minor units."""

    last_number: int = 0
    grand_sales_minor: int = 0


class DayTotals(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The sums of one business day, minor units, net of returns; ``takings`` sorted by kind.

    ``receipts`` are all that were completed: sales, exchanges (which are sales too), returns and
    post-voids. ``returned_minor`` is what went back for goods of earlier sales.
    """

    sales: int = 0
    payable_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0
    cost_minor: int = 0
    rounding_minor: int = 0
    takings: tuple[Taking, ...] = ()
    returns: int = 0
    exchanges: int = 0
    post_voids: int = 0
    returned_minor: int = 0

    @property
    def receipts(self) -> int:
        """Return how many receipt numbers the day has."""
        return self.sales + self.returns + self.post_voids


_encode = msgspec.msgpack.Encoder().encode
_ended = msgspec.msgpack.Decoder(Ended)
_totals = msgspec.msgpack.Decoder(SeriesTotals)
_day = msgspec.msgpack.Decoder(DayTotals)


class SaleProjection:
    """Folds sale events into the tables of this room."""

    name: str = "sale"
    version: int = 2  # 2: days count what came back
    tables: tuple[str, ...] = (INDEX, NUMBERS, DAYS, TOTALS)
    reads: Mapping[str, type[Event]] = {
        SaleCompleted.kind: SaleFolded,
        SaleCancelled.kind: SaleCancelled,
        SaleSuspended.kind: SaleSuspended,
        SaleResumed.kind: SaleResumed,
        ReceiptReprinted.kind: ReceiptReprinted,
        GoodsReturned.kind: GoodsReturned,
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event to the tables."""
        self.fold_all(writer, [(envelope, body)])

    def fold_all(self, writer: Writer, told: Sequence[Told]) -> None:
        """Apply events in order; the sums of a day, and the series, are written once."""
        days: dict[int, list[Finished]] = {}
        came_back: dict[int, list[GoodsReturned]] = {}
        last: Finished | None = None
        for envelope, body in told:
            if isinstance(body, _FINISHED):
                _fold_completed(writer, envelope, body)
                days.setdefault(body.day, []).append(body)
                last = body
            elif isinstance(body, GoodsReturned):
                came_back.setdefault(body.day, []).append(body)
            else:
                _fold_other(writer, envelope, body)
        for day, sales in days.items():
            _add_to_day(writer, day, sales)
        for day, returns in came_back.items():
            _add_returns(writer, day, returns)
        if last is not None:
            series = SeriesTotals(last.number, last.grand_sales_minor)
            writer.put(TOTALS, _TOTALS_KEY, _encode(series))


def _fold_other(writer: Writer, envelope: Envelope, body: Event) -> None:
    if isinstance(body, ReceiptReprinted):
        found = ended(writer, body.sale)
        if found is not None:
            again = msgspec.structs.replace(found, copies=body.copy)
            writer.put(INDEX, body.sale.encode(), _encode(again))
    elif isinstance(body, SaleCancelled | SaleSuspended):
        state: State = "cancelled" if isinstance(body, SaleCancelled) else "suspended"
        place = Ended(state, envelope.epoch, envelope.seq)
        writer.put(INDEX, body.sale.encode(), _encode(place))
    elif isinstance(body, SaleResumed):
        writer.delete(INDEX, body.sale.encode())


def _fold_completed(writer: Writer, envelope: Envelope, body: Finished) -> None:
    sale = body.sale.encode()
    writer.put(INDEX, sale, _encode(Ended("completed", envelope.epoch, envelope.seq, body.number)))
    writer.put(NUMBERS, body.number.to_bytes(8, "big"), sale)


def _add_to_day(writer: Writer, number: int, sales: Sequence[Finished]) -> None:
    key = number.to_bytes(4, "big")
    before = writer.get(DAYS, key)
    day = DayTotals() if before is None else _day.decode(before)
    after = DayTotals(
        day.sales + len(sales),
        day.payable_minor + sum(sale.payable_minor for sale in sales),
        day.tax_minor + sum(sale.tax_minor for sale in sales),
        day.discount_minor + sum(sale.discount_minor for sale in sales),
        day.cost_minor + sum(sale.cost_minor for sale in sales),
        day.rounding_minor + sum(sale.cash_rounding_minor for sale in sales),
        merge_takings(day.takings, [taking for sale in sales for taking in sale.takings]),
        day.returns,
        day.exchanges,
        day.post_voids,
        day.returned_minor,
    )
    writer.put(DAYS, key, _encode(after))


def _add_returns(writer: Writer, number: int, returns: Sequence[GoodsReturned]) -> None:
    """Count what came back; its completed sales were counted as sales before, and their money."""
    day = day_totals(writer, number)
    types = [body.type for body in returns if not body.part]  # each receipt once
    back, voids = types.count("return"), types.count("post_void")
    after = msgspec.structs.replace(
        day,
        sales=day.sales - back - voids,
        returns=day.returns + back,
        exchanges=day.exchanges + types.count("exchange"),
        post_voids=day.post_voids + voids,
        returned_minor=day.returned_minor + sum(body.answer.refund_minor for body in returns),
    )
    writer.put(DAYS, number.to_bytes(4, "big"), _encode(after))


def merge_takings(first: Iterable[Taking], second: Iterable[Taking]) -> tuple[Taking, ...]:
    """Return the sums by kind, sorted by kind."""
    sums = {taking.kind: taking.amount_minor for taking in first}
    for taking in second:
        sums[taking.kind] = sums.get(taking.kind, 0) + taking.amount_minor
    return tuple(Taking(kind, sums[kind]) for kind in sorted(sums))


def ended(reader: Reader, sale: str) -> Ended | None:
    """Return where a sale that ended or was suspended stands, or None."""
    if not isinstance(sale, str):
        raise InvalidInput(f"a sale's id must be text, not {sale!r:.60}")
    found = reader.get(INDEX, sale.encode(errors="replace"))
    return None if found is None else _ended.decode(found)


def sale_of_number(reader: Reader, number: int) -> str | None:
    """Return the sale id of a receipt number, or None."""
    if not 0 < whole(number, "a receipt number") < 2**63:
        return None
    found = reader.get(NUMBERS, number.to_bytes(8, "big"))
    return None if found is None else bytes(found).decode()


def series_totals(reader: Reader) -> SeriesTotals:
    """Return the last receipt number and the perpetual totals."""
    found = reader.get(TOTALS, _TOTALS_KEY)
    return SeriesTotals() if found is None else _totals.decode(found)


def day_totals(reader: Reader, day: int) -> DayTotals:
    """Return the sums of a business day (yyyymmdd). Raises InvalidInput."""
    if not 0 < whole(day, "a business day") < 1_0000_00_00:
        raise InvalidInput(f"{day} is not a business day: write it like 20260301")
    found = reader.get(DAYS, day.to_bytes(4, "big"))
    return DayTotals() if found is None else _day.decode(found)


def business_days(reader: Reader) -> list[int]:
    """Return the business days that have sales, oldest first."""
    return [int.from_bytes(key, "big") for key, _ in reader.items(DAYS)]
