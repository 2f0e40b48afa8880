"""What every route is given: who asks, and the desk."""

from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from msgspec.structs import replace

from cashwrap.api.desk import Desk
from cashwrap.api.metrics import Metrics
from cashwrap.api.sessions import COOKIE, Caller, Sessions
from cashwrap.errors import InvalidInput

AnyRequest = Request[Any, Any, Any]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        required=False,
        max_length=200,
        description="The command's id: the same one again gives the first answer.",
    ),
]

Asking = NamedDependency[Caller]
AtDesk = NamedDependency[Desk]


async def caller(request: AnyRequest, idempotency_key: Key = None) -> Caller:
    """Return who asks. Raises NoSession."""
    found = sessions(request).of(request.cookies.get(COOKIE, ""))
    return replace(found, command=_command(idempotency_key))


async def desk(request: AnyRequest) -> Desk:
    """Return the till behind the routes: the shop's, or the one that its session trains on."""
    token = request.cookies.get(COOKIE, "")
    trains = sessions(request).trains(token)
    training: Desk = request.app.state.training
    return training if trains else shop(request)


def shop(request: AnyRequest) -> Desk:
    """Return the shop's till, also to who trains."""
    found: Desk = request.app.state.desk
    return found


async def metrics_of(request: AnyRequest) -> Metrics:
    """Return the counters of this program."""
    found: Metrics = request.app.state.metrics
    return found


def sessions(request: AnyRequest) -> Sessions:
    """Return the sessions of this program."""
    found: Sessions = request.app.state.sessions
    return found


def _command(key: str | None) -> str:
    if key is None:
        return ""
    if not key.isascii() or not key.isprintable():
        raise InvalidInput("an Idempotency-Key is printable ASCII")
    return key
