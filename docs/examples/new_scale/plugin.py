"""A new scale: what speaks to the instrument, and nothing else."""

from pathlib import Path

from cashwrap import hookimpl

from .frames import parse

DEVICE = Path("/dev/ttyUSB0")


class LineScale:
    """A scale that sends a line whenever it is read."""

    def __init__(self, device: Path) -> None:
        self.device = device

    def read(self):
        """Return the newest line."""
        with self.device.open(encoding="ascii") as lines:
            return parse(lines.readline())


@hookimpl
def cashwrap_scales():
    """The scale at the counter."""
    return [("counter", LineScale(DEVICE))]
