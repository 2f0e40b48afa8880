"""Random days of payments, refunds, crashes and clock jumps: the money stays true throughout."""

from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cashwrap.tender.errors import PaymentInDoubt, RefundExceedsPaid, TenderRefused
from cashwrap.testing.tenders import TenderBench
from cashwrap.testing.terminal import BEHAVIOURS, FakeTerminal

NEVER = ("silent_paid", "silent_unpaid", "refund_refused")


class Scripted(FakeTerminal):
    """Takes its next behaviour from the machine."""

    following = "approve"

    def _behaviour(self):
        return self.following


class Day(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.terminal = Scripted()
        self.bench = TenderBench(self.terminal)
        self.count = 0

    @rule(
        behaviour=st.sampled_from(BEHAVIOURS),
        amount=st.integers(1, 10**12),
        sale=st.sampled_from(["S1", "S2"]),
    )
    def pay(self, behaviour, amount, sale):
        self.terminal.following = behaviour
        self.count += 1
        waiting = self.bench.runner.in_doubt(sale)
        try:
            self.bench.pay(f"A{self.count}", amount, sale=sale)
        except PaymentInDoubt:
            self.count -= 1
            assert waiting

    @rule(ms=st.integers(0, 200_000))
    def step(self, ms):
        self.bench.wait(ms)
        self.bench.runner.step(self.bench.now)

    @precondition(lambda self: self.count)
    @rule(data=st.data())
    def give_up(self, data):
        number = data.draw(st.integers(1, self.count))
        self.bench.runner.give_up(f"A{number}", self.bench.now)

    @precondition(lambda self: self.count)
    @rule(data=st.data(), amount=st.integers(1, 10**12))
    def refund(self, data, amount):
        number = data.draw(st.integers(1, self.count))
        refund = f"R{number}-{amount}"
        with suppress(TenderRefused, RefundExceedsPaid):
            self.bench.runner.refund(refund, f"A{number}", amount, self.bench.now, sale="RS")

    @precondition(lambda self: self.count)
    @rule(data=st.data())
    def notified(self, data):
        intent = f"A{data.draw(st.integers(1, self.count))}"
        try:
            said = self.terminal.query(intent)
        except Exception:
            return
        self.bench.runner.receive(intent, said, self.bench.now)

    @rule()
    def crash(self):
        self.bench.restart()

    @rule(ms=st.integers(-(10**9), 10**9))
    def clock_jumps(self, ms):
        self.bench.wall_ms += ms

    @rule(ms=st.integers(0, 10**6))
    def reboot(self, ms):
        self.bench.steady_ms = ms
        self.bench.restart()

    @invariant()
    def nothing_is_charged_twice(self):
        for intent, charge in self.terminal.charges.items():
            payment = self.bench.payment(intent)
            assert payment is not None
            assert charge.begun == 1
            assert charge.net_minor <= payment.asked_minor + 1

    @invariant()
    def what_counts_was_taken(self):
        for intent, charge in self.terminal.charges.items():
            payment = self.bench.payment(intent)
            if payment.verdict == "paid":
                assert payment.amount_minor + payment.tip_minor <= charge.charged_minor
                back = [each for each in payment.refunds if each.state == "given_back"]
                assert all(charge.refunds[each.id] == each.amount_minor for each in back)

    def teardown(self):
        """In the end everything has a verdict, unless its terminal never answers."""
        self.bench.restart()
        for _ in range(40):
            self.bench.wait(120_000)
            self.bench.settle(20)
        for number in range(1, self.count + 1):
            payment = self.bench.payment(f"A{number}")
            charge = self.terminal.charges.get(payment.id)
            if charge and charge.behaviour in NEVER:
                continue
            assert payment.verdict != "in_doubt"
            back = sum(each.amount_minor for each in payment.refunds if each.state == "given_back")
            assert payment.charged_minor - back == self.terminal.net_minor(payment.id)


Day.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestDay = Day.TestCase
