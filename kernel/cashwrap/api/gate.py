"""What every request passes before a route sees it: host, origin, device, and room in the queue.

A page of another site that knows the till's address gets nowhere: its Host (DNS rebinding) or its
Origin is another, and it has no key. The till's own key opens from this machine alone; every other
device brings the key that it was paired with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from time import time_ns
from urllib.parse import parse_qs

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPSendMessage, Message, Receive, Scope, Send

from cashwrap.api.cookies import DEVICE, cookie_of, is_secure, set_cookie
from cashwrap.api.devices import Devices
from cashwrap.api.problems import MEDIA_TYPE, Problem
from cashwrap.api.rates import Rates
from cashwrap.api.visitor import VISITOR, Brought, Visitor

HEADER = b"x-cashwrap-device"
BODY_SIZE_MAX = 1 << 20
UPLOAD_SIZE_MAX = 256 << 20
UPLOADS = ("/api/v1/catalog/", "/api/v1/rules/")  # goods and rules of a whole chain
PAIR_PATHS = frozenset({"/pair", "/api/v1/pair"})
OPEN_PATHS = PAIR_PATHS | {"/health"}
PIN_PATHS = frozenset({"/api/v1/session", "/api/v1/approvals"})
_JSON = b"application/json"
_ONCE = (b"host", b"origin", b"sec-fetch-site", b"content-length", HEADER)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self'; object-src 'none'; img-src 'self' data: blob:; "
        b"style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-src 'none'; "
        b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
)


class Refusal(msgspec.Struct, frozen=True):
    """Why a request goes no further."""

    status: int
    code: str
    detail: str
    retry_after_ms: int = 0


_HEADERS_TWICE = Refusal(400, "api.headers", "a header that counts once came more than once")
_PATH = Refusal(400, "api.path", "a path has no zero bytes")
_HOST = Refusal(
    421, "api.host", "this till is not reached by that name: use the address it printed"
)
_ORIGIN = Refusal(403, "api.origin", "a page of another site may not drive this till")
_DEVICE = Refusal(
    401,
    "api.device",
    "this device is not known to the till: open the address that `cashwrap serve` printed, send "
    "the key of the file api.key in the header X-Cashwrap-Device, or pair it at /pair",
)
_OWN_KEY = Refusal(
    401,
    "api.device",
    "the till's own key opens from its own machine alone: pair this device at /pair",
)
_TOO_MANY = Refusal(429, "api.too_many", "too many attempts: wait a moment", 1000)
_TOO_LARGE = Refusal(413, "api.too_large", f"a body has at most {BODY_SIZE_MAX >> 20} MiB")
_MEDIA_TYPE = Refusal(415, "api.media_type", "a body is JSON: send it as application/json")
_PLAIN = Refusal(403, "api.needs_tls", "a device is paired over TLS, or on the till's own machine")


class Gate:
    """The outermost layer of the application.

    ``busy_ms`` says how long somebody has to wait before the till takes more of theirs, 0 for not
    at all.
    """

    def __init__(
        self, app: ASGIApp, devices: Devices, hosts: Iterable[str], busy_ms: Callable[[str], int]
    ) -> None:
        self._app = app
        self._devices = devices
        self._hosts = frozenset(host.encode() for host in hosts)
        self._busy_ms = busy_ms
        self._pins = Rates(per_second=2, burst=10)
        self._keys = Rates(per_second=2, burst=20)
        self._codes = Rates(per_second=1, burst=5, most=1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it."""
        if scope["type"] == ScopeType.HTTP and self._brings_key(scope):
            found = _unsound(scope) or self._stranger(scope, dict(scope["headers"]))
            await (_refuse(scope, receive, send, found) if found else self._welcome(scope, send))
            return
        found = self._refusal(scope)
        if found is _DEVICE and _opens_page(scope):
            await _redirect(send, b"/pair")
        elif found is not None:
            await _refuse(scope, receive, send, found)
        else:
            await self._app(scope, receive, _with_headers(send, scope["path"]))

    def _refusal(self, scope: Scope) -> Refusal | None:
        """Return why a request goes no further; where it does, it is known whose it is."""
        if found := _unsound(scope):
            return found
        headers = dict(scope["headers"])
        path, client = scope["path"], scope.get("client")
        if found := self._stranger(scope, headers):
            return found
        visitor = self._visitor(scope, headers)
        if isinstance(visitor, Refusal):
            if path not in OPEN_PATHS:
                return visitor if self._keys.take(client[0] if client else "") else _TOO_MANY
            visitor = Visitor(local=_is_local(scope), who=client[0] if client else "")
        if path in PAIR_PATHS and not (visitor.local or is_secure(scope)):
            return _PLAIN
        if _method(scope) == "POST" and not self._may_try(path, visitor):
            return _TOO_MANY
        if left_ms := self._busy_ms(visitor.who) if path.startswith("/api/") else 0:
            return Refusal(503, "api.busy", f"ask again in {left_ms} ms", left_ms)
        VISITOR.set(visitor)
        return None

    def _stranger(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        """Return why whoever asks is turned away before anything of it is looked at."""
        host = headers.get(b"host", b"").lower()
        if host not in self._hosts and host != _own_address(scope):
            return _HOST
        if _method(scope) == "OPTIONS" or not _same_site(scope, headers, host):
            return _ORIGIN  # OPTIONS is what a browser asks for another site's page
        size = headers.get(b"content-length", b"0")
        most = UPLOAD_SIZE_MAX if scope["path"].startswith(UPLOADS) else BODY_SIZE_MAX
        if size.isdigit() and int(size) > most:
            return _TOO_LARGE
        has_body = size != b"0" or b"transfer-encoding" in headers
        if has_body and scope["path"].startswith("/api/") and not _is_taken(headers):
            return _MEDIA_TYPE
        return None

    def _visitor(self, scope: Scope, headers: dict[bytes, bytes]) -> Visitor | Refusal:
        local = _is_local(scope)
        given, brought = headers.get(HEADER), "header"
        cookies = headers.get(b"cookie", b"")
        if given is None:
            given, brought = cookie_of(DEVICE, scope, cookies).encode(), "cookie"
        key = given.decode("latin-1")
        if self._devices.is_own(key):
            who = (cookies + headers.get(b"x-cashwrap-register", b"")).decode("latin-1")
            own: Brought = "header" if brought == "header" else "cookie"
            return Visitor(brought=own, who=who) if local else _OWN_KEY
        known = self._devices.of(key, time_ns() // 1_000_000)
        if known is None:
            return _DEVICE
        return Visitor(local=local, known=known, who=known.id)

    def _may_try(self, path: str, visitor: Visitor) -> bool:
        """Whether one more PIN or pairing code may be tried now."""
        if path in PIN_PATHS:
            return self._pins.take(visitor.device)
        return path not in PAIR_PATHS or self._codes.take("")

    def _brings_key(self, scope: Scope) -> bool:
        """Whether the page is opened, on this machine, by the address with the key in it."""
        if scope["path"] != "/" or not scope["query_string"] or not _is_local(scope):
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("device", [""])[0]
        return self._devices.is_own(given)

    async def _welcome(self, scope: Scope, send: Send) -> None:
        """Leave the key as a cookie that no script reads, and go to the page without it."""
        cookie = set_cookie(DEVICE, self._devices.secret.decode(), scope)
        await _redirect(send, b"/", (b"set-cookie", cookie))


def _unsound(scope: Scope) -> Refusal | None:
    """Return a refusal where two layers could read a request differently."""
    seen = [name for name, _ in scope["headers"] if name in _ONCE]
    if len(seen) > len(set(seen)):
        return _HEADERS_TWICE
    return _PATH if "\0" in scope["path"] else None


def _is_taken(headers: dict[bytes, bytes]) -> bool:
    """Whether a body is of a kind that some route takes; a page of another site sends others."""
    kind = headers.get(b"content-type", _JSON).partition(b";")[0].strip().lower()
    return kind in (_JSON, b"multipart/form-data") or kind.endswith(b"+json")


def _same_site(scope: Scope, headers: dict[bytes, bytes], host: bytes) -> bool:
    """Whether no page of another site asks; what is no browser says nothing of it.

    Another port is another site: it may be another till, or anything.
    """
    origin, scheme = headers.get(b"origin"), b"https" if is_secure(scope) else b"http"
    if origin is not None and origin.lower() != scheme + b"://" + host:
        return False
    if headers.get(b"sec-fetch-site", b"none") in (b"none", b"same-origin"):
        return True
    opened = headers.get(b"sec-fetch-mode") == b"navigate" and _method(scope) == "GET"
    return opened and not scope["path"].startswith("/api/")  # a link to the page is harmless


def _own_address(scope: Scope) -> bytes:
    """Return the address that a request came to, as a Host names it: a number is no stolen name."""
    server = scope.get("server")
    if not server or server[1] is None:
        return b""
    host, port = str(server[0]).removeprefix("::ffff:"), server[1]
    return (f"[{host}]:{port}" if ":" in host else f"{host}:{port}").encode()


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether an address is this machine's; what has no network address came by a Unix socket."""
    try:
        address = ip_address(host)
    except ValueError:
        return True
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _is_local(scope: Scope) -> bool:
    """Whether a request comes from this machine: by loopback, or from the address it came to."""
    client, server = scope.get("client"), scope.get("server")
    if client is None or is_loopback(str(client[0])):
        return True
    return server is not None and server[1] is not None and client[0] == server[0]


def _method(scope: Scope) -> str:
    return str(scope.get("method", "GET"))


def _opens_page(scope: Scope) -> bool:
    """Whether somebody opens the till's address in a browser."""
    accepts = dict(scope["headers"]).get(b"accept", b"")
    return scope["path"] == "/" and _method(scope) == "GET" and b"text/html" in accepts


async def _redirect(send: Send, path: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"location", path), *more, (b"cache-control", b"no-store"), *_HEADERS]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _with_headers(send: Send, path: str) -> Send:
    more = list(_HEADERS)
    if path.startswith(("/api/", "/pair")):
        more.append((b"cache-control", b"no-store"))

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message["headers"]}
            added = [each for each in more if each[0] not in own]
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return sending


async def _refuse(scope: Scope, receive: Receive, send: Send, why: Refusal) -> None:
    if scope["type"] == ScopeType.WEBSOCKET:
        await receive()
        if why.code == "api.device":  # else a page could not tell it from a lost network
            await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
        await send({"type": "websocket.close", "code": 4000 + why.status, "reason": why.code})
        return
    problem = Problem(
        type="about:blank",
        title=why.code.replace(".", ": ").replace("_", " "),
        status=why.status,
        code=why.code,
        detail=why.detail,
        retry_after_ms=why.retry_after_ms,
    )
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"cache-control", b"no-store"), *_HEADERS]
    if why.retry_after_ms:
        headers.append((b"retry-after", b"%d" % -(-why.retry_after_ms // 1000)))
    start: HTTPSendMessage = {
        "type": "http.response.start",
        "status": why.status,
        "headers": headers,
    }
    await send(start)
    await send(
        {"type": "http.response.body", "body": msgspec.json.encode(problem), "more_body": False}
    )
