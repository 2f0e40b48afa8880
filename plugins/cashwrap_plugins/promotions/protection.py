"""Price protection (价保): goods that became cheaper after the sale, and the difference once.

Public: a till's program calls `protect`. What is decided is a pure function, `decide`; the event
is journaled under the plugin's name and folded into its own table (`store.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

import msgspec

from cashwrap import Till
from cashwrap.errors import CashwrapError, listed
from cashwrap.money import MILLI, div_round
from cashwrap.pricing.model import PricedLine
from cashwrap.pricing.refund import refund_line
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale.events import SaleCompleted, SoldLine
from cashwrap.sale.quote import Quoted

from .events import PriceProtected, ProtectedLine
from .store import claims_of

NAME = "promotions"


class Protection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shop's promise: for so many days after the day of the sale, against which price.

    ``shelf``: the price of the price books. ``rules``: what the same goods together would come to
    under the promotions in force, without member, coupon and points.
    """

    days: Annotated[int, msgspec.Meta(ge=0, le=3_660)] = 7
    against: Literal["shelf", "rules"] = "shelf"


class PluginSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of this plugin: ``[plugins.promotions]``."""

    protection: Protection = Protection()


class ProtectionRefused(CashwrapError):
    """A claim that the shop's promise does not cover; the message says why."""

    code = "protection.refused"


def protect(
    till: Till,
    number: int,
    lines: Sequence[int] = (),
    *,
    tender: str = "cash",
    staff: str = "",
    command: str = "",
) -> PriceProtected:
    """Refund what goods of receipt ``number`` cost less today, once for each line; journaled.

    ``lines`` are the sale's line numbers, by default all that became cheaper; what came back is not
    refunded again. ``tender`` is how the money is given. The same command gives the same answer.
    Raises ProtectionRefused, NoSuchSale.
    """
    sale_id = till.sale_of_number(number)
    with till.store.read() as reader:
        claims = claims_of(reader, sale_id)
    for claim in claims:
        if command and claim.command == command:
            return claim.event
    sale = till.record_of(sale_id).body()
    assert isinstance(sale, SaleCompleted)  # `record_of` gives nothing else
    policy = till.settings.of_plugin(NAME, PluginSettings).protection
    today = till.day_of(till.now().wall_ms)
    check_day(sale.day, today, policy)
    returns = till.original(sale_id).earlier
    rest = left_over(sale, returns, [line for claim in claims for line in claim.event.lines], lines)
    event = decide(sale, rest, prices_now(till, sale, rest, policy), today, tender)
    till.commit([event], staff=staff, command=command)
    return event


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
    claimed: Sequence[ProtectedLine],
    asked: Sequence[int],
) -> dict[int, tuple[int, int]]:
    """Return (came back, still with the customer) of each line that may be claimed, thousandths.

    Raises ProtectionRefused for a line that is not on the sale, came back, or was claimed before.
    """
    back: dict[int, int] = {}
    for each in (each for answer in returns for each in answer.back):
        back[each.line] = back.get(each.line, 0) + each.quantity_milli
    had = {line.line for line in claimed}
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
    till: Till, sale: SaleCompleted, rest: Mapping[int, tuple[int, int]], policy: Protection
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
    day: int,
    tender: str,
) -> PriceProtected:
    """Return the event that refunds what the goods cost less now. Raises ProtectionRefused."""
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
    total = sum(line.refund_minor for line in lines)
    return PriceProtected(sale.sale, sale.number, day, tuple(lines), total, tender)


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


def less_on_return(line: ProtectedLine, sold_milli: int, before_milli: int, milli: int) -> int:
    """Return how much less goes back for goods whose difference was refunded already.

    ``milli`` come back after ``before_milli`` of ``sold_milli``. Any split adds up to the claim.
    """
    before_milli -= sold_milli - line.quantity_milli  # what had come back before the claim
    until, since = (
        div_round(line.refund_minor * part, line.quantity_milli, "half_up")
        for part in (before_milli + milli, before_milli)
    )
    return until - since


def _date(yyyymmdd: int) -> date:
    return date(yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100)
