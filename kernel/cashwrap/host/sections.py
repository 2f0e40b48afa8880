"""What plugins print on a receipt beside the sale."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from itertools import islice
from typing import cast

import msgspec
from msgspec.structs import replace

from cashwrap.host.host import Host
from cashwrap.receipt.model import Receipt, Section
from cashwrap.sale.events import SaleCompleted
from cashwrap.store.tables import Reader

HOOK = "cashwrap_receipt_sections"
SECTIONS_MAX = 20
BYTES_MAX = 32_768
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Section, ...]).decode
Reads = Callable[[], AbstractContextManager[Reader]]


def with_sections(
    host: Host, receipt: Receipt, sale: SaleCompleted, reads: Reads, *, gift: bool
) -> Receipt:
    """Return the receipt with what plugins add to it; one that fails adds nothing."""
    with reads() as reader:
        answers = host.ask(HOOK, _taken, sale=sale, reader=reader, gift=gift)
    host.tell()
    sections = tuple(section for _, given in answers for section in given)
    return replace(receipt, sections=sections) if sections else receipt


def _taken(answer: object) -> tuple[Section, ...]:
    """Return sections as they are printed. Raises TypeError or ValueError for what cannot be."""
    given = list(islice(cast(Iterable[object], answer or ()), SECTIONS_MAX + 1))
    if not all(isinstance(one, Section) for one in given):
        raise TypeError(f"gave {given!r:.60}: sections are `Section`s")
    raw = _encode(given)
    if len(given) > SECTIONS_MAX or len(raw) > BYTES_MAX:
        raise ValueError(f"gave more than {SECTIONS_MAX} sections, or {BYTES_MAX} bytes of them")
    return _decode(raw)  # each field is of its type then
