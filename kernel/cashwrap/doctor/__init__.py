"""Checks of a till: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cashwrap.counter import Counter
    from cashwrap.doctor.model import Finding
    from cashwrap.ports import Clock
    from cashwrap.store.tables import Projection


def examine(
    place: Path | str | Counter,
    *,
    deep: bool = False,
    projections: Sequence[Projection] = (),
    witness: Sequence[Path | str] | None = None,
    clock: Clock | None = None,
) -> list[Finding]:
    """Return what every check says of a till: one that this program has open, or a folder.

    A folder is only looked into, beside a till that may be selling on it, and nothing of it is
    changed; where it cannot be looked into, that is what is found. ``deep`` also proves the whole
    journal and compares the tables of ``projections`` with their rebuild, which takes as long as
    `cashwrap verify`. Never raises for what is wrong with a till; InvalidInput for the folder of
    one that this program has open: give that one.
    """
    from cashwrap.doctor.examining import examined

    return examined(place, deep=deep, projections=projections, witness=witness, clock=clock)
