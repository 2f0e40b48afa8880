"""The checks of every start: a few milliseconds, nothing that waits for the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cashwrap.doctor import clock, disk, payments, store
from cashwrap.doctor.model import Finding
from cashwrap.doctor.running import inside, run
from cashwrap.store.disk import SYSTEM_DISK

if TYPE_CHECKING:
    from cashwrap.counter import Counter

_OF_DISK = (disk.free, disk.writable, disk.kind)
_CHECKS = (clock.right, store.fault, store.room, payments.doubt, payments.refunds)


def health(till: Counter) -> tuple[Finding, ...]:
    """Return what the quick checks say of a till that was just opened."""
    on_disk = till.store.engine.port is SYSTEM_DISK
    return tuple(run((*_OF_DISK, *_CHECKS) if on_disk else _CHECKS, inside(till)))
