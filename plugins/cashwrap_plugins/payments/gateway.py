"""One connection to the provider: signed requests, checked answers. Nothing is ever sent twice.

What speaks HTTP is imported with the first request, not when the till opens.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from . import signing
from .errors import NoAnswer
from .keys import KEY_ID

if TYPE_CHECKING:
    from email.message import Message
    from http.client import HTTPConnection

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

TIMEOUT_S = 6
IDLE_S_MAX = 50
ANSWER_MAX = 1_000_000
FILE_MAX = 256_000_000


class Answer(NamedTuple):
    """An answer whose signature is right."""

    status: int
    body: bytes

    @property
    def digest(self) -> str:
        """Its SHA-256, which is all that the till keeps of it."""
        return sha256(self.body).hexdigest()


def _now_s() -> int:
    return int(time.time())


class Gateway:
    """Asks WeChat Pay. ``keys`` are those that it signs with, by serial."""

    def __init__(
        self,
        url: str,
        signer: signing.Signer,
        keys: Mapping[str, RSAPublicKey],
        now_s: Callable[[], int] = _now_s,
    ) -> None:
        self._url = url
        self._signer = signer
        self._keys = keys
        self._now_s = now_s
        self._lock = Lock()
        self._kept: HTTPConnection | None = None
        self._used_s = 0.0

    def __del__(self) -> None:
        if self._kept is not None:
            self._kept.close()

    def ask(self, method: str, path: str, body: msgspec.Struct | None = None) -> Answer:
        """Return the answer to a request. Raises NoAnswer, BadSignature."""
        data = b"" if body is None else msgspec.json.encode(body)
        with self._lock:
            status, headers, answer = self._exchange(self._ready(), method, path, data, ANSWER_MAX)
        signing.check(headers, answer, self._keys, self._now_s(), path.partition("?")[0])
        return Answer(status, answer)

    def fetch(self, url: str) -> bytes:
        """Return a file that the provider named; it is not signed. Raises NoAnswer.

        It is asked for where all else is, whatever host the address names.
        """
        from urllib.parse import urlsplit

        parts = urlsplit(url)
        connection = self._made()
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            status, _, data = self._exchange(connection, "GET", path, b"", FILE_MAX)
        finally:
            connection.close()
        if status != 200:
            raise NoAnswer("wechat", "download the bill", f"status {status}")
        return data

    def _exchange(
        self, connection: HTTPConnection, method: str, path: str, data: bytes, most: int
    ) -> tuple[int, Message, bytes]:
        from http.client import HTTPException

        headers = {
            "Accept": "application/json",
            "User-Agent": "cashwrap",
            "Authorization": self._signer.authorization(method, path, data, self._now_s()),
        }
        for serial in self._keys:
            if serial.startswith(KEY_ID):
                headers["Wechatpay-Serial"] = serial  # have them sign with it
        if data:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, data or None, headers)
            response = connection.getresponse()
            answer = response.read(most + 1)
        except (OSError, HTTPException) as error:
            connection.close()
            what = path.partition("?")[0]
            raise NoAnswer("wechat", f"answer {what}", type(error).__name__) from error
        if len(answer) > most:
            connection.close()
            raise NoAnswer("wechat", "answer", f"more than {most} bytes")
        self._used_s = time.monotonic()
        return response.status, response.headers, answer

    def _ready(self) -> HTTPConnection:
        """Return the kept connection, made anew where the other side has let it go."""
        kept = self._kept
        if kept is None:
            kept = self._kept = self._made()
        elif kept.sock is not None:
            gone = bool(select.select([kept.sock], [], [], 0)[0])  # nothing was asked for
            if gone or time.monotonic() - self._used_s > IDLE_S_MAX:
                kept.close()
        return kept

    def _made(self) -> HTTPConnection:
        from http.client import HTTPConnection, HTTPSConnection
        from urllib.parse import urlsplit

        url = urlsplit(self._url)
        host, port = url.hostname or "", url.port
        if url.scheme == "http":  # the settings allow it to this machine alone
            return HTTPConnection(host, port, timeout=TIMEOUT_S)
        return HTTPSConnection(host, port, timeout=TIMEOUT_S)
