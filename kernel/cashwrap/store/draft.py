"""The draft file: edits of open sales, outside the journal because scanning must not wait.

One preallocated file per till. A frame is length, CRC-32, generation, payload, written with one
``pwrite``: it is in the operating system at once, so the death of the process loses nothing, and a
flusher puts it on the disk within a second, so a power cut loses at most that. When no sale is
open any more the file starts again from the front under the next generation; frames of an older
generation end the reading. Each CRC goes on from the frame before, so that what stands behind a
hole that a power cut left never comes back once the hole is written over.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cashwrap.errors import CashwrapError
from cashwrap.store.disk import SYSTEM_DISK, Disk

_FRAME = struct.Struct("<IIQ")  # payload length, CRC-32 from the frame before, generation
_FIRST_SIZE = 1 << 20
_MARK = b"\0"  # the payload of a frame that says nothing; see `DraftFile.go_on`
FLUSH_SECONDS = 1.0


class DraftUnavailable(CashwrapError):
    """The draft of the open sale could not be written; the edit was not made."""

    code = "draft.unavailable"


class DraftFile:
    """Append-only frames of open sales. Not safe for several threads at once, but for its own.

    Raises DraftUnavailable when the file cannot be made, read or written.
    """

    def __init__(
        self, path: Path, disk: Disk = SYSTEM_DISK, flush_seconds: float = FLUSH_SECONDS
    ) -> None:
        try:
            self._file = disk.open_file(path)
            self._size = self._file.size()
            self._frames, self._generation, self._checksum, self._offset = self._read()
            if self._size < _FIRST_SIZE:
                self._grow(_FIRST_SIZE)
        except OSError as error:
            raise DraftUnavailable(f"cannot open the draft file {path}: {error}") from error
        self._flushed_offset = self._offset
        self._dropped = False  # after a failed flush a system may take what it holds for written
        self._closed = False
        self._stop_flushing = disk.every(flush_seconds, self._flush_what_came)

    def left_behind(self) -> list[bytes]:
        """Return the payloads that the last process left, oldest first."""
        return _said(self._frames)

    def go_on(self) -> None:
        """Begin behind what was read, durably: nothing that may stand after it comes back.

        After a power cut frames may stand behind a hole, and would fit again if what is missing
        were written anew just as it was, as it is for a sale that the journal brings back.
        """
        self.append(_MARK)
        self.flush()

    def append(self, *payloads: bytes) -> None:
        """Add payloads by one write. They survive the death of the process from now on."""
        if self._closed:  # its file number may be another file's by now
            raise DraftUnavailable("this till was closed: open the folder again")
        checksum, frames = self._checksum, b""
        for payload in payloads:
            checksum = zlib.crc32(payload, checksum)
            frames += _FRAME.pack(len(payload), checksum, self._generation) + payload
        size = len(frames)
        try:
            if self._offset + size > self._size:
                self._grow(max(self._size * 2, self._offset + size))
            self._file.write(frames, self._offset)
        except OSError as error:
            raise _refused(error) from error
        self._offset += size
        self._checksum = checksum

    def flush(self) -> None:
        """Put everything written so far on the disk; returns when it is there."""
        before, self._flushed_offset = self._flushed_offset, self._offset
        try:
            if self._dropped:
                self._file.write(self._file.read()[: self._offset], 0)
            self._file.flush()
        except OSError as error:
            self._flushed_offset, self._dropped = before, True
            raise _refused(error) from error
        self._dropped = False

    def restart(self) -> None:
        """Begin again from the front: nothing written so far is needed any more."""
        if self._offset:
            self._generation += 1
            self._checksum = _start(self._generation)
            self._offset = self._flushed_offset = 0
            self._frames = []

    def close(self) -> None:
        """Flush and close."""
        if not self._closed:
            try:
                self.flush()
            finally:
                self.abandon()

    def abandon(self) -> None:
        """Close without a flush, as the death of the process would."""
        if not self._closed:
            self._closed = True
            self._stop_flushing()
            self._file.close()

    def _grow(self, size: int) -> None:
        self._file.allocate(size)  # so that a full disk does not stop an open sale
        self._size = size

    def _read(self) -> tuple[list[bytes], int, int, int]:
        data = self._file.read()
        found = list(_frames(data))
        frames = [payload for _, _, payload in found]
        offset = sum(_FRAME.size + len(payload) for payload in frames)
        generation, checksum = found[-1][:2] if found else (1, _start(1))
        return frames, generation, checksum, offset

    def _flush_what_came(self) -> None:
        if self._flushed_offset != self._offset:
            with suppress(DraftUnavailable):  # the next beat tries again; what must be safe says so
                self.flush()


def frames_in(path: Path) -> list[bytes]:
    """Return the payloads in a draft file without opening it for writing; none without a file."""
    try:
        return _said([payload for _, _, payload in _frames(path.read_bytes())])
    except OSError:
        return []


def _said(payloads: list[bytes]) -> list[bytes]:
    return [payload for payload in payloads if payload != _MARK]


def _refused(error: OSError) -> DraftUnavailable:
    return DraftUnavailable(
        f"the disk refused the sale's draft ({error.strerror}): free some space or replace the "
        "disk; the sale is as it was before this step"
    )


def _start(generation: int) -> int:
    """Return what the CRC of a generation's first frame goes on from."""
    return generation & 0xFFFFFFFF


def _frames(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the generation, checksum and payload of every frame that follows from the first."""
    offset = first = checksum = 0
    while offset + _FRAME.size <= len(data):
        length, found, generation = _FRAME.unpack_from(data, offset)
        if not offset:
            first, checksum = generation, _start(generation)
        start = offset + _FRAME.size
        payload = data[start : start + length]
        if not length or len(payload) < length or generation != first:
            return
        checksum = zlib.crc32(payload, checksum)
        if found != checksum:
            return
        yield generation, checksum, payload
        offset = start + length
