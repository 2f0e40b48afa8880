"""What this plugin adds to a till."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cashwrap.hookspecs import hookimpl

if TYPE_CHECKING:
    from cashwrap.host.offers import Report
    from cashwrap.host.own import Own
    from cashwrap.pricing.model import TaxCode
    from cashwrap.store.tables import Projection


@hookimpl
def cashwrap_taxes(region: str, own: Own) -> Iterable[TaxCode]:
    """VAT of mainland China, by the kind of taxpayer that the settings say."""
    from .rates import TaxSettings, taxes_of

    return taxes_of(own.settings(TaxSettings), region)


@hookimpl
def cashwrap_projections() -> Iterable[Projection]:
    """Taxes by day and rate."""
    from .store import TaxProjection

    return [TaxProjection()]


@hookimpl
def cashwrap_reports() -> Iterable[Report]:
    """Taxes by day and rate, and their sums."""
    from .reports import REPORTS

    return REPORTS
