"""Proofs of random carts hold when they are checked again; no figure in one can be changed."""

import random
from collections import defaultdict
from typing import NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reference.promotions import best
from reference.promotions_uses import applied
from reference.promotions_worlds import world

from cashwrap.pricing.model import Allocation, Priced, Totals
from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.explain.proof import explain
from cashwrap.promotions.model import AppliedRule, BasketLine, Certificate, Occasion
from cashwrap.promotions.recheck.proof import recheck_promotions
from cashwrap.promotions.rules import EarnPoints, Rule, RuleSet, Surcharge

seeds = st.integers(0, 10**9)
EXTRAS = (
    Rule(id="pts", layer="order", benefit=EarnPoints(times_ppm=2_000_000, extra=5)),
    Rule(id="svc", layer="order", benefit=Surcharge(fee="svc", percent_ppm=100_000)),
)


class Meant(NamedTuple):
    """A choice that no engine has made."""

    rules: RuleSet
    lines: tuple[BasketLine, ...]
    occasion: Occasion
    applied: tuple[AppliedRule, ...]
    certificate: Certificate
    faults: tuple[str, ...] = ()

    @property
    def rules_hash(self):
        return rules_hash(self.rules)

    @property
    def touching(self):
        return range(len(self.rules.rules))


def meant(seed):
    """The best plan of a random cart, found by looking at all of them, as a proof."""
    rules, lines, occasion = world(random.Random(seed), units=5)
    plan = best(rules, lines, occasion)
    lines = tuple(sorted(lines, key=lambda line: line.line))
    certificate = Certificate(plan.payable_minor)
    return explain(Meant(rules, lines, occasion, applied(plan), certificate)), rules


def proved(seed):
    """The proof of a random cart as a till keeps it, with points and a fee beside it."""
    rules, lines, occasion = world(random.Random(seed), units=8)
    rules = replace(rules, rules=(*rules.rules, *EXTRAS))
    basket = PromotionEngine(rules).basket(occasion)
    for line in lines:
        basket.put(line)
    return basket.solve().proof(), rules


def matrix(proof):
    cells = defaultdict(int)
    for each in proof.applied:
        for used in (used for use in each.uses for used in use.units):
            cells[used.line, each.rule] += used.minor
    rows = (Allocation(line, rule, minor) for (line, rule), minor in cells.items() if minor)
    return Priced(Totals(), (), tuple(rows), ())


def figures(value, path=()):
    """Every whole number in a proof, by the way to it."""
    if isinstance(value, int) and not isinstance(value, bool):
        yield path
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from figures(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for i, each in enumerate(value):
            yield from figures(each, (*path, i))


def changed(value, path, by):
    """The proof with one figure changed."""
    if not path:
        return value + by
    here, *rest = path
    if isinstance(value, tuple):
        return (*value[:here], changed(value[here], rest, by), *value[here + 1 :])
    return replace(value, **{here: changed(getattr(value, here), rest, by)})


@settings(max_examples=100, deadline=None)
@given(seed=seeds)
def test_what_the_meaning_gives_holds_when_checked_again(seed):
    """The best plan, found by looking at all of them, is a sound proof."""
    proof, rules = meant(seed)
    assert recheck_promotions(matrix(proof), rules, proof) == []


@settings(max_examples=150, deadline=None)
@given(seed=seeds)
def test_what_the_till_chooses_holds_when_checked_again(seed):
    """Every use, reason, offer, fee and reward of a stored proof follows from its rules."""
    proof, rules = proved(seed)
    assert recheck_promotions(matrix(proof), rules, proof) == []


@settings(max_examples=200, deadline=None)
@given(seed=seeds, place=st.integers(0, 10**6), by=st.sampled_from((-1000, -1, 1, 7)))
def test_no_figure_of_a_proof_can_be_changed(seed, place, by):
    """Whatever number of a stored rule, use, reason or reward is changed, the check says so."""
    proof, rules = proved(seed)
    told = ("applied", "rejected", "rewards", "offers", "fees")
    paths = [path for name in told for path in figures(getattr(proof, name), (name,))]
    paths += [("certificate", "payable_minor"), ("certificate", "gap_minor")]
    path = paths[place % len(paths)]
    found = recheck_promotions(matrix(proof), rules, changed(proof, path, by))
    assert found, path
    assert all(issue.code == "promotions.unsound" for issue in found)
