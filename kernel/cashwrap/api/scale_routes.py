"""``/scale``: what a scale shows, read beside the till: no sale waits for an instrument."""

import asyncio
import threading
from collections.abc import Mapping

import msgspec
from litestar import Controller, get
from litestar.params import FromQuery

from cashwrap.api.callers import AnyRequest, Asking, AtDesk
from cashwrap.host.scales import Reading, Scale, ScaleFailed, saleable, show
from cashwrap.till import Till

WAIT_SECONDS = 1.0

Shown = tuple[str, Reading]


class ReadingView(msgspec.Struct, frozen=True):
    """What a scale shows: thousandths of ``unit``, less the tare. ``stable``: at rest."""

    quantity_milli: int
    unit: str
    stable: bool
    tare_milli: int
    scale: str


class ScaleRoutes(Controller):
    """The scales of this till; `GET /shop` names them."""

    path = "/scale"
    tags = ("scale",)

    @get()
    async def weigh(
        self,
        request: AnyRequest,
        caller: Asking,
        desk: AtDesk,
        name: FromQuery[str] = "",
    ) -> ReadingView:
        """Return a weight that goods can be sold by, "" for the only scale."""
        scale, found = await _reader(request).shown(await desk.ask(_scales), name)
        return _view(scale, saleable(scale, found))

    @get("/shown")
    async def shown(
        self,
        request: AnyRequest,
        caller: Asking,
        desk: AtDesk,
        name: FromQuery[str] = "",
    ) -> ReadingView:
        """Return what a scale shows this moment: also nothing, and what is not yet at rest."""
        return _view(*await _reader(request).shown(await desk.ask(_scales), name))


class ScaleReader:
    """Reads each scale in a thread, one at a time: whoever asks meanwhile shares the answer."""

    def __init__(self) -> None:
        self._reading: dict[str, asyncio.Future[Shown]] = {}

    async def shown(self, scales: Mapping[str, Scale], name: str) -> Shown:
        """Return what a scale shows. Raises ScaleFailed, also when it takes too long."""
        reading = self._reading.get(name)
        if reading is None or reading.done():
            reading = self._reading[name] = _begun(scales, name)
        try:
            return await asyncio.wait_for(asyncio.shield(reading), WAIT_SECONDS)
        except TimeoutError:
            raise ScaleFailed(name, f"no answer within {WAIT_SECONDS:.0f} s") from None


def _begun(scales: Mapping[str, Scale], name: str) -> "asyncio.Future[Shown]":
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Shown] = loop.create_future()

    def told(found: Shown | None, error: ScaleFailed | None) -> None:
        if error is not None:
            answer.set_exception(error)
            answer.exception()  # perhaps nobody waits any more
        elif found is not None:
            answer.set_result(found)

    def read() -> None:
        found, error = None, None
        try:
            found = show(scales, name)
        except ScaleFailed as failed:
            error = failed
        if not loop.is_closed():
            loop.call_soon_threadsafe(told, found, error)

    threading.Thread(target=read, name="scale", daemon=True).start()
    return answer


def _scales(till: Till) -> Mapping[str, Scale]:
    return till.scales


def _reader(request: AnyRequest) -> ScaleReader:
    found: ScaleReader = request.app.state.scales
    return found


def _view(scale: str, shown: Reading) -> ReadingView:
    return ReadingView(shown.quantity_milli, shown.unit, shown.stable, shown.tare_milli, scale)
