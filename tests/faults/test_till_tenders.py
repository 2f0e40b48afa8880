"""The till dies around every commit, draft write and driver call of a payment."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from faults.killing import Killer, armed, play, settle

from cashwrap.errors import CashwrapError
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import BEHAVIOURS, Behaviour, FakeTerminal

NEVER_ANSWERS = {"silent_paid", "silent_unpaid"}
PAYABLE_MINOR = 1400


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Killer]:
    made = armed(monkeypatch)
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


def run(shop: Shop, killer: Killer, story: Story, crashes: Sequence[int]) -> str:
    """Play the story with crashes after so many moments each; return the sale's id."""
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    play(killer, lambda: story(shop, sale), shop, list(crashes))
    return sale.id


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
