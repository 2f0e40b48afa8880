"""Price protection: a later lower price, refunded once."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cashwrap.errors import CashwrapError
from cashwrap.promotions.rules import Each, Off, Rule, RuleSet
from cashwrap.sale.errors import NoSuchSale
from cashwrap.sale.events import SaleCompleted
from cashwrap.settings import SettingsRefused
from cashwrap.store.verify import differing_projections
from cashwrap.testing.shop import ITEMS, SETTINGS, Shop
from cashwrap_plugins.promotions.events import PriceProtected
from cashwrap_plugins.promotions.protection import ProtectionRefused, claim
from cashwrap_plugins.promotions.store import ProtectionProjection, claims_of, refunded_on

DAY_MS = 86_400_000
TWO = 'registers = ["R1", "R2"]\n'


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop that keeps its promise for seven days."""
    made = Shop(tmp_path / "shop", projections=[ProtectionProjection()])
    yield made
    made.till.close()


def cheaper(shop: Shop, **prices: str) -> None:
    changed = []
    for item in ITEMS:
        price = prices.get(str(item.get("sku"))) if item["type"] == "item" else None
        changed.append(item | {"price": price} if price else item)
    shop.load(changed)


def sold(shop: Shop, **quantities: int) -> int:
    """Sell, and return the receipt number."""
    sale = shop.till.new_sale()
    for sku, quantity in quantities.items():
        sale.add(sku.replace("_", "-"), quantity)
    sale.pay_cash(sale.due_minor)
    body = shop.till.record_of(sale.id).body()
    assert isinstance(body, SaleCompleted)
    return body.number


def came_back(shop: Shop, number: int) -> None:
    """One of line 1 was returned."""
    sale = shop.till.new_sale()
    sale.take_back(number, [(1, 1)])
    sale.refund()


def given_back(shop: Shop, number: int, *lines: int) -> int:
    """Give a claim back as the register does; return how much it was."""
    found = claim(shop.till, number, lines)
    sale = shop.till.new_sale()
    sale.adjust(number, found.amounts, reason="价保")
    sale.refund()
    return found.refund_minor


@pytest.mark.req("R18")
def test_a_price_that_falls_within_the_promise_is_refunded_once(shop: Shop) -> None:
    """Three days later the cake costs 3.00 less: that comes back, and a second claim is refused."""
    number = sold(shop, CAKE=2, COLA=1)
    shop.clock.pass_ms(3 * DAY_MS)
    cheaper(shop, CAKE="19.00")
    found = claim(shop.till, number)
    (line,) = found.lines
    assert (line.sku, line.paid_minor, line.now_minor) == ("CAKE", 4_400, 3_800)
    assert (found.refund_minor, found.until) == (600, 20260308)
    assert given_back(shop, number) == 600
    with pytest.raises(ProtectionRefused, match="line 1 of receipt 1 had its difference"):
        claim(shop.till, number, [1])
    assert shop.till.takings(20260304).payable_minor == -600


@pytest.mark.req("R18")
def test_a_claim_of_an_older_version_counts(shop: Shop) -> None:
    """It was journaled under the plugin's name; its table equals its rebuild, and the day knows."""
    number = sold(shop, CAKE=1)
    cheaper(shop, CAKE="19.00")
    found = claim(shop.till, number)
    shop.till.commit([PriceProtected(found.sale, number, 20260301, found.lines, 300, "cash")])
    with shop.till.store.read() as reader:
        assert [each.event.lines for each in claims_of(reader, found.sale)] == [found.lines]
        assert refunded_on(reader, 20260301) == {"cash": 300}
    assert differing_projections(shop.till.store) == ()
    shop.reopen()
    with pytest.raises(ProtectionRefused, match="had its difference"):
        claim(shop.till, number, [1])


@pytest.mark.req("R18")
def test_the_promise_ends(shop: Shop) -> None:
    """On the seventh day it holds, on the eighth no more."""
    number = sold(shop, CAKE=1)
    cheaper(shop, CAKE="19.00")
    shop.clock.pass_ms(8 * DAY_MS)
    with pytest.raises(ProtectionRefused, match="sold 8 days ago: prices are protected for 7 days"):
        claim(shop.till, number)
    shop.clock.pass_ms(-DAY_MS)
    assert claim(shop.till, number).refund_minor == 300


@pytest.mark.req("R18")
def test_what_came_back_is_not_refunded_again(shop: Shop) -> None:
    """Of three cakes one was returned: the difference is that of two."""
    number = sold(shop, CAKE=3)
    cheaper(shop, CAKE="19.00")
    came_back(shop, number)
    assert claim(shop.till, number).refund_minor == 600


def test_goods_that_all_came_back_have_no_claim(shop: Shop) -> None:
    """A line that was returned is refused by name."""
    number = sold(shop, CAKE=1)
    cheaper(shop, CAKE="19.00")
    came_back(shop, number)
    with pytest.raises(ProtectionRefused, match="line 1 of receipt 1 was returned"):
        claim(shop.till, number, [1])


def test_what_was_paid_after_discounts_is_compared(shop: Shop) -> None:
    """Half price then, 19.00 now: nothing is cheaper; 10 % off then, and 0.80 comes back."""
    sale = shop.till.new_sale()
    sale.add("CAKE")
    sale.discount(percent_ppm=500_000, reason="店庆")
    sale.pay_cash(2_000)
    tenth = shop.till.new_sale()
    tenth.add("CAKE")
    tenth.discount(percent_ppm=100_000, reason="店庆")
    tenth.pay_cash(2_000)
    cheaper(shop, CAKE="19.00")
    with pytest.raises(ProtectionRefused, match="nothing on it is cheaper now"):
        claim(shop.till, 1)
    assert claim(shop.till, 2).refund_minor == 80


def test_lines_may_be_claimed_one_by_one(shop: Shop) -> None:
    """Each line has its own claim; naming none claims what is left."""
    number = sold(shop, CAKE=1, BUN=1, COLA=1)
    cheaper(shop, CAKE="19.00", BUN="8.00", COLA="3.00")
    assert given_back(shop, number, 2) == 100
    assert given_back(shop, number) == 350
    with pytest.raises(ProtectionRefused, match="every line had its difference or came back"):
        claim(shop.till, number)


def test_a_set_meal_and_a_case_are_compared_as_they_were_sold(shop: Shop) -> None:
    """A meal with its choices and upcharge, and 24 cans with their unit."""
    sale = shop.till.new_sale()
    sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    sale.scan("16901234567899")
    sale.pay_cash(sale.due_minor)
    cheaper(shop, SET="23.00", COLA="3.40")
    event = claim(shop.till, 1)
    assert [line.refund_minor for line in event.lines] == [200, 240]


def test_goods_that_are_no_longer_sold_have_no_claim(shop: Shop) -> None:
    """What has no price today is passed over, and the rest is refunded."""
    number = sold(shop, CAKE=1, BUN=1)
    rest = [item for item in ITEMS if "CAKE" not in (item.get("sku"), item.get("choice"))]
    shop.load([item | {"price": "8.00"} if item.get("sku") == "BUN" else item for item in rest])
    assert [line.sku for line in claim(shop.till, number).lines] == ["BUN"]


def test_an_unknown_receipt_or_line_is_refused(shop: Shop) -> None:
    """Numbers that are not there, by name."""
    sold(shop, CAKE=1)
    with pytest.raises(NoSuchSale):
        claim(shop.till, 9)
    with pytest.raises(ProtectionRefused, match="line 7 is not on receipt 1"):
        claim(shop.till, 1, [7])


@pytest.mark.parametrize("split", [(3,), (1, 1, 1), (2, 1)])
def test_a_return_after_a_claim_gives_back_what_was_kept(
    shop: Shop, split: tuple[int, ...]
) -> None:
    """Three cakes, 9.00 refunded for them: whatever the split, 57.00 comes back and no more."""
    number = sold(shop, CAKE=3)
    cheaper(shop, CAKE="19.00")
    given_back(shop, number)
    for units in split:
        sale = shop.till.new_sale()
        sale.take_back(number, [(1, units)])
        sale.refund()
    assert shop.till.takings().payable_minor == 0


@pytest.mark.req("R18")
def test_the_promise_may_be_held_against_todays_promotions(tmp_path: Path) -> None:
    """Against rules: 25 % off cakes from today on counts, though the shelf says the same."""
    settings = SETTINGS + '\n[plugins.promotions.protection]\ndays = 3\nagainst = "rules"\n'
    shop = Shop(tmp_path / "rules", settings=settings, projections=[ProtectionProjection()])
    number = sold(shop, CAKE=2)
    quarter = Rule(id="quarter", layer="item", benefit=Each(off=Off(percent_ppm=250_000)))
    shop.till.publish_rules(RuleSet(rules=(quarter,)))
    assert claim(shop.till, number).refund_minor == 1_100
    shop.till.close()


def test_settings_of_the_plugin_are_checked(tmp_path: Path) -> None:
    """A misspelt setting is refused by name when it is needed, and nothing is journaled."""
    settings = SETTINGS + "\n[plugins.promotions.protection]\nday = 3\n"
    shop = Shop(tmp_path / "wrong", settings=settings, projections=[ProtectionProjection()])
    number = sold(shop, CAKE=1)
    with pytest.raises(SettingsRefused, match=r"plugins.promotions: .*`day`"):
        claim(shop.till, number)
    shop.till.close()


ACTS = st.lists(
    st.tuples(st.sampled_from(["ask", "adjust", "refund", "cancel"]), st.booleans()), max_size=14
)


@given(acts=ACTS)
@example(
    acts=[
        ("ask", False),
        ("ask", True),
        *(("adjust", False), ("refund", False)),
        ("adjust", True),
        ("refund", True),
    ]
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_two_registers_give_a_difference_once(tmp_path_factory, acts):
    """However their steps fall between each other, each line's difference goes out once."""
    folder = tmp_path_factory.mktemp("two") / "shop"
    shop = Shop(folder, settings=TWO + SETTINGS, projections=[ProtectionProjection()])
    sale = shop.till.new_sale(register="R1")
    sale.add("CAKE", 2)
    sale.pay_cash(4_400)
    cheaper(shop, CAKE="19.00")
    desks = {which: Desk(shop, "R2" if which else "R1") for which in (False, True)}
    for act, which in acts:
        with suppress(CashwrapError):
            getattr(desks[which], act)()
    assert sum(desk.given_minor for desk in desks.values()) in (0, 600)
    assert shop.till.takings().payable_minor == 4_400 - sum(d.given_minor for d in desks.values())
    shop.till.close()


class Desk:
    """A register whose clerk looks at a claim, and gives it some time later."""

    def __init__(self, shop: Shop, register: str) -> None:
        self.till, self.register, self.given_minor = shop.till, register, 0
        self.found, self.sale = None, None

    def ask(self) -> None:
        self.found = claim(self.till, 1)

    def adjust(self) -> None:
        if self.found is None:
            return
        if self.sale is None:
            self.sale = self.till.new_sale(register=self.register)
        self.sale.adjust(1, self.found.amounts, once=True)

    def refund(self) -> None:
        if self.sale is not None:
            due_minor = -self.sale.due_minor
            self.sale.refund()
            self.given_minor, self.sale = self.given_minor + due_minor, None

    def cancel(self) -> None:
        if self.sale is not None:
            self.sale.cancel("not today")
            self.sale = None
