"""A driver that hangs is waited for only so long; the payment is then in doubt, as ever."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, get_ident
from time import sleep

import pytest

from cashwrap.tender.driver import Approved, Intent, Outcome, Unknown
from cashwrap.tender.patience import Patience
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal


@pytest.fixture
def hanging() -> Iterator[Event]:
    """What the hanging driver waits for; it is let go at the end."""
    event = Event()
    yield event
    event.set()


def paid() -> Outcome:
    return Approved(intent="i", amount_minor=350, currency="CNY")


def test_an_answer_in_time_is_the_answer():
    """It is asked on a thread of its own, always the same one."""
    patience, threads = Patience(), set()

    def call() -> Outcome:
        threads.add(get_ident())
        return paid()

    assert [patience.ask("card", call) for _ in range(3)] == [paid()] * 3
    assert len(threads) == 1
    assert get_ident() not in threads


def test_what_a_driver_raises_is_no_answer():
    """It reaches nobody, and the next call is made."""
    patience = Patience()

    def fails() -> Outcome:
        raise ValueError("broken")

    assert patience.ask("card", fails) == Unknown(reason="ValueError")
    assert patience.ask("card", paid) == paid()


def test_one_that_hangs_is_asked_no_more_until_it_is_back(hanging: Event):
    """No second call goes to it meanwhile; other drivers are asked as before."""
    patience = Patience(seconds_max=0.05)
    back = Event()

    def hangs() -> Outcome:
        hanging.wait(30)
        back.set()
        return paid()

    assert patience.ask("card", hangs) == Unknown(reason="timeout")
    assert patience.ask("card", paid) == Unknown(reason="driver_hangs")
    assert Patience().ask("wallet", paid) == paid()
    hanging.set()
    back.wait(30)
    for _ in range(1_000):
        if (answer := patience.ask("card", paid)) == paid():
            return
        assert answer == Unknown(reason="driver_hangs")
        sleep(0.005)
    pytest.fail("it was never asked again")


def test_a_sale_goes_on_beside_a_terminal_that_hangs(tmp_path: Path, hanging: Event):
    """The payment is in doubt, others sell, and the money is found when the terminal is back."""

    back = Event()

    class Hanging(FakeTerminal):
        def begin(self, intent: Intent) -> Outcome:
            hanging.wait(30)
            answer = super().begin(intent)
            back.set()
            return answer

    shop = Shop(tmp_path / "shop", drivers={"card": Hanging()})
    till = shop.till
    till.runner.ask = Patience(seconds_max=0.05).ask
    sale, other = till.new_sale(), till.new_sale()
    sale.add("COLA")
    other.add("COLA")
    payment = sale.payments.ask("card")
    assert payment in sale.payments.in_doubt
    other.pay_cash(350)
    assert other.state == "completed"
    hanging.set()
    assert back.wait(30)
    for _ in range(50):
        if sale.state == "completed":
            break
        shop.clock.pass_ms(1_000)
        till.step()
    assert till.takings().sales == 2
    till.close()
