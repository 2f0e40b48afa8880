"""Proofs of random carts hold when they are checked again; no figure in one can be changed."""

import random
from collections import defaultdict

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reference.promotions import best
from reference.promotions_uses import applied
from reference.promotions_worlds import world

from cashwrap.pricing.model import Allocation, Priced, Totals
from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.extras import extras
from cashwrap.promotions.model import Certificate, PriceProof
from cashwrap.promotions.recheck import recheck_promotions

seeds = st.integers(0, 10**9)


def proved(seed):
    """The best plan of a random cart, as a proof and its matrix, with its rules."""
    rules, lines, occasion = world(random.Random(seed), units=5)
    plan = best(rules, lines, occasion)
    rows = applied(plan)
    lines = tuple(sorted(lines, key=lambda line: line.line))
    more = extras(rules, lines, occasion, rows)
    certificate = Certificate(plan.payable_minor)
    proof = PriceProof(
        rules_hash(rules), rows, (), more.rewards, (), more.fees, (), certificate, occasion, lines
    )
    return proof, matrix(proof), rules


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


@settings(max_examples=150, deadline=None)
@given(seed=seeds)
def test_what_the_meaning_gives_holds_when_checked_again(seed):
    """The best plan, found by looking at all of them, is a sound proof."""
    proof, priced, rules = proved(seed)
    assert recheck_promotions(priced, rules, proof) == []


@settings(max_examples=150, deadline=None)
@given(seed=seeds, place=st.integers(0, 10**6), by=st.sampled_from((-1000, -1, 1, 7)))
def test_no_figure_of_what_applied_can_be_changed(seed, place, by):
    """Whatever number of a stored rule, use or unit is changed, the check says so."""
    proof, priced, rules = proved(seed)
    paths = list(figures(proof.applied, ("applied",)))
    paths += list(figures(proof.certificate.payable_minor, ("certificate", "payable_minor")))
    path = paths[place % len(paths)]
    found = recheck_promotions(priced, rules, changed(proof, path, by))
    assert found, path
    assert all(issue.code == "promotions.unsound" for issue in found)
