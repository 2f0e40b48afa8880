"""Run random carts through the engine and the reference and compare every field.

python tests/reference/compare.py --carts 2000000 --seed 1 --jobs 2
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reference import pricing as reference
from reference.pricing import Inputs, LineIn, MealIn

from cashwrap.errors import AmountOverflow
from cashwrap.pricing.cart import Cart
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.errors import SettingsUnusable
from cashwrap.pricing.model import (
    Adjustment,
    CashRounding,
    Fee,
    MealPart,
    Priced,
    PricePolicy,
    TaxCode,
    TaxComponent,
)

MODES = ("half_up", "half_even", "up", "down")
RATES = (0, 10_000, 30_000, 60_000, 90_000, 99_750, 130_000, 150_000, 200_000, 333_333, 1_000_000)
ORDER_TYPES = ("", "takeaway", "exempt", "unheard-of")
CARTS_PER_SETTING = 12


def random_policy(dice: random.Random) -> PricePolicy:
    """Return one of all the policies there are."""
    pick = dice.choice
    return PricePolicy(
        line_rounding=pick(MODES),
        tax_level=pick(("unit", "line", "line", "order")),
        tax_rounding=pick(MODES),
        inclusive_sum=pick(("gross", "net", "net_moves")),
        discount_base=pick(("as_priced", "net", "gross")),
        odd_cents=pick(("largest", "first", "last")),
        percents=pick(("compound", "original")),
        percent_per=pick(("unit", "line", "once")),
        percent_rounding=pick(MODES),
        tax_change_keeps=pick(("gross", "net")),
        fee_tax=pick(("", "t0")),
        fees_discounted=dice.random() < 0.5,
        cash_rounding=CashRounding(
            pick((1, 1, 5, 10, 25, 100, 1000, 99_999)), pick(MODES), pick(("total", "cash"))
        ),
    )


def random_component(dice: random.Random, number: int) -> TaxComponent:
    """Return a tax of any kind."""
    kind = dice.choice(("percent", "percent", "compound", "division", "fixed"))
    rate = dice.choice(RATES[:-1] if kind == "division" else RATES)
    return TaxComponent(
        code=f"c{number}",
        name="",
        kind=kind,
        rate_ppm=0 if kind == "fixed" else rate,
        fixed_minor=dice.choice((0, 1, 7, 150)) if kind == "fixed" else 0,
        included=dice.choice((None, None, True, False)),
    )


def random_taxes(dice: random.Random) -> list[TaxCode]:
    """Return a few tax codes, mixing kinds, some with other taxes for other order types."""

    def components() -> tuple[TaxComponent, ...]:
        return tuple(random_component(dice, n) for n in range(dice.choice((0, 1, 1, 1, 2, 3))))

    codes = []
    for number in range(3):
        by_order_type = {"": components()}
        if dice.random() < 0.5:
            by_order_type["takeaway"] = components()
        if dice.random() < 0.3:
            by_order_type["exempt"] = ()
        codes.append(TaxCode(f"t{number}", "", by_order_type))
    return codes


def random_money(dice: random.Random) -> int:
    """Return mostly everyday amounts, now and then the edges."""
    kind = dice.random()
    if kind < 0.1:
        return dice.choice((0, 1, 2, 5, 9, 10, 99, 100))
    if kind < 0.96:
        return dice.randrange(1, 20_000)
    if kind < 0.99:
        return dice.randrange(2**40, 2**60)
    return dice.choice((2**62, 2**63 - 1, 2**63, dice.randrange(2**61, 2**63)))


def random_quantity(dice: random.Random, sign: int) -> int:
    kind = dice.random()
    if kind < 0.6:
        return sign * 1000 * dice.randrange(1, 6)
    if kind < 0.98:
        return sign * dice.randrange(1, 5000)
    return sign * dice.choice((1, 2**40, 2**62, 2**63 - 1, 2**63))


def random_inputs(dice: random.Random, policy: PricePolicy, taxes: list[TaxCode]) -> Inputs:
    """Return a cart of up to a dozen lines and set meals, with discounts and fees."""
    codes = ["", *(code.code for code in taxes)]
    direction = dice.choice((1, 1, 1, 1, -1, 0))

    def sign() -> int:
        return direction or dice.choice((1, 1, -1))

    numbers = dice.sample(range(1, 60), 40)
    inputs = Inputs(policy, taxes, dice.choice(ORDER_TYPES))
    for _ in range(dice.choice((0, 1, 2, 2, 3, 3, 4, 5, 8))):
        unit, quantity = random_money(dice), random_quantity(dice, sign())
        minimum = dice.choice((0, 0, 0, unit // 2, unit, unit + 3))
        override = dice.choice((None, None, None, None, unit * 3 // 4, unit + 7))
        if override is not None and override < minimum:
            override = minimum
        pack = dice.choice((None, None, None, None, quantity * 6))
        inputs.lines.append(
            LineIn(
                numbers.pop(), unit, quantity, dice.choice(codes), dice.random() < 0.7, minimum,
                override, pack,
            )
        )  # fmt: skip
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        parts = [
            MealPart(
                numbers.pop(),
                random_money(dice),
                dice.choice((1000, 1000, 2000, 250)),
                dice.choice(codes),
                dice.random() < 0.7,
                dice.choice((0, 0, 0, 50, 300)),
            )
            for _ in range(dice.randrange(1, 4))
        ]
        override = dice.choice((None, None, None, random_money(dice)))
        inputs.meals.append(
            MealIn(
                numbers.pop(),
                random_money(dice),
                sign() * 1000 * dice.randrange(1, 4),
                parts,
                override,
            )
        )
    there = [line.line for line in inputs.lines] + [meal.line for meal in inputs.meals]
    for number in range(dice.choice((0, 0, 0, 1, 2, 3))):
        named = dice.sample([*there, 999], dice.randrange(1, len(there) + 2))
        exact = tuple((line, min(random_money(dice), 2**63 - 1)) for line in named)
        layer = dice.choice(("price", "item", "order", "coupon", "points"))
        inputs.promoted.append((f"p{number}", layer, exact))
    for number in range(dice.choice((0, 0, 1, 1, 2, 3))):
        kind = dice.choice(("percent", "percent", "amount", "unit_price"))
        value = dice.choice((0, 50_000, 100_000, 125_000, 333_333, 1_000_000))
        if kind != "percent":
            value = min(random_money(dice), 2**63 - 1)
        lines: tuple[int, ...] = ()
        if there and dice.random() < 0.5:
            lines = tuple(dice.sample([*there, 999], dice.randrange(1, len(there) + 1)))
        layer = dice.choice(("manual", "manual", "coupon", "promotion", "points"))
        inputs.adjustments.append(Adjustment(f"a{number}", kind, value, lines, layer, "why"))
    for number in range(dice.choice((0, 0, 0, 1, 2))):
        kind = dice.choice(("fixed", "percent"))
        value = dice.choice((0, 50_000, 100_000, 150_000, 2_000_000))
        if kind == "fixed":
            value = min(random_money(dice), 2**63 - 1)
        inputs.fees.append(
            Fee(
                f"f{number}", "", kind, value, dice.choice(("list", "discounted")),
                dice.choice(codes), dice.random() < 0.7,
            )
        )  # fmt: skip
    return inputs


def fill(cart: Cart, inputs: Inputs) -> None:
    """Put everything into an empty cart."""
    for line in inputs.lines:
        cart.put(
            line.line, line.unit_minor, line.quantity_milli, line.tax, line.tax_included,
            minimum_minor=line.minimum_minor, override_minor=line.override_minor,
            base_quantity_milli=line.base_quantity_milli,
        )  # fmt: skip
    for meal in inputs.meals:
        cart.put_meal(
            meal.line, meal.price_minor, meal.quantity_milli, meal.parts,
            override_minor=meal.override_minor,
        )  # fmt: skip
    cart.promote(tuple(inputs.promoted))
    cart.adjust(tuple(inputs.adjustments))
    cart.charge(tuple(inputs.fees))


def difference(engine: Engine, inputs: Inputs) -> str:
    """Return the first field in which the two differ, or "" when they agree."""
    expected: reference.Result | None
    found: Priced | None
    try:
        expected = reference.price(inputs)
    except reference.Overflow:
        expected = None
    try:
        cart = engine.cart(inputs.order_type)
        fill(cart, inputs)
        found = cart.priced()
    except AmountOverflow:
        found = None
    if expected is None or found is None:
        return "" if expected is None and found is None else f"overflow: {expected} but {found}"
    for name in ("totals", "lines", "allocations", "taxes", "fees", "overrides", "applied"):
        if getattr(expected, name) != getattr(found, name):
            return (
                f"{name}:\n  expected {getattr(expected, name)}\n  got      {getattr(found, name)}"
            )
    return ""


def random_carts(count: int, seed: int) -> Iterator[tuple[Engine, Inputs]]:
    """Yield random settings and carts, the same for the same seed."""
    dice = random.Random(seed)
    made = 0
    while made < count:
        policy, taxes = random_policy(dice), random_taxes(dice)
        try:
            engine = Engine(policy, taxes)
        except SettingsUnusable:  # the rates have too many digits together
            continue
        for _ in range(min(CARTS_PER_SETTING, count - made)):
            yield engine, random_inputs(dice, policy, taxes)
            made += 1


def run(count: int, seed: int) -> tuple[int, list[str]]:
    """Compare ``count`` carts, up to three differences; return how many, and the differences."""
    faults = []
    compared = 0
    for engine, inputs in random_carts(count, seed):
        compared += 1
        try:
            fault = difference(engine, inputs)
        except Exception as error:  # a crash is a difference too
            fault = repr(error)
        if fault:
            faults.append(f"seed {seed} cart {compared}: {fault}\n  {inputs}")
            if len(faults) >= 3:
                break
    return compared, faults


def main() -> int:
    """Run the comparison in parallel with progress."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--carts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    chunk = 5_000
    chunks = -(-options.carts // chunk)
    started = time.monotonic()
    done = bad = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(run, chunk, options.seed * 1_000_000 + n) for n in range(chunks)]
        for number, future in enumerate(as_completed(runs), 1):
            compared, faults = future.result()
            done += compared
            bad += len(faults)
            for fault in faults[:2]:
                print(fault, flush=True)
            if number % 10 == 0 or number == chunks:
                speed = done / (time.monotonic() - started)
                print(f"{done} carts, {bad} differences, {speed:.0f} carts/s", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
