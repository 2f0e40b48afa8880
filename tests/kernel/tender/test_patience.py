"""A slow driver stops nobody; one that hangs leaves its payment in doubt, as ever."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, get_ident
from time import monotonic, sleep

import pytest

from cashwrap.sale.sale import Sale
from cashwrap.tender.asking import Said
from cashwrap.tender.driver import Approved, Intent, Outcome, Unknown
from cashwrap.tender.patience import Patience
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal

WAIT_SECONDS = 30


@pytest.fixture
def gate() -> Iterator[Event]:
    """What the slow driver waits for; it is let go at the end."""
    event = Event()
    yield event
    event.set()


def paid() -> Outcome:
    return Approved(intent="i", amount_minor=350, currency="CNY")


def until(answer: Callable[[], Said | None]) -> Said:
    """Ask again until the answer is there."""
    end = monotonic() + WAIT_SECONDS
    while monotonic() < end:
        if (said := answer()) is not None:
            return said
        sleep(0.005)
    raise AssertionError("no answer came")


def test_an_answer_at_once_is_the_answer():
    """It is asked on a thread of its own, always the same one."""
    patience, threads = Patience(at_once_seconds=WAIT_SECONDS), set()

    def act() -> Outcome:
        threads.add(get_ident())
        return paid()

    assert [patience.ask("card", "p", "begin", act) for _ in range(3)] == [
        Said("begin", paid())
    ] * 3
    assert len(threads) == 1
    assert get_ident() not in threads


def test_what_a_driver_raises_is_no_answer():
    """It reaches nobody, and the next call is made."""
    patience = Patience(at_once_seconds=WAIT_SECONDS)

    def fails() -> Outcome:
        raise ValueError("broken")

    assert patience.ask("card", "p", "begin", fails) == Said("begin", Unknown(reason="ValueError"))
    assert patience.ask("card", "p", "query", paid) == Said("query", paid())


def test_an_answer_that_is_on_the_way_is_collected_as_what_it_is_of(gate: Event):
    """Whatever is asked next about the payment waits for it, and no second call is made."""
    patience, asked = Patience(at_once_seconds=0), []

    def slow() -> Outcome:
        asked.append("begin")
        gate.wait(WAIT_SECONDS)
        return paid()

    assert patience.ask("card", "p", "begin", slow) is None
    assert patience.ask("card", "p", "cancel", lambda: asked.append("cancel")) is None
    assert patience.ask("wallet", "q", "begin", paid) in (None, Said("begin", paid()))
    gate.set()
    assert until(lambda: patience.ask("card", "p", "query", paid)) == Said("begin", paid())
    assert asked == ["begin"]


def test_others_of_the_same_driver_wait_their_turn(gate: Event):
    """A terminal is asked one thing at a time."""
    patience = Patience(at_once_seconds=0)

    def slow() -> Outcome:
        gate.wait(WAIT_SECONDS)
        return paid()

    assert patience.ask("card", "p", "begin", slow) is None
    assert patience.ask("card", "q", "begin", paid) is None
    gate.set()
    assert until(lambda: patience.ask("card", "q", "begin", paid)) == Said("begin", paid())


def test_one_that_hangs_is_asked_no_more_until_it_is_back(gate: Event):
    """What waited behind it is never begun: nobody is charged by a call that was given up."""
    patience, begun = Patience(seconds_max=0.05, at_once_seconds=0), []

    def hangs() -> Outcome:
        gate.wait(WAIT_SECONDS)
        return paid()

    def behind() -> Outcome:
        begun.append("behind")
        return paid()

    assert patience.ask("card", "p", "begin", hangs) is None
    assert patience.ask("card", "q", "begin", behind) is None
    assert until(lambda: patience.ask("card", "p", "query", paid)).outcome == Unknown()
    assert until(lambda: patience.ask("card", "q", "query", paid)).outcome == Unknown()
    assert patience.ask("card", "r", "begin", paid) == Said("begin", Unknown(reason="driver_hangs"))
    gate.set()

    def again() -> Said | None:
        said = patience.ask("card", "r", "begin", paid)
        return None if said is not None and said.outcome != paid() else said

    assert until(again) == Said("begin", paid())
    assert begun == []


class Slow(FakeTerminal):
    """A terminal that answers when its gate is open."""

    def __init__(self, gate: Event) -> None:
        super().__init__()
        self.gate = gate

    def begin(self, intent: Intent) -> Outcome:
        self.gate.wait(WAIT_SECONDS)
        return super().begin(intent)


def ended(shop: Shop, sale: Sale) -> bool:
    end = monotonic() + WAIT_SECONDS
    while sale.state != "completed" and monotonic() < end:
        shop.clock.pass_ms(100)
        shop.till.step()
        sleep(0.005)
    return sale.state == "completed"


@pytest.mark.parametrize("seconds_max", [WAIT_SECONDS, 0.05])
def test_a_sale_goes_on_beside_a_slow_terminal(tmp_path: Path, gate: Event, seconds_max: float):
    """Others sell meanwhile; the money is found when the terminal is back, also after a doubt."""
    shop = Shop(tmp_path / "shop", drivers={"card": Slow(gate)})
    till = shop.till
    till.runner.ask = Patience(seconds_max, at_once_seconds=0).ask
    sale, other = till.new_sale(), till.new_sale()
    sale.add("COLA")
    other.add("COLA")
    payment = sale.payments.ask("card")
    assert payment.state == "intended"
    assert payment in sale.payments.in_doubt
    other.pay_cash(350)
    for _ in range(20):
        shop.clock.pass_ms(100)
        till.step()
        sleep(0.005)
    gate.set()
    assert ended(shop, sale)
    assert till.takings().sales == 2
    till.close()


def test_money_goes_back_when_its_terminal_has_answered(tmp_path: Path, gate: Event):
    """A refund whose answer is on the way leaves its return open, and ends it with the answer."""

    class Refunds(FakeTerminal):
        def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
            gate.wait(WAIT_SECONDS)
            return super().refund(refund_id, intent_id, amount_minor)

    shop = Shop(tmp_path / "shop", drivers={"card": Refunds()})
    till = shop.till
    sale = till.new_sale()
    sale.add("COLA")
    sale.payments.ask("card")
    till.runner.ask = Patience(at_once_seconds=0).ask
    back = till.new_sale()
    back.take_back(1)
    assert back.refund().given[0].state == "refunding"
    gate.set()
    assert ended(shop, back)
    assert till.takings().payable_minor == 0
    till.close()
