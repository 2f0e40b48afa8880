"""Look at all devices each minute; the journal keeps what changed, for those who ask later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cashwrap.host.offers import Device, DeviceState, Job

from .bench import Bench
from .events import DeviceChanged

if TYPE_CHECKING:
    from cashwrap.host.acting import PluginTill

EVERY_MINUTES = 1


def job(bench: Bench) -> Job:
    """Return what looks at the devices of a till."""
    known: dict[str, str] = {}

    def look(till: PluginTill) -> None:
        changed = changes(known, [(one, one.look()) for one in bench.devices()])
        if changed:
            till.commit(changed)

    return Job(name="look", every_minutes=EVERY_MINUTES, run=look)


def changes(known: dict[str, str], looked: list[tuple[Device, DeviceState]]) -> list[DeviceChanged]:
    """Return what is otherwise than was known, and know it; at first only what is not well."""
    found = []
    for device, now in looked:
        before = known.get(device.name, "ok")
        known[device.name] = now.state
        if now.state != before and (before != "ok" or now.state in ("lost", "warn")):
            detail = "" if now.state == "ok" else now.detail.get("en", "")
            found.append(DeviceChanged(device.name, now.state, detail[:200]))
    return found
