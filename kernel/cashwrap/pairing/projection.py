"""The devices that are let in, as the journal tells."""

from collections.abc import Mapping

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.pairing.events import DevicePaired, DeviceRevoked
from cashwrap.store.tables import Reader, Writer

_TABLE = "pairing.devices"


class PairedDevice(msgspec.Struct, frozen=True, array_like=True):
    """One device that is let in. ``key`` is the keyed hash of its key, ``by`` who let it in."""

    id: str
    name: str
    key: str
    paired_ms: int
    by: str = ""
    register: str = ""


class PairingProjection:
    """Folds devices that come and go."""

    name: str = "pairing"
    version: int = 1
    tables: tuple[str, ...] = (_TABLE,)
    reads: Mapping[str, type[Event]] = {kind.kind: kind for kind in (DevicePaired, DeviceRevoked)}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        match body:
            case DevicePaired():
                let_in = PairedDevice(
                    body.device, body.name, body.key, envelope.wall_ms, envelope.staff,
                    body.register,
                )  # fmt: skip
                writer.put(_TABLE, body.device.encode(), _encode(let_in))
            case DeviceRevoked():
                writer.delete(_TABLE, body.device.encode())


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(PairedDevice).decode


def paired_devices(reader: Reader) -> tuple[PairedDevice, ...]:
    """Return the devices that are let in, in the order in which they were."""
    return tuple(_decode(value) for _, value in reader.items(_TABLE))
