"""What may be put into a cart, checked before anything changes."""

from collections.abc import Sequence
from typing import NamedTuple

from cashwrap.errors import AmountOverflow
from cashwrap.money import INT64_MAX, PPM, div_round
from cashwrap.pricing.errors import AdjustmentRefused, BelowMinimum, LineRefused
from cashwrap.pricing.model import Adjustment, Fee, Layer, MealPart

ROUNDING = "rounding"
KINDS = ("percent", "amount", "unit_price")
RuleCells = tuple[str, str, Sequence[tuple[int, int]]]
"""What a promotion rule takes off: its id, its layer, and (line, minor units > 0)."""
LAYERS = ("promotion", "coupon", "points", "manual")
RULE_LAYERS: dict[str, Layer] = {"coupon": "coupon", "points": "points"}  # others: promotion
RATE_PPM_MAX = 100 * PPM
WHOLE = "prices and quantities must be whole numbers"


class Entry(NamedTuple):
    """One line as it was put."""

    unit_minor: int
    quantity_milli: int
    tax: str
    tax_included: bool
    minimum_minor: int
    override_minor: int | None
    base_quantity_milli: int


def part_entry(part: MealPart, share: int, floor: int, meals_milli: int) -> Entry:
    """Return the line of one part of a set meal.

    It takes ``share`` of one meal's price and ``floor`` of the least that a meal may come to.
    """
    return Entry(
        unit_minor=share + part.upcharge_minor,
        quantity_milli=meals_milli,
        tax=part.tax,
        tax_included=part.tax_included,
        minimum_minor=max(part.minimum_minor, floor),
        override_minor=None,
        base_quantity_milli=div_round(part.quantity_milli * meals_milli, 1000, "half_up"),
    )


def check_override(line: int, override: int | None, minimum: int) -> None:
    """Raise BelowMinimum for a price set by hand that is below the least price."""
    if override is not None and override < minimum:
        raise BelowMinimum(line, f"{override} is below the least price {minimum}: ask for approval")


def check_line(line: int, entry: Entry) -> None:
    """Raise LineRefused, BelowMinimum or AmountOverflow for a line that makes no sense."""
    unit, quantity, _, _, minimum, override, base = entry
    try:
        if line < 1:
            raise LineRefused(line, "line numbers begin at 1")
        if unit < 0 or minimum < 0 or (override is not None and override < 0):
            raise LineRefused(line, "prices must not be negative; give goods back by quantity")
        if not quantity or (base < 0) != (quantity < 0):
            raise LineRefused(line, "the quantity must not be 0, nor of two signs: drop the line")
        if unit > INT64_MAX:
            raise AmountOverflow(f"line {line}: the list price does not fit in int64 minor units")
        check_override(line, override, minimum)
    except TypeError:
        raise LineRefused(line, WHOLE) from None


def check_whole(
    line: int, price_minor: int, quantity_milli: int, parts: tuple[MealPart, ...]
) -> None:
    """Raise LineRefused when a number of a set meal is none."""
    numbers = [line, price_minor, quantity_milli]
    for part in parts:
        numbers += (part.line, part.unit_minor, part.quantity_milli, part.upcharge_minor)
    if not all(isinstance(number, int) for number in numbers):
        raise LineRefused(line, WHOLE)


def check_adjustment(adjustment: Adjustment, ids: set[str]) -> None:
    """Add its id to ``ids``, or raise AdjustmentRefused."""
    id, value = adjustment.id, adjustment.value
    if not id or id == ROUNDING or id in ids:
        raise AdjustmentRefused(id, "the id is missing, reserved or there twice: give it its own")
    ids.add(id)
    if adjustment.kind not in KINDS or adjustment.layer not in LAYERS:
        raise AdjustmentRefused(id, f"no adjustment {adjustment.kind!r} in {adjustment.layer!r}")
    if not isinstance(value, int):
        raise AdjustmentRefused(id, f"a value is a whole number, got {value!r:.40}")
    if adjustment.kind == "percent" and not 0 <= value <= PPM:
        raise AdjustmentRefused(id, f"a percentage is 0 to {PPM} ppm, got {value}")
    if value < 0:
        raise AdjustmentRefused(id, f"an amount off or a price is not negative, got {value}")


def check_fee(fee: Fee, ids: set[str]) -> None:
    """Add its id to ``ids``, or raise AdjustmentRefused."""
    if not fee.id or fee.id in ids:
        raise AdjustmentRefused(fee.id, "the fee's id is missing or there twice: give it its own")
    ids.add(fee.id)
    if fee.kind not in ("fixed", "percent") or fee.of not in ("list", "discounted"):
        raise AdjustmentRefused(fee.id, f"no fee of kind {fee.kind!r} of {fee.of!r}")
    if not isinstance(fee.value, int):
        raise AdjustmentRefused(fee.id, f"a value is a whole number, got {fee.value!r:.40}")
    if fee.value < 0 or (fee.kind == "percent" and fee.value > RATE_PPM_MAX):
        raise AdjustmentRefused(fee.id, f"a fee is not negative nor above 10000 %, got {fee.value}")
