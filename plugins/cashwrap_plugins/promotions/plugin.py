"""What this plugin adds to a till."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.hookspecs import hookimpl

if TYPE_CHECKING:
    from cashwrap.catalog.model import PriceList
    from cashwrap.host.offers import Command, Job, Page, Panel, Report, Route
    from cashwrap.host.own import Own
    from cashwrap.money import Currency
    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.promotions.presets import Preset
    from cashwrap.promotions.rules import Rule
    from cashwrap.receipt.model import Section
    from cashwrap.sale.events import SaleCompleted
    from cashwrap.store.tables import Projection

TITLE = {"zh-CN": "今日降价", "en": "Markdowns"}


@hookimpl
def cashwrap_rule_presets() -> Iterable[Preset]:
    """Presets for every type of promotion, by the names that shops know."""
    from .presets import PRESETS

    return PRESETS


@hookimpl
def cashwrap_projections() -> Iterable[Projection]:
    """Price protection: claims by sale and day; and which markdowns counted last."""
    from .store import MarkdownsProjection, ProtectionProjection

    return [ProtectionProjection(), MarkdownsProjection()]


@hookimpl
def cashwrap_reports() -> Iterable[Report]:
    """What price protection gave back, by day and tender."""
    from .reports import PRICE_PROTECTION

    return [PRICE_PROTECTION]


@hookimpl
def cashwrap_candidate_sources() -> Iterable[tuple[str, CandidateSource]]:
    """Any so many different goods: a kind of rule of this plugin's own."""
    from .sources import NAME, Different

    return [(NAME, Different())]


@hookimpl
def cashwrap_rules(currency: Currency, own: Own) -> Iterable[Rule]:
    """Promotions that the shop wrote into its settings."""
    from .options import PluginSettings

    standing = own.settings(PluginSettings).standing
    if not standing:
        return []
    from .standing import rules_of

    return rules_of(standing, currency)


@hookimpl
def cashwrap_price_lists(store: str, own: Own) -> Iterable[PriceList]:
    """Markdowns of the file that the shopkeeper dropped in."""
    from .options import PluginSettings

    name = own.settings(PluginSettings).markdowns
    if own.folder is None or not name or not (own.folder / name).is_file():
        return []
    from .markdowns import as_price_list, read_markdowns

    found = read_markdowns(own.folder / name, own.shop)
    return [as_price_list(found.rows, store)] if found.rows else []


@hookimpl
def cashwrap_jobs() -> Iterable[Job]:
    """Each minute: a file of markdowns that is another counts from then on."""
    from .markdowns_watch import job

    return [job()]


@hookimpl
def cashwrap_receipt_sections(sale: SaleCompleted, gift: bool, own: Own) -> Iterable[Section]:
    """Until when prices are protected, and what was saved, where the shop wants it printed."""
    from .options import PluginSettings

    settings = own.settings(PluginSettings)
    if not settings.receipt:
        return []
    from .sections import sections_of

    return sections_of(sale, settings, own.shop.currency, gift=gift)


@hookimpl
def cashwrap_commands() -> Iterable[Command]:
    """Price protection at the command line, and a look at the markdowns."""
    from .claims import PRICE_PROTECTION
    from .markdowns_command import MARKDOWNS

    return [PRICE_PROTECTION, MARKDOWNS]


@hookimpl
def cashwrap_routes() -> Iterable[Route]:
    """Price protection and markdowns over the local API."""
    from .claims import ROUTES
    from .markdowns_route import MARKDOWNS_ROUTE

    return [*ROUTES, MARKDOWNS_ROUTE]


@hookimpl
def cashwrap_pages() -> Iterable[Page]:
    """Where the panel's module lies."""
    from cashwrap.host.offers import Page

    return [Page(name="markdowns", title=TITLE, folder=Path(__file__).parent / "static")]


@hookimpl
def cashwrap_panels() -> Iterable[Panel]:
    """What is cheaper today, in the register under More."""
    from cashwrap.host.offers import Panel

    return [Panel(name="markdowns", title=TITLE, module="markdowns.js", place="more")]
