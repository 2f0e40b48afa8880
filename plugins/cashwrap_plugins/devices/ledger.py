"""What a printer printed last, on the disk: so that a killed till prints no receipt twice unmarked.

One small file per printer, replaced as a whole. What is being sent is on the disk before its first
byte leaves; what was sent is noted after, and is lost at most together with the power.
"""

import os
from pathlib import Path

import msgspec
from msgspec.structs import replace

KEPT_MOST = 500


class Noted(msgspec.Struct, frozen=True):
    """Keys of records: the one that is being sent, "" for none, and those that were.

    ``answers``: the printer has said how it does, so that its silence means something.
    """

    sending: str = ""
    printed: tuple[str, ...] = ()
    answers: bool = False


class Ledger:
    """The file of one printer; without a path it is kept in memory alone."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._noted = _read(path)

    def is_printed(self, key: str) -> bool:
        """Return whether this was printed, as far as is known."""
        return key in self._noted.printed

    def may_be_printed(self, key: str) -> bool:
        """Return whether this was being sent when the till died or the printer went away."""
        return key == self._noted.sending

    def sending(self, key: str) -> None:
        """Note what is being sent; it is on the disk when this returns."""
        self._write(replace(self._noted, sending=key), flush=True)

    def printed(self, key: str) -> None:
        """Note that it was sent, and confirmed where the printer confirms."""
        printed = (*self._noted.printed, key)[-KEPT_MOST:]
        self._write(replace(self._noted, sending="", printed=printed), flush=False)

    @property
    def answers(self) -> bool:
        """Return whether the printer has ever said how it does."""
        return self._noted.answers

    def answered(self) -> None:
        """Note that it did."""
        if not self._noted.answers:
            self._write(replace(self._noted, answers=True), flush=False)

    def _write(self, noted: Noted, *, flush: bool) -> None:
        self._noted = noted
        if self._path is None:
            return
        self._path.parent.mkdir(exist_ok=True)
        new = self._path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(msgspec.json.encode(noted))
            file.flush()
            if flush:
                os.fsync(file.fileno())
        new.replace(self._path)


def _read(path: Path | None) -> Noted:
    """Return what a file says; one that cannot be read says nothing."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Noted) if path else Noted()
    except (OSError, msgspec.DecodeError):
        return Noted()
