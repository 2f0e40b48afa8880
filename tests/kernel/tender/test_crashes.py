"""The till dies at every point, twice, against every terminal: the money stays true."""

from collections.abc import Sequence

import pytest

from cashwrap.events import Event
from cashwrap.ports import Timestamp
from cashwrap.testing.tenders import TenderBench
from cashwrap.testing.terminal import BEHAVIOURS, Behaviour, FakeTerminal

NEVER_ANSWERS = {"silent_paid", "silent_unpaid"}


class Crash(BaseException):
    """The process is gone: no handler in the till may swallow it."""


class Killer:
    """Raises at the n-th dangerous moment: around each commit and each effect of a driver."""

    def __init__(self, bench: TenderBench, terminal: FakeTerminal) -> None:
        self.bench = bench
        self.left = -1
        self.moments = 0
        terminal.before = self.moment
        terminal.after = self.moment

    def moment(self, call: str = "") -> None:
        self.moments += 1
        self.left -= 1
        if self.left == 0:
            raise Crash

    def commit(self, events: Sequence[Event], *, at: Timestamp, staff: str = "") -> int:
        self.moment()
        seq = self.bench.journal.commit(events, at=at, staff=staff)
        self.moment()  # on the disk, but the till never heard so
        return seq


def pay(bench: TenderBench) -> None:
    bench.pay()


def pay_then_give_up(bench: TenderBench) -> None:
    if bench.pay().undecided:
        bench.wait(2_000)
        bench.runner.give_up("A1", bench.now)


def pay_then_refund(bench: TenderBench) -> None:
    bench.pay()
    bench.settle()
    payment = bench.payment()
    if payment is not None and payment.state == "approved":
        part = max(1, payment.refundable_minor // 3)
        bench.runner.refund("R1", "A1", part, bench.now, sale="S2")


STORIES = [pay, pay_then_give_up, pay_then_refund]


def run(behaviour: Behaviour, story, crashes: Sequence[int]) -> tuple[TenderBench, Killer]:
    """Play the story; the k-th crash comes after so many more dangerous moments."""
    terminal = FakeTerminal([behaviour])
    bench = TenderBench(terminal)
    killer = Killer(bench, terminal)
    plan = list(crashes)
    bench.restart(killer.commit)
    killer.left = plan.pop(0) if plan else -1
    try:
        story(bench)
        bench.settle()
    except Crash:
        recover(bench, killer, plan)
    return bench, killer


def recover(bench: TenderBench, killer: Killer, plan: list[int]) -> None:
    while True:
        bench.wait(20_000)
        killer.left = plan.pop(0) if plan else -1
        try:
            bench.restart(killer.commit)
            bench.settle()
            return
        except Crash:
            continue


def check(bench: TenderBench, behaviour: Behaviour) -> None:
    terminal = bench.driver
    assert isinstance(terminal, FakeTerminal)
    charge = terminal.charges.get("A1")
    assert charge is None or charge.begun <= 1, "asked for the money twice"
    payment = bench.payment()
    if payment is None:
        assert charge is None, "money was taken that the journal knows nothing of"
        return
    real = terminal.net_minor("A1")
    back = sum(each.amount_minor for each in payment.refunds if each.state == "given_back")
    waiting = [each for each in payment.refunds if each.state == "refunding"]
    if payment.verdict == "paid":
        assert payment.charged_minor - back == real
        if not waiting:
            asked_back = sum(
                each.amount_minor
                for each in payment.refunds
                if each.sale == "S2" and each.state == "given_back"
            )
            assert payment.paid_minor + payment.tip_minor - asked_back == real
    elif payment.verdict in ("not_paid", "refunded"):
        assert real == 0
    else:
        owed = payment.state == "late" and behaviour == "refund_refused"
        assert behaviour in NEVER_ANSWERS or owed, f"still {payment.state}"
        assert payment in bench.runner.in_doubt(), "in doubt, but nobody can see it"
    # the committed state is the fold of the journal and nothing else
    assert bench.journal.reopened().tables.__dict__ == bench.journal.tables.__dict__


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.req("R176")
def test_no_crash_point_costs_money(behaviour, story):
    """A crash around any commit or effect never charges twice and never loses a payment."""
    bench, killer = run(behaviour, story, [])
    check(bench, behaviour)
    for moment in range(1, killer.moments + 1):
        check(run(behaviour, story, [moment])[0], behaviour)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_no_second_crash_during_recovery_costs_money(behaviour):
    """A crash at any point, and another at any early point of the recovery, keep the money true."""
    for first in range(1, 9):
        for second in range(1, 7):
            check(run(behaviour, pay_then_give_up, [first, second])[0], behaviour)


@pytest.mark.parametrize(
    "behaviour", ["approve", "lost_answer", "slow", "bad_signature", "mute_paid"]
)
def test_an_honest_approval_keeps_the_sale_paid(behaviour):
    """Where the terminal charged and answers in time, no crash unpays the sale."""
    moments = run(behaviour, pay, [])[1].moments
    for moment in range(1, moments + 1):
        terminal = run(behaviour, pay, [moment])[0]
        charge = terminal.driver.charges.get("A1")
        payment = terminal.payment()
        if charge and charge.charged_minor and not charge.cancelled:
            assert payment.verdict in ("paid", "refunded")
