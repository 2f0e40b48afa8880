"""What becomes of an open sale when a payment that was given up is heard of again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop", drivers={"card": FakeTerminal(["slow"] * 3)})
    yield made
    made.till.close()


def given_up(shop: Shop) -> str:
    """Begin a sale whose card payment the cashier gives up; return its id."""
    sale = shop.till.new_sale()
    sale.add("COLA")
    sale.payments.ask("card")
    sale.payments.give_up()
    while sale.state != "open":
        step(shop)
    assert shop.till.next_step_ms is not None  # it is watched on
    return sale.id


def step(shop: Shop) -> None:
    """Wait until there is something to ask, and ask."""
    due_ms = shop.till.next_step_ms
    assert due_ms is not None
    shop.clock.pass_ms(max(0, due_ms - shop.clock.now().steady_ms))
    shop.till.step()


def hear_all(shop: Shop) -> None:
    """Ask on until nobody has anything to say any more."""
    while shop.till.next_step_ms is not None:
        step(shop)


def test_an_emptied_sale_stays_open(shop: Shop) -> None:
    """The watch over a payment that was given up refuses nothing when its sale has no lines now."""
    sale = shop.till.sale(given_up(shop))
    sale.void_line(1, "不要了")
    hear_all(shop)
    assert sale.state == "open"


def test_a_sale_that_costs_nothing_waits_for_the_cashier(shop: Shop) -> None:
    """Where nothing is due for another reason, it is the cashier who ends the sale."""
    sale = shop.till.sale(given_up(shop))
    sale.discount(percent_ppm=1_000_000, reason="赠送")
    hear_all(shop)
    assert sale.state == "open"
    sale.payments.finish()
    assert sale.state == "completed"
