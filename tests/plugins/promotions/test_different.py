"""任选不同款: any so many DIFFERENT goods for a price, or with a percentage off."""

from itertools import combinations

import msgspec
import pytest
from builders.carts import priced
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cashwrap.errors import BulkRefused
from cashwrap.money import Currency
from cashwrap.promotions.candidates import CANDIDATES_MAX, asked
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.rules import Candidates, Rule
from cashwrap.testing.candidates import source_faults, source_lines
from cashwrap.testing.promotions import baskets
from cashwrap_plugins.promotions.different import Terms, kind_of
from cashwrap_plugins.promotions.presets import PRESETS
from cashwrap_plugins.promotions.sources import NAME, Different

NOW = Occasion(0, 0)
SOURCES = {NAME: Different()}
PRESET = next(preset for preset in PRESETS if preset.code == "different-goods")


def rule(**terms: object) -> Rule:
    data = msgspec.json.encode(msgspec.convert(terms, Terms)).decode()
    return Rule(id="different", layer="item", benefit=Candidates(plugin=NAME, data=data))


def line(number: int, sku: str, unit_minor: int, units: int = 1, **goods: object) -> BasketLine:
    return BasketLine(number, Goods(sku, **goods), unit_minor, units, unit_minor)  # type: ignore[arg-type]


def pays(lines: list[BasketLine], one: Rule) -> int:
    return priced((one,), lines, SOURCES).payable_minor


@pytest.mark.parametrize(
    ("lines", "terms", "payable_minor"),
    [
        ([("TEA", 500, 3)], {"count": 3, "price_minor": 900}, 1_500),
        ([("TEA", 500, 2), ("COLA", 400, 1)], {"count": 2, "price_minor": 600}, 1_100),
        ([("A", 500, 1), ("B", 400, 1), ("C", 300, 1)], {"count": 2, "price_minor": 600}, 900),
        ([("A", 500, 2), ("B", 400, 2)], {"count": 2, "off_ppm": 200_000}, 1_440),
        ([("A", 200, 1), ("B", 100, 1)], {"count": 2, "price_minor": 900}, 300),
    ],
)
def test_only_different_ones_make_a_set(lines, terms, payable_minor):
    """Two alike never do; sets are chosen so that the sale is the cheapest; none raises a price."""
    given_lines = [line(n, *each) for n, each in enumerate(lines, 1)]
    assert pays(given_lines, rule(**terms)) == payable_minor


def test_what_is_different_may_be_the_style_or_a_tag():
    """Two sizes of one style are one style; goods without a colour do not count."""
    shirts = [
        line(1, "S-RED-M", 100, family="SHIRT", tags=("colour:red",)),
        line(2, "S-RED-L", 100, family="SHIRT", tags=("colour:red",)),
        line(3, "S-BLUE", 100, family="SHIRT", tags=("colour:blue",)),
        line(4, "BAG", 100, family="BAG"),
    ]
    assert pays(shirts, rule(count=2, price_minor=150)) == 300
    assert pays(shirts, rule(count=2, by="family", price_minor=150)) == 350
    assert pays(shirts, rule(count=2, by="colour", price_minor=150)) == 350


@given(
    basket=baskets(units=7),
    count=st.integers(2, 4),
    by=st.sampled_from(("sku", "family")),
    terms=st.sampled_from(({"price_minor": 500}, {"price_minor": 0}, {"off_ppm": 333_333})),
)
def test_what_is_proposed_can_be(basket, count, by, terms):
    """Whatever the cart: never refused, one unit of each kind, and never above its price."""
    own = rule(count=count, by=by, **terms)
    lines = {each.line: each for each in basket}
    found = asked(SOURCES[NAME], own, sorted(basket, key=lambda one: -one.unit_minor), NOW)
    for candidate in found:
        kinds = [kind_of(lines[number].goods, by) for number, _, _ in candidate.units]
        assert len(set(kinds)) == len(kinds) == count
        assert all(units == 1 for _, units, _ in candidate.units)
        floors = all(not each.least_minor for each in lines.values())
        if floors and "price_minor" in terms:
            together = sum(lines[number].unit_minor for number, _, _ in candidate.units)
            off = sum(minor for _, _, minor in candidate.units)
            assert together - off == terms["price_minor"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=source_lines(tags=("colour:red", "colour:blue")), by=st.sampled_from(("sku", "colour"))
)
def test_it_is_a_sound_source(lines, by):
    """Floors, weighed goods, carts of nothing: never refused, and the same each time."""
    assert source_faults(SOURCES[NAME], rule(count=2, by=by, price_minor=150), lines) == []


@given(
    prices=st.lists(st.integers(1, 900), min_size=2, max_size=6),
    count=st.integers(2, 3),
    price_minor=st.integers(0, 1_000),
)
def test_the_sets_are_the_best_there_are(prices, count, price_minor):
    """One of each SKU: as cheap as trying every way to make sets."""
    lines = [line(n, f"S{n}", minor) for n, minor in enumerate(prices, 1)]

    def cheapest(left: tuple[int, ...]) -> int:
        best = sum(left)
        for chosen in combinations(range(len(left)), count):
            together = sum(left[at] for at in chosen)
            if together > price_minor:
                rest = tuple(minor for at, minor in enumerate(left) if at not in chosen)
                best = min(best, price_minor + cheapest(rest))
        return best

    assert pays(lines, rule(count=count, price_minor=price_minor)) == cheapest(tuple(prices))


def test_a_large_cart_proposes_no_more_than_is_taken():
    """The dearest of each kind stand first, so that what is left out is what saves least."""
    lines = [line(n, f"S{n % 40}", 10_000 - n) for n in range(1, 200)]
    found = asked(SOURCES[NAME], rule(count=3, price_minor=100), lines, NOW)
    assert 0 < len(found) <= CANDIDATES_MAX
    assert {number for one in found for number, _, _ in one.units} <= set(range(1, 41))


def test_the_preset_wants_a_price_or_a_percentage():
    """Neither, or both, is refused by name."""
    assert PRESET.make is not None
    (made,) = PRESET.make(PRESET.example, Currency())
    assert made.name["zh-CN"] == "任选3件不同款"
    with pytest.raises(BulkRefused, match="one of the two"):
        PRESET.make({"count": "3"}, Currency())
