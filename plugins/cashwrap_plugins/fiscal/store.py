"""This plugin's own table: taxes by business day, code and rate, net of what came back."""

from collections.abc import Iterator, Mapping

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.sale.events import SaleCompleted, TaxTotal
from cashwrap.store.tables import Reader, Writer

DAYS = "fiscal.days"

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(tuple[TaxTotal, ...]).decode


class TaxProjection:
    """Folds finished sales, returns and post-voids."""

    name: str = "fiscal"
    version: int = 1
    tables: tuple[str, ...] = (DAYS,)
    reads: Mapping[str, type[Event]] = {SaleCompleted.kind: SaleCompleted}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Add a sale's taxes to its day."""
        assert isinstance(body, SaleCompleted)  # `reads` names nothing else
        if body.taxes:
            writer.put(
                DAYS, _key(body.day), _encode(summed(taxes_on(writer, body.day), body.taxes))
            )


def summed(*parts: tuple[TaxTotal, ...]) -> tuple[TaxTotal, ...]:
    """Return taxes added up by code and rate, the higher rate first."""
    sums: dict[tuple[int, str], tuple[int, int]] = {}
    for tax in (tax for part in parts for tax in part):
        base, amount = sums.get((-tax.rate_ppm, tax.code), (0, 0))
        sums[-tax.rate_ppm, tax.code] = (base + tax.base_minor, amount + tax.tax_minor)
    return tuple(TaxTotal(code, -rate, *sums[rate, code]) for rate, code in sorted(sums))


def taxes_on(reader: Reader, day: int) -> tuple[TaxTotal, ...]:
    """Return the taxes of a business day (yyyymmdd) by code and rate."""
    found = reader.get(DAYS, _key(day))
    return () if found is None else _decode(found)


def taxes_between(
    reader: Reader, first: int, last: int
) -> Iterator[tuple[int, tuple[TaxTotal, ...]]]:
    """Yield each business day with taxes, and these."""
    for key, row in reader.items(DAYS, after=_key(max(first - 1, 0))):
        if (day := int.from_bytes(key, "big")) > last:
            return
        yield day, _decode(row)


def _key(day: int) -> bytes:
    return day.to_bytes(4, "big")
