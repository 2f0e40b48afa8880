"""``/plugins/...``, ``/panels``, ``/pages``: what plugins offer to pages and programs.

The routes of plugins are made from what they say of them. The kernel's own below a plugin's name
stand once for all names, and again for each name that has routes beside them.
"""

import inspect
import re
from typing import Annotated, Any, cast

from litestar import Response, Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.static_files import create_static_files_router
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from cashwrap.api.callers import AnyRequest, Asking, AtDesk
from cashwrap.api.desk import Desk
from cashwrap.api.managing_routes import managing_routes
from cashwrap.api.page_files import as_they_are_now
from cashwrap.api.plugin_views import PageView, PanelView, address_of, page_view, panel_view
from cashwrap.api.sessions import Caller
from cashwrap.api.trace_routes import trace_routes
from cashwrap.api.wire import encoded
from cashwrap.host.offers import Route
from cashwrap.host.serving import Asked, Offered, answer, panels_shown
from cashwrap.till import Till

TAGS = ("plugins",)


def plugin_routers(offered: Offered) -> list[ControllerRouterHandler]:
    """Return all routes below ``/api/v1`` that are there because of plugins."""
    named = dict.fromkeys(name for name, _ in offered.routes)
    beside = [managing_routes(name) for name in named]
    own = [_router_of(name, offered) for name in named]
    return [_listing(offered), trace_routes(), managing_routes(), *beside, *own]


def page_routers(offered: Offered) -> list[Router]:
    """Return the files of plugins' pages.

    They stay when a plugin is set aside: the page that people sell on may be its.
    """
    places = {address_of(name): page.folder for name, page in offered.pages if page.path == "/"}
    places |= {
        address_of(name, page.path): page.folder for name, page in offered.pages if page.path != "/"
    }
    if offered.front is not None:
        places["/"] = offered.front
    return [
        create_static_files_router(
            path=address,
            directories=[folder],
            html_mode=True,
            include_in_schema=False,
            middleware=[as_they_are_now],
        )
        for address, folder in places.items()
    ]


def _listing(offered: Offered) -> Router:
    @get("/panels", tags=TAGS)
    async def panels(caller: Asking, desk: AtDesk) -> list[PanelView]:
        """Return the parts of the page that plugins draw, in the order of the plugins."""

        def work(till: Till) -> list[PanelView]:
            shown = panels_shown(till.host, offered.panels)
            return [panel_view(name, panel) for name, panel in shown]

        return await desk.ask(work)

    @get("/pages", tags=TAGS)
    async def pages(caller: Asking) -> list[PageView]:
        """Return the pages that plugins bring."""
        return [page_view(name, page) for name, page in offered.pages]

    return Router(path="/", route_handlers=[panels, pages])


# Routes of plugins


def _router_of(plugin: str, offered: Offered) -> Router:
    own = [_handler(plugin, route) for name, route in offered.routes if name == plugin]
    return Router(path=f"/plugins/{plugin}", route_handlers=own)


def _handler(plugin: str, route: Route) -> HTTPRouteHandler:
    """Return a handler with the parameters, the body and the answer that a route names."""

    async def ask(request: AnyRequest, caller: Caller, desk: Desk, **given: Any) -> Response[bytes]:
        body = given.pop("data", None)
        query = {name: values[-1] for name, values in request.query_params.dict().items()}
        path = {name: given[name] for name in route.names}
        asked = Asked(body, path, query, caller.staff, caller.register, caller.command)

        def work(till: Till) -> bytes:
            return answer(till, plugin, route, asked, encoded)

        what = f"plugin {plugin} {route.method} {route.path} {path}"
        is_read = route.method == "GET"
        raw = await (desk.ask(work) if is_read else desk.once(what, caller, work))
        return Response(raw, media_type="application/json")

    wanted = _wanted(route)
    keyword = inspect.Parameter.KEYWORD_ONLY
    signature = inspect.Signature(
        [inspect.Parameter(name, keyword, annotation=each, default=default)
         for name, (each, default) in wanted.items()],
        return_annotation=route.gives,
    )  # fmt: skip
    annotations = {name: each for name, (each, _) in wanted.items()}
    ask.__dict__["__signature__"] = signature
    ask.__annotations__ = {**annotations, "return": route.gives}
    words = re.sub(r"\W+", " ", f"{route.method} {plugin} {route.path}").title()
    return HTTPRouteHandler(
        re.sub(r"\{(\w+)\}", r"{\1:str}", route.path),
        http_method=[route.method],
        status_code=HTTP_200_OK,
        summary=route.summary.get("en") or next(iter(route.summary.values()), None),
        description="\n\n".join(route.summary.values()),
        tags=[f"plugin {plugin}"],
        operation_id=words.replace(" ", ""),
    )(ask)


def _wanted(route: Route) -> dict[str, tuple[Any, Any]]:
    """Return the parameters of a route's handler: what each is, and its default."""
    nothing, body = inspect.Parameter.empty, cast(Any, JSONBody)
    found: dict[str, tuple[Any, Any]] = {
        "request": (AnyRequest, nothing),
        "caller": (Asking, nothing),
        "desk": (AtDesk, nothing),
    }
    found |= {name: (FromPath[str], nothing) for name in route.names}
    for name, words in route.query.items():
        told = QueryParameter(name=name, description=words.get("en", ""), max_length=2000)
        found[name] = (Annotated[str, told], "")
    if route.takes is not None:
        found["data"] = (body[route.takes], nothing)
    return found
