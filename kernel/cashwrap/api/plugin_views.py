"""What pages are told of plugins."""

import msgspec

from cashwrap.host.offers import Page, Panel, Place, Words


class PanelView(msgspec.Struct, frozen=True):
    """A panel to draw. ``module`` is the address of its ES module."""

    plugin: str
    name: str
    title: Words
    module: str
    place: Place


class PageView(msgspec.Struct, frozen=True):
    """A page that a plugin brings, at its address."""

    plugin: str
    name: str
    title: Words
    address: str


def panel_view(plugin: str, panel: Panel) -> PanelView:
    """Return a panel as pages draw it."""
    module = f"{address_of(plugin)}{panel.module}"
    return PanelView(plugin, panel.name, panel.title, module, panel.place)


def page_view(plugin: str, page: Page) -> PageView:
    """Return a page by its address."""
    return PageView(plugin, page.name, page.title, address_of(plugin, page.path))


def address_of(plugin: str, path: str = "") -> str:
    """Return where a plugin's page is."""
    if path == "/":
        return "/"
    return f"/plugins/{plugin}/{path}/" if path else f"/plugins/{plugin}/"
