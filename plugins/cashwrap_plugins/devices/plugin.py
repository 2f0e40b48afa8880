"""What this plugin adds to a till. Without settings it adds nothing, and imports nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cashwrap.hookspecs import hookimpl

if TYPE_CHECKING:
    from cashwrap.events import Event
    from cashwrap.host.offers import Command, Device, Job, Page, Panel, React, Route
    from cashwrap.host.own import Own
    from cashwrap.host.scales import Scale
    from cashwrap.host.views import SaleSeen
    from cashwrap.sale.desk import Watched

    from .bench import Bench


def _bench(own: Own) -> Bench | None:
    """Return the devices of a till, None where its settings name none."""
    if not own.shop.plugins.get(own.plugin):
        return None
    from .bench import bench_of

    return bench_of(own)


@hookimpl
def cashwrap_scales(own: Own) -> Iterable[tuple[str, Scale]]:
    """The scales of the settings; none is opened yet."""
    bench = _bench(own)
    return [(one.settings.name, one) for one in bench.scales] if bench else []


@hookimpl
def cashwrap_devices(own: Own) -> Iterable[Device]:
    """Everything that is wired to this till."""
    bench = _bench(own)
    return bench.devices() if bench else []


@hookimpl
def cashwrap_followers(own: Own) -> Iterable[React]:
    """Each printer prints what the journal says, at its own pace."""
    bench = _bench(own)
    if bench is None:
        return []
    from .following import follower

    bench.start()
    return [follower(printer) for printer in bench.printers]


@hookimpl
def cashwrap_committed(events: tuple[Event, ...], own: Own) -> None:
    """Open the drawer where cash goes in or out; show the change."""
    if (bench := _bench(own)) is not None:
        bench.committed(events)


@hookimpl
def cashwrap_cart_changed(sale: SaleSeen, own: Own) -> None:
    """Show the customer what was rung up."""
    if (bench := _bench(own)) is not None:
        bench.changed(sale)


@hookimpl
def cashwrap_may(act: Watched, sale: SaleSeen, own: Own) -> str | None:
    """Take no money while nothing can be printed, where the owner wants that."""
    bench = _bench(own) if act == "pay" else None
    return bench.why_no_payment(sale.register, own.shop.receipt.language) if bench else None


@hookimpl
def cashwrap_jobs(own: Own) -> Iterable[Job]:
    """Each minute: what changed about a device is journaled."""
    bench = _bench(own)
    if bench is None:
        return []
    from .watching import job

    return [job(bench)]


@hookimpl
def cashwrap_commands(own: Own) -> Iterable[Command]:
    """``cashwrap devices``."""
    from .command import command

    return [command(own)]


@hookimpl
def cashwrap_routes(own: Own) -> Iterable[Route]:
    """How the counter does, and a test print."""
    bench = _bench(own)
    if bench is None:
        return []
    from .routes import routes

    return routes(bench)


@hookimpl
def cashwrap_pages(own: Own) -> Iterable[Page]:
    """The files of the panel."""
    if _bench(own) is None:
        return []
    from .routes import page

    return [page()]


@hookimpl
def cashwrap_panels(own: Own) -> Iterable[Panel]:
    """Under More: what stands on the counter, tried out."""
    if _bench(own) is None:
        return []
    from .routes import panel

    return [panel()]


@hookimpl
def cashwrap_closed(own: Own) -> None:
    """Let threads and ports go."""
    if own.shop.plugins.get(own.plugin):
        from .bench import stop

        stop(own)
