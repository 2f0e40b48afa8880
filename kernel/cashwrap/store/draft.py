"""The draft file: edits of open sales, outside the journal because scanning must not wait.

One preallocated file per till. A frame is length, CRC-32, generation, payload, written with one
``pwrite``: it is in the operating system at once, so the death of the process loses nothing, and a
flusher puts it on the disk within a second, so a power cut loses at most that. When no sale is
open any more the file starts again from the front under the next generation; frames of an older
generation end the reading.
"""

import os
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

from cashwrap.errors import CashwrapError

_FRAME = struct.Struct("<IIQ")  # payload length, CRC-32 of generation and payload, generation
_FIRST_SIZE = 1 << 20
FLUSH_SECONDS = 1.0


class DraftUnavailable(CashwrapError):
    """The draft of the open sale could not be written; the edit was not made."""

    code = "draft.unavailable"


class DraftFile:
    """Append-only frames of open sales. Not safe for several threads at once, but for its own.

    Raises DraftUnavailable when the file cannot be made, read or written.
    """

    def __init__(self, path: Path, flush_seconds: float = FLUSH_SECONDS) -> None:
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._size = os.fstat(self._fd).st_size
            self._frames, self._generation, self._offset = self._read()
            if self._size < _FIRST_SIZE:
                self._grow(_FIRST_SIZE)
        except OSError as error:
            raise DraftUnavailable(f"cannot open the draft file {path}: {error}") from error
        self._flushed_offset = self._offset
        self._closing = threading.Event()
        self._flusher = threading.Thread(
            target=self._flush_until_closed, args=(flush_seconds,), name="draft-flush", daemon=True
        )
        self._flusher.start()

    def left_behind(self) -> list[bytes]:
        """Return the payloads that the last process left, oldest first."""
        return self._frames

    def append(self, payload: bytes) -> None:
        """Add one payload. It survives the death of the process from now on."""
        size = _FRAME.size + len(payload)
        try:
            if self._offset + size > self._size:
                self._grow(max(self._size * 2, self._offset + size))
            os.pwrite(self._fd, _frame(self._generation, payload), self._offset)
        except OSError as error:
            raise DraftUnavailable(
                f"the disk refused the sale's draft ({error.strerror}): free some space or "
                "replace the disk; the sale is as it was before this step"
            ) from error
        self._offset += size

    def flush(self) -> None:
        """Put everything written so far on the disk; returns when it is there."""
        self._flushed_offset = self._offset
        os.fdatasync(self._fd)

    def restart(self) -> None:
        """Begin again from the front: nothing written so far is needed any more."""
        if self._offset:
            self._generation += 1
            self._offset = self._flushed_offset = 0
            self._frames = []

    def close(self) -> None:
        """Flush and close."""
        if not self._closing.is_set():
            self.flush()
            self.abandon()

    def abandon(self) -> None:
        """Close without a flush, as the death of the process would."""
        if not self._closing.is_set():
            self._closing.set()
            self._flusher.join()
            os.close(self._fd)

    def _grow(self, size: int) -> None:
        os.posix_fallocate(self._fd, 0, size)  # so that a full disk does not stop an open sale
        self._size = size

    def _read(self) -> tuple[list[bytes], int, int]:
        data = os.pread(self._fd, self._size, 0)
        frames: list[bytes] = []
        generation, offset = 1, 0
        for found, payload in _frames(data):
            if frames and found != generation:
                break
            generation = found
            frames.append(payload)
            offset += _FRAME.size + len(payload)
        return frames, generation, offset

    def _flush_until_closed(self, seconds: float) -> None:
        while not self._closing.wait(seconds):
            if self._flushed_offset != self._offset:
                self.flush()


def _frame(generation: int, payload: bytes) -> bytes:
    checksum = zlib.crc32(payload, generation & 0xFFFFFFFF)
    return _FRAME.pack(len(payload), checksum, generation) + payload


def _frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset + _FRAME.size <= len(data):
        length, checksum, generation = _FRAME.unpack_from(data, offset)
        start = offset + _FRAME.size
        payload = data[start : start + length]
        if not length or len(payload) < length:
            return
        if zlib.crc32(payload, generation & 0xFFFFFFFF) != checksum:
            return
        yield generation, payload
        offset = start + length
