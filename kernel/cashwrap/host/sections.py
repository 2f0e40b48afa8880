"""What plugins print on a receipt beside the sale."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import cast

from msgspec.structs import replace

from cashwrap.host.host import Host
from cashwrap.receipt.model import Receipt, Section
from cashwrap.sale.events import SaleCompleted
from cashwrap.store.tables import Reader

HOOK = "cashwrap_receipt_sections"
Reads = Callable[[], AbstractContextManager[Reader]]


def with_sections(
    host: Host, receipt: Receipt, sale: SaleCompleted, reads: Reads, *, gift: bool
) -> Receipt:
    """Return the receipt with what plugins add to it; one that fails adds nothing."""
    sections: list[Section] = []
    with reads() as reader:
        for plugin, answer in host.call(HOOK, sale=sale, reader=reader, gift=gift):
            try:
                given = list(cast(Iterable[object], answer or ()))
            except Exception as error:  # whatever a plugin's generator may raise
                host.fault(plugin, HOOK, f"{type(error).__name__}: {error}")
                continue
            sound = [one for one in given if isinstance(one, Section)]
            if len(sound) < len(given):
                host.fault(plugin, HOOK, f"gave {given!r:.60}: sections are `Section`s")
            sections += sound
    host.tell()
    return replace(receipt, sections=tuple(sections)) if sections else receipt
