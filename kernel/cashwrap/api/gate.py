"""What every request passes before a route sees it: host, origin, device, and room in the queue.

The till's page is reached by address only from this machine. A page of another site that knows the
address gets nowhere: its Host (DNS rebinding) or its Origin is another, and it has no device key.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPSendMessage, Message, Receive, Scope, Send

from cashwrap.api.problems import MEDIA_TYPE, Problem
from cashwrap.api.rates import Rate

COOKIE = "cashwrap_device"
HEADER = b"x-cashwrap-device"
OPEN_PATHS = frozenset({"/health"})
PIN_PATHS = frozenset({"/api/v1/session", "/api/v1/approvals"})
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
)


class Refusal(msgspec.Struct, frozen=True):
    """Why a request goes no further."""

    status: int
    code: str
    detail: str


_HOST = Refusal(
    421, "api.host", "this till is not reached by that name: use the address it printed"
)
_ORIGIN = Refusal(403, "api.origin", "a page of another site may not drive this till")
_DEVICE = Refusal(
    401,
    "api.device",
    "this device is not known to the till: open the address that `cashwrap serve` printed, or "
    "send the key of the file api.key in the header X-Cashwrap-Device",
)
_TOO_MANY = Refusal(429, "api.too_many", "too many attempts: wait a moment")


class Gate:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, key: str, hosts: Iterable[str], *, secure: bool) -> None:
        self._app = app
        self._key = key.encode()
        self._hosts = frozenset(host.encode() for host in hosts)
        scheme = "https" if secure else "http"
        self._origins = frozenset(f"{scheme}://{host}".encode() for host in hosts)
        self._secure = secure
        self._pins = Rate(per_second=2, burst=10)
        self._keys = Rate(per_second=2, burst=20)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it."""
        headers = dict(scope["headers"])
        found = self._refusal(scope, headers)
        if found is None and scope["type"] == ScopeType.HTTP and self._brings_key(scope):
            await self._welcome(send)
        elif found is None:
            await self._app(scope, receive, _with_headers(send, scope["path"]))
        else:
            await _refuse(scope, receive, send, found)

    def _refusal(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Refusal | None:
        if headers.get(b"host", b"").lower() not in self._hosts:
            return _HOST
        if not self._is_ours(scope, headers) or _method(scope) == "OPTIONS":
            return _ORIGIN  # OPTIONS is what a browser asks for another site's page
        if scope["path"] in OPEN_PATHS:
            return None
        if not self._knows(headers) and not self._brings_key(scope):
            return _DEVICE if self._keys.take() else _TOO_MANY
        if scope["path"] in PIN_PATHS and _method(scope) == "POST" and not self._pins.take():
            return _TOO_MANY
        return None

    def _is_ours(self, scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
        """Whether no page of another site asks; what is no browser says nothing of it."""
        origin = headers.get(b"origin")
        if origin is not None and origin.lower() not in self._origins:
            return False
        site = headers.get(b"sec-fetch-site", b"none")
        if site in (b"none", b"same-origin"):
            return True
        opened = headers.get(b"sec-fetch-mode") == b"navigate" and _method(scope) == "GET"
        return opened and not scope["path"].startswith("/api/")  # a link to the page is harmless

    def _knows(self, headers: Mapping[bytes, bytes]) -> bool:
        given = headers.get(HEADER)
        if given is None:
            given = _cookie(headers.get(b"cookie", b""))
        return hmac.compare_digest(given, self._key)

    def _brings_key(self, scope: Scope) -> bool:
        """Whether the page is opened by the address with the key in it."""
        if scope["path"] != "/" or not scope["query_string"]:
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("device", [""])[0]
        return hmac.compare_digest(given.encode(), self._key)

    async def _welcome(self, send: Send) -> None:
        """Leave the key as a cookie that no script reads, and go to the page without it."""
        secure = "; Secure" if self._secure else ""
        cookie = (
            f"{COOKIE}={self._key.decode()}; Path=/; HttpOnly; SameSite=Strict; "
            f"Max-Age=31536000{secure}"
        )
        headers = [(b"location", b"/"), (b"set-cookie", cookie.encode()), *_HEADERS]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _method(scope: Scope) -> str:
    return str(scope.get("method", "GET"))


def _cookie(header: bytes) -> bytes:
    try:
        found = SimpleCookie(header.decode("latin-1")).get(COOKIE)
    except CookieError:
        return b""
    return b"" if found is None else found.value.encode()


def _with_headers(send: Send, path: str) -> Send:
    kept = (b"cache-control", b"no-store") if path.startswith("/api/") else None

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], *_HEADERS]
            message["headers"] = headers if kept is None else [*headers, kept]
        await send(message)

    return sending


async def _refuse(scope: Scope, receive: Receive, send: Send, why: Refusal) -> None:
    if scope["type"] == ScopeType.WEBSOCKET:
        await receive()
        await send({"type": "websocket.close", "code": 4000 + why.status, "reason": why.code})
        return
    problem = Problem(
        type="about:blank",
        title=why.code.replace(".", ": ").replace("_", " "),
        status=why.status,
        code=why.code,
        detail=why.detail,
    )
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"cache-control", b"no-store"), *_HEADERS]
    start: HTTPSendMessage = {
        "type": "http.response.start",
        "status": why.status,
        "headers": headers,
    }
    await send(start)
    await send(
        {"type": "http.response.body", "body": msgspec.json.encode(problem), "more_body": False}
    )
