"""``/devices/paired`` and ``/devices/pairing``: other devices that drive this till."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from cashwrap.api.bodies import Body
from cashwrap.api.callers import AnyRequest, caller_or_owner, sessions, shop
from cashwrap.api.devices import Devices
from cashwrap.api.wire import plain
from cashwrap.pairing.pairing import NewDevice
from cashwrap.pairing.projection import PairedDevice
from cashwrap.staff.people import DeviceOwner
from cashwrap.till import Till

_OWNER = DeviceOwner("cashwrap pair")


class Reach(msgspec.Struct):
    """Where other devices find the till, "" where they do not, and what they compare there.

    It changes when the certificate is renewed.
    """

    address: str = ""
    fingerprint: str = ""


class PairBody(Body, frozen=True):
    """The code that the till shows, and what the device is to be called."""

    code: Annotated[str, msgspec.Meta(max_length=100)]
    name: Annotated[str, msgspec.Meta(max_length=200)]


class ShownView(msgspec.Struct, frozen=True):
    """A code as it is shown, until when it is good, and where it is to be given.

    ``fingerprint`` is the SHA-256 of the till's certificate; "" where no other machine reaches it.
    """

    code: str
    expires_at_ms: int
    address: str
    fingerprint: str


class PairedView(msgspec.Struct, frozen=True):
    """A device that was let in: by whom, at which register, and when it asked for something last.

    ``seen_ms`` is 0 where it did not since the program began.
    """

    id: str
    name: str
    paired_ms: int
    seen_ms: int
    by: str
    register: str


class KeyView(msgspec.Struct, frozen=True):
    """What a device that was let in sends as ``X-Cashwrap-Device`` from now on; told this once."""

    id: str
    name: str
    key: str


class Pairing(Controller):
    """Letting other devices in, and shutting them out: the right ``devices.pair``."""

    path = "/devices"
    tags = ("devices",)

    @post("/pairing", status_code=HTTP_200_OK)
    async def show(self, request: AnyRequest) -> ShownView:
        """Show a code by which one more device is let in within ten minutes.

        It is good once and for five attempts; showing another one ends it.
        """
        by, register = await _by(request)
        shown = await shop(request).ask(lambda till: till.pairing.show_code(by, register=register))
        reach: Reach = request.app.state.reach
        address = reach.address or str(request.base_url).rstrip("/")
        return ShownView(shown.code, shown.expires_at_ms, address, reach.fingerprint)

    @delete("/pairing", status_code=HTTP_204_NO_CONTENT)
    async def stop(self, request: AnyRequest) -> None:
        """Let the code that is shown be good no more."""
        by, register = await _by(request)
        await shop(request).ask(lambda till: till.pairing.stop(by, register=register))

    @get("/paired")
    async def paired(self, request: AnyRequest) -> list[PairedView]:
        """Return the devices that are let in."""
        by, register = await _by(request)
        devices: Devices = request.app.state.devices

        def work(till: Till) -> list[PairedView]:
            return _views(till, devices, till.pairing.seen(by, register=register))

        return await shop(request).ask(work)

    @delete("/paired/{device:str}", status_code=HTTP_204_NO_CONTENT)
    async def shut_out(self, request: AnyRequest, device: FromPath[str]) -> None:
        """Shut a device out: its key, its sessions and its live updates end at once."""
        by, register = await _by(request)
        devices: Devices = request.app.state.devices

        def work(till: Till) -> list[str]:
            till.pairing.shut_out(device, by, register=register)
            return devices.know(till.pairing.devices)

        for gone in await shop(request).ask(work):
            await _end(request, gone)
        await told(request)


@post("/pair", status_code=HTTP_200_OK, tags=["devices"])
async def pair_program(data: JSONBody[PairBody], request: AnyRequest) -> KeyView:
    """Let this device in, by the code that the till shows; no key and no session are needed.

    Pages open ``/pair`` instead, and keep their key as a cookie.
    """
    new = await let_in(request, data.code, data.name)
    return KeyView(new.device.id, new.device.name, new.key)


async def let_in(request: Request[Any, Any, Any], code: str, name: str) -> NewDevice:
    """Let a device in, know it from now on, and tell who listens."""
    devices: Devices = request.app.state.devices

    def work(till: Till) -> NewDevice:
        new = till.pairing.let_in(code, name, devices.secret)
        devices.know(till.pairing.devices)
        return new

    new = await shop(request).ask(work)
    await told(request)
    return new


async def told(request: AnyRequest) -> None:
    """Tell which devices there are to who listens and may pair them."""
    devices: Devices = request.app.state.devices
    held, desk = sessions(request), shop(request)

    def may(till: Till, token: str) -> bool:
        who = held.whose(token)
        return who is not None and till.may("devices.pair", who.staff, who.register)

    def work(till: Till) -> None:
        shown = plain(_views(till, devices, till.pairing.devices))
        till.store.when_durable(
            lambda: desk.live.tell("paired", "", shown, lambda one: may(till, one.token))
        )

    await desk.ask(work)


def _views(till: Till, devices: Devices, paired: Iterable[PairedDevice]) -> list[PairedView]:
    return [_view(till, one, devices.seen_ms(one.id)) for one in paired]


def _view(till: Till, one: PairedDevice, seen_ms: int) -> PairedView:
    return PairedView(one.id, one.name, one.paired_ms, seen_ms, till.called(one.by), one.register)


async def _by(request: AnyRequest) -> tuple[str | DeviceOwner, str]:
    """Return who asks and where: somebody signed in, or who owns the folder. Raises NoSession."""
    who = await caller_or_owner(request)
    return (_OWNER, "") if who is None else (who.staff, who.register)


async def _end(request: AnyRequest, device: str) -> None:
    """End all that a device has open, and sign out who was signed in from it."""
    ended = sessions(request).end_of(device)

    def work(till: Till) -> None:
        for who in ended:
            if till.guarded and till.staff.signed_in(who.register) == who.staff:
                till.staff.sign_out(who.register)

    request.app.state.desk.live.let_go(device=device)
    request.app.state.training.live.let_go(device=device)
    await shop(request).ask(work)
