"""A till loads compiled rules and prices by them, offline, whatever became of what was kept."""

import pytest

from cashwrap.events import decode_body
from cashwrap.promotions.errors import NoSuchRules
from cashwrap.promotions.kept import COMPILED, engine_for
from cashwrap.promotions.rules import Each, Off, Rule, RuleSet
from cashwrap.testing.shop import Shop


def percent(percent_ppm):
    """Return a set of one rule."""
    benefit = Each(off=Off(percent_ppm=percent_ppm))
    return RuleSet(rules=(Rule(id="all", layer="item", benefit=benefit),))


@pytest.fixture
def shop(tmp_path):
    """A small shop without rules."""
    made = Shop(tmp_path / "shop")
    yield made
    made.till.close()


def rows(shop):
    """Return what is kept."""
    with shop.till.store.read() as reader:
        return dict(reader.items(COMPILED))


def cola(shop):
    """Return what a can comes to in a new sale."""
    sale = shop.till.new_sale()
    sale.add("COLA")
    payable = sale.totals.payable_minor
    sale.cancel("test")
    return payable


def test_publishing_keeps_the_compiled_set_and_a_till_loads_it(shop):
    """One row for a set; what it holds is the engine, without building anything."""
    published = shop.till.publish_rules(percent(100_000))
    [blob] = rows(shop).values()
    shop.crash()
    store = shop.till.store
    engine = engine_for(store.read, store.stage, published.rules_hash)
    assert engine.compiled() == bytes(blob)
    assert engine.rules_hash == published.rules_hash
    assert engine.rules == percent(100_000)


@pytest.mark.parametrize("damage", [None, b"", b"\0" * 64, b"CWPROMO1" + b"\1" * 200])
def test_what_is_missing_or_damaged_is_made_anew(shop, damage):
    """The set in the journal is the truth; the price is the same, and the row is back."""
    shop.till.publish_rules(percent(100_000))
    [(key, blob)] = rows(shop).items()
    with shop.till.store.stage() as writer:
        if damage is None:
            writer.delete(COMPILED, key)
        else:
            writer.put(COMPILED, key, damage)
    shop.crash()
    assert cola(shop) == 315
    assert rows(shop) == {key: blob}


def test_sets_that_are_long_past_are_kept_no_more(shop):
    """What is in force, planned, or one call away stays loaded; the rest can be made anew."""
    for step in range(1, 8):
        shop.till.publish_rules(percent(step * 10_000))
    assert 2 <= len(rows(shop)) <= 4
    for _ in range(5):
        shop.till.rollback_rules()
    assert cola(shop) == 343


def test_an_unknown_set_is_refused(shop):
    """A hash that was never published names no rules."""
    store = shop.till.store
    with pytest.raises(NoSuchRules):
        engine_for(store.read, store.stage, "nowhere")


@pytest.mark.req("R22")
def test_yesterdays_set_prices_offline_and_its_hash_is_on_the_order(shop):
    """No network is there to ask: after a crash the same price, and the sale says by what rules."""
    published = shop.till.publish_rules(percent(100_000))
    online = cola(shop)
    shop.crash()
    shop.clock.pass_ms(24 * 3_600_000)
    sale = shop.till.new_sale()
    sale.add("COLA")
    assert sale.totals.payable_minor == online == 315
    sale.pay_cash(315)
    completed = decode_body(shop.till.record_of(sale.id).envelope)
    assert completed.priced.proof.rules_hash == published.rules_hash


@pytest.mark.req("R88")
def test_an_open_sale_keeps_the_rules_under_which_it_began(shop):
    """A switch or rollback in the middle changes new sales, not the one at the counter."""
    shop.till.publish_rules(percent(100_000))
    first = shop.till.new_sale()
    first.add("COLA")
    shop.till.publish_rules(percent(200_000))
    first.add("COLA")
    assert first.totals.payable_minor == 630
    second = shop.till.new_sale()
    second.add("COLA")
    assert second.totals.payable_minor == 280
    shop.till.rollback_rules()
    shop.crash()
    assert shop.till.sale(first.id).totals.payable_minor == 630
    assert shop.till.sale(second.id).totals.payable_minor == 280
    assert cola(shop) == 315
