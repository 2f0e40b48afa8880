"""What a page that begins to listen is told first, and what the till tells when nobody waits."""

from __future__ import annotations

import msgspec

from cashwrap.api.desk import Desk
from cashwrap.api.live import Kind
from cashwrap.api.sale_view import SaleView
from cashwrap.api.shift_routes import shift_answer
from cashwrap.api.shift_view import ShiftAnswer
from cashwrap.api.wire import plain
from cashwrap.host.device_watch import DeviceSeen
from cashwrap.till import Till

TELL_MS = 1_000
MESSAGES: dict[Kind, tuple[str, str]] = {
    "snapshot": ("Snapshot", "How all stands; always the first."),
    "sale": ("SaleView", "A sale was changed, by whomever: all of it."),
    "shift": ("ShiftAnswer", "The shift of a register was changed."),
    "hold": ("Hold", "A sale was suspended, or one that waited was cancelled."),
    "drawer": ("DrawerView", "The drawer of a register is to be opened."),
    "device": ("DeviceSeen[]", "What is plugged in does better or worse: all of it."),
    "sync": ("SyncView", "Followers of the journal came on or fell behind."),
    "paired": ("PairedView[]", "A device was let in or shut out: all that are in."),
}
"""What each message of the live updates carries, as the OpenAPI document names it, and when."""


class FollowerView(msgspec.Struct, frozen=True):
    """How many records a follower of a plugin has not done yet: slips to print, sales to send."""

    plugin: str
    name: str
    behind: int


class SyncView(msgspec.Struct, frozen=True):
    """How far all that follows the journal has come."""

    followers: list[FollowerView]


class Snapshot(msgspec.Struct, frozen=True):
    """How all stands at a register, or at all of them (then ``shift`` is None)."""

    sales: list[SaleView]
    shift: ShiftAnswer | None
    devices: list[DeviceSeen]
    sync: SyncView


def snapshot(desk: Desk, till: Till, register: str | None) -> Snapshot:
    """Return how all stands."""
    sales = [desk.seen(till, sale) for sale in till.open_sales()]
    return Snapshot(
        sales if register is None else [one for one in sales if one.register == register],
        None if register is None else shift_answer(till, register),
        list(till.devices()),
        sync_view(till),
    )


def sync_view(till: Till) -> SyncView:
    """Return how far the followers are."""
    return SyncView([FollowerView(*one) for one in till.followers()])


class Changes:
    """Tells what changes by itself, looking at it once a second at most."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._next_ms = 0
        self._told: dict[str, object] = {}

    def tell(self, till: Till) -> None:
        """Tell what is another than it was; on the till's thread, when nobody waits."""
        now_ms = till.now().steady_ms
        if now_ms < self._next_ms:
            return
        self._next_ms = now_ms + TELL_MS
        sync, devices = sync_view(till), till.devices()
        stands: dict[Kind, object] = {"sync": sync, "device": [_how(one) for one in devices]}
        bodies: dict[Kind, object] = {"sync": sync, "device": list(devices)}
        for kind, stand in stands.items():
            if self._told.setdefault(kind, stand) != stand:
                self._told[kind] = stand
                self._desk.live.tell(kind, "", plain(bodies[kind]))


def _how(device: DeviceSeen) -> DeviceSeen:
    """Return how a device does, whenever it was looked at."""
    return msgspec.structs.replace(device, looked_ms=0)
