"""Weights as scales send them, and as goods are sold by them: integers only."""

from typing import Literal

import msgspec

from cashwrap.money import MILLI, div_round

from .settings import Unit

MICROGRAMS: dict[str, int] = {
    "kg": 1_000_000_000,
    "g": 1_000_000,
    "斤": 500_000_000,
    "lb": 453_592_370,  # by definition
}

Why = Literal["moving", "over", "under", "fault", "garbled", "unit"]


class Weight(msgspec.Struct, frozen=True):
    """A weight in a frame: ``digits`` with ``decimals`` after the point.

    ``unit`` is "" where the frame names none. ``stable`` is what the scale says of it; True where
    it says nothing, so that only equal readings tell.
    """

    digits: int
    decimals: int
    unit: Unit | Literal[""] = ""
    stable: bool = True


class Trouble(msgspec.Struct, frozen=True):
    """A frame that says why there is no weight."""

    why: Why


class Send(msgspec.Struct, frozen=True):
    """A frame that has to be answered, before the scale sends a weight."""

    data: bytes


Told = Weight | Trouble | Send


def weight_of(
    number: bytes, unit: Unit | Literal[""] = "", *, stable: bool = True, negative: bool = False
) -> Weight:
    """Return the weight in digits with at most one point."""
    whole, _, part = number.partition(b".")
    digits = int(whole + part)
    return Weight(-digits if negative else digits, len(part), unit, stable)


def milli_of(weight: Weight, shown: Unit, sold: Unit) -> int:
    """Return thousandths of ``sold`` in a weight that is in ``shown``, the half rounded up."""
    numerator = weight.digits * MICROGRAMS[shown] * MILLI
    return div_round(numerator, 10**weight.decimals * MICROGRAMS[sold], "half_up")
