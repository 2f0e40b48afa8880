"""How long wrong PINs make an account, or the whole device, wait.

How many were wrong in a row is a fold of the journal; the waiting is counted on the steady clock,
from the start of the process where the newest wrong PIN is older. So neither a restart nor a wall
clock that is set shortens it.
"""

from cashwrap.ports import Timestamp

ACCOUNT_WAITS = 5  # wrong PINs in a row
ACCOUNT_LOCKS = 10
DEVICE_WAITS = 20
WAIT_MS, WAIT_MS_MAX = 30_000, 15 * 60_000
DEVICE = ""  # what the device goes by beside the accounts


def wait_ms(wrong: int, first: int) -> int:
    """Return how long to wait after so many wrong PINs in a row, where waiting begins at first."""
    if wrong < first:
        return 0
    return min(WAIT_MS << min(wrong - first, 10), WAIT_MS_MAX)


class Waits:
    """When the newest wrong PIN of each account and of the device was, in steady time."""

    def __init__(self, started: Timestamp) -> None:
        self._started_ms = started.steady_ms
        self._wrong_ms: dict[str, int] = {}

    def wrong(self, account: str, at: Timestamp) -> None:
        """Note a wrong PIN of an account; the device's it always is."""
        self._wrong_ms[account] = self._wrong_ms[DEVICE] = at.steady_ms

    def left_ms(self, account: str, wrong: int, at: Timestamp) -> int:
        """Return how long an account, or the device, still has to wait."""
        wait = wait_ms(wrong, DEVICE_WAITS if account == DEVICE else ACCOUNT_WAITS)
        since = self._wrong_ms.get(account, self._started_ms)
        return max(0, since + wait - at.steady_ms) if wait else 0
