"""Rule sets are published, planned, switched and rolled back; the journal has all of it."""

import pytest

from cashwrap.errors import BulkRefused, InvalidInput
from cashwrap.events import decode_body
from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.errors import NoSuchRules, NothingBefore, NotPlanned
from cashwrap.promotions.events import RulesPublished
from cashwrap.promotions.projection import rules_of
from cashwrap.promotions.rules import Each, Off, Rule, RuleSet
from cashwrap.testing.shop import Shop

HOUR_MS = 3_600_000


def percent(percent_ppm, name=""):
    """Return a set of one rule."""
    benefit = Each(off=Off(percent_ppm=percent_ppm))
    return RuleSet(name=name, rules=(Rule(id="all", layer="item", benefit=benefit),))


@pytest.fixture
def shop(tmp_path):
    """A small shop without rules."""
    made = Shop(tmp_path / "shop")
    yield made
    made.till.close()


def state(shop):
    """Return the numbers in force, planned, past."""
    found = shop.till.rules()
    now = found.in_force.number if found.in_force else 0
    return now, [one.number for one in found.planned], [one.number for one in found.past]


@pytest.mark.req("R89")
def test_a_set_is_switched_as_one_at_its_time_and_rolled_back_by_one_call(shop):
    """Published for an hour from now it counts then, not before; one call goes back."""
    first = shop.till.publish_rules(percent(100_000), staff="E1")
    at_ms = shop.clock.now().wall_ms + HOUR_MS
    second = shop.till.publish_rules(percent(200_000, "summer"), effective_at_ms=at_ms)
    assert (first.number, first.staff, second.name) == (1, "E1", "summer")
    assert state(shop) == (1, [2], [])
    shop.clock.pass_ms(HOUR_MS)
    assert state(shop) == (2, [], [1])
    back = shop.till.rollback_rules()
    assert back is not None
    assert back.rules_hash == rules_hash(percent(100_000))
    assert state(shop) == (1, [], [2])


@pytest.mark.req("R22")
def test_yesterdays_set_is_there_after_a_restart_without_any_network(shop):
    """What was published is in the store: the same set, by the same hash, after a crash."""
    published = shop.till.publish_rules(percent(100_000))
    shop.crash()
    assert state(shop) == (1, [], [])
    with shop.till.store.read() as reader:
        assert rules_of(reader, published.rules_hash) == percent(100_000)


def test_rolling_back_goes_on_to_the_beginning(shop):
    """Each call goes one publication further back, at last to no rules; then there is nothing."""
    for step in (1, 2, 3):
        shop.till.publish_rules(percent(step))
    steps = [shop.till.rollback_rules() for _ in range(3)]
    assert [one.number if one else 0 for one in steps] == [2, 1, 0]
    with pytest.raises(NothingBefore):
        shop.till.rollback_rules()
    forward = shop.till.rollback_rules(to=3)
    assert forward is not None
    assert forward.number == 3
    with pytest.raises(NoSuchRules):
        shop.till.rollback_rules(to=9)


def test_a_plan_is_called_off_or_replaced(shop):
    """What is planned for a moment gives way to a newer plan for it, and can be called off."""
    at_ms = shop.clock.now().wall_ms + HOUR_MS
    shop.till.publish_rules(percent(1))
    for step in (2, 3):
        shop.till.publish_rules(percent(step), effective_at_ms=at_ms)
    assert state(shop) == (1, [3], [2])
    with pytest.raises(NotPlanned, match="planned are: 3"):
        shop.till.cancel_planned_rules(2)
    shop.till.cancel_planned_rules(3)
    shop.clock.pass_ms(2 * HOUR_MS)
    assert state(shop) == (1, [], [3, 2])
    assert all(one.cancelled for one in shop.till.rules().past)
    rolled = shop.till.rollback_rules()
    assert rolled is None


def test_an_immediate_set_leaves_plans_alone(shop):
    """A set put in force now does not take away what is planned for later."""
    at_ms = shop.clock.now().wall_ms + HOUR_MS
    shop.till.publish_rules(percent(1), effective_at_ms=at_ms)
    shop.till.publish_rules(percent(2))
    assert state(shop) == (2, [1], [])
    shop.clock.pass_ms(HOUR_MS)
    assert state(shop) == (1, [], [2])


def test_a_set_that_is_known_is_not_written_again(shop):
    """The content goes into the journal once for a hash, and is found from every publication."""
    for step in (1, 2, 1):
        shop.till.publish_rules(percent(step))
    envelopes = [record.envelope for record in shop.till.store.records()]
    bodies = [decode_body(one) for one in envelopes if one.kind == RulesPublished.kind]
    assert [len(body.rules) > 0 for body in bodies] == [True, True, False]
    assert bodies[0].rules_hash == bodies[2].rules_hash


def test_what_is_wrong_changes_nothing(shop):
    """A refused set or time leaves the rules as they were, and no record."""
    before = shop.till.store.head.seq
    with pytest.raises(BulkRefused):
        shop.till.publish_rules('{"rules": 5}')
    with pytest.raises(BulkRefused):
        shop.till.publish_rules(percent(2_000_000))
    for moment in (-1, 2**70):
        with pytest.raises(InvalidInput):
            shop.till.publish_rules(percent(1), effective_at_ms=moment)
    with pytest.raises(InvalidInput):
        shop.till.publish_rules(percent(1), effective_at_ms="now")
    assert shop.till.store.head.seq == before
    assert state(shop) == (0, [], [])


def test_the_tables_equal_their_rebuild(shop):
    """Publications, plans and rollbacks fold the same from the journal."""
    shop.till.publish_rules(percent(1))
    shop.till.publish_rules(percent(2), effective_at_ms=shop.clock.now().wall_ms + HOUR_MS)
    shop.till.rollback_rules()
    report = shop.till.store.verify()
    assert report.ok
