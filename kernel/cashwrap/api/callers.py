"""What every route is given: who asks, and the desk."""

from typing import Annotated, Any
from urllib.parse import unquote

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import HeaderParameter
from msgspec.structs import replace

from cashwrap.api.commands import digest_of
from cashwrap.api.cookies import name_of
from cashwrap.api.desk import Desk
from cashwrap.api.metrics import Metrics
from cashwrap.api.sessions import Caller, NoSession, Sessions, cookie_of
from cashwrap.api.visitor import VISITOR
from cashwrap.errors import InvalidInput

AnyRequest = Request[Any, Any, Any]
AnyConnection = ASGIConnection[Any, Any, Any, Any]
REGISTER = "X-Cashwrap-Register"
"""Which register a page stands at, percent-encoded: pages of one browser have a session each.
"""
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
    """Return who asks. Raises NoSession, also for the session of another device."""
    visitor = VISITOR.get()
    found = sessions(request).of(token_of(request), visitor.device)
    command = _command(idempotency_key)
    if command and request.method != "GET":
        body = b"" if _uploads(request) else await request.body()
        visitor.asked = digest_of(request, found, body)
        visitor.command = command
    return replace(found, command=command)


async def caller_or_owner(request: AnyRequest) -> Caller | None:
    """Return who asks, None for a program of this machine that read the till's key in its folder.

    Raises NoSession.
    """
    try:
        return await caller(request)
    except NoSession:
        if VISITOR.get().owns:
            return None
        raise


async def desk(request: AnyRequest) -> Desk:
    """Return the till behind the routes: the shop's, or the one that its session trains on."""
    trains = sessions(request).trains(token_of(request))
    training: Desk = request.app.state.training
    return training if trains else shop(request)


def token_of(connection: AnyConnection, register: str | None = None) -> str:
    """Return the token of the session that a page has at its register, "" for none."""
    named = unquote(connection.headers.get(REGISTER, "")) if register is None else register
    return connection.cookies.get(name_of(cookie_of(named), connection.scope), "")


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


def _uploads(request: AnyRequest) -> bool:
    """Whether a request brings files: read already, and written otherwise each time."""
    return request.content_type[0] == RequestEncodingType.MULTI_PART


def _command(key: str | None) -> str:
    if key is None:
        return ""
    if not key.isascii() or not key.isprintable():
        raise InvalidInput("an Idempotency-Key is printable ASCII")
    return key
