"""Cut frames out of a stream of bytes, the same however the stream was split.

Pure: no port, no clock. What a frame means is asked of a parser; one that means nothing is told too
(None), because what was known before it does not hold any more.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
Parse = Callable[[bytes], T | None]


class Framer(Protocol):
    """It is fed what a port gave and yields whole frames."""

    def feed(self, data: bytes, parse: Parse[T]) -> Iterator[T | None]:
        """Yield what ``parse`` made of the frames that these bytes complete."""
        ...


class Lines:
    """Frames that end with CR or LF, at most ``most`` bytes without it.

    With a ``start`` byte a frame begins at the first one from which on it means something.
    """

    def __init__(self, most: int, start: bytes = b"", end: bytes = b"\r\n") -> None:
        self._most = most
        self._start = start
        self._end = end
        self._line = bytearray()
        self._too_long = False

    def feed(self, data: bytes, parse: Parse[T]) -> Iterator[T | None]:
        """Yield what ``parse`` made of the frames that these bytes complete."""
        for byte in data:
            if byte not in self._end:
                self._line.append(byte)
                if len(self._line) > self._most:
                    self._shorten()
            elif self._line or self._too_long:
                line, too_long = bytes(self._line), self._too_long
                self._line.clear()
                self._too_long = False
                yield None if too_long else self._parsed(line, parse)

    def _parsed(self, line: bytes, parse: Parse[T]) -> T | None:
        if not self._start:
            return parse(line)
        at = line.find(self._start)
        while at >= 0:
            if (told := parse(line[at:])) is not None:
                return told
            at = line.find(self._start, at + 1)
        return None

    def _shorten(self) -> None:
        """Give up the frame that has no end, for one that begins within it."""
        at = self._line.find(self._start, 1) if self._start else -1
        self._too_long = not self._start
        del self._line[: at if at > 0 else len(self._line)]


class Fixed:
    """Frames of ``size`` bytes from a ``start`` byte on, whatever bytes are in them.

    A ``signal`` byte between frames is a frame of its own.
    """

    def __init__(self, start: bytes, size: int, signal: bytes = b"") -> None:
        self._start = start
        self._size = size
        self._signal = signal
        self._held = bytearray()

    def feed(self, data: bytes, parse: Parse[T]) -> Iterator[T | None]:
        """Yield what ``parse`` made of the frames that these bytes complete."""
        self._held += data
        while self._held:
            first = bytes(self._held[:1])
            if first != self._start:
                del self._held[:1]
                if first == self._signal:
                    yield parse(first)
            elif len(self._held) < self._size:
                return
            else:
                told = parse(bytes(self._held[: self._size]))
                del self._held[: 1 if told is None else self._size]
                yield told
