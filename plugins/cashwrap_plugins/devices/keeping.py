"""A thread that keeps a device going: it opens the port, works, and comes back after a fault."""

import threading
from abc import ABC, abstractmethod

from cashwrap.host.offers import DeviceState

from .ports import PortFailed
from .words import state

BACK_OFF_S = (0.2, 0.5, 1.0, 2.0)
STOP_S = 1.0
STARTING = "it is being connected"


class Kept(ABC):
    """Something that works on a thread of its own from `start` to `stop`.

    ``trouble`` is why it does not work now, "" while it does.
    """

    def __init__(self, name: str) -> None:
        self.trouble = STARTING
        self._stopping = threading.Event()
        self._waked = threading.Event()
        self._thread = threading.Thread(target=self._live, name=f"device {name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Have it end soon, and let the port go."""
        self._stopping.set()
        self.wake()

    def stop(self, wait_s: float = STOP_S) -> None:
        """End; what hangs on its port for longer ends later, or with the program."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def wake(self) -> None:
        """Let a pause end now."""
        self._waked.set()

    def pause(self, seconds: float) -> None:
        """Wait, for so long at most."""
        self._waked.wait(seconds)
        self._waked.clear()

    def failed(self) -> None:  # noqa: B027
        """Do what is to be done when it does not work; ``trouble`` says why."""

    @property
    def is_stopping(self) -> bool:
        """Return whether it is to end."""
        return self._stopping.is_set()

    @abstractmethod
    def work(self) -> None:
        """Open the port and work until stopped. Raises PortFailed or OSError when it cannot."""

    def _live(self) -> None:
        failed = 0
        while not self.is_stopping:
            try:
                self.work()
            except Exception as error:  # the thread goes on, whatever a driver may raise
                failed = 1 if self.trouble in ("", STARTING) else failed + 1
                self.trouble = told(error)
                self.failed()
                self.pause(BACK_OFF_S[min(failed, len(BACK_OFF_S)) - 1])
        self.trouble = "stopped"


def not_connected(trouble: str) -> DeviceState:
    """Return the state of a device that does not work, or was not tried yet."""
    if trouble == STARTING:
        return state("unknown", "starting")
    return state("lost", "port", why=trouble)


def told(error: Exception) -> str:
    """Return what a fault says, with its kind where it is none of a port."""
    known = isinstance(error, PortFailed | OSError)
    words = str(error) if known and str(error) else f"{type(error).__name__}: {error}"
    return words[:200]
