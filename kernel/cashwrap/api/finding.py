"""Finished sales, searched: a part of the journal at a time, so that selling goes on between."""

from collections.abc import Callable

import msgspec

from cashwrap.api.receipt_view import ReceiptRow, receipt_row
from cashwrap.money import checked
from cashwrap.sale.errors import NoSuchSale
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.projection import series_totals
from cashwrap.sale.receipt import masked
from cashwrap.till import Till

SLICE = 100  # receipts that are looked at in one go on the till's thread
LOOKED_MAX = 5000  # in one request
PAYMENT_NUMBER_MIN, PAYMENT_NUMBER_MAX = 8, 200


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: all of it must be so. ``text``: a number, an amount, a member, goods.

    ``members`` is whether who asks may see the whole number of any member.
    """

    text: str = ""
    type: str = ""
    staff: str = ""
    register: str | None = None
    day: int = 0
    members: bool = False

    def member(self, member: str) -> str:
        """Return as much of a member's number as is shown: the whole to who names it all."""
        is_named = self.text.strip().casefold() == member.casefold()
        return member if self.members or is_named else masked(member)


class Found(msgspec.Struct):
    """What one go found; ``next`` is the number to go on below, 0 at the end."""

    rows: list[ReceiptRow]
    next: int


def first_number(till: Till, before: int, day: int) -> int:
    """Return the newest receipt number below ``before`` (0: of all) that is not after a day."""
    with till.store.read() as reader:
        last = series_totals(reader).last_number
    high = min(before - 1, last) if before else last
    if not day:
        return high
    low = 0  # business days do not fall, so this halves what is left
    while low < high:
        middle = (low + high + 1) // 2
        body = _body(till, middle)
        if body is None or body.day <= day:  # what was trimmed is older than what is there
            low = middle
        else:
            high = middle - 1
    return low


def paid_as(till: Till, wanted: Wanted) -> list[ReceiptRow]:
    """Return the receipts that were paid with a payment whose whole number is looked for."""
    text = wanted.text.strip()
    if not PAYMENT_NUMBER_MIN <= len(text) <= PAYMENT_NUMBER_MAX:
        return []
    numbers = [till.number_of(sale) for sale in till.sales_paid_as(text, till.drivers)]
    return [receipt_row(till, number, wanted.member) for number in numbers if number]


def newest(till: Till, wanted: Wanted, before: int, limit: int) -> list[ReceiptRow]:
    """Return the newest receipts that are wanted, below a number."""
    rows = list[ReceiptRow]()
    number = first_number(till, before, wanted.day)
    while number and len(rows) < limit:
        found = look(till, wanted, number, limit - len(rows))
        rows += found.rows
        number = found.next - 1 if found.next else 0
    return rows


def look(till: Till, wanted: Wanted, number: int, room: int) -> Found:
    """Look at some receipts from a number downward; at most ``room`` are found."""
    fits = _fits(till, wanted)
    rows: list[ReceiptRow] = []
    lowest = max(0, number - SLICE)
    while number > lowest and len(rows) < room:
        body = _body(till, number)
        if body is None or (wanted.day and body.day < wanted.day):
            return Found(rows, 0)
        if fits(body):
            row = receipt_row(till, number, wanted.member)
            if not wanted.staff or row.staff == wanted.staff:
                rows.append(row)
        number -= 1
    return Found(rows, number + 1 if number else 0)


def _body(till: Till, number: int) -> SaleCompleted | None:
    try:
        body = till.record_of(till.sale_of_number(number)).body()
    except NoSuchSale:  # trimmed, and safe elsewhere: older ones are too
        return None
    assert isinstance(body, SaleCompleted)  # see `Till.record_of`
    return body


def _fits(till: Till, wanted: Wanted) -> Callable[[SaleCompleted], bool]:
    text = wanted.text.strip().casefold()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    minor = _minor(text, till.settings.currency.digits)

    def fits(sale: SaleCompleted) -> bool:
        if wanted.type and sale.type != wanted.type:
            return False
        if wanted.register is not None and sale.register != wanted.register:
            return False
        return not text or said(sale)

    def said(sale: SaleCompleted) -> bool:
        if sale.number == number or (minor is not None and abs(sale.payable_minor) == minor):
            return True
        if text in wanted.member(sale.member).casefold() or text in sale.customer.casefold():
            return True
        goods = (one for line in sale.lines for one in (line.name, line.sku))
        back = (goods.name for one in sale.returns for goods in one.goods)
        return any(text in one.casefold() for one in (*goods, *back))

    return fits


def _minor(text: str, digits: int) -> int | None:
    """Return the minor units of what may be an amount: ``12``, ``12.5``, ``12.50``."""
    units, _, part = text.partition(".")
    if not (units + part).isascii() or not (units + part).isdigit() or len(part) > digits:
        return None
    if len(units) > 12:
        return None
    return checked(int((units or "0") + part.ljust(digits, "0")))
