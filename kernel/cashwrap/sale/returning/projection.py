"""What has come back of each sale and on each day: a fold over the returns of the journal."""

from collections.abc import Iterator, Mapping

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale.edits import GoodsBack
from cashwrap.sale.events import SaleType
from cashwrap.sale.returning.events import GoodsReturned
from cashwrap.store.tables import Reader, Writer

RETURNS = "returns.of_sale"  # the original sale's id -> CameBack of each return, oldest first
DAYS = "returns.days"  # business day, record -> CameIn


class CameBack(msgspec.Struct, frozen=True, array_like=True):
    """One return of goods of a sale: on which sale and receipt it was, and what was decided.

    ``whole``: with it nothing of the goods was left with the customer.
    """

    sale: str
    number: int
    type: SaleType
    answer: ReturnAnswer
    whole: bool = False


class CameIn(msgspec.Struct, frozen=True, array_like=True):
    """Goods of one sale that came back: when, why and who took them; ``of_number`` 0: no receipt.

    ``reason`` is one of the shop's, ``note`` other words for it.
    """

    day: int
    sale: str
    number: int
    type: SaleType
    of_number: int
    reason: str
    note: str
    location: str
    staff: str
    approver: str
    register: str
    refund_minor: int
    goods: tuple[GoodsBack, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[CameBack, ...]).decode
_came_in = msgspec.msgpack.Decoder(CameIn).decode


class ReturnProjection:
    """Folds returns by the sale whose goods they brought back, and by business day."""

    name: str = "returns"
    version: int = 2
    tables: tuple[str, ...] = (RETURNS, DAYS)
    reads: Mapping[str, type[Event]] = {GoodsReturned.kind: GoodsReturned}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event; goods without a receipt are of no sale that is known."""
        assert isinstance(body, GoodsReturned)
        key = body.day.to_bytes(4, "big") + envelope.seq.to_bytes(8, "big")
        writer.put(DAYS, key, _encode(_in(envelope, body)))
        if body.of_sale:
            one = CameBack(body.sale, body.number, body.type, body.answer, body.whole)
            known = came_back(writer, body.of_sale)
            writer.put(RETURNS, body.of_sale.encode(), _encode((*known, one)))


def _in(envelope: Envelope, body: GoodsReturned) -> CameIn:
    return CameIn(
        body.day,
        body.sale,
        body.number,
        body.type,
        body.of_number,
        body.reason,
        body.note,
        body.location,
        envelope.staff,
        body.approver,
        body.register,
        body.refund_minor,
        body.goods,
    )


def of_days(reader: Reader, first_day: int, last_day: int) -> Iterator[CameIn]:
    """Yield what came back on business days (yyyymmdd), both included, in their order."""
    for key, row in reader.items(DAYS, after=first_day.to_bytes(4, "big")):
        if int.from_bytes(key[:4], "big") > last_day:
            return
        yield _came_in(row)


def came_back(reader: Reader, sale: str) -> tuple[CameBack, ...]:
    """Return what has come back of a sale, oldest first."""
    found = reader.get(RETURNS, sale.encode(errors="replace"))
    return () if found is None else _decode(found)


def reversed_sales(reader: Reader) -> frozenset[str]:
    """Return the sales of which all goods came back."""
    rows = reader.items(RETURNS)
    return frozenset(key.decode() for key, row in rows if _decode(row)[-1].whole)


def voided_by(reader: Reader, sale: str) -> int:
    """Return the receipt number of the post-void that reversed a sale, or 0."""
    return next((one.number for one in came_back(reader, sale) if one.type == "post_void"), 0)
