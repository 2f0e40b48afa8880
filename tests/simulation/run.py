"""Run seeds."""

from __future__ import annotations

from collections.abc import Sequence

from . import acts_holds, acts_money, acts_returns, acts_shifts, acts_trouble  # noqa: F401
from .acts import ACTS, WEIGHTS
from .device import Devices
from .ending import finish
from .plan import STEPS, Step, plan
from .world import Result, World

_devices: list[Devices] = []


def devices() -> Devices:
    """Return this process's devices, made when they are first needed."""
    if not _devices:
        _devices.append(Devices())
    return _devices[0]


def close_devices() -> None:
    """Remove this process's devices."""
    while _devices:
        _devices.pop().close()


def run_seed(seed: int, steps: int = STEPS) -> Result:
    """Run one seed."""
    return run_steps(seed, plan(seed, WEIGHTS, steps))


def run_steps(seed: int, steps: Sequence[Step]) -> Result:
    """Run these steps of a seed."""
    return World(devices(), seed, ACTS).run(steps, finish)
