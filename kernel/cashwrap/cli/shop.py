"""Opening a shop's folder for a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from cashwrap.settings import Settings
    from cashwrap.store.look import Look
    from cashwrap.store.store import Store


class Shop(NamedTuple):
    """A store and its settings."""

    store: Store
    settings: Settings

    @property
    def zone(self) -> tzinfo:
        """The shop's time zone."""
        return ZoneInfo(self.settings.timezone)

    def money(self, minor: int) -> str:
        """Return an amount with the currency's sign, as ``¥12.50`` or ``-¥0.05``."""
        return self.settings.currency.amount(minor)


class LookedAt(NamedTuple):
    """A store that may be in use, or a backup, for reading only; and its settings."""

    look: Look
    settings: Settings


def people(shop: Shop | LookedAt) -> Callable[[str], str]:
    """Return what gives the name of an account for its code."""
    from cashwrap.staff.projection import names

    with (shop.store if isinstance(shop, Shop) else shop.look).read() as reader:
        return names(reader)


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    """Give a store for looking and for care; neither opening nor closing it is journaled.

    Raises SettingsRefused, UnknownTimezone, PluginRefused and what `Store.open` raises.
    """
    from cashwrap.host.looking import tables_of
    from cashwrap.opening import kernel_projections, kernel_staged
    from cashwrap.ports import SystemClock, SystemRandomness
    from cashwrap.store.store import Store
    from cashwrap.training.folder import is_marked

    kernel = kernel_projections()
    host, tables = tables_of(folder, [one.name for one in kernel])
    store = Store.open(
        folder,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        projections=[*kernel, *tables],
        staged=kernel_staged(),
        witness=[] if is_marked(folder) else None,
        announce=False,
        leave_out=host.left_out,
    )
    with store:
        yield Shop(store, _settings(store, folder))


@contextmanager
def looked_into(path: Path) -> Iterator[LookedAt]:
    """Give a store for looking at while a till may sell on it, or a backup file.

    Raises SettingsRefused, UnknownTimezone and what `look_into` raises.
    """
    from cashwrap.host.looking import tables_of
    from cashwrap.store.look import look_into

    tables_of(path, ())  # events of plugins can be read
    with look_into(path) as look:
        yield LookedAt(look, _settings(look, path))


def _settings(store: Store | Look, folder: Path) -> Settings:
    """Return the settings of a folder, those that the journal keeps when the file is gone."""
    from cashwrap.audit import settings_digest, settings_kept
    from cashwrap.business_day import BusinessDays
    from cashwrap.settings import FILE_NAME, parse_settings, read_settings

    with store.read() as reader:
        kept = settings_kept(reader)
    if (folder / FILE_NAME).exists() or kept is None or settings_digest(kept.text) != kept.digest:
        settings = read_settings(folder)
    else:
        settings = parse_settings(kept.text)
    BusinessDays(settings.timezone)  # refuses a time zone that is none
    return settings


def local(wall_ms: int, zone: tzinfo, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return a moment in the shop's zone."""
    try:
        return datetime.fromtimestamp(wall_ms // 1000, UTC).astimezone(zone).strftime(form)
    except (ValueError, OverflowError, OSError):
        return f"{wall_ms} ms"


def parse_moment(text: str, zone: tzinfo) -> int:
    """Return the milliseconds of ``2026-01-31``, ``2026-01-31T08:00`` or ``08:00`` (today).

    Raises UsageError.
    """
    from cashwrap.cli.arguments import UsageError

    try:
        if len(text) <= 8 and ":" in text:
            text = f"{datetime.now(zone):%Y-%m-%d}T{text.rjust(5, '0')}"
        when = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no moment: write 2026-01-31 or 2026-01-31T08:00") from None
    when = when if when.tzinfo else when.replace(tzinfo=zone)
    return int(when.timestamp()) * 1000


def size_text(size_bytes: int) -> str:
    """Return ``12 KB`` or ``3.4 MB``, in integers."""
    if size_bytes < 1_000_000:
        return f"{-(-size_bytes // 1000)} KB"
    tenths = size_bytes // 100_000
    return f"{tenths // 10}.{tenths % 10} MB"
