"""What is missing to a threshold, in money and in units."""

from typing import NamedTuple

from cashwrap.money import PPM
from cashwrap.promotions.rules import Off, Spend, Step


class Short(NamedTuple):
    """What is missing, in money and in units."""

    minor: int = 0
    units: int = 0


def takes(off: Off, left_minor: int) -> bool:
    """Return whether a step takes anything off what is left."""
    if off.percent_ppm is not None:
        return 2 * left_minor * off.percent_ppm >= PPM
    return (off.amount_minor or 0) > 0 or (
        off.price_minor is not None and left_minor > off.price_minor
    )


def nearest(benefit: Spend, minor: int, count: int) -> Short:
    """Return what is missing to the nearest step; nothing if one is reached."""
    lacks = [step_lack(step, benefit, minor, count) for step in benefit.steps]
    return min(lacks, key=lambda lack: (any(lack), lack.minor, lack.units))


def step_lack(step: Step, benefit: Spend, minor: int, count: int) -> Short:
    """Return what is missing to one step."""
    return Short(
        lack(step.at_minor, minor, benefit.above), lack(step.at_count, count, benefit.above)
    )


def lack(wanted: int, there: int, above: bool) -> int:
    """Return how much is missing to a figure that is asked for (0: it is not)."""
    return max(0, wanted + above - there) if wanted else 0
