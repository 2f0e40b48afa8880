"""A serial port whose other end is the test's: it is pulled out and plugged in again by a call."""

import os
import select
import tty
from pathlib import Path


class FakePort:
    """A virtual serial port. A driver opens `path`; the test is the device at the other end.

    Line settings (baud rate, parity) are taken and have no effect. POSIX only.
    """

    def __init__(self, folder: Path, name: str = "port") -> None:
        self.path = str(folder / name)
        self._device = -1
        self._line = -1
        self.plug()

    def plug(self) -> None:
        """Plug it in, as a new device under the same path."""
        self._device, self._line = os.openpty()
        tty.setraw(self._line)
        os.set_blocking(self._device, False)
        link = Path(self.path)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._line))

    def unplug(self) -> None:
        """Pull it out: reading and writing fail, and the path is gone."""
        if self._device >= 0:
            Path(self.path).unlink(missing_ok=True)
            os.close(self._device)
            os.close(self._line)
            self._device = self._line = -1

    def send(self, data: bytes) -> None:
        """Send bytes to the driver; what finds no room there is lost."""
        try:
            os.write(self._device, data)
        except BlockingIOError:
            return

    def receive(self, wait_s: float = 0.0) -> bytes:
        """Return what the driver has sent, waiting so long for the first of it."""
        ready, _, _ = select.select([self._device], [], [], wait_s)
        return os.read(self._device, 65_536) if ready else b""
