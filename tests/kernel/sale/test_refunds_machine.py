"""Any story of sales, returns, exchanges and voids, any terminal, any crash: money adds up."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cashwrap.errors import CashwrapError
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.store import opening
from cashwrap.tender.cash import expected_cash_minor
from cashwrap.tender.credit import NOTES, CreditNote, credit_owed_minor
from cashwrap.tender.driver import Capabilities
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import PAYMENTS, net_cash_minor
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal

MEMORY_DISK = "/dev/shm"
ROUNDINGS = (
    "",
    '[price.cash_rounding]\nincrement_minor = 10\nmode = "down"\non = "cash"\n',
    '[price.cash_rounding]\nincrement_minor = 100\nmode = "half_up"\non = "cash"\n',
    '[price.cash_rounding]\nincrement_minor = 50\nmode = "up"\non = "cash"\n',
)
RETURNS = '[returns]\nwithout_receipt = "today"\nunreceipted_to = "{to}"\n'
which = st.integers(0, 3)
commands = st.just("") | st.sampled_from(("c1", "c2"))
ways = st.sampled_from(("", "", "", "cash", "credit"))
NEVER_ANSWERS = {"silent_paid", "silent_unpaid"}


class Refunds(RuleBasedStateMachine):
    """A clerk who sells and takes back, two terminals that do as they like, and a bad fuse."""

    @initialize(
        seed=st.integers(0, 10**6),
        rounding=st.sampled_from(ROUNDINGS),
        to=st.sampled_from(("cash", "credit")),
    )
    def open_shop(self, seed: int, rounding: str, to: str) -> None:
        self.place = Path(
            tempfile.mkdtemp(dir=MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None)
        )
        self.probe, opening.probe = opening.probe, lambda folder: None  # a process each time
        whole = Capabilities(kind="wallet", partial_refund=False, timeout_ms=30_000)
        self.terminals = {
            "card": FakeTerminal(seed=seed),
            "wallet": FakeTerminal(seed=seed + 1, capabilities=whole),
        }
        text = SETTINGS + rounding + RETURNS.format(to=to)
        self.shop = Shop(self.place / "shop", settings=text, drivers=self.terminals)
        self.sales: list[str] = []

    # What the clerk does

    @rule(quantity=st.integers(1, 5), apples=st.sampled_from(("", "0.537", "1.093")))
    def sell(self, quantity: int, apples: str) -> None:
        sale = self.shop.till.new_sale()
        sale.add("COLA", quantity)
        if apples:
            sale.add("APPLE", apples)
        self.sales.append(sale.id)

    @rule(
        quantity=st.integers(2, 5),
        apples=st.sampled_from(("", "0.537", "1.093")),
        cash_part=st.sampled_from((0, 100, 437)),
        driver=st.sampled_from(("card", "wallet", "cash", "voucher", "credit")),
    )
    def sell_paid(self, quantity: int, apples: str, cash_part: int, driver: str) -> None:
        """A sale that is paid as far as its tenders go."""
        self.sell(quantity, apples)
        number = len([sale for sale in self.sales if self.is_open(sale)]) - 1
        if cash_part:
            self.act(number, lambda sale: sale.pay_cash(cash_part))
        if driver == "cash":
            self.cash(number, 1, "")
        elif driver == "voucher":
            self.voucher(number, 1)
        elif driver == "credit":
            self.credit(number, 0, "")
        else:
            self.ask(number, driver, 1)
            self.settle(3)

    @rule(number=st.integers(1, 12), quantity=st.integers(0, 2), to=ways, part=st.integers(0, 2))
    def take_back_and_refund(self, number: int, quantity: int, to: str, part: int) -> None:
        """A return, and as much of its money as the terminals give."""
        self.take_back(number, quantity, 0)
        if self.is_open(self.sales[-1]):
            place = len([sale for sale in self.sales if self.is_open(sale)]) - 1
            self.refund(place, to, part, "")
            self.settle(2)
            if self.is_open(self.sales[-1]):
                self.refund(place, "", 0, "c1")

    @rule(which=which, driver=st.sampled_from(("card", "wallet")), part=st.integers(1, 4))
    def ask(self, which: int, driver: str, part: int) -> None:
        self.act(which, lambda sale: sale.payments.ask(driver, sale.due_minor // part))

    @rule(which=which, part=st.integers(1, 4), command=commands)
    def cash(self, which: int, part: int, command: str) -> None:
        def pay(sale: Sale) -> None:
            due, _ = sale.payments.cash_due()
            sale.pay_cash(max(0, due // part), command=command)

        self.act(which, pay)

    @rule(which=which, part=st.integers(1, 4))
    def voucher(self, which: int, part: int) -> None:
        self.act(
            which,
            lambda sale: sale.payments.record("voucher", "礼品券", max(1, sale.due_minor // part)),
        )

    @rule(which=which, note=which, command=commands)
    def credit(self, which: int, note: int, command: str) -> None:
        notes = [each for each in self.notes() if each.balance_minor]
        if notes:
            code = notes[note % len(notes)].shown
            self.act(which, lambda sale: sale.payments.credit(code, command=command))

    @rule(number=st.integers(1, 12), quantity=st.integers(0, 3), new=st.integers(0, 3))
    def take_back(self, number: int, quantity: int, new: int) -> None:
        sale = self.shop.till.new_sale()
        self.sales.append(sale.id)
        try:
            sale.take_back(number, [(1, quantity)] if quantity else None)
        except CashwrapError:
            sale.cancel()
            return
        if new:
            sale.add("COLA", new)

    @rule(quantity=st.integers(1, 3))
    def take_back_unreceipted(self, quantity: int) -> None:
        sale = self.shop.till.new_sale()
        sale.take_back_unreceipted("COLA", quantity)
        self.sales.append(sale.id)

    @rule(which=which, to=ways, part=st.integers(0, 3), command=commands)
    def refund(self, which: int, to: str, part: int, command: str) -> None:
        def give(sale: Sale, command: str = command) -> None:
            amount = -sale.due_minor // part if part and sale.due_minor < 0 else 0
            if command:
                command = f"{command}-{self.shop.till.store.head.seq}"
            done = sale.refund(to, amount, command=command)
            if command:
                again = sale.refund(to, amount, command=command)
                assert (again.given, again.due_minor) == (done.given, done.due_minor)

        self.act(which, give)

    @rule(number=st.integers(1, 12))
    def post_void(self, number: int) -> None:
        with suppress(CashwrapError):
            self.shop.till.post_void(number, "wrong sale")

    @rule(which=which)
    def finish(self, which: int) -> None:
        self.act(which, lambda sale: sale.payments.finish())

    @rule(which=which, in_cash=st.booleans())
    def give_back(self, which: int, in_cash: bool) -> None:
        self.act(which, lambda sale: sale.payments.give_back("changed", in_cash=in_cash))

    @rule(which=which)
    def cancel(self, which: int) -> None:
        self.act(which, lambda sale: sale.cancel("changed"))

    @rule(which=which)
    def give_up(self, which: int) -> None:
        self.act(which, lambda sale: sale.payments.give_up())

    @rule(which=which)
    def declare(self, which: int) -> None:
        """Somebody looks at the provider's page and says how it stands there."""

        def say(sale: Sale) -> None:
            for payment in sale.payments.in_doubt:
                charge = self.terminals[payment.driver].charges.get(payment.id)
                for back in payment.refunds:
                    if back.state == "refunding" and back.sale == sale.id:
                        given = charge is not None and back.id in charge.refunds
                        sale.payments.declare(payment.id, given, "page", refund=back.id)

        self.act(which, say)

    # What happens

    @rule(steps=st.integers(1, 6))
    def wait(self, steps: int) -> None:
        self.settle(steps)

    @rule()
    def crash(self) -> None:
        self.shop.crash()

    def act(self, which: int, do) -> None:
        """Do something with an open sale; a refusal changes nothing."""
        waiting = [sale for sale in self.sales if self.is_open(sale)]
        if not waiting:
            return
        sale = self.shop.till.sale(waiting[which % len(waiting)])
        due, state = sale.due_minor, sale.state
        try:
            do(sale)
        except CashwrapError:
            if not sale.payments.all and not sale.payments.giving:
                assert (sale.due_minor, sale.state) == (due, state)

    def is_open(self, sale: str) -> bool:
        return any(each.id == sale for each in self.shop.till.open_sales())

    def settle(self, steps_max: int) -> None:
        for _ in range(steps_max):
            due_ms = self.shop.till.next_step_ms
            if due_ms is None:
                return
            self.shop.clock.pass_ms(max(0, due_ms - self.shop.clock.steady_ms))
            self.shop.till.step()

    # What must hold

    def payments(self) -> list[Payment]:
        with self.shop.till.store.read() as reader:
            rows = [bytes(value) for _, value in reader.items(PAYMENTS)]
        return [msgspec.msgpack.decode(row, type=Payment) for row in rows]

    def notes(self) -> list[CreditNote]:
        with self.shop.till.store.read() as reader:
            rows = [bytes(value) for _, value in reader.items(NOTES)]
        return [msgspec.msgpack.decode(row, type=CreditNote) for row in rows]

    @invariant()
    def no_payment_gives_more_than_it_took(self) -> None:
        for each in self.payments():
            if each.amount_minor > 0:
                assert each.refundable_minor >= 0, each
                assert each.relievable_minor >= 0, each

    @invariant()
    def the_drawer_holds_what_cash_events_say(self) -> None:
        till = self.shop.till
        with till.store.read() as reader:
            drawer_minor = net_cash_minor(reader, "S001", "T1", "CNY")
        assert drawer_minor == expected_cash_minor(self.payments())

    @invariant()
    def credit_is_owed_and_never_overdrawn(self) -> None:
        notes = self.notes()
        assert all(0 <= each.balance_minor <= each.issued_minor for each in notes)
        with self.shop.till.store.read() as reader:
            owed_minor = credit_owed_minor(reader, "CNY")
        assert owed_minor == sum(each.balance_minor for each in notes)
        payments = self.payments()
        backs = [back for each in payments for back in each.refunds]
        given = sum(back.amount_minor for back in backs if back.in_credit)
        own = sum(-each.charged_minor for each in payments if each.charged_minor < 0)
        own_credit = own - sum(
            -each.charged_minor
            for each in payments
            if each.charged_minor < 0 and each.kind == "cash"
        )
        spent = sum(each.refundable_minor for each in payments if self.spends(each))
        again = sum(  # money of a note that went out otherwise does not come back onto it
            back.amount_minor
            for each in payments
            if self.spends(each)
            for back in each.refunds
            if back.beside
        )
        assert owed_minor == given + own_credit - spent - again

    def spends(self, payment: Payment) -> bool:
        return payment.driver == "credit" and payment.charged_minor > 0

    def teardown(self) -> None:
        try:
            if hasattr(self, "shop"):
                self.settle(200)
                self.all_adds_up()
        finally:
            if hasattr(self, "shop"):
                self.shop.till.close()
            if hasattr(self, "place"):
                opening.probe = self.probe
                shutil.rmtree(self.place)

    def all_adds_up(self) -> None:
        self.terminals_say_the_same()
        for sale in self.sales:
            self.completed_sale_adds_up(sale)
        assert self.shop.till.store.verify().ok

    def terminals_say_the_same(self) -> None:
        """The terminals' own ledgers are the payments', but where one never answers."""
        for payment in self.payments():
            terminal = self.terminals.get(payment.driver)
            charge = terminal.charges.get(payment.id) if terminal else None
            if charge is None or payment.verdict == "in_doubt":
                continue
            refunds = [each for each in payment.refunds if not each.beside]
            if any(each.state == "refunding" for each in refunds):
                continue
            back = sum(each.amount_minor for each in refunds if each.state == "given_back")
            paid = payment.verdict in ("paid", "refunded")
            kept = payment.charged_minor - back if paid else 0
            assert kept == charge.net_minor, payment

    def completed_sale_adds_up(self, sale: str) -> None:
        """What a sale and its return came to is what was taken, less rounding and tips."""
        try:
            body = self.shop.till.record_of(sale).body()
        except CashwrapError:
            return
        assert isinstance(body, SaleCompleted)
        taken = sum(taking.amount_minor for taking in body.takings)
        extra = sum(each.tip_minor + each.rounding_minor for each in body.payments)
        assert taken - extra == body.payable_minor
        assert body.cash_rounding_minor == sum(each.rounding_minor for each in body.payments)
        moved = sum(each.tendered_minor - each.change_minor for each in body.payments)
        assert moved == taken


Refunds.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
TestRefunds = pytest.mark.req("R15")(Refunds.TestCase)
