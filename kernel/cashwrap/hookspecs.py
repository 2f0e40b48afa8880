"""Hook specifications: the contract that plugins are written against.

A hook is called once when a till opens, or once per command, never per line. It gets read-only
views and returns data; the kernel sorts what it gets by explicit keys, never by load order. ``own``
is the plugin on this till, with its settings.
"""

# mypy: disable-error-code="empty-body"
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from cashwrap.catalog.model import PriceList
    from cashwrap.events import Event
    from cashwrap.host.offers import Command, Device, Job, Page, Panel, React, Report, Route
    from cashwrap.host.own import Own
    from cashwrap.host.scales import Scale
    from cashwrap.host.views import SaleSeen
    from cashwrap.money import Currency
    from cashwrap.pricing.model import TaxCode
    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.promotions.presets import Preset
    from cashwrap.promotions.rules import Rule
    from cashwrap.receipt.model import Section
    from cashwrap.sale.desk import Watched
    from cashwrap.sale.events import SaleCompleted
    from cashwrap.store.tables import Projection, Reader
    from cashwrap.tender.driver import TenderDriver

hookspec = pluggy.HookspecMarker("cashwrap")
hookimpl = pluggy.HookimplMarker("cashwrap")


@hookspec
def cashwrap_projections() -> Iterable[Projection]:
    """Return the plugin's own tables as folds over the journal, each under the plugin's name.

    They are folded in the same transaction as the events, and rebuilt from the journal.
    """


@hookspec
def cashwrap_tender_drivers(
    own: Own,
) -> Iterable[tuple[str, TenderDriver]]:
    """Return payment drivers by the tender kind that a cashier chooses, e.g. ``"wechat"``."""


@hookspec
def cashwrap_candidate_sources(
    own: Own,
) -> Iterable[tuple[str, CandidateSource]]:
    """Return rules of the plugin's own kind, by the name that `Candidates.plugin` says."""


@hookspec
def cashwrap_rule_presets() -> Iterable[Preset]:
    """Return promotions by the names that shops know, each made from a few settings."""


@hookspec
def cashwrap_rules(store: str, currency: Currency, own: Own) -> Iterable[Rule]:
    """Return promotion rules, each id beginning with the plugin's name.

    They join the shop's own in what is published. Asked when the till opens and at each
    publication; what it gives depends on its arguments, the plugin and its settings only.
    """


@hookspec
def cashwrap_taxes(store: str, region: str, own: Own) -> Iterable[TaxCode]:
    """Return tax codes for a store; one with a code that the settings have stands in its place.

    ``region`` is the settings'. Asked when the till opens.
    """


@hookspec
def cashwrap_price_lists(store: str, own: Own) -> Iterable[PriceList]:
    """Return price books with prices by SKU, each book's code beginning with the plugin's name.

    They count beside the catalog's own by the same order of layers. Asked when the till opens.
    """


@hookspec
def cashwrap_may(act: Watched, sale: SaleSeen, line: int, own: Own) -> str | None:
    """Return why something may not be done, in words for the cashier; None when it may.

    ``act`` is "add" (goods come onto the sale, or more of them; ``line`` is theirs) or "pay"
    (before the first money is taken; ``line`` is 0). ``sale`` is what it would be then. A plugin
    that fails forbids nothing.
    """


@hookspec
def cashwrap_committed(events: tuple[Event, ...], staff: str, own: Own) -> None:
    """See what was journaled just now, to light a lamp or show it. What must not be missed, as
    after a crash, belongs in a follower."""


@hookspec
def cashwrap_cart_changed(sale: SaleSeen, own: Own) -> None:
    """See an open sale after it changed, to show it. Asked by `Till.work`, when nobody waits, with
    what the sale is by then; a sale that ended meanwhile is not shown."""


@hookspec
def cashwrap_closed(own: Own) -> None:
    """Let go of what is held while the till is open: threads, ports. Not asked after a crash."""


@hookspec
def cashwrap_receipt_sections(
    sale: SaleCompleted, reader: Reader, gift: bool, own: Own
) -> Iterable[Section]:
    """Return what stands on the receipt of a sale beside the sale, above its foot.

    ``reader`` sees all tables as they are now. A ``gift`` receipt shows no amounts.
    """


@hookspec
def cashwrap_followers(own: Own) -> Iterable[React]:
    """Return what is done after events of some kinds, at least once and in order."""


@hookspec
def cashwrap_jobs(own: Own) -> Iterable[Job]:
    """Return what is done every so many minutes while the till is open."""


@hookspec
def cashwrap_scales(own: Own) -> Iterable[tuple[str, Scale]]:
    """Return scales by name, read by `Till.weigh`."""


@hookspec
def cashwrap_reports(own: Own) -> Iterable[Report]:
    """Return tables for people, shown by ``cashwrap report NAME``."""


@hookspec
def cashwrap_commands(own: Own) -> Iterable[Command]:
    """Return commands, run as ``cashwrap NAME`` on a till that no other program has open."""


@hookspec
def cashwrap_routes(own: Own) -> Iterable[Route]:
    """Return what pages and programs may ask of the plugin, at ``/api/v1/plugins/NAME/``."""


@hookspec
def cashwrap_pages(own: Own) -> Iterable[Page]:
    """Return folders of files for browsers, at ``/plugins/NAME/``."""


@hookspec
def cashwrap_panels(own: Own) -> Iterable[Panel]:
    """Return parts of the register's page, drawn by modules of the plugin's pages."""


@hookspec
def cashwrap_devices(own: Own) -> Iterable[Device]:
    """Return what is plugged in and how to see how it does."""
