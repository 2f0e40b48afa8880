"""What this plugin adds to a till."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cashwrap.hookspecs import hookimpl

if TYPE_CHECKING:
    from cashwrap.host.offers import Report
    from cashwrap.promotions.presets import Preset
    from cashwrap.store.tables import Projection


@hookimpl
def cashwrap_rule_presets() -> Iterable[Preset]:
    """Presets for every type of promotion, by the names that shops know."""
    from .presets import PRESETS

    return PRESETS


@hookimpl
def cashwrap_projections() -> Iterable[Projection]:
    """Price protection: claims by sale and day."""
    from .store import ProtectionProjection

    return [ProtectionProjection()]


@hookimpl
def cashwrap_reports() -> Iterable[Report]:
    """What price protection gave back, by day and tender."""
    from .reports import PRICE_PROTECTION

    return [PRICE_PROTECTION]
