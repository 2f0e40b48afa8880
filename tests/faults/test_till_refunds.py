"""The till dies around every commit, draft write and driver call of a return."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from faults.killing import Killer, armed, play, settle

from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import net_cash_minor
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import Behaviour, FakeTerminal

CASH_MINOR = 400

Story = Callable[[Shop, int], None]


def _return(shop: Shop, number: int) -> Sale:
    """The return that is under way, or a new one where nothing of it was kept."""
    for sale in shop.till.open_sales():
        if any(each.of_number == number for each in sale.returns):
            return sale
    sale = shop.till.new_sale(command=f"return {number}")
    if not sale.returns:
        sale.take_back(number, None, command="goods")
    return sale


def whole(shop: Shop, number: int) -> None:
    """All goods back: the card gives, then cash goes out with the end."""
    _return(shop, number).refund(command="money")
    settle(shop)


def in_parts(shop: Shop, number: int) -> None:
    """Part by card, the rest on a credit note."""
    sale = _return(shop, number)
    sale.refund(amount_minor=600, command="part")
    settle(shop)
    if sale.due_minor < 0 and not sale.payments.in_doubt:
        sale.refund("credit", command="rest")


def exchange(shop: Shop, number: int) -> None:
    """Dearer goods on the same sale, and the rest back to the card."""
    sale = shop.till.new_sale()
    sale.take_back(number, [(1, 4)], command="goods")
    sale.add("BUN", command="bun")
    sale.refund(command="money")
    settle(shop)


def voided(shop: Shop, number: int) -> None:
    """A post-void: all of it at once."""
    shop.till.post_void(number, "wrong customer", command="void")
    settle(shop)


STORIES: list[Story] = [whole, in_parts, exchange, voided]
BEHAVIOURS: tuple[Behaviour, ...] = (
    "approve", "refund_lost", "refund_refused", "refund_busy", "tip", "excess",
)  # fmt: skip


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Killer]:
    made = armed(monkeypatch)
    yield made
    made.left = -1


def run(shop: Shop, killer: Killer, story: Story, crashes: Sequence[int]) -> int:
    """Sell, then play the story with crashes after so many moments; return the receipt."""
    sale = shop.till.new_sale()
    sale.add("COLA", 4)
    sale.pay_cash(CASH_MINOR)
    sale.payments.ask("card")
    settle(shop)
    number = shop.till.record_of(sale.id).body().number
    play(killer, lambda: story(shop, number), shop, list(crashes))
    return number


def finish(shop: Shop) -> None:
    """What the cashier does in the morning: end every return that money went out of."""
    for sale in shop.till.open_sales():
        if not sale.payments.giving and sale.state == "open":
            sale.cancel("nothing went out")
            continue
        sale.refund()
        if sale.state != "completed":
            sale.refund("cash")
        assert sale.state == "completed"


def check(shop: Shop, terminal: FakeTerminal, number: int) -> None:
    """The terminal, the drawer, the notes and the journal tell the same."""
    till = shop.till
    original = till.sale_of_number(number)
    payments = till.payments_of(original)
    for payment in payments:
        assert payment.refundable_minor >= 0
        assert payment.relievable_minor >= 0
        if payment.kind == "card":
            charge = terminal.charges[payment.id]
            backs = [each for each in payment.refunds if not each.beside]
            given = sum(each.amount_minor for each in backs if each.state == "given_back")
            assert payment.charged_minor - given == charge.net_minor
            assert {each.id for each in backs if each.state == "given_back"} == set(charge.refunds)
    relieved = sum(relieved_minor(each) for each in payments)
    ended = [each for each in returns_of(shop) if each.returns[0].of_number == number]
    assert relieved == -sum(each.payable_minor for each in ended)
    assert len(ended) <= 1
    with till.store.read() as reader:
        drawer_minor = net_cash_minor(reader, "S001", "T1", "CNY")
    takings = {each.kind: each.amount_minor for each in till.takings().takings}
    assert takings.get("cash", 0) == drawer_minor
    assert takings.get("card", 0) == sum(each.net_minor for each in terminal.charges.values())


def relieved_minor(payment: Payment) -> int:
    backs = (each for each in payment.refunds if each.state == "given_back" and not each.owed)
    return sum(each.counts_minor for each in backs)


def returns_of(shop: Shop) -> list[SaleCompleted]:
    found = []
    for record in shop.till.store.records():
        if record.envelope.kind == "sale.completed":
            body = record.body()
            assert isinstance(body, SaleCompleted)
            if body.returns:
                found.append(body)
    return found


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.req("R15")
def test_no_moment_of_a_return_is_dangerous(
    behaviour: Behaviour,
    story: Story,
    killer: Killer,
    memory_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """A crash at any moment never pays out twice, and never loses that money went out."""
    terminal = FakeTerminal([behaviour])
    shop = Shop(memory_path / "shop", drivers={"card": terminal})
    request.addfinalizer(lambda: shop.till.close())
    terminal.before = terminal.after = killer.moment
    number = run(shop, killer, story, [])
    moments = killer.moments
    finish(shop)
    check(shop, terminal, number)
    for moment in range(1, moments + 1):
        number = run(shop, killer, story, [moment, moment + 3])
        finish(shop)
        check(shop, terminal, number)
    assert shop.till.store.verify().ok


@pytest.mark.parametrize("behaviour", ["approve", "refund_lost"])
def test_a_command_that_was_cut_off_is_finished_by_giving_it_again(
    behaviour: Behaviour,
    killer: Killer,
    memory_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Whatever had been done of it is not done again; what had not, is."""
    terminal = FakeTerminal([behaviour])
    shop = Shop(memory_path / "shop", drivers={"card": terminal})
    request.addfinalizer(lambda: shop.till.close())
    terminal.before = terminal.after = killer.moment
    run(shop, killer, whole, [])
    moments = killer.moments
    finish(shop)
    for moment in range(1, moments + 1):
        number = run(shop, killer, whole, [moment])
        for _ in range(2):  # once more where the terminal's answer had been lost
            if not is_back(shop, number):
                whole(shop, number)
        check(shop, terminal, number)
        assert is_back(shop, number)


def is_back(shop: Shop, number: int) -> bool:
    return any(each.returns[0].of_number == number for each in returns_of(shop))
