"""The layer that counts, times and logs every answer."""

from __future__ import annotations

from time import perf_counter_ns, time_ns

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from cashwrap.api.logs import Log, Logged
from cashwrap.api.metrics import Metrics

NOWHERE = "-"  # no route of ours: what was asked for instead is not written down


class Meter:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: Log) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note how it was answered."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        began, status = perf_counter_ns(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            spent_us = (perf_counter_ns() - began) // 1000
            method, route = str(scope["method"]), str(scope.get("path_template") or NOWHERE)
            self._metrics.answered(method, route, status, spent_us)
            now_ms = time_ns() // 1_000_000
            self._log.answered(Logged(now_ms, "request", method, route, status, spent_us))
