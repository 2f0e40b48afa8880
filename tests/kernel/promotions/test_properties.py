"""What must hold of the best price, whatever the rules and the goods are."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from builders.promoted import Shape, list_total, off_lines, shape, solve, solved
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reference.integer_program import dense_world, payable
from reference.promotions_compare import run
from reference.promotions_worlds import OPENED_MS, World

from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import PricePolicy
from cashwrap.pricing.refund import refund_line
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.rules import Each, Off, Policy, Rule, RuleSet, SetPrice
from cashwrap.testing.promotion_rules import rules as rule_strategy
from cashwrap.testing.promotions import Case, baskets, cases

EXAMPLES = settings(max_examples=40)


@EXAMPLES
@given(case=cases(), dice=st.randoms(use_true_random=False))
def test_order_of_lines_and_rules_changes_nothing(case: Case, dice: random.Random) -> None:
    """Property 1: scans and rules may come in any order, and lines may have other numbers."""
    lines = dice.sample(case.lines, len(case.lines))
    rules = replace(case.rules, rules=tuple(dice.sample(case.rules.rules, len(case.rules.rules))))
    before, after = solved(case), solve(rules, lines, case.occasion)
    assert (after.payable_minor, after.cells) == (before.payable_minor, before.cells)
    numbers = dice.sample(range(1, 100), len(lines))
    again = [replace(line, line=number) for line, number in zip(lines, numbers, strict=True)]
    renumbered = solve(rules, again, case.occasion)
    assert shape(renumbered, again) == shape(before, case.lines)


@EXAMPLES
@given(case=cases(rules=4), data=st.data())
def test_one_more_rule_never_makes_it_dearer(case: Case, data: st.DataObject) -> None:
    """Property 2: the till may leave a rule out; special prices and strict orders aside."""
    assume(case.rules.policy.choose == "best")
    assume(all(choice.mode != "list" for choice in case.rules.groups.values()))
    total = list_total(case.lines)
    layers = ("item", "order", "points")
    more = data.draw(rule_strategy("zz", total, layers=layers, settings=False))
    rules = [replace(rule, exclusive="") for rule in case.rules.rules]
    before = solve(replace(case.rules, rules=tuple(rules)), case.lines, case.occasion)
    after = solve(replace(case.rules, rules=(*rules, more)), case.lines, case.occasion)
    assert after.payable_minor <= before.payable_minor


@EXAMPLES
@given(case=cases(units=6, settings=False), unit=baskets(units=1, settings=False))
def test_one_more_unit_costs_at_most_its_own_price(
    case: Case, unit: tuple[BasketLine, ...]
) -> None:
    """Property 3: with one threshold at most; a second is measured on what the first left."""
    plain = [rule for rule in case.rules.rules if rule.layer in ("price", "item")]
    later = [rule for rule in case.rules.rules if rule.layer in ("order", "coupon")][:1]
    rules = RuleSet(rules=(*plain, *later))
    more = replace(unit[0], line=100)
    before = solve(rules, case.lines, case.occasion)
    after = solve(rules, (*case.lines, more), case.occasion)
    assert after.payable_minor <= before.payable_minor + more.unit_minor


@pytest.mark.parametrize("units", [8, 12, 16, 20, 24])
def test_larger_carts_cost_what_an_integer_program_says(units: int) -> None:
    """Property 4, for carts too large for brute force (test_against_reference.py has the rest)."""
    compared, faults = run(12, units, units, check="program")
    assert not faults, faults[0]
    assert compared == 12


@EXAMPLES
@given(case=cases())
def test_the_matrix_adds_up(case: Case) -> None:
    """Property 5: the cells are all that comes off; no cell is empty, no rule takes nothing."""
    solution = solved(case)
    off = off_lines(solution)
    assert sum(off.values()) == solution.saving_minor
    assert solution.payable_minor == list_total(case.lines) - solution.saving_minor
    assert all(row and all(minor > 0 for _, minor in row) for _, _, row in solution.cells)
    by_rule = {rule: sum(minor for _, minor in row) for rule, _, row in solution.cells}
    assert {each.rule: each.saving_minor for each in solution.applied} == by_rule


@EXAMPLES
@given(case=cases(settings=False), dice=st.randoms(use_true_random=False))
def test_parts_of_a_return_add_up_to_what_was_paid(case: Case, dice: random.Random) -> None:
    """Property 6: whatever the split, the matrix gives back all of it and no more."""
    cart = Engine(PricePolicy(), []).cart()
    for line in case.lines:
        cart.put(line.line, line.unit_minor, line.units * 1000)
    cart.promote(solved(case).cells)
    priced = cart.priced()
    back = 0
    for line in case.lines:
        done, total = 0, line.units * 1000
        while done < total:
            now = dice.randint(1, total - done)
            back += refund_line(priced, line.line, total, done, now).payable_minor
            done += now
    assert back == priced.totals.payable_minor == solved(case).payable_minor


@EXAMPLES
@given(case=cases())
def test_what_saves_nothing_burns_nothing(case: Case) -> None:
    """Property 7: every use saves something, and only such uses take a coupon, each its own."""
    held = {(coupon.rule, coupon.code) for coupon in case.occasion.coupons}
    burned = []
    for each in solved(case).applied:
        assert each.saving_minor == sum(use.saving_minor for use in each.uses) > 0
        codes = [code for use in each.uses for code in use.coupon.split()]
        burned += [(each.rule, code) for code in codes]
    assert len(burned) == len(set(burned))
    assert set(burned) <= held


def test_every_process_gives_the_same_bytes() -> None:
    """Property 9: nothing but rules, goods and occasion decides; no machine, seed or day."""
    found = {
        subprocess.run(
            [sys.executable, "-c", ELSEWHERE],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert len(found.pop()) == 65


ELSEWHERE = """
import hashlib, random
import msgspec
from builders.promoted import solved
from reference.promotions_worlds import world
dice, digest = random.Random(7), hashlib.sha256()
for _ in range(60):
    digest.update(msgspec.msgpack.encode(solved(world(dice)).proof()))
print(digest.hexdigest())
"""


@EXAMPLES
@given(case=cases())
def test_a_stored_engine_is_the_same_engine(case: Case) -> None:
    """Property 9: a till that read the compiled rules from its store gives the same proof."""
    stored = PromotionEngine.from_compiled(PromotionEngine(case.rules).compiled())
    basket = stored.basket(case.occasion)
    for line in case.lines:
        basket.put(line)
    assert basket.solve().proof() == solved(case).proof()


@EXAMPLES
@given(case=cases())
def test_no_line_comes_below_its_floor(case: Case) -> None:
    """Property 10: never below a floor, never below nothing."""
    off = off_lines(solved(case))
    for line in case.lines:
        floor = max(line.least_minor, case.rules.policy.floor_minor)
        most = max(0, line.unit_minor - floor) * line.units
        assert off.get(line.line, 0) <= most


def test_the_float_check_looks_at_promotions() -> None:
    """Property 11: tests/native/test_no_float.py reads every compiled module, promotions too."""
    import cashwrap_native

    names = {path.name for path in Path(cashwrap_native.__file__).parent.glob("*.p[xy][xdi]*")}
    assert "promote.pyx" in names


@pytest.mark.parametrize("node_budget", [1_000, 100_000, 1_000_000])
def test_a_hostile_cart_ends_with_an_honest_flag(node_budget: int) -> None:
    """Property 12: 20 products under mix-of-6; proved, or a gap within which the optimum lies."""
    goods = [BasketLine(n, Goods(f"P{n:02}"), 1000 + 37 * n, 1, 1000 + 37 * n) for n in range(20)]
    mix = [
        Rule(id=f"mix{n}", layer="item", benefit=SetPrice(count=6, off=Off(price_minor=5400 + n)))
        for n in range(3)
    ]
    rules = RuleSet(rules=tuple(mix), policy=Policy(node_budget=node_budget))
    world = World(rules, tuple(goods), Occasion(OPENED_MS, OPENED_MS))
    solution = solved(world)
    certificate = solution.certificate
    assert certificate.nodes <= node_budget
    assert certificate.proved == (certificate.gap_minor == 0)
    lowest = solution.payable_minor - certificate.gap_minor
    assert lowest <= payable(world) <= solution.payable_minor
    assert solved(world).cells == solution.cells


@pytest.mark.parametrize("seed", range(8))
def test_a_spent_budget_is_said_and_bounded(seed: int) -> None:
    """Property 12: with next to no steps the plan is sound and the gap holds the optimum."""
    world = dense_world(random.Random(seed), 24, node_budget=1_000)
    solution = solved(world)
    lowest = solution.payable_minor - solution.certificate.gap_minor
    assert lowest <= payable(world) <= solution.payable_minor


def test_proofs_of_large_carts_are_sound() -> None:
    """Property 12: up to 30 units under all settings, searches cut short: every figure follows."""
    compared, faults = run(100, 12, units=30, check="proof")
    assert not faults, faults[0]
    assert compared == 100


@EXAMPLES
@given(case=cases(), dice=st.randoms(use_true_random=False))
def test_how_goods_stand_on_lines_changes_nothing(case: Case, dice: random.Random) -> None:
    """Property 13: a line of three, or three lines of one: only the rows have other names."""
    assert split(case, 1, dice) == split(case, 2, dice)


def split(case: Case, most: int, dice: random.Random) -> Shape:
    lines = []
    for line in case.lines:
        left = line.units
        while left:
            units = min(left, dice.randint(1, 3) if most > 1 else left)
            left -= units
            lines.append(replace(line, line=len(lines) + 1, units=units))
    return shape(solve(case.rules, lines, case.occasion), lines)


@EXAMPLES
@given(case=cases(), more=baskets(), dice=st.randoms(use_true_random=False))
def test_edits_lead_to_the_same_price_as_a_fresh_start(
    case: Case, more: tuple[BasketLine, ...], dice: random.Random
) -> None:
    """Property 14: any sequence of puts, changes, drops and occasions, solved in between or not."""
    basket = PromotionEngine(case.rules).basket(Occasion(OPENED_MS, OPENED_MS))
    there: dict[int, BasketLine] = {}
    for line in dice.sample([*more, *case.lines, *more], 2 * len(more) + len(case.lines)):
        if dice.random() < 0.3 and there:
            gone = dice.choice(sorted(there))
            del there[gone]
            basket.drop(gone)
        units = 1 if line.divisible else dice.randint(1, 2)
        there[line.line] = replace(line, units=units)
        basket.put(there[line.line])
        if dice.random() < 0.5:
            basket.solve()
        if dice.random() < 0.2:
            basket.occasion = case.occasion
    basket.occasion = case.occasion
    edited, fresh = basket.solve(), solve(case.rules, there.values(), case.occasion)
    assert (edited.payable_minor, edited.cells) == (fresh.payable_minor, fresh.cells)
    assert edited.applied == fresh.applied


def test_a_solution_does_not_change_with_its_basket() -> None:
    """What was answered stays answered, also where it is only looked at later."""
    off = Rule(id="off", layer="item", benefit=Each(off=Off(amount_minor=10)))
    basket = PromotionEngine(RuleSet(rules=(off,))).basket(Occasion(OPENED_MS, OPENED_MS))
    basket.put(BasketLine(1, Goods("A"), 100, 1, 100))
    before = basket.solve()
    basket.put(BasketLine(2, Goods("B"), 100, 1, 100))
    assert basket.solve().payable_minor == 180
    assert before.cells == (("off", "item", ((1, 10),)),)
    assert before.applied[0].uses[0].units[0].line == 1
