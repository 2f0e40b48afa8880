"""What plugins offer to pages and programs, and asking one of their routes.

Gathered once for each till that is served, also from plugins that are set aside: they may come
back while it is. Whether one is asked is seen at each request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.host.acting import plugin_till
from cashwrap.host.errors import PluginAside, PluginFailed
from cashwrap.host.host import Host
from cashwrap.host.manifest import FRONT
from cashwrap.host.offers import Call, Page, Panel, Route
from cashwrap.host.plugin import Plugin
from cashwrap.plugins import PluginRefused
from cashwrap.staff.rights import Act, Right

if TYPE_CHECKING:
    from cashwrap.host.open_till import OpenTill

T = TypeVar("T")
ROUTES, PAGES, PANELS = "cashwrap_routes", "cashwrap_pages", "cashwrap_panels"
OWN_PATHS = frozenset({"settings", "enable", "disable", "set-aside", "restore", "panel-fault"})
"""What the kernel answers itself below each plugin's name."""

BUDGETS = 10  # a route may take so many times what a hook may
ANSWER_BYTES_MAX = 4 << 20


class Offered(NamedTuple):
    """What the plugins of a till offer, in the order in which they are asked."""

    routes: Sequence[tuple[str, Route]] = ()
    pages: Sequence[tuple[str, Page]] = ()
    panels: Sequence[tuple[str, Panel]] = ()

    @property
    def front(self) -> Path | None:
        """Return the folder of the page at the till's own address, None where nobody has it."""
        return next((page.folder for _, page in self.pages if page.path == "/"), None)


def offered(host: Host) -> Offered:
    """Return what plugins offer; what cannot be is a fault of theirs, and left out."""
    pages = _gathered(host, PAGES, Page, _pages_of)
    folders: dict[str, list[Path]] = {}
    for plugin, page in pages:
        folders.setdefault(plugin, []).append(page.folder)

    def panels_of(plugin: Plugin, panels: list[Panel]) -> list[Panel]:
        return _panels_of(folders.get(plugin.name, ()), panels)

    result = Offered(
        _gathered(host, ROUTES, Route, _routes_of),
        pages,
        _gathered(host, PANELS, Panel, panels_of),
    )
    host.tell()
    return result


def _gathered(
    host: Host, hook: str, kind: type[T], check: Callable[[Plugin, list[T]], list[T]]
) -> list[tuple[str, T]]:
    found: list[tuple[str, T]] = []
    for plugin in host.plugins.values():
        if plugin.state not in ("active", "aside") or hook not in plugin.hooks:
            continue
        try:
            found += [
                (plugin.name, one) for one in check(plugin, host.offers_of(plugin, hook, kind))
            ]
        except CashwrapError as error:
            host.fault(plugin, hook, str(error))
    return found


def _routes_of(_: Plugin, routes: list[Route]) -> list[Route]:
    shapes = [(route.method, route.shape) for route in routes]
    for route, shape in zip(routes, shapes, strict=True):
        if shapes.count(shape) > 1:
            raise PluginRefused(f"it offers {route.method} {route.path} twice")
        if route.path.split("/")[1] in OWN_PATHS:
            raise PluginRefused(f"{route.path}: that is the kernel's own; choose another path")
    return routes


def _pages_of(plugin: Plugin, pages: list[Page]) -> list[Page]:
    places = [page.path for page in pages]
    for page in pages:
        if places.count(page.path) > 1:
            raise PluginRefused(f"it offers two pages at {page.path!r}")
        if page.path == "/" and FRONT not in plugin.manifest.needs.rights:
            raise PluginRefused(
                f"page {page.name} would be the till's own: put {FRONT!r} into needs.rights"
            )
    return pages


def _panels_of(folders: Iterable[Path], panels: list[Panel]) -> list[Panel]:
    names = [panel.name for panel in panels]
    for panel in panels:
        if names.count(panel.name) > 1:
            raise PluginRefused(f"it offers the panel {panel.name!r} twice")
        if not any((folder / panel.module).is_file() for folder in folders):
            raise PluginRefused(f"panel {panel.name}: {panel.module!r} is in none of its pages")
    return panels


def panels_shown(host: Host, panels: Iterable[tuple[str, Panel]]) -> list[tuple[str, Panel]]:
    """Return the panels of plugins that are asked, less those that failed too often."""
    return [
        (name, panel)
        for name, panel in panels
        if (plugin := host.plugins.get(name)) is not None
        and plugin.state == "active"
        and panel.name not in plugin.dropped
    ]


def panel_failed(host: Host, name: str, panel: str, told: str) -> None:
    """Journal that a panel raised in a page; after some times it is shown no more.

    It sets nothing else of its plugin aside: a page is not a place to judge a till from.
    Raises UnknownPlugin.
    """
    plugin = host.known(name)
    failed = plugin.panel_faults.get(panel, 0) + 1
    if panel in plugin.dropped or len(plugin.panel_faults) > 100:
        return
    plugin.panel_faults[panel] = failed
    host.note(plugin, PANELS, f"panel {panel!r:.60}: {told}")
    if failed >= host.faults_max:
        plugin.dropped.add(panel)
    host.tell()


class Asked(NamedTuple):
    """One request to a route: what it carries, and who asks."""

    body: object
    path: dict[str, str]
    query: dict[str, str]
    staff: str
    register: str
    command: str


def answer(
    till: OpenTill, name: str, route: Route, asked: Asked, encode: Callable[[object], bytes]
) -> bytes:
    """Return what a route answers, as bytes of its own form.

    Raises PluginAside, PluginFailed for whatever the plugin does wrong, what `Till.allow` raises,
    and refusals of the plugin as they are.
    """
    host = till.host
    plugin = host.known(name)
    if plugin.state != "active":
        raise PluginAside(name, plugin.reason)
    if route.right:
        _allow(till, name, route, route.right, asked)
    call = Call(
        till=plugin_till(till, name),
        body=asked.body,
        path=asked.path,
        query=asked.query,
        staff=asked.staff,
        register=asked.register,
        command=asked.command,
    )

    def run() -> bytes:
        raw = encode(route.run(call))
        msgspec.json.decode(raw, type=route.gives)
        if len(raw) > ANSWER_BYTES_MAX:
            raise ValueError(f"its answer has {len(raw)} bytes, more than {ANSWER_BYTES_MAX}")
        return raw

    try:
        raw = host.timed(plugin, ROUTES, run, BUDGETS)
        if route.right:
            till.use_up(asked.staff, asked.register)  # also where the plugin journaled nothing
        return raw
    except CashwrapError:
        raise
    except Exception as error:  # whatever a plugin may raise
        host.fault(plugin, ROUTES, f"{route.method} {route.path}: {type(error).__name__}: {error}")
        raise PluginFailed(name) from error
    finally:
        host.tell()


def _allow(till: OpenTill, name: str, route: Route, right: Right, asked: Asked) -> None:
    at = route.path.format(**asked.path)
    till.allow(Act(right, f"plugin {name}", f"{route.method} {at}"), asked.staff, asked.register)
