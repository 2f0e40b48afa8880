"""What this plugin adds to a till."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cashwrap.hookspecs import hookimpl

if TYPE_CHECKING:
    from cashwrap.promotions.presets import Preset


@hookimpl
def cashwrap_rule_presets() -> Iterable[Preset]:
    """Presets for every type of promotion, by the names that shops know."""
    from .presets import PRESETS

    return PRESETS
