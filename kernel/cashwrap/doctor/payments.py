"""Payments and refunds that nobody has answered yet, and those that a terminal still forwards."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient, age
from cashwrap.tender.events import TenderContradicted
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import open_payments, stored_payments

LONG_MS = 24 * 3_600_000
NEWEST = 5_000  # records that are read for what providers said against the record
_DECIDE = Words(
    "let the till ask on; who holds the terminal's slip may decide it at the till",
    "让收银机继续查询;有终端小票的人可在收银机上确认结果",
)


def doubt(patient: Patient) -> Iterator[Finding]:
    """Every payment that was asked for has been answered."""
    with patient.book.read() as reader:
        waiting = open_payments(reader)
    undecided = [one for one in waiting if one.undecided]
    if not undecided:
        yield good("payments.doubt", "no payment is in doubt", "没有待确认的支付")
        return
    yield _waiting(patient, "payments.doubt", undecided, ("payments in doubt", "笔支付结果待确认"))


def refunds(patient: Patient) -> Iterator[Finding]:
    """No money is still on its way back to a customer."""
    with patient.book.read() as reader:
        waiting = open_payments(reader)
    on_the_way = [
        one
        for one in waiting
        if one.state == "late" or any(back.state == "refunding" for back in one.refunds)
    ]
    if not on_the_way:
        yield good("payments.refunds", "no refund is waiting", "没有待完成的退款")
        return
    said = ("refunds waiting for an answer", "笔退款等待结果")
    yield _waiting(patient, "payments.refunds", on_the_way, said)


def stored(patient: Patient) -> Iterator[Finding]:
    """What terminals took without their bank has been forwarded."""
    with patient.book.read() as reader:
        waiting = stored_payments(reader)
    if not waiting:
        return
    oldest_ms = patient.now.wall_ms - min(one.decided_ms or one.begun.wall_ms for one in waiting)
    en, zh = age(oldest_ms)
    count = len(waiting)
    if oldest_ms < LONG_MS:
        said = (f"{count} stored offline, the oldest {en} ago", f"离线支付 {count} 笔,最早 {zh} 前")
        yield good("payments.stored", *said)
        return
    yield look(
        "payments.stored",
        Words(
            f"{count} payments stored offline, the oldest {en} ago",
            f"离线支付 {count} 笔未上送,最早 {zh} 前",
        ),
        Words("connect the terminal so that it forwards them", "请让终端联网,以便上送离线支付"),
    )


def contradicted(patient: Patient) -> Iterator[Finding]:
    """No provider said something else of a payment lately than what is on record."""
    book = patient.book
    records = book.records(max(book.identity.base.seq, book.head.seq - NEWEST))
    told = [one.body() for one in records if one.envelope.kind == TenderContradicted.kind]
    found = [each for each in told if isinstance(each, TenderContradicted)]
    if not found:
        said = "no provider contradicts what is on record", "没有与记录矛盾的支付"
        yield good("payments.contradicted", *said)
        return
    last, count = found[-1], len(found)
    yield look(
        "payments.contradicted",
        Words(
            f"{count} answers contradict the record, the last: {last.intent}, {last.said}",
            f"{count} 个答复与记录矛盾,最近一笔 {last.intent}:{last.said}",
        ),
        Words("compare these payments with the provider's page", "请在支付平台核对这些支付"),
    )


def _waiting(
    patient: Patient, check: str, waiting: list[Payment], said: tuple[str, str]
) -> Finding:
    oldest_ms = patient.now.wall_ms - min(one.begun.wall_ms for one in waiting)
    en, zh = age(oldest_ms)
    count = len(waiting)
    found = Words(f"{count} {said[0]}, the oldest for {en}", f"{count} {said[1]},最早的已 {zh}")
    return (bad if oldest_ms > LONG_MS else look)(check, found, _DECIDE)


CHECKS = (doubt, refunds, stored, contradicted)
