"""Letting other devices in and shutting them out: `till.pairing`. See docs/serve.md."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import NamedTuple, Protocol

from cashwrap.errors import InvalidInput
from cashwrap.events import Event
from cashwrap.pairing import events as e
from cashwrap.pairing.codes import Codes, ShownCode
from cashwrap.pairing.errors import NameTaken, NoSuchDevice, TooManyDevices
from cashwrap.pairing.projection import PairedDevice, paired_devices
from cashwrap.ports import Randomness, Timestamp
from cashwrap.staff.events import StaffOwnerActed
from cashwrap.staff.people import DeviceOwner
from cashwrap.staff.rights import Act, Allowed
from cashwrap.store.tables import Reader
from cashwrap.tender.pan import words

DEVICES_MAX = 64
NAME_SIZE_MAX = 40
_KEY_SIZE = 32


class Books(Protocol):
    """The till's store, as far as pairing needs it."""

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables."""
        ...

    def commit(self, events: Sequence[Event], *, at: Timestamp) -> object:
        """Journal what is nobody's act at the counter."""
        ...


class PairingDesk(Protocol):
    """The till, as pairing sees it."""

    @property
    def store(self) -> Books:
        """Return what keeps it."""
        ...

    def now(self) -> Timestamp:
        """Return the time."""
        ...

    def new_id(self) -> str:
        """Return a fresh id."""
        ...

    def known_register(self, register: str) -> None:
        """Raise UnknownRegister unless the till has the register."""
        ...

    def allow(self, act: Act, staff: str, register: str | None = None) -> Allowed:
        """Return that somebody may do something now."""
        ...

    def use_up(self, staff: str = "", register: str = "") -> None:
        """Journal that an act was done which journals nothing itself."""
        ...

    def commit(self, events: Sequence[Event], *, staff: str = "", register: str = "") -> None:
        """Journal an act of somebody."""
        ...


class NewDevice(NamedTuple):
    """A device that was let in just now, and its key, which is told this once."""

    device: PairedDevice
    key: str


class _Shown(NamedTuple):
    """Who let a code be shown, and where."""

    by: str | DeviceOwner
    register: str


class Pairing:
    """The devices of one till, and the code by which one more is let in."""

    def __init__(self, desk: PairingDesk, randomness: Randomness) -> None:
        self._desk = desk
        self._randomness = randomness
        self._codes = Codes(randomness)
        self._shown = _Shown("", "")

    @property
    def devices(self) -> tuple[PairedDevice, ...]:
        """Return the devices that are let in, oldest first."""
        with self._desk.store.read() as reader:
            return paired_devices(reader)

    def seen(self, by: str | DeviceOwner = "", *, register: str = "") -> tuple[PairedDevice, ...]:
        """Return the same to somebody. Raises as `show_code` does."""
        self._may(Act("devices.pair", register, "see the devices"), by, register)
        if not isinstance(by, DeviceOwner):
            self._desk.use_up(by, register)
        return self.devices

    def show_code(self, by: str | DeviceOwner = "", *, register: str = "") -> ShownCode:
        """Return a code that lets one device in within ten minutes; one before it is good no more.

        ``by`` has the right ``devices.pair``. Raises TooManyDevices, UnknownRegister, and as
        `Counter.allow` does.
        """
        self._desk.known_register(register)
        if len(self.devices) >= DEVICES_MAX:
            raise TooManyDevices(DEVICES_MAX)
        self._may(Act("devices.pair", register, "show a code"), by, register)
        self._commit(e.CodeShown(), by, register)
        self._shown = _Shown(by, register)
        return self._codes.show(self._desk.now())

    def stop(self, by: str | DeviceOwner = "", *, register: str = "") -> None:
        """Let the code that is shown be good no more.

        Who did not let it be shown has the right ``devices.pair``. Raises as `show_code` does.
        """
        if self._shown.by not in ("", by):
            self._may(Act("devices.pair", register, "stop a code"), by, register)
        self._codes.stop()

    def let_in(self, code: str, name: str, secret: bytes) -> NewDevice:
        """Let in the device that brings the code, as who let it be shown.

        ``secret`` is the till's, under which the key is kept. Raises, in this order, CodeRefused,
        InvalidInput for a name that is none, NameTaken; the code is still good after the last two.
        """
        self._codes.check(code, self._desk.now())
        called = _name(name)
        if any(one.name == called for one in self.devices):
            raise NameTaken(called)
        key = urlsafe_b64encode(self._randomness.token(_KEY_SIZE)).decode().rstrip("=")
        device = self._desk.new_id()
        paired = e.DevicePaired(device, called, hashed(key, secret))
        self._codes.stop()
        self._commit(paired, *self._shown)
        return NewDevice(self.device(device), key)

    def shut_out(self, device: str, by: str | DeviceOwner = "", *, register: str = "") -> None:
        """Let a device, by its id, in no more. Raises NoSuchDevice, and as `show_code` does."""
        known = self.device(device)
        self._may(Act("devices.pair", device, "shut out"), by, register)
        self._commit(e.DeviceRevoked(known.id, known.name), by, register)

    def device(self, named: str) -> PairedDevice:
        """Return a device by its id or its name. Raises NoSuchDevice."""
        for one in self.devices:
            if named in (one.id, one.name):
                return one
        raise NoSuchDevice(named)

    def _may(self, act: Act, by: str | DeviceOwner, register: str) -> None:
        if not isinstance(by, DeviceOwner):
            self._desk.allow(act, by, register)

    def _commit(self, event: Event, by: str | DeviceOwner, register: str) -> None:
        if isinstance(by, DeviceOwner):
            self._desk.store.commit([StaffOwnerActed(by.reason), event], at=self._desk.now())
        else:
            self._desk.commit([event], staff=by, register=register)


def hashed(key: str, secret: bytes) -> str:
    """Return what is kept of a device's key."""
    return hmac.new(secret, b"cashwrap device\0" + key.encode(), sha256).hexdigest()


def _name(name: str) -> str:
    said = words(name, "a name").strip()
    if not (0 < len(said) <= NAME_SIZE_MAX and said.isprintable()):
        raise InvalidInput(f"{said!r:.60} is no name: use 1 to {NAME_SIZE_MAX} characters")
    return said
