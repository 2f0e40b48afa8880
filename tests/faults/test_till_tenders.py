"""The till dies around every commit, draft write and driver call of a payment."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from cashwrap.errors import CashwrapError
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.store import opening
from cashwrap.store.draft import DraftFile
from cashwrap.store.store import Store
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import BEHAVIOURS, Behaviour, FakeTerminal

NEVER_ANSWERS = {"silent_paid", "silent_unpaid"}
PAYABLE_MINOR = 1400


class Crash(BaseException):
    """The process is gone: no handler in the till may swallow it."""


class Killer:
    """Raises at the n-th dangerous moment: around each effect on the disk or at the terminal."""

    def __init__(self) -> None:
        self.left = -1
        self.moments = 0

    def moment(self, call: str = "") -> None:
        self.moments += 1
        self.left -= 1
        if self.left == 0:
            raise Crash

    def around(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        kept = getattr(owner, name)

        def dangerous(*given: Any, **named: Any) -> Any:
            self.moment()
            answer = kept(*given, **named)
            self.moment()  # it is done, but the till never heard so
            return answer

        monkeypatch.setattr(owner, name, dangerous)


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Killer]:
    made = Killer()
    made.around(monkeypatch, Store, "commit_also")
    made.around(monkeypatch, DraftFile, "append")
    made.around(monkeypatch, DraftFile, "flush")
    monkeypatch.setattr(opening, "probe", lambda folder: None)  # a second process each time
    yield made
    made.left = -1


def by_card(shop: Shop, sale: Sale) -> None:
    sale.payments.ask("card", command="pay")
    settle(shop)


def split(shop: Shop, sale: Sale) -> None:
    sale.pay_cash(400, command="cash")
    sale.payments.ask("card", command="pay")
    settle(shop)


def given_up(shop: Shop, sale: Sale) -> None:
    sale.payments.ask("card", command="pay")
    shop.clock.pass_ms(2_000)
    sale.payments.give_up()
    settle(shop)


def given_back(shop: Shop, sale: Sale) -> None:
    sale.payments.ask("card", 500, command="part")
    settle(shop)
    if sale.state == "tendering" and not sale.payments.in_doubt:
        sale.payments.give_back("changed their mind")
        settle(shop)


Story = Callable[[Shop, Sale], None]
UNDECIDED: tuple[Behaviour, ...] = (
    "slow", "abandoned", "lost_answer", "lost_request", "silent_paid", "late", "late_pending",
    "uncancellable", "raise_after",
)  # fmt: skip
CASES: list[tuple[Story, Behaviour]] = [
    *((story, behaviour) for story in (by_card, given_back) for behaviour in BEHAVIOURS),
    *((given_up, behaviour) for behaviour in UNDECIDED),
    (split, "approve"),
    (split, "lost_answer"),
    (split, "decline"),
    (split, "partial"),
]


def settle(shop: Shop, steps_max: int = 60) -> None:
    for _ in range(steps_max):
        due_ms = shop.till.next_step_ms
        if due_ms is None:
            return
        shop.clock.pass_ms(max(0, due_ms - shop.clock.steady_ms))
        shop.till.step()


def run(shop: Shop, killer: Killer, story: Story, crashes: Sequence[int]) -> str:
    """Play the story with crashes after so many moments each; return the sale's id."""
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    killer.moments = 0
    plan = list(crashes)
    killer.left = plan.pop(0) if plan else -1
    try:
        story(shop, sale)
        killer.left = -1
    except Crash:
        recover(shop, killer, plan)
    return sale.id


def recover(shop: Shop, killer: Killer, plan: list[int]) -> None:
    while True:
        shop.clock.pass_ms(20_000)
        killer.left = -1
        shop.till.abandon()
        killer.left = plan.pop(0) if plan else -1
        try:
            shop.till = shop._opened()
            settle(shop)
            killer.left = -1
            return
        except Crash:
            continue


def check(shop: Shop, terminal: FakeTerminal, sale_id: str, behaviour: Behaviour) -> None:
    """The sale, its payments and the terminal's own ledger tell the same."""
    till = shop.till
    charges = [each for each in terminal.charges.values() if each.intent.sale == sale_id]
    assert all(charge.begun == 1 for charge in charges), "asked for the money twice"
    payments = {each.id: each for each in till.payments_of(sale_id)}
    for charge in charges:
        payment = payments[charge.intent.id]
        if payment.verdict == "in_doubt":
            owed = payment.state == "late" and behaviour == "refund_refused"
            assert behaviour in NEVER_ANSWERS or owed, payment
            assert payment in till.runner.in_doubt()
            continue
        back = sum(each.amount_minor for each in payment.refunds if each.state == "given_back")
        kept = payment.charged_minor - back if payment.verdict == "paid" else 0
        assert kept == charge.net_minor, payment
    record = ended_record(shop, sale_id)
    if record is None:
        assert till.sale(sale_id).totals.payable_minor == PAYABLE_MINOR
        known = {each.id: each.state for each in till.sale(sale_id).payments.all}
        assert known == {each.id: each.state for each in payments.values()}
        return
    assert sum(each.paid_minor for each in payments.values()) == PAYABLE_MINOR
    assert not any(each.unsettled for each in payments.values())
    assert record.payable_minor == PAYABLE_MINOR


def ended_record(shop: Shop, sale_id: str) -> SaleCompleted | None:
    try:
        body = shop.till.record_of(sale_id).body()
    except CashwrapError:
        return None
    assert isinstance(body, SaleCompleted)
    return body


@pytest.mark.parametrize(("story", "behaviour"), CASES)
@pytest.mark.req("R176")
def test_no_moment_of_a_payment_is_dangerous(
    behaviour: Behaviour,
    story: Story,
    killer: Killer,
    memory_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """A crash at any moment never charges twice, never loses a payment, never loses the sale."""
    terminal = FakeTerminal([behaviour])
    shop = Shop(memory_path / "shop", drivers={"card": terminal})
    request.addfinalizer(lambda: shop.till.close())
    terminal.before = terminal.after = killer.moment
    sale = run(shop, killer, story, [])
    moments = killer.moments
    check(shop, terminal, sale, behaviour)
    for moment in range(1, moments + 1):
        terminal.charges.clear()  # the next round's payment is the first of its script
        sale = run(shop, killer, story, [moment])
        check(shop, terminal, sale, behaviour)
    assert shop.till.store.verify().ok
