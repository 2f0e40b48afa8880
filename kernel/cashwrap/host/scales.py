"""Scales: a plugin reads the instrument, the kernel checks what it read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.money import INT64_MAX


class Reading(msgspec.Struct, frozen=True):
    """What a scale shows: thousandths of ``unit``, less the tare. ``stable``: at rest."""

    quantity_milli: int
    unit: str = "kg"
    stable: bool = True
    tare_milli: int = 0


@runtime_checkable
class Scale(Protocol):
    """A scale of some make. It answers within a tenth of a second, or raises."""

    def read(self) -> Reading:
        """Return what it shows now."""
        ...


class ScaleFailed(CashwrapError):
    """The scale gave no weight that goods can be sold by; weigh again, or key the weight in."""

    code = "scale.failed"

    def __init__(self, scale: str, why: str) -> None:
        super().__init__(scale, why)
        self.scale = scale
        self.why = why

    def __str__(self) -> str:
        return f"scale {self.scale!r}: {self.why}; weigh again, or key the weight in"


def read(scales: Mapping[str, Scale], name: str = "") -> Reading:
    """Return what a scale shows, "" for the only one, if goods can be sold by it.

    Raises ScaleFailed.
    """
    return saleable(*show(scales, name))


def saleable(name: str, found: Reading) -> Reading:
    """Return a reading that goods can be sold by: at rest, above nothing. Raises ScaleFailed."""
    if not found.stable:
        raise ScaleFailed(name, "the goods are not at rest")
    if not 0 < found.quantity_milli <= INT64_MAX:
        raise ScaleFailed(name, f"it shows {found.quantity_milli} thousandths: nothing to sell")
    return found


def show(scales: Mapping[str, Scale], name: str = "") -> tuple[str, Reading]:
    """Return the name of a scale and what it shows now: also nothing, and not yet at rest.

    Raises ScaleFailed where there is no such scale, or it does not answer.
    """
    scale = scales.get(name)
    if scale is None and not name and len(scales) == 1:
        ((name, scale),) = scales.items()
    if scale is None:
        raise ScaleFailed(name, f"it is not one of this till's: {', '.join(scales) or 'none'}")
    try:
        found = scale.read()
    except CashwrapError as error:  # words for people
        raise ScaleFailed(name, str(error)) from error
    except Exception as error:  # whatever a driver may raise
        raise ScaleFailed(name, f"it does not answer ({type(error).__name__}: {error})") from error
    if not isinstance(found, Reading) or type(found.quantity_milli) is not int:
        raise ScaleFailed(name, f"it gave {found!r:.60}, no weight")
    return name, found
