"""What a customer sees: the line that was rung up, the total, the change. Pure."""

from __future__ import annotations

from cashwrap.host.views import LineSeen, SaleSeen
from cashwrap.money import MILLI, Currency, div_round, format_quantity
from cashwrap.sale.events import SaleCompleted

from .display_protocols import COLUMNS, Screen, row

_WORDS = {"total": ("合计", "TOTAL"), "change": ("找零", "CHANGE"), "refund": ("退款", "REFUND")}


def newest(sale: SaleSeen, before: SaleSeen | None) -> LineSeen | None:
    """Return the line that is new or became another, the last of them; None where none did."""
    known = {} if before is None or before.id != sale.id else {x.number: x for x in before.lines}
    changed = [line for line in sale.lines if known.get(line.number) != line]
    return changed[-1] if changed else None


def of_sale(sale: SaleSeen, line: LineSeen | None, currency: Currency, encoding: str) -> Screen:
    """Return the line with what it comes to before discounts, above what the sale does."""
    total = currency.format(sale.payable_minor)
    lower = row(_word("total", encoding), total, encoding)
    if line is None:
        return Screen("", lower, total, 2)
    amount = div_round(line.unit_minor * line.quantity_milli, MILLI, "half_up")
    price = currency.format(amount)
    many = "" if line.quantity_milli == MILLI else f"{format_quantity(line.quantity_milli)}x"
    upper = row(many + _name(line, encoding), price, encoding)
    return Screen(upper, lower, price, 1)


def of_completed(sale: SaleCompleted, currency: Currency, encoding: str) -> Screen:
    """Return what was paid and what comes back."""
    change_minor = sum(payment.change_minor for payment in sale.payments)
    total, change = currency.format(abs(sale.payable_minor)), currency.format(change_minor)
    word = "total" if sale.payable_minor >= 0 else "refund"
    upper = row(_word(word, encoding), total, encoding)
    lower = row(_word("change", encoding), change, encoding)
    return Screen(upper, lower, change, 4)


def of_words(text: str, encoding: str) -> Screen:
    """Return a welcome on two rows."""
    first = row(text, "", encoding)
    return Screen(first, row(text[len(first.rstrip()) :].strip(), "", encoding))


def _word(key: str, encoding: str) -> str:
    return _WORDS[key][encoding == "ascii"]


def _name(line: LineSeen, encoding: str) -> str:
    """Return the goods' name, their SKU where the display has no sign of it."""
    return line.name if row(line.name, "", encoding).strip() else line.sku[:COLUMNS]
