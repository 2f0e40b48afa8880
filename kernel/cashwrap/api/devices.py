"""The keys that open the till: its own, and those of paired devices, as the gate asks for them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from cashwrap.api.visitor import KnownDevice
from cashwrap.pairing.pairing import hashed
from cashwrap.pairing.projection import PairedDevice


class Devices:
    """What the gate knows by heart, so that no request waits for the till to be let in.

    When a device was seen last is kept here alone: a commit for each request would be absurd.
    """

    def __init__(self, key: str) -> None:
        self.secret = key.encode()
        self._by_hash: dict[str, KnownDevice] = {}

    def know(self, paired: Iterable[PairedDevice]) -> list[str]:
        """Take the devices as they are committed now; return the ids of those that are gone."""
        before = self._by_hash
        now = {one.key: before.get(one.key) or KnownDevice(one.id) for one in paired}
        gone = [one for key, one in before.items() if key not in now]
        for one in gone:
            one.gone = True
        self._by_hash = now
        return [one.id for one in gone]

    def is_own(self, key: str) -> bool:
        """Return whether it is the till's own key."""
        return hmac.compare_digest(key.encode(), self.secret)

    def of(self, key: str, now_ms: int) -> KnownDevice | None:
        """Return the paired device that brings a key, seen now, or None."""
        found = self._by_hash.get(hashed(key, self.secret)) if key else None
        if found is not None:
            found.seen_ms = now_ms
        return found

    def seen_ms(self, device: str) -> int:
        """Return when a device asked for something last, 0 where not since the program began."""
        return next((one.seen_ms for one in self._by_hash.values() if one.id == device), 0)
