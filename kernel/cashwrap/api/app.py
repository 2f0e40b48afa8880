"""The program that serves one till: routes, problems, sessions, pages."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from cashwrap.api.callers import caller, desk, metrics_of
from cashwrap.api.care_routes import Care, alive, metrics
from cashwrap.api.catalog_routes import CatalogRoutes
from cashwrap.api.desk import Desk
from cashwrap.api.device_routes import device_routes
from cashwrap.api.devices import Devices
from cashwrap.api.doctor_routes import Doctor, DoctorRoutes
from cashwrap.api.gate import BODY_SIZE_MAX, Gate
from cashwrap.api.hold_routes import Holds
from cashwrap.api.journal_routes import JournalRoutes
from cashwrap.api.live import Live
from cashwrap.api.live_route import live, live_snapshot
from cashwrap.api.live_state import Changes
from cashwrap.api.logs import Log
from cashwrap.api.meter import Meter
from cashwrap.api.metrics import Metrics
from cashwrap.api.money_routes import Coupons, Credits, Fees, Quotes
from cashwrap.api.no_page import no_page
from cashwrap.api.openapi import DocumentRoute, openapi_config
from cashwrap.api.pair_page import pair, pair_page
from cashwrap.api.pair_routes import Pairing, Reach, pair_program
from cashwrap.api.pay_routes import Pay, Returns
from cashwrap.api.plugin_routes import page_routers, plugin_routers
from cashwrap.api.problems import failed, not_taken, refused
from cashwrap.api.receipt_routes import Receipts
from cashwrap.api.reference_page import PARTS, ReferencePage
from cashwrap.api.report_routes import Reports
from cashwrap.api.rule_routes import RuleRoutes
from cashwrap.api.sale_routes import Sales
from cashwrap.api.scale_routes import ScaleReader, ScaleRoutes
from cashwrap.api.session_routes import Approvals, SessionRoutes
from cashwrap.api.sessions import Sessions
from cashwrap.api.shift_routes import ShiftRoutes
from cashwrap.api.shop_routes import Shop
from cashwrap.api.staff_routes import StaffRoutes
from cashwrap.api.stock_routes import Reservations, StockRoutes
from cashwrap.api.struct_schemas import StructSchemas
from cashwrap.api.till_thread import TillThread
from cashwrap.api.training_desk import TrainingDesk
from cashwrap.api.wire import ByName
from cashwrap.errors import CashwrapError
from cashwrap.host.serving import Offered, offered

ROUTES: tuple[ControllerRouterHandler, ...] = (
    SessionRoutes,
    Approvals,
    Shop,
    ScaleRoutes,
    Sales,
    Pay,
    Returns,
    Holds,
    Receipts,
    ShiftRoutes,
    Reports,
    Pairing,
    pair_program,
    CatalogRoutes,
    Quotes,
    RuleRoutes,
    StockRoutes,
    Reservations,
    Fees,
    Credits,
    Coupons,
    StaffRoutes,
    JournalRoutes,
    DoctorRoutes,
    Care,
    live,
    live_snapshot,
    device_routes,
)


def make_app(
    thread: TillThread,
    *,
    key: str,
    hosts: Sequence[str],
    reach: Reach | None = None,
    log: Log | None = None,
) -> Litestar:
    """Return the application of a till that is open on its thread.

    ``key`` is the till's own, ``hosts`` are what the Host of a request may be, ``reach`` is where
    other devices find it. Raises what ended the thread, where it has.
    """
    devices = Devices(key)
    thread.ask(lambda till: devices.know(till.pairing.devices))
    meter, log = Metrics(), log or Log()
    at, doctor = Desk(thread, Live()), Doctor()
    thread.stepped, thread.rested = at.stepped, Changes(at).tell
    app = Litestar(
        route_handlers=_handlers(thread.ask(lambda till: offered(till.host))),
        state=State(
            {
                "desk": at,
                "training": TrainingDesk(thread, Live()),
                "sessions": Sessions(),
                "metrics": meter,
                "scales": ScaleReader(),
                "doctor": doctor,
                "devices": devices,
                "reach": reach or Reach(),
                "log": log,
            }
        ),
        exception_handlers={CashwrapError: refused, HTTPException: not_taken, Exception: failed},
        openapi_config=openapi_config(DocumentRoute(), ReferencePage(), *PARTS),
        plugins=[StructSchemas()],
        on_shutdown=[doctor.stop],
        request_max_body_size=BODY_SIZE_MAX,
    )
    guarded = Gate(app.asgi_handler, devices, hosts, thread.busy_ms)
    app.asgi_handler = Meter(guarded, meter, log)
    return app


def _handlers(plugins: Offered) -> list[ControllerRouterHandler]:
    """Return all routes: the API's, what looks after the till, the pages."""
    api = Router(
        path="/api/v1",
        route_handlers=[*ROUTES, *plugin_routers(plugins)],
        dependencies={"caller": Provide(caller), "desk": Provide(desk)},
        response_class=ByName,
    )
    given = {"desk": Provide(desk), "meter": Provide(metrics_of)}
    care = Router(path="/", route_handlers=[alive, metrics, pair_page, pair], dependencies=given)
    own_page = [no_page] if plugins.front is None else []
    return [api, care, *page_routers(plugins), *own_page]
