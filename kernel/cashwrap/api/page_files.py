"""How files of pages are sent: never an old one after an update, and none that the browser has."""

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send


def as_they_are_now(app: ASGIApp) -> ASGIApp:
    """Have browsers ask each time, and answer 304 where they have the file already.

    A page is made of many modules: after an update of the till none may be of before.
    """

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        has = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
        await app(scope, receive, _Sender(send, has))

    return asked


class _Sender:
    """Sends an answer on, without its body where the asker has it."""

    def __init__(self, send: Send, has: str) -> None:
        self._send = send
        self._has = has
        self._is_known = False

    async def __call__(self, message: Message) -> None:
        """Send one message of the answer."""
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders(message)
            headers["cache-control"] = "no-cache"
            self._is_known = bool(self._has) and headers.get("etag") == self._has
            if self._is_known:
                message["status"] = 304
                del headers["content-length"]
        elif self._is_known and message["type"] == "http.response.body":
            message["body"] = b""
        await self._send(message)
