"""What has come back of each sale: a fold over the returns of the journal."""

from collections.abc import Mapping

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale.events import SaleType
from cashwrap.sale.returning.events import GoodsReturned
from cashwrap.store.tables import Reader, Writer

RETURNS = "returns.of_sale"  # the original sale's id -> CameBack of each return, oldest first


class CameBack(msgspec.Struct, frozen=True, array_like=True):
    """One return of goods of a sale: on which sale and receipt it was, and what was decided.

    ``whole``: with it nothing of the goods was left with the customer.
    """

    sale: str
    number: int
    type: SaleType
    answer: ReturnAnswer
    whole: bool = False


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[CameBack, ...]).decode


class ReturnProjection:
    """Folds returns by the sale whose goods they brought back."""

    name: str = "returns"
    version: int = 1
    tables: tuple[str, ...] = (RETURNS,)
    reads: Mapping[str, type[Event]] = {GoodsReturned.kind: GoodsReturned}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event; goods without a receipt are of no sale that is known."""
        assert isinstance(body, GoodsReturned)
        if body.of_sale:
            one = CameBack(body.sale, body.number, body.type, body.answer, body.whole)
            known = came_back(writer, body.of_sale)
            writer.put(RETURNS, body.of_sale.encode(), _encode((*known, one)))


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
