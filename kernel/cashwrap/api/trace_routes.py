"""``/trace``: the newest calls of plugins' hooks, what each answered and how long it took."""

import msgspec
from litestar import Router, get, put
from litestar.params import JSONBody

from cashwrap.api.callers import Asking, AtDesk
from cashwrap.host.tracing import Traced, Tracing
from cashwrap.till import Till


class TraceView(msgspec.Struct, frozen=True):
    """Whether calls are kept, and the newest thousand, oldest first."""

    on: bool
    calls: tuple[Traced, ...]


class TraceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether calls are to be kept from now on."""

    on: bool


def trace_routes() -> Router:
    """Return the routes of the trace."""
    return Router(path="/trace", route_handlers=[trace, switch_trace], tags=["plugins"])


@get()
async def trace(caller: Asking, desk: AtDesk) -> TraceView:
    """Return each call of a hook since the trace was switched on, the newest thousand of them."""

    def work(till: Till) -> TraceView:
        manager = till.manage_plugins(staff=caller.staff, register=caller.register)
        return _view(manager.trace())

    return await desk.ask(work)


@put()
async def switch_trace(data: JSONBody[TraceBody], caller: Asking, desk: AtDesk) -> TraceView:
    """Begin or end to keep the calls of hooks; what was kept is forgotten at the end."""

    def work(till: Till) -> TraceView:
        return _view(
            till.manage_plugins(staff=caller.staff, register=caller.register).trace(on=data.on)
        )

    return await desk.ask(work)


def _view(tracing: Tracing) -> TraceView:
    return TraceView(tracing.on, tracing.calls())
