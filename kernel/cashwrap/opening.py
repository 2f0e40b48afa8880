"""What a till is opened with: its tables, its settings, and the host of its plugins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cashwrap.audit import AuditProjection, bring_back_settings, settings_kept
from cashwrap.catalog import keys as catalog_keys
from cashwrap.catalog.projection import CatalogProjection
from cashwrap.host.projection import HostProjection
from cashwrap.pairing.projection import PairingProjection
from cashwrap.ports import Clock
from cashwrap.promotions import kept as rules_kept
from cashwrap.promotions.projection import RulesProjection
from cashwrap.promotions.usage import UsageProjection
from cashwrap.sale.coupons import CouponProjection
from cashwrap.sale.events import SaleCompleted, SaleFolded
from cashwrap.sale.holds.projection import HoldProjection
from cashwrap.sale.projection import SaleProjection
from cashwrap.sale.returning.projection import ReturnProjection
from cashwrap.settings import FILE_NAME, Settings, SettingsRefused, read_settings
from cashwrap.shift.projection import ShiftProjection
from cashwrap.staff.projection import StaffProjection
from cashwrap.stock.projection import StockProjection
from cashwrap.store.disk import AnyError
from cashwrap.store.errors import StoreDamaged
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection
from cashwrap.tender.credit import CreditProjection
from cashwrap.tender.projection import TenderProjection

if TYPE_CHECKING:
    from cashwrap.host.adding import Added
    from cashwrap.host.host import Host


def kernel_projections() -> list[Projection]:
    """Return the tables of the kernel's own rooms."""
    return [
        AuditProjection(),
        CatalogProjection(),
        RulesProjection(),
        SaleProjection(),
        HoldProjection(),
        StockProjection({SaleCompleted.kind: SaleFolded}),
        TenderProjection(),
        CreditProjection(),
        UsageProjection(),
        CouponProjection(),
        ShiftProjection(),
        StaffProjection(),
        ReturnProjection(),
        HostProjection(),
        PairingProjection(),
    ]


def kernel_staged() -> tuple[str, ...]:
    """Return the tables that the kernel's rooms write beside the journal."""
    return (*catalog_keys.STAGED_TABLES, *rules_kept.STAGED_TABLES)


@contextmanager
def rows_readable(store: Store) -> Iterator[None]:
    """Say in words that a row cannot be read, as after damage that left the journal whole."""
    try:
        yield
    except (msgspec.DecodeError, UnicodeDecodeError, AnyError) as error:
        reason = (
            f"a row of its tables cannot be read ({error}); where `cashwrap verify` finds the "
            "journal sound, `cashwrap rebuild` makes the tables anew"
        )
        raise StoreDamaged(str(store.engine.folder), reason) from error


def check_names(settings: Settings, store: Store) -> None:
    """Raise SettingsRefused unless the settings are of this store and till: stock hangs on it."""
    had = (store.identity.store, store.identity.till)
    got = (settings.store, settings.till)
    if had != got:
        raise SettingsRefused(
            f"{FILE_NAME} is of store {got[0]!r} and till {got[1]!r}, but this folder is of "
            f"{had[0]!r} and {had[1]!r}: put the right file back"
        )


def kept_settings(store: Store, found: Settings) -> Settings:
    """Return the settings of a folder: its file's, or the journal's when that is gone."""
    folder = Path(store.engine.folder)
    with store.read() as reader:
        kept = settings_kept(reader)
    return read_settings(folder) if bring_back_settings(kept, folder) else found


class Hosted(NamedTuple):
    """The host of a till that opens, and what plugins add to it."""

    host: Host
    added: Added

    def with_taxes(self, settings: Settings) -> Settings:
        """Return the settings with the plugins' taxes in them."""
        return msgspec.structs.replace(settings, taxes=self.added.taxes or settings.taxes)


def host_of(
    settings: Settings,
    folder: Path,
    clock: Clock,
    projections: Sequence[Projection],
    *,
    plugins: bool | Host,
) -> Hosted | None:
    """Return the host of what is installed or given, None where that is nothing.

    ``plugins`` may be the host of the shop's till that this one is for training beside.
    """
    taken = [one.name for one in kernel_projections()]
    if not isinstance(plugins, bool):
        from cashwrap.host.adding import added
        from cashwrap.host.loading import beside

        host = beside(plugins, settings, folder, clock)
        return Hosted(host, added(host, settings, projections, taken))
    from cashwrap.plugins import installed_plugins

    device = settings.host.folder_in(folder)
    installed = installed_plugins() if plugins else []
    there = installed or (plugins and device is not None and device.is_dir())
    if not (there or projections or settings.host.needed):
        return None
    from cashwrap.host.adding import added
    from cashwrap.host.loading import found

    shop = folder if plugins else None
    host = found(settings, shop, clock, plugins=plugins, installed=installed)
    return Hosted(host, added(host, settings, projections, taken))
