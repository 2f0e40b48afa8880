"""Every sale of the demo shop's morning is proved, and comes back exactly."""

import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from cashwrap.cli.proof import encoded, sale_of, solved_again
from cashwrap.cli.shop import looked_into
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.projection import rules_of
from cashwrap.promotions.recheck.proof import recheck_promotions
from cashwrap.promotions.repricing import repricer
from cashwrap.promotions.returns.decide import decide_return
from cashwrap.promotions.returns.model import Back
from cashwrap.promotions.rules import Returns
from cashwrap.sale.projection import series_totals
from cashwrap.sale.returning.original import sold


@pytest.fixture(scope="module")
def morning(demo):
    """The sales of the morning, each with its rule set."""
    found = []
    with looked_into(Path(demo)) as shop, shop.look.read() as reader:
        for number in range(1, series_totals(reader).last_number + 1):
            sale = sale_of(shop.look, str(number))
            assert sale.priced.proof is not None
            found.append((sale, rules_of(reader, sale.priced.proof.rules_hash)))
    return found


def test_every_sale_is_proved(morning):
    """Checked again without the engine nothing is found; solved again the bytes are the same."""
    assert any(len(sale.priced.proof.applied) > 1 for sale, _ in morning)
    for sale, rules in morning:
        parts = {line.line: line.parent for line in sale.lines if line.parent}
        assert recheck_promotions(sale.priced, rules, sale.priced.proof, parts) == []
        assert solved_again(sale.priced.proof, rules) == encoded(sale.priced.proof)


@pytest.mark.parametrize("policy", ["prorate", "recompute", "bundle_only"])
def test_every_sale_comes_back_exactly(morning, policy):
    """In parts and in any order, set meals and weighed goods too: what was paid, to the fen."""
    for sale, rules in morning[::3]:
        strict = tuple(replace(rule, returns=Returns(discount=policy)) for rule in rules.rules)
        rules = replace(rules, rules=strict)
        thing = sold(sale, rules)
        price = repricer(PromotionEngine(rules), sale.priced.proof.occasion)
        answers = []
        for step in steps(random.Random(sale.number), thing.quantities):
            answers.append(decide_return(thing, step, answers, price))
        assert sum(each.refund_minor for each in answers) == sale.priced.totals.payable_minor


def steps(dice, quantities):
    """Parts of lines, shuffled, up to three at a time."""
    parts = []
    for line, quantity in quantities:
        while quantity:
            now = min(quantity, dice.choice((1_000, quantity, 500)))
            parts.append(Back(line, now))
            quantity -= now
    dice.shuffle(parts)
    while parts:
        step = {part.line: part for part in parts[: dice.randint(1, 3)]}
        for part in step.values():
            parts.remove(part)
        yield list(step.values())
