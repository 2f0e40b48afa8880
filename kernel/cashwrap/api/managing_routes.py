"""``/plugins/{plugin}/...``: settings, enable and disable, set aside and bring back."""

from collections.abc import Callable
from typing import TypeVar

from litestar import Router, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from cashwrap.api import bodies
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.desk import Desk
from cashwrap.api.sessions import Caller
from cashwrap.host.managing import Manager
from cashwrap.host.own_settings import OwnSettings
from cashwrap.host.plugin import PluginInfo
from cashwrap.host.serving import panel_failed
from cashwrap.till import Till

T = TypeVar("T")
Name = NamedDependency[str]


def managing_routes(plugin: str = "") -> Router:
    """Return the routes for any plugin by the name in the path.

    With ``plugin`` the same for that one, to stand beside its own: a path that begins with its
    name is looked for among those only. They are documented once.
    """

    async def its(plugin: FromPath[str]) -> str:
        return plugin

    async def that() -> str:
        return plugin

    return Router(
        path=f"/plugins/{plugin}" if plugin else "/plugins/{plugin:str}",
        route_handlers=[settings, set_settings, enable, disable, set_aside, restore, panel_fault],
        dependencies={"name": Provide(that if plugin else its)},
        include_in_schema=not plugin,
        tags=["plugins"],
    )


@get("/settings")
async def settings(name: Name, caller: Asking, desk: AtDesk) -> OwnSettings:
    """Return a plugin's settings: JSON schema, values, defaults. Secret values are not told.

    Its right is ``plugins.manage``, also to look.
    """
    return await _managed(caller, desk, lambda manager: manager.settings(name))


@put("/settings")
async def set_settings(
    name: Name, data: JSONBody[bodies.SettingsBody], caller: Asking, desk: AtDesk
) -> OwnSettings:
    """Set all of a plugin's settings, for when the till opens next."""
    return await _managed(caller, desk, lambda manager: manager.set(name, data.values))


@post("/enable", status_code=HTTP_200_OK)
async def enable(name: Name, caller: Asking, desk: AtDesk) -> PluginInfo:
    """Have a plugin used from when the till opens next."""
    return await _managed(caller, desk, lambda manager: manager.switch(name, on=True))


@post("/disable", status_code=HTTP_200_OK)
async def disable(name: Name, caller: Asking, desk: AtDesk) -> PluginInfo:
    """Have a plugin no longer used from when the till opens next."""
    return await _managed(caller, desk, lambda manager: manager.switch(name, on=False))


@post("/set-aside", status_code=HTTP_200_OK)
async def set_aside(
    name: Name, data: JSONBody[bodies.AsideBody], caller: Asking, desk: AtDesk
) -> PluginInfo:
    """Ask a plugin no more, at once."""
    return await _managed(caller, desk, lambda manager: manager.set_aside(name, data.reason))


@post("/restore", status_code=HTTP_200_OK)
async def restore(name: Name, caller: Asking, desk: AtDesk) -> PluginInfo:
    """Ask a plugin again that was set aside, at once; its tables are made anew."""
    return await _managed(caller, desk, lambda manager: manager.restore(name))


@post("/panel-fault", status_code=HTTP_204_NO_CONTENT)
async def panel_fault(
    name: Name, data: JSONBody[bodies.PanelFaultBody], caller: Asking, desk: AtDesk
) -> None:
    """Tell that a panel of a plugin raised in a page; after some times it is offered no more."""
    await desk.ask(lambda till: panel_failed(till.host, name, data.panel, data.told))


async def _managed(caller: Caller, desk: Desk, act: Callable[[Manager], T]) -> T:
    def work(till: Till) -> T:
        return act(till.manage_plugins(staff=caller.staff, register=caller.register))

    return await desk.ask(work)
