"""What the journal says of devices."""

from cashwrap.events import Event, event


@event("devices.changed")
class DeviceChanged(Event, frozen=True):
    """A device does otherwise than before: ``state`` is ok, warn, lost or unknown.

    ``detail`` is why, in English; "" where all is well.
    """

    device: str
    state: str
    detail: str = ""
