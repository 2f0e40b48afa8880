"""Where goods are beyond this store, and how old that news is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.api.shop_view import stock_view
from cashwrap.stock.documents import Received, receive
from cashwrap.testing.shop import Shop
from cashwrap.till import Till


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "shop")
    yield shop
    shop.till.close()


def bring(till: Till, place: str, quantity_milli: int) -> None:
    goods = [Received("COLA", quantity_milli, 100)]
    till.move_stock(lambda stock: receive(stock, f"GRN {place}", goods, "supplier:S", place))


def places(till: Till) -> list[tuple[str, int, int | None]]:
    return [(row.location, row.on_hand_milli, row.age_s) for row in stock_view(till, "COLA")]


@pytest.mark.req("R9")
def test_goods_elsewhere_are_told_with_the_age_of_what_is_known(shop: Shop):
    """None here, four in store B, seven in the warehouse: all three, each as old as its news."""
    own = shop.till.settings.own_location
    bring(shop.till, "store:B", 4000)
    shop.clock.pass_ms(90_000)
    bring(shop.till, "warehouse:W1", 7000)
    shop.clock.pass_ms(30_000)
    told = [(own, 0, 0), ("store:B", 4000, 120), ("warehouse:W1", 7000, 30)]
    assert places(shop.till) == told
    assert places(shop.reopen()) == told
    bring(shop.till, "store:B", 1000)
    assert places(shop.till)[1] == ("store:B", 5000, 0)


def test_news_of_one_good_is_news_of_the_place(shop: Shop):
    """What is known of a place is as old as its newest document, whatever that was about."""
    bring(shop.till, "store:B", 4000)
    shop.clock.pass_ms(600_000)
    apples = [Received("APPLE", 1000, 100)]
    shop.till.move_stock(lambda stock: receive(stock, "GRN 2", apples, "supplier:S", "store:B"))
    assert places(shop.till)[1] == ("store:B", 4000, 0)


def test_a_clock_that_was_set_back_makes_no_news_older(shop: Shop):
    """The newest moment counts, and nothing is younger than now."""
    bring(shop.till, "store:B", 4000)
    shop.clock.jump(-3_600_000)
    bring(shop.till, "store:B", 1000)
    assert places(shop.till)[1] == ("store:B", 5000, 0)


def test_goods_that_nobody_counted_are_nowhere(shop: Shop):
    """Without a document there is no place to tell of."""
    assert stock_view(shop.till, "COLA") == []
