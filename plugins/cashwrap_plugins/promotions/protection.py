"""Price protection (价保): goods that became cheaper after the sale, and the difference once.

Public: a till's program calls `claim`, and gives the money back by `Sale.adjust`. What is decided
is a pure function, `decide`.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from cashwrap import Till
from cashwrap.errors import CashwrapError, listed
from cashwrap.host.acting import PluginTill, plugin_till
from cashwrap.money import MILLI
from cashwrap.pricing.model import PricedLine
from cashwrap.pricing.refund import refund_line
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale.events import SaleCompleted, SoldLine
from cashwrap.sale.quote import Quoted

from .events import ProtectedLine
from .options import PluginSettings, Protection
from .store import claims_of

NAME = "promotions"


class ProtectionRefused(CashwrapError):
    """A claim that the shop's promise does not cover; the message says why."""

    code = "protection.refused"


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer of a receipt gets back, by line, and the last day of the promise.

    Another register may give it first: `Sale.adjust` with ``once`` refuses the second.
    """

    sale: str
    number: int
    until: int
    lines: tuple[ProtectedLine, ...]

    @property
    def refund_minor(self) -> int:
        """Return all of it."""
        return sum(line.refund_minor for line in self.lines)

    @property
    def amounts(self) -> list[tuple[int, int]]:
        """Return line and amount, as `Sale.adjust` takes them."""
        return [(line.line, line.refund_minor) for line in self.lines]


def claim(till: Till | PluginTill, number: int, lines: Sequence[int] = ()) -> Claim:
    """Return what goods of receipt ``number`` cost less today, once for each line.

    ``lines`` are the sale's line numbers, by default all that became cheaper; what came back is not
    refunded. Nothing is journaled: the money goes back by `Sale.adjust` and `Sale.refund`, in the
    shift and to the tenders that paid. Raises ProtectionRefused, NoSuchSale.
    """
    own = till if isinstance(till, PluginTill) else plugin_till(till, NAME)
    sale_id = own.sale_of_number(number)
    sale = own.record_of(sale_id).body()
    assert isinstance(sale, SaleCompleted)  # `record_of` gives nothing else
    policy = own.settings(PluginSettings).protection
    check_day(sale.day, own.day_of(own.now_ms), policy)
    returns = own.original(sale_id).earlier
    rest = left_over(sale, returns, had(own, sale_id, returns), lines)
    found = decide(sale, rest, prices_now(own, sale, rest, policy))
    until = protected_until(sale.day, policy)
    return Claim(sale=sale.sale, number=sale.number, until=until, lines=found)


def had(till: PluginTill, sale: str, returns: Sequence[ReturnAnswer]) -> set[int]:
    """Return the lines whose price was made good before, also by claims of older versions."""
    with till.read() as reader:
        earlier = {line.line for each in claims_of(reader, sale) for line in each.event.lines}
    return earlier | {one.line for answer in returns for one in answer.adjusted}


def protected_until(sold: int, policy: Protection) -> int:
    """Return the last day (yyyymmdd) of the promise for goods that were sold on a day."""
    last = _date(sold) + timedelta(days=policy.days)
    return last.year * 10_000 + last.month * 100 + last.day


def check_day(sold: int, today: int, policy: Protection) -> None:
    """Raise ProtectionRefused after the last day of the promise."""
    passed = (_date(today) - _date(sold)).days
    if passed > policy.days:
        raise ProtectionRefused(
            f"sold {passed} days ago: prices are protected for {policy.days} days"
        )


def left_over(
    sale: SaleCompleted,
    returns: Sequence[ReturnAnswer],
    had: Container[int],
    asked: Sequence[int],
) -> dict[int, tuple[int, int]]:
    """Return (came back, still with the customer) of each line that may be claimed, thousandths.

    Raises ProtectionRefused for a line that is not on the sale, came back, or was claimed before.
    """
    back: dict[int, int] = {}
    for each in (each for answer in returns for each in answer.back):
        back[each.line] = back.get(each.line, 0) + each.quantity_milli
    whole = {line.line: line.quantity_milli for line in sale.lines if not line.parent}
    for line in listed(asked, "lines"):
        if line not in whole:
            raise ProtectionRefused(f"line {line} is not on receipt {sale.number}")
        if line in had:
            raise ProtectionRefused(f"line {line} of receipt {sale.number} had its difference")
        if whole[line] <= back.get(line, 0):
            raise ProtectionRefused(f"line {line} of receipt {sale.number} was returned")
    rest = {
        line: (back.get(line, 0), milli - back.get(line, 0))
        for line, milli in whole.items()
        if line not in had and (not asked or line in asked) and milli > back.get(line, 0)
    }
    if not rest:
        raise ProtectionRefused(
            f"receipt {sale.number}: every line had its difference or came back"
        )
    return rest


def prices_now(
    till: PluginTill, sale: SaleCompleted, rest: Mapping[int, tuple[int, int]], policy: Protection
) -> dict[int, int]:
    """Return what the same goods would come to today, minor units, by line.

    Goods that are not sold any more have no price to compare with and are left out.
    """

    def quoted(lines: Sequence[Quoted], *, promotions: bool) -> tuple[PricedLine, ...]:
        return till.quote(
            lines, order_type=sale.order_type, customer=sale.customer, promotions=promotions
        )

    wanted: dict[int, Quoted] = {}
    for line in sale.lines:
        if line.line in rest:
            goods = _quoted(sale, line, rest[line.line][1])
            try:
                quoted([goods], promotions=False)
            except CashwrapError:
                continue
            wanted[line.line] = goods
    now = quoted(list(wanted.values()), promotions=policy.against == "rules")
    return dict(zip(wanted, (line.payable_minor for line in now), strict=True))


def decide(
    sale: SaleCompleted,
    rest: Mapping[int, tuple[int, int]],
    now_minor: Mapping[int, int],
) -> tuple[ProtectedLine, ...]:
    """Return the lines that cost less now, and how much. Raises ProtectionRefused for none."""
    skus = {line.line: (line.sku, line.quantity_milli) for line in sale.lines}
    lines = []
    for number, (back_milli, milli) in sorted(rest.items()):
        sku, sold_milli = skus[number]
        paid = _paid(sale, number, sold_milli, back_milli, milli)
        less = paid - now_minor.get(number, paid)
        if less > 0:
            lines.append(ProtectedLine(number, sku, milli, paid, now_minor[number], less))
    if not lines:
        raise ProtectionRefused(f"receipt {sale.number}: nothing on it is cheaper now")
    return tuple(lines)


def _paid(sale: SaleCompleted, line: int, sold: int, back: int, milli: int) -> int:
    """Return what was paid for what the customer still has, a set meal as the sum of its parts."""
    parts = [part for part in sale.lines if part.parent == line]
    if not parts:
        return refund_line(sale.priced, line, sold, back, milli).payable_minor
    return sum(refund_line(sale.priced, p.line, sold, back, milli).payable_minor for p in parts)


def _quoted(sale: SaleCompleted, line: SoldLine, milli: int) -> Quoted:
    choices: dict[str, tuple[str, ...]] = {}
    for part in sale.lines:
        if part.parent == line.line:
            choices[part.slot] = (*choices.get(part.slot, ()), part.sku)
    unit = line.unit if line.base_milli != MILLI else ""
    modifiers = tuple(modifier.code for modifier in line.modifiers)
    return Quoted(line.sku, milli, unit, modifiers, choices)


def _date(yyyymmdd: int) -> date:
    return date(yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100)
