"""What the journal says of other devices that drive this till.

The record's staff is who did it; where the owner of the till did it from its command line,
`staff.owner_acted` stands before it.
"""

from cashwrap.events import Event, event


@event("devices.code_shown")
class CodeShown(Event, frozen=True):
    """The till showed a code by which one more device could be let in. The code is not told."""

    register: str = ""
    approver: str = ""


@event("devices.paired")
class DevicePaired(Event, frozen=True):
    """A device was let in with a key of its own.

    ``key`` is the key's HMAC-SHA256 under the till's secret, in hex: whoever reads the journal can
    neither use nor check it.
    """

    device: str
    name: str
    key: str
    register: str = ""


@event("devices.revoked")
class DeviceRevoked(Event, frozen=True):
    """A device was shut out again; its key opens nothing any more."""

    device: str
    name: str
    register: str = ""
    approver: str = ""
