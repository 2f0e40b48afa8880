"""``WS /api/v1/live``: every change as it happens."""

import asyncio
import contextlib
from typing import Any

from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromQuery

from cashwrap.api.callers import token_of
from cashwrap.api.desk import Desk
from cashwrap.api.sessions import NoSession, Sessions

NOBODY = 4401


@websocket("/live")
async def live(socket: WebSocket[Any, Any, Any], register: FromQuery[str | None] = None) -> None:
    """Send each change at a register (all, where none is named) as one JSON text."""
    sessions: Sessions = socket.app.state.sessions
    try:
        who = sessions.of(token_of(socket, register or "") or token_of(socket))
    except NoSession as error:
        await socket.accept()
        await socket.close(code=NOBODY, reason=error.code)
        return
    await socket.accept()
    desk: Desk = socket.app.state.training if who.training else socket.app.state.desk
    updates = desk.live
    name, waiting = updates.listen(register)
    gone = asyncio.create_task(_until_gone(socket))
    try:
        while not gone.done():
            next_one = asyncio.create_task(waiting.get())
            await asyncio.wait({gone, next_one}, return_when=asyncio.FIRST_COMPLETED)
            if not next_one.done():
                next_one.cancel()
                break
            if (raw := next_one.result()) is None:
                await socket.close(code=1013, reason="api.too_slow")
                break
            await socket.send_text(raw.decode())
    except WebSocketDisconnect:
        pass
    finally:
        updates.leave(name)
        gone.cancel()


async def _until_gone(socket: WebSocket[Any, Any, Any]) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_data(mode="text")  # what a page sends is a sign of life, no more
