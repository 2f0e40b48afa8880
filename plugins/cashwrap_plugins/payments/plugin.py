"""What this plugin adds to a till. Without settings it adds nothing, and imports nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cashwrap.hookspecs import hookimpl

if TYPE_CHECKING:
    from cashwrap.host.offers import Report
    from cashwrap.host.own import Own
    from cashwrap.tender.driver import TenderDriver


@hookimpl
def cashwrap_tender_drivers(own: Own) -> Iterable[tuple[str, TenderDriver]]:
    """The providers that the settings know a merchant number of."""
    if not own.shop.plugins.get(own.plugin):
        return []
    from .making import drivers

    return drivers(own)


@hookimpl
def cashwrap_reports(own: Own) -> Iterable[Report]:
    """The shop's books against the provider's, for a day."""
    from .reports import reconciliation

    return [reconciliation(own)]
