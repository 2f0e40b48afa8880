"""The money of a return: who gives back how much, in what order, and never twice.

Drivers are asked first, each refund's intent being on the disk before the request leaves; what goes
out at once (cash, credit notes, vouchers) follows in one commit, with the end of the return.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, get_args

import msgspec

from cashwrap.errors import InvalidInput, whole
from cashwrap.events import Event
from cashwrap.sale.complete import type_of
from cashwrap.sale.crediting import issue, restored
from cashwrap.sale.errors import (
    EmptySale,
    NothingToGiveBack,
    OtherTenderNeeded,
    RefundExceedsDue,
)
from cashwrap.sale.growing import ask_grown
from cashwrap.sale.paying import sources_of
from cashwrap.sale.recovery import snapshot
from cashwrap.staff.rights import Act
from cashwrap.tender.cash import return_cash, take_back
from cashwrap.tender.credit import CreditNote
from cashwrap.tender.errors import PaymentInDoubt, TenderNeedsNetwork
from cashwrap.tender.events import Relieved
from cashwrap.tender.pan import command_id, words
from cashwrap.tender.payments import CREDIT, Payment, Refund, RefundState, apply
from cashwrap.tender.projection import credit_parts
from cashwrap.tender.refunds import Plan, Step, Wish, plan, rounded

if TYPE_CHECKING:
    from cashwrap.sale.sale import Sale


class Given(msgspec.Struct, frozen=True):
    """One amount that went back, or is on its way; ``refusal`` is the driver's word for its no.

    ``relieves_minor`` is by how much less is due since: the amount without cash rounding and tip.
    """

    tender: str
    amount_minor: int
    relieves_minor: int
    state: RefundState = "given_back"
    refusal: str = ""


class Refunded(msgspec.Struct, frozen=True):
    """What was given back, and the credit note where one was given.

    ``due_minor`` is below zero where a driver refused, or something is left to give.
    """

    given: tuple[Given, ...]
    credit: CreditNote | None
    due_minor: int

    @property
    def cash_minor(self) -> int:
        """Return the cash to hand over."""
        return sum(each.amount_minor for each in self.given if each.tender == "cash")


class Wanted(NamedTuple):
    """What the cashier asked for; ``amount_minor`` 0 is all that is due."""

    to: Wish
    amount_minor: int
    online: bool
    staff: str
    command: str


class Decided(NamedTuple):
    """What is to be done. ``own_minor`` goes to ``own``, no payment being known for it."""

    plan: Plan
    own_minor: int
    own: Wish
    by_other_tender: bool


class AtOnce(NamedTuple):
    """What needs nobody's answer: events, payments of the return, and payments that gave."""

    events: list[Event]
    made: list[Payment]
    giving: list[Payment]


def refund(sale: "Sale", wanted: Wanted) -> Refunded:
    """Give back what is due on a return; see `Sale.refund`."""
    wanted = _checked(wanted)
    had = {id for id, _ in _acts(sale)}
    done = [each for id, each in _acts(sale) if id in _ids(sale, wanted.command)]
    if sale.ended_by("complete", wanted.command) or (done and not _goes_on(sale, wanted, done)):
        return _answer(sale, done, _key(wanted.command))
    _see_to(sale)
    key = _key(wanted.command) or f"#{len(had)}"
    if sale.due_minor == 0:
        sale.payments.finish(staff=wanted.staff, command=wanted.command)
        return _answer(sale, [], key)
    staff = sale.desk.clerk(wanted.staff, sale.register, sale.desk.now())
    wanted = wanted._replace(staff=staff or sale.cart.opened.staff)
    decided = _decide(sale, wanted, sum(each.relieves_minor for each in done))
    at_once = _at_once(sale, decided, key)
    ask_grown(sale, wanted.staff)
    _allow(sale, wanted, decided)
    if _ask_drivers(sale, wanted, decided.plan, key) and at_once.events:
        sale.payments.book(*at_once, staff=wanted.staff, command=wanted.command)
        sale.desk.runner.reread(payment.id for payment in at_once.giving)
    new = [each for id, each in _acts(sale) if id not in had]
    return _answer(sale, [*done, *new], key)


def _checked(wanted: Wanted) -> Wanted:
    if wanted.to not in get_args(Wish):
        raise InvalidInput(
            f"money goes back to cash or credit, or as it came, not to {wanted.to!r}"
        )
    if whole(wanted.amount_minor, "an amount to give back") < 0:
        raise InvalidInput(f"{wanted.amount_minor} is no amount to give back: give it above zero")
    return wanted._replace(staff=words(wanted.staff, "staff"), command=command_id(wanted.command))


def _goes_on(sale: "Sale", wanted: Wanted, done: Sequence[Given]) -> bool:
    """Whether a command that came before was cut off, so that the rest is still to be done."""
    if sale.state not in ("open", "tendering") or sale.due_minor >= 0:
        return False
    relieved = sum(each.relieves_minor for each in done)
    whole_way = all(each.state == "given_back" for each in done)
    return whole_way and (not wanted.amount_minor or relieved < wanted.amount_minor)


def _see_to(sale: "Sale") -> None:
    """See that money may go out now. Raises as `Sale.refund` does."""
    if sale.cart.is_empty:
        raise EmptySale
    sale.desk.on_shift(sale.register)
    sale.check("tender")
    for payment in sale.payments.in_doubt:
        raise PaymentInDoubt(payment.id, sale.id)
    sale.ready_for()
    if sale.due_minor > 0:
        raise NothingToGiveBack(sale.due_minor)
    sale.payments.refuse_short()


def _decide(sale: "Sale", wanted: Wanted, done_minor: int) -> Decided:
    settings, due_minor = sale.desk.settings, -sale.due_minor
    amount_minor = wanted.amount_minor - done_minor if wanted.amount_minor else due_minor
    if amount_minor > due_minor:
        raise RefundExceedsDue(amount_minor, due_minor)
    sources, unreceipted_minor = sources_of(sale)
    tips = type_of(sale.cart) == "post_void"

    def planned(to: Wish) -> Plan:
        reach, coins = sale.desk.runner.gives_back, settings.price.cash_rounding
        return plan(sources, amount_minor, reach, coins, to=to, tips=tips)

    found, usual = planned(wanted.to), planned("")
    beyond_minor = found.left_minor - min(found.left_minor, max(0, unreceipted_minor))
    own: Wish = settings.returns.unreceipted_to
    if not wanted.to:
        if beyond_minor:
            raise OtherTenderNeeded(beyond_minor)
        return Decided(found, found.left_minor, own, False)
    other = found.steps != usual.steps or beyond_minor > 0
    other |= found.left_minor > 0 and wanted.to != own
    return Decided(found, found.left_minor, wanted.to, other)


def _allow(sale: "Sale", wanted: Wanted, decided: Decided) -> None:
    if decided.by_other_tender:
        gone = sum(step.relieves_minor for step in decided.plan.steps) + decided.own_minor
        act = Act("sale.return_other_tender", sale.id, f"to {wanted.to}", gone)
        sale.desk.allow(act, wanted.staff, sale.register)


def _ask_drivers(sale: "Sale", wanted: Wanted, planned: Plan, key: str) -> bool:
    """Ask one driver after the other, until one does not give; return whether all gave."""
    steps = [step for step in planned.steps if step.how == "driver"]
    for step in () if wanted.online else steps:
        raise TenderNeedsNetwork(step.payment.driver, "refunds are made online only")
    if steps:
        sale.payments.record_vouchers(wanted.staff)
    return all(_gave(sale, step, wanted.staff, key) for step in steps)


def _gave(sale: "Sale", step: Step, staff: str, key: str) -> bool:
    refund_id = _id(sale, step.payment.id, key)
    try:
        payment = sale.desk.runner.refund(
            refund_id,
            step.payment.id,
            step.amount_minor,
            sale.desk.now(),
            sale=sale.id,
            reason="return",
            staff=staff,
            register=sale.register,
            sale_snapshot=snapshot(sale.cart),
            tip_minor=step.tip_minor,
        )
    except BaseException:
        sale.payments.refresh()  # the intent may be on the disk all the same
        raise
    sale.payments.came(payment, staff=staff)
    back = payment.refund(refund_id)
    return back is not None and back.state == "given_back"


def _at_once(sale: "Sale", decided: Decided, key: str) -> AtOnce:
    """Return what goes out without asking anybody."""
    at_once, noted = AtOnce([], [], []), []
    for step in decided.plan.steps:
        if step.how == "credit_note":
            noted.append(step)
        elif step.how != "driver":
            events = _events_of(sale, step, _id(sale, step.payment.id, key))
            at_once.events.extend(events)
            at_once.giving.append(_after(sale, step.payment, events[0]))
    _give_own(sale, decided, noted, at_once, _id(sale, "", key))
    return at_once


def _events_of(sale: "Sale", step: Step, act: str) -> list[Event]:
    payment, amount_minor = step.payment, step.amount_minor
    if step.how == "cash":
        currency, rounding = payment.currency, step.rounding_minor
        return [return_cash(act, sale.id, currency, amount_minor, rounding, of=payment)]
    taken = take_back(act, payment, amount_minor, "return", sale.id)
    return [taken, *restored(sale.desk, payment, act, amount_minor)]


def _give_own(
    sale: "Sale", decided: Decided, noted: Sequence[Step], at_once: AtOnce, act: str
) -> None:
    """Add the credit note, and the cash for goods of which no payment is known."""
    own_minor, desk = decided.own_minor, sale.desk
    if own_minor and decided.own == "cash":
        currency, coins = desk.settings.currency.code, desk.settings.price.cash_rounding
        amount_minor = rounded(own_minor, coins)
        event = return_cash(act, sale.id, currency, amount_minor, amount_minor - own_minor)
        at_once.events.append(event)
        at_once.made.append(_after(sale, None, event))
        own_minor = 0
    of = [Relieved(step.payment.id, step.amount_minor, step.rounding_minor) for step in noted]
    total_minor = own_minor + sum(each.amount_minor for each in of)
    if not total_minor:
        return
    note = issue(desk, act, sale.id, total_minor, tuple(of))
    at_once.events.append(note)
    payments = {step.payment.id: step.payment for step in noted}
    for part in credit_parts(note):
        payment = payments[part.of[0].payment] if part.of else None
        kept = at_once.giving if part.of else at_once.made
        kept.append(_after(sale, payment, part))


def _after(sale: "Sale", payment: Payment | None, event: Event) -> Payment:
    after = apply(payment, event, sale.desk.now().wall_ms)
    assert after is not None  # these events begin a payment, or are about this one
    return after


def _acts(sale: "Sale") -> Iterator[tuple[str, Given]]:
    """Yield what went out on a return, or was asked for, with the id of each act."""
    for own in sale.payments.all:
        if own.paid_minor < 0:
            yield own.id, Given(own.driver, -own.charged_minor, -own.paid_minor)
    for payment in sale.payments.giving:
        for back in payment.refunds:
            if back.sale == sale.id:
                yield back.id, _given(payment, back)


def _given(payment: Payment, back: Refund) -> Given:
    tender = "cash" if back.in_cash else CREDIT if back.in_credit else payment.driver
    relieves_minor = back.counts_minor if back.state != "refused" else 0
    return Given(tender, back.amount_minor, relieves_minor, back.state, back.refusal)


def _answer(sale: "Sale", given: Sequence[Given], key: str) -> Refunded:
    credit = sale.desk.credit_of_payment(_id(sale, "", key)) if key else None
    return Refunded(tuple(given), credit, sale.due_minor)


def _ids(sale: "Sale", command: str) -> set[str]:
    """Return the ids that the acts of a command have, none without one."""
    if not command:
        return set()
    key, giving = _key(command), [each.id for each in sale.payments.giving]
    return {_id(sale, id, key) for id in ("", *giving)}


def _key(command: str) -> str:
    """Return what tells the acts of a command from all others, "" without one."""
    return command and f"={command}"


def _id(sale: "Sale", payment: str, key: str) -> str:
    """Return the id of an act: the same payment on the same return gives it the same again."""
    return "R" + sha256(f"{sale.id}/{payment}/{key}".encode()).hexdigest()[:31]
