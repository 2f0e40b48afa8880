"""This plugin's own tables: claims by sale, and what was refunded on each day by tender."""

from collections.abc import Iterator, Mapping

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.store.tables import Reader, Writer

from .events import MarkdownsRead, PriceProtected

CLAIMS, DAYS = "promotions.claims", "promotions.days"
MARKDOWNS = "promotions.markdowns.last"


class Claim(msgspec.Struct, frozen=True, array_like=True):
    """A claim that was granted, and the command that asked for it."""

    event: PriceProtected
    command: str = ""


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_claims = msgspec.msgpack.Decoder(tuple[Claim, ...]).decode
_markdowns = msgspec.msgpack.Decoder(MarkdownsRead).decode
_day = msgspec.msgpack.Decoder(dict[str, int]).decode


class ProtectionProjection:
    """Folds granted claims."""

    name: str = "promotions"
    version: int = 1
    tables: tuple[str, ...] = (CLAIMS, DAYS)
    reads: Mapping[str, type[Event]] = {PriceProtected.kind: PriceProtected}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Keep a claim with its sale, and add it to its day."""
        assert isinstance(body, PriceProtected)  # `reads` names nothing else
        claims = (*claims_of(writer, body.sale), Claim(body, envelope.command))
        writer.put(CLAIMS, body.sale.encode(), _encode(claims))
        sums = refunded_on(writer, body.day)
        sums[body.tender] = sums.get(body.tender, 0) + body.refund_minor
        writer.put(DAYS, body.day.to_bytes(4, "big"), _encode(sums))


class MarkdownsProjection:
    """Keeps which file of markdowns counted last."""

    name: str = "promotions.markdowns"
    version: int = 1
    tables: tuple[str, ...] = (MARKDOWNS,)
    reads: Mapping[str, type[Event]] = {MarkdownsRead.kind: MarkdownsRead}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Keep it in place of the one before."""
        writer.put(MARKDOWNS, b"last", _encode(body))


def last_read(reader: Reader) -> MarkdownsRead | None:
    """Return which file of markdowns counted last, None where there never was one."""
    found = reader.get(MARKDOWNS, b"last")
    return None if found is None else _markdowns(found)


def claims_of(reader: Reader, sale: str) -> tuple[Claim, ...]:
    """Return the claims granted on a sale, oldest first."""
    found = reader.get(CLAIMS, sale.encode())
    return () if found is None else _claims(found)


def refunded_on(reader: Reader, day: int) -> dict[str, int]:
    """Return what price protection gave back on a business day, minor units by tender."""
    found = reader.get(DAYS, day.to_bytes(4, "big"))
    return {} if found is None else _day(found)


def refunds(reader: Reader, first: int, last: int) -> Iterator[tuple[int, dict[str, int]]]:
    """Yield each business day with refunds, and the sums of it by tender."""
    for key, row in reader.items(DAYS):
        if first <= (day := int.from_bytes(key, "big")) <= last:
            yield day, _day(row)
