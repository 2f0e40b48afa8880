"""``WS /api/v1/live``: how all stands, then every change as it happens."""

import asyncio
import contextlib
from typing import Any

from litestar import WebSocket, get, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromQuery

from cashwrap.api.callers import Asking, AtDesk, token_of
from cashwrap.api.desk import Desk
from cashwrap.api.live import NOBODY, TOO_MANY, Close, Listener, Waiting
from cashwrap.api.live_state import Snapshot, snapshot
from cashwrap.api.rates import Rate
from cashwrap.api.sessions import NoSession, Sessions
from cashwrap.api.visitor import VISITOR
from cashwrap.api.wire import plain
from cashwrap.till import Till

TOO_CHATTY = Close(1008, "api.too_many")
Socket = WebSocket[Any, Any, Any]


@websocket("/live")
async def live(socket: Socket, register: FromQuery[str | None] = None) -> None:
    """Send how all stands at a register (all, where none is named), then each change, as JSON."""
    sessions: Sessions = socket.app.state.sessions
    await socket.accept()
    token, device = token_of(socket, register or "") or token_of(socket), VISITOR.get().device
    try:
        who = sessions.of(token, device)
    except NoSession:
        await _closed(socket, NOBODY)
        return
    desk: Desk = socket.app.state.training if who.training else socket.app.state.desk
    if desk.live.is_full:
        await _closed(socket, TOO_MANY)
        return
    waiting: Waiting = asyncio.Queue()
    listener = Listener(asyncio.get_running_loop(), waiting, register, token, device)
    name = await desk.ask(lambda till: _listening(desk, till, listener))
    gone = asyncio.create_task(_until_gone(socket))
    try:
        await _pass_on(socket, waiting, gone)
    finally:
        desk.live.leave(name[0])
        gone.cancel()


@get("/live/snapshot", tags=["live"])
async def live_snapshot(
    caller: Asking, desk: AtDesk, register: FromQuery[str | None] = None
) -> Snapshot:
    """Return how all stands at a register, or at all: the first message of the live updates.

    `WS /api/v1/live?register=R1` sends this, then each change, each a `LiveMessage`.
    """
    return await desk.ask(lambda till: snapshot(desk, till, register))


def _listening(desk: Desk, till: Till, listener: Listener) -> list[int]:
    """Begin to listen: what was changed before is in the snapshot, what comes after follows it."""
    names: list[int] = []
    stands = plain(snapshot(desk, till, listener.register))
    till.store.when_durable(lambda: names.append(desk.live.listen(listener, stands)))
    return names


async def _pass_on(socket: Socket, waiting: Waiting, gone: asyncio.Task[Close | None]) -> None:
    """Send what comes until the page goes, or is let go."""
    while True:
        coming = asyncio.create_task(waiting.get())
        await asyncio.wait({gone, coming}, return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            coming.cancel()
            if why := gone.result():
                await _closed(socket, why)
            return
        told = coming.result()
        if isinstance(told, Close):
            await _closed(socket, told)
            return
        try:
            await socket.send_text(told.decode())
        except WebSocketDisconnect:
            return


async def _closed(socket: Socket, why: Close) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        await socket.close(code=why.code, reason=why.reason)


async def _until_gone(socket: Socket) -> Close | None:
    """Return when the page is gone; or why it has to go: it says more than signs of life."""
    rate = Rate(per_second=5, burst=20)
    try:
        while rate.take():
            await socket.receive_data(mode="text")
    except WebSocketDisconnect:
        return None
    return TOO_CHATTY
