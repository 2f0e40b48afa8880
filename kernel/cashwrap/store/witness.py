"""How a copy or an older image of a store is noticed: a fingerprint inside, a witness outside.

The fingerprint names the device and the data file; it is kept in the store and compared when it
opens. The witness is a small file outside of the store's folder with the newest head; it is
written after each commit without waiting for the disk, so it may be behind but never ahead.
"""

import contextlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from cashwrap.store.layout import DATA_FILE

WITNESS_SIZE = 512


class Sighting(msgspec.Struct, frozen=True):
    """The newest head that a device knows of."""

    store: str
    till: str
    key: str
    epoch: int
    seq: int
    hash: str


class Fingerprint(msgspec.Struct, frozen=True):
    """What is different on another device, or in a copy on the same one.

    ``former`` is the inode of the file before a compaction that may not have come to its end.
    """

    machine: str
    inode: int
    former: int = 0

    def difference(self, now: "Fingerprint") -> str:
        """Return in words what differs, empty when nothing does."""
        if self.machine and now.machine and self.machine != now.machine:
            return "another device"
        if self.inode and now.inode and now.inode not in (self.inode, self.former):
            return "another file"
        return ""


def fingerprint(folder: Path) -> Fingerprint:
    """Return this device's and this data file's fingerprint."""
    parts = []
    for source in ("/etc/machine-id", "/proc/device-tree/serial-number"):
        with contextlib.suppress(OSError, ValueError):
            parts.append(Path(source).read_text("ascii").strip("\0\n "))
    return Fingerprint("/".join(filter(None, parts)), (folder / DATA_FILE).stat().st_ino)


def state_folder() -> Path:
    """Return where witnesses live by default: ``CASHWRAP_STATE_DIR`` or the user's state folder."""
    chosen = os.environ.get("CASHWRAP_STATE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".local" / "state") / "cashwrap"


class Witness:
    """The witness files of one till. A place that cannot be written is left out, never an error."""

    def __init__(self, folders: Sequence[Path], store: str, till: str, public_key: bytes) -> None:
        self.key = public_key[:8].hex()
        self.store = store
        self.till = till
        name = f"{store}-{till}-{self.key}.witness"
        self.paths = [folder / name for folder in folders]
        self._files: list[int] = []

    def newest(self) -> Sighting | None:
        """Return the newest sighting in any of the files."""
        found = [sighting for path in self.paths if (sighting := read_witness(path))]
        return max(found, key=lambda sighting: (sighting.epoch, sighting.seq), default=None)

    def start(self) -> None:
        """Open the files for writing."""
        for path in self.paths:
            with contextlib.suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                self._files.append(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))

    def note(self, epoch: int, seq: int, head: bytes) -> None:
        """Remember a head."""
        sighting = Sighting(self.store, self.till, self.key, epoch, seq, head.hex())
        text = msgspec.json.encode(sighting)
        line = b"%08x %s" % (zlib.crc32(text), text)
        for file in self._files:
            with contextlib.suppress(OSError):
                os.pwrite(file, line.ljust(WITNESS_SIZE - 1) + b"\n", 0)

    @property
    def writable(self) -> int:
        """How many of the files can be written."""
        return len(self._files)

    def close(self) -> None:
        """Close the files."""
        while self._files:
            os.close(self._files.pop())


def read_witness(path: Path) -> Sighting | None:
    """Return what a witness file says, or None where there is none or it is torn."""
    try:
        crc, text = path.read_bytes().strip().split(b" ", 1)
        if int(crc, 16) != zlib.crc32(text):
            return None
        return msgspec.json.decode(text, type=Sighting)
    except (OSError, ValueError):
        return None
