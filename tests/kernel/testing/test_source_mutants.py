"""The properties of candidate sources catch sources that are wrong in one thing each."""

import itertools

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis.errors import NoSuchExample

from cashwrap.promotions.model import Candidate
from cashwrap.promotions.rules import Candidates, Rule
from cashwrap.testing.candidates import source_faults, source_lines
from cashwrap.testing.shop import SETTINGS, with_settings

RULE = Rule(id="pairs", layer="item", benefit=Candidates(plugin="pairs"))
LINES = source_lines(tags=("red", "blue"))
QUICK = settings(
    max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


class Pairs:
    """Any two kinds of counted goods: the cheaper at half its price, as far as its floor lets."""

    asked = 0

    def candidates(self, rule, lines, occasion):
        counted = [line for line in lines if not line.divisible]
        for dear, cheap in itertools.combinations(counted, 2):
            yield self.pair(dear, cheap)

    def pair(self, dear, cheap):
        off = min(cheap.unit_minor // 2, cheap.unit_minor - cheap.least_minor)
        times = min(dear.units, cheap.units)
        return Candidate(((dear.line, 1, 0), (cheap.line, 1, off)), times=times)


class ForgetsFloors(Pairs):
    def pair(self, dear, cheap):
        return Candidate(((dear.line, 1, 0), (cheap.line, 1, cheap.unit_minor // 2)))


class GivesMoreThanThePrice(Pairs):
    def pair(self, dear, cheap):
        return Candidate(((dear.line, 1, 0), (cheap.line, 1, dear.unit_minor + 1)))


class TakesUnitsThatAreNotThere(Pairs):
    def pair(self, dear, cheap):
        return Candidate(((dear.line, 2, 0), (cheap.line, 1, 1)))


class TakesOneLineTwice(Pairs):
    def pair(self, dear, cheap):
        return Candidate(((dear.line, 1, 1), (dear.line, 1, 1)))


class CountsInHalves(Pairs):
    def pair(self, dear, cheap):
        return Candidate(((dear.line, 1, 0), (cheap.line, 1, cheap.unit_minor / 2)))


class Remembers(Pairs):
    def pair(self, dear, cheap):
        self.asked += 1
        return Candidate(((dear.line, 1, 0), (cheap.line, 1, self.asked % 2)))


class LikesTheFirstLine(Pairs):
    def pair(self, dear, cheap):
        return Candidate(((dear.line, 1, 0), (cheap.line, 1, int(cheap.line < 4))))


class IndexesWhatMayBeEmpty(Pairs):
    def candidates(self, rule, lines, occasion):
        return [Candidate(((lines[0].line, 1, 0),))]


class SpeaksAnotherLanguage(Pairs):
    def pair(self, dear, cheap):
        return (dear.line, cheap.line)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=LINES)
def test_a_good_source_has_no_faults(lines):
    """Whatever is in the cart."""
    assert source_faults(Pairs(), RULE, lines) == []


@given(lines=source_lines(kinds=9, units=4, tags=("red",)))
def test_lines_are_as_a_till_gives_them(lines):
    """Dearest first, each of its own number and SKU, weighed goods one unit."""
    assert [line.unit_minor for line in lines] == sorted(
        (line.unit_minor for line in lines), reverse=True
    )
    assert (
        len({line.goods.sku for line in lines}) == len({line.line for line in lines}) == len(lines)
    )
    assert all(line.units == 1 for line in lines if line.divisible)
    assert all(0 <= line.least_minor <= line.unit_minor for line in lines)


@pytest.mark.parametrize("mutant", Pairs.__subclasses__(), ids=lambda one: one.__name__)
def test_a_source_with_one_fault_is_caught(mutant):
    """Some cart shows it."""
    try:
        find(LINES, lambda lines: bool(source_faults(mutant(), RULE, lines)), settings=QUICK)
    except NoSuchExample:
        pytest.fail(f"{mutant.__name__} was not caught")


def test_more_settings_stand_where_they_belong():
    """Single fields before the tables of the shop, tables after them."""
    joined = with_settings('region = "HZ"\n\n[plugins.x]\ny = 1\n')
    assert joined.index("region") < joined.index("shop_name") < joined.index("[plugins.x]")
    assert with_settings("").strip() == SETTINGS.strip()
