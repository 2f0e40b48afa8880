"""``/devices``: what is plugged in, and how it does."""

import asyncio

from litestar import Router, get, post
from litestar.status_codes import HTTP_200_OK

from cashwrap.api.callers import AnyRequest, Asking, shop
from cashwrap.host.device_watch import LOOK_SECONDS, DeviceSeen
from cashwrap.till import Till

_POLL_SECONDS = 0.1


@get("/", tags=["devices"])
async def devices(request: AnyRequest, caller: Asking) -> list[DeviceSeen]:
    """Return the devices and how they did when they were looked at last."""
    return await shop(request).ask(lambda till: list(till.devices()))


@post("/look", status_code=HTTP_200_OK, tags=["devices"])
async def look(request: AnyRequest, caller: Asking) -> list[DeviceSeen]:
    """Look at all devices now; one that does not answer within seconds is lost."""
    desk = shop(request)
    await desk.ask(lambda till: till.devices(look=True))
    for _ in range(round(LOOK_SECONDS / _POLL_SECONDS)):
        if not await desk.ask(_are_looked_at):
            break
        await asyncio.sleep(_POLL_SECONDS)
    return await desk.ask(lambda till: list(till.devices()))


def _are_looked_at(till: Till) -> bool:
    return till.is_looking


device_routes = Router(path="/devices", route_handlers=[devices, look])
