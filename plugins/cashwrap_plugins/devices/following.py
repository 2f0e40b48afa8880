"""What the journal has printed: each printer follows it from a place of its own.

The journal is the print queue: a printer without paper stays where it is, and goes on from there,
also after the till was killed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cashwrap.host.offers import WAIT, React
from cashwrap.receipt.paper import TextStyle
from cashwrap.sale.events import SaleCompleted
from cashwrap.shift.events import ShiftClosed

from .printing import Job, ReceiptPrinter
from .settings import PrinterSettings

if TYPE_CHECKING:
    from cashwrap.events import Event
    from cashwrap.host.acting import PluginTill
    from cashwrap.host.offers import Wait
    from cashwrap.store.records import Record

KINDS = ("sale.completed", "sale.reprinted", "sale.suspended", "credit.issued", "shift.closed")
OLDEST_MS = 12 * 3_600_000
"""Nobody waits for a paper that is older."""


def follower(printer: ReceiptPrinter) -> React:
    """Return what has a printer print."""

    def print_it(till: PluginTill, record: Record) -> Wait | None:
        return printed(printer, till, record)

    return React(name=f"print {printer.settings.name}", kinds=KINDS, do=print_it, from_now=True)


def printed(printer: ReceiptPrinter, till: PluginTill, record: Record) -> Wait | None:
    """Hand a record's paper to a printer; WAIT until it is printed."""
    key = record.hash.hex()[:32]
    if printer.is_printed(key):
        return None
    if printer.has(key):
        return WAIT
    if not is_wanted(printer.settings, record.body()):
        return None
    if till.now_ms - record.envelope.wall_ms > OLDEST_MS:
        return None
    rows = till.paper_of(record, style_of(printer.settings, till.paper_style()))
    if not rows:
        return None
    printer.put(Job(key, tuple(rows)))
    return WAIT


def is_wanted(settings: PrinterSettings, event: Event) -> bool:
    """Return whether a printer prints the paper of an event, by its register and its kind."""
    register: str = getattr(event, "register", "")
    if settings.registers and register not in settings.registers:
        return False
    if isinstance(event, ShiftClosed):
        return settings.reports
    return settings.receipts == "always" or not isinstance(event, SaleCompleted)


def style_of(settings: PrinterSettings, shop: TextStyle) -> TextStyle:
    """Return how a printer's papers are laid out."""
    return TextStyle(
        columns=settings.columns, language=settings.language or shop.language,
        ambiguous_wide=True, taxes=shop.taxes,
    )  # fmt: skip
