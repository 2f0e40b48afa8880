"""Which payments give back how much of a return: decided here, done by the sale.

Money goes back as it came, cards first: what a driver can ask its provider for, then the shop's own
credit notes, what was paid beside the till, cash, and vouchers. No payment gives more than it
brought in, tips stay with those who got them, and cash is rounded so that the customer has paid, at
any time, what the goods that stay would have cost in cash; so all returns of a sale give back
exactly what was paid.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from msgspec.structs import replace

from cashwrap.money import div_round
from cashwrap.pricing.model import CashRounding
from cashwrap.tender.payments import CREDIT, Payment, Refund

Reach = Literal["any", "whole", "nothing"]
"""What a driver can give back of a payment: any part of it, only the whole, or nothing."""

How = Literal["driver", "credit_restored", "beside", "cash", "credit_note"]
Wish = Literal["", "cash", "credit"]
"""To where the money is to go: to the tenders that paid, or all of it in one other way."""

_ORDER: dict[How, int] = {"driver": 0, "credit_restored": 1, "beside": 2, "cash": 3}
_VOUCHERS_LAST = 4


class Source(NamedTuple):
    """The payments of one original sale, and how much of it goes back now.

    Where it was an exchange, part of it was paid by goods: ``traded`` is what had paid for those,
    each up to what they counted for.
    """

    payments: Sequence[Payment]
    limit_minor: int
    traded: "tuple[Source, ...]" = ()

    def all_payments(self) -> "list[Payment]":
        """Return its payments, and those of what was traded in."""
        return [*self.payments, *[one for each in self.traded for one in each.all_payments()]]


class _Giver(NamedTuple):
    """A payment that may give; ``limits`` are of its sources, and shrink as money goes."""

    rank: int
    payment: Payment
    how: "How"
    limits: "list[_Limit]"


class _Limit:
    """How much of one source is left to give."""

    def __init__(self, minor: int) -> None:
        self.minor = minor


class Step(NamedTuple):
    """What one payment gives back.

    ``amount_minor`` goes to the customer, ``tip_minor`` of it as tip; the return is relieved of
    ``relieves_minor``. They differ by the tip and by cash rounding.
    """

    payment: Payment
    how: How
    amount_minor: int
    relieves_minor: int
    tip_minor: int = 0

    @property
    def rounding_minor(self) -> int:
        """Return what cash rounding added to what goes out, below zero where it took off."""
        return self.amount_minor - self.tip_minor - self.relieves_minor

    @property
    def as_it_came(self) -> bool:
        """Whether the money goes back by the tender that paid."""
        return self.how in ("driver", "credit_restored", "beside") or (
            self.how == "cash" and self.payment.kind == "cash"
        )


class Plan(NamedTuple):
    """What each payment gives back, in order; ``left_minor`` is what none of them can."""

    steps: tuple[Step, ...]
    left_minor: int


def plan(
    sources: Iterable[Source],
    due_minor: int,
    reach: Callable[[Payment], Reach],
    coins: CashRounding,
    *,
    to: Wish = "",
    tips: bool = False,
) -> Plan:
    """Return how so much goes back; the payments say what they have given back before.

    ``to`` sends all of it in cash or on a credit note, whatever paid. ``tips`` gives the tip back
    with the last of what a driver took (a whole sale is reversed).
    """
    parts: dict[str, int] = {}
    found: dict[str, tuple[Payment, How]] = {}
    for _, payment, how, limits in _in_order(sources, reach, to):
        open_minor = payment.relievable_minor - parts.get(payment.id, 0)
        part = min(due_minor, open_minor, *[limit.minor for limit in limits])
        if part <= 0 or not _can_give(payment, how, part, reach, tips):
            continue
        parts[payment.id] = parts.get(payment.id, 0) + part
        found[payment.id] = payment, how
        due_minor -= part
        for limit in limits:
            limit.minor -= part
    steps = [_step(*found[each], part, coins, tips) for each, part in parts.items()]
    return Plan(tuple(steps), due_minor)


def _in_order(
    sources: Iterable[Source], reach: Callable[[Payment], Reach], to: Wish
) -> list[_Giver]:
    """Return every payment with something left to give, who gives first in front."""
    givers = [giver for each in sources for giver in _givers(each, reach, to, [])]
    return sorted(givers, key=lambda giver: giver.rank)


def _givers(
    source: Source, reach: Callable[[Payment], Reach], to: Wish, above: list[_Limit]
) -> Iterator[_Giver]:
    limits = [*above, _Limit(source.limit_minor)]
    for payment in source.payments:
        if payment.state != "approved" or payment.relievable_minor <= 0:
            continue
        how = _way_back(payment)
        rank = _VOUCHERS_LAST if payment.kind == "voucher" else _ORDER[how]
        if to:
            rank = -1 if (to, how) == ("cash", "cash") else rank
            how = "cash" if to == "cash" else "credit_note"
        elif how == "driver" and reach(payment) == "nothing":
            continue
        yield _Giver(rank, payment, how, limits)
    for each in source.traded:
        yield from _givers(each, reach, to, limits)


def _way_back(payment: Payment) -> How:
    if payment.kind == "cash":
        return "cash"
    if not payment.recorded:
        return "driver"
    return "credit_restored" if payment.driver == CREDIT else "beside"


def _can_give(
    payment: Payment, how: How, part: int, reach: Callable[[Payment], Reach], tips: bool
) -> bool:
    if how != "driver" or reach(payment) == "any":
        return True
    return part + _tip(payment, part, tips) == payment.charged_minor


def _step(payment: Payment, how: How, part: int, coins: CashRounding, tips: bool) -> Step:
    if how == "driver":
        tip = _tip(payment, part, tips)
        return Step(payment, how, part + tip, part, tip)
    if how == "credit_note":
        amount = _in_credit(payment, part)
    else:
        amount = _in_cash(payment, part, coins) if how == "cash" else part
    if not amount:  # rounding took it off whole; a note of nothing is none
        how = "cash"
    return Step(payment, how, amount, part)


def _tip(payment: Payment, part: int, tips: bool) -> int:
    """Return the tip that goes back with the last of what a payment counted."""
    last = tips and part == payment.relievable_minor
    return min(payment.tip_minor, payment.refundable_minor - part) if last else 0


def _in_credit(payment: Payment, part: int) -> int:
    """Return what a credit note gives for a part; in the end as much as was taken."""
    last = payment.kind == "cash" and part == payment.relievable_minor
    return payment.refundable_minor if last else min(part, payment.refundable_minor)


def _in_cash(payment: Payment, part: int, coins: CashRounding) -> int:
    """Return the cash for a part of a payment.

    For cash it is what was taken, less what was given back, less what the rest would have cost.
    For another tender it is rounded likewise, but never to more than the part.
    """
    left = payment.refundable_minor
    if payment.kind != "cash":
        given = rounded(part, coins)
        return given if given <= part else rounded(part, CashRounding(_unit(coins), "down"))
    rest = payment.relievable_minor - part
    return min(left, max(0, left - rounded(rest, coins))) if rest else left


def rounded(amount_minor: int, coins: CashRounding) -> int:
    """Return an amount as it is paid in cash."""
    unit = _unit(coins)
    return div_round(amount_minor, unit, coins.mode) * unit


def _unit(coins: CashRounding) -> int:
    return 1 if coins.on == "total" else coins.increment_minor


def given_back(payments: Iterable[Payment], sale: str) -> list[Payment]:
    """Return what payments gave back on a return as payments of it below zero, one for each act."""
    acts: dict[str, Payment] = {}
    for payment in payments:
        for refund in payment.refunds_of(sale):
            given, had = _given(payment, refund), acts.get(refund.id)
            acts[refund.id] = given if had is None else _sum(had, given)
    return list(acts.values())


def _sum(one: Payment, other: Payment) -> Payment:
    """Return two parts of one credit note as the payment that it is."""
    return replace(
        one,
        asked_minor=one.asked_minor + other.asked_minor,
        amount_minor=one.amount_minor + other.amount_minor,
        charged_minor=one.charged_minor + other.charged_minor,
        rounding_minor=one.rounding_minor + other.rounding_minor,
    )


def _given(payment: Payment, refund: Refund) -> Payment:
    beyond = refund.amount_minor - refund.counts_minor  # cash rounding, or tip
    given = replace(
        payment,
        id=refund.id,
        sale=refund.sale,
        asked_minor=-refund.amount_minor,
        amount_minor=-refund.counts_minor,
        charged_minor=-refund.amount_minor,
        tip_minor=0 if refund.beside else -beyond,
        rounding_minor=-beyond if refund.beside else 0,
        tendered_minor=0,
        change_minor=0,
        refunds=(),
    )
    if refund.in_cash:
        return replace(given, driver="cash", kind="cash", provider_id="", account="")
    if refund.in_credit:
        return replace(given, driver=CREDIT, kind="stored_value", provider_id="", account="")
    return given
