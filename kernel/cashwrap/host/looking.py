"""The plugins of a shop for a look at it, while no till of it is open here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.errors import CashwrapError
from cashwrap.host.adding import added, gathered, merged
from cashwrap.host.host import Host
from cashwrap.host.loading import found
from cashwrap.host.plugin import PluginInfo
from cashwrap.host.projection import Standing, standings
from cashwrap.host.timing import times_of
from cashwrap.plugins import candidate_sources_of, presets_of
from cashwrap.ports import SystemClock
from cashwrap.settings import Settings, read_settings
from cashwrap.store.errors import TableRefused
from cashwrap.store.tables import Projection

if TYPE_CHECKING:
    import pluggy

    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.promotions.presets import Preset


def without_till(shop: Path | None) -> Host:
    """Return the host for a look at a shop that no till is opened for.

    Where the settings cannot be read, it is as if there were none: other checks say what is wrong.
    """
    settings = Settings()
    if shop is not None and shop.is_dir():
        with suppress(CashwrapError):
            settings = read_settings(shop)
    return found(settings, shop, SystemClock())


def sources_here() -> dict[str, CandidateSource]:
    """Return the promotion rules of installed plugins' own kinds, for a look without a till."""
    return merged(gathered(without_till(None), candidate_sources_of, ()))


def presets_here() -> dict[str, Preset]:
    """Return the presets of installed plugins by code; one that fails brings none."""
    return merged(gathered(without_till(None), _presets, ()))


def _presets(manager: pluggy.PluginManager) -> dict[str, Preset]:
    return {preset.code: preset for preset in presets_of(manager)}


def tables_of(shop: Path, taken: Collection[str]) -> tuple[Host, Sequence[Projection]]:
    """Return the host for a look at a shop, and the tables that its plugins fold."""
    host = without_till(shop)
    return host, added(host, Settings(), (), taken).projections


def looked_at(shop: Path) -> tuple[PluginInfo, ...]:
    """Return what people see of a shop's plugins while its till may sell.

    Raises what `look_into` raises.
    """
    from msgspec.structs import replace

    from cashwrap.store.look import look_into

    host, _ = tables_of(shop, ())
    with look_into(shop) as look, look.read() as reader:
        try:
            host.left_out(reader)
            known = standings(reader)
        except TableRefused:  # of a store that is older than the table
            known = {}
    times = times_of(shop)
    return tuple(
        replace(
            info, spent=times.get(info.name, ()), faults=known.get(info.name, Standing()).faults
        )
        for info in host.infos()
    )
