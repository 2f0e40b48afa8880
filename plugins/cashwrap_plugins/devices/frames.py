"""Cut frames out of a stream of bytes, the same however the stream was split.

Pure: no port, no clock. What is no frame is dropped, and what a frame means is asked of a parser.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
Parse = Callable[[bytes], T | None]


class Framer(Protocol):
    """It is fed what a port gave and yields whole frames."""

    def feed(self, data: bytes, parse: Parse[T]) -> Iterator[T]:
        """Yield what ``parse`` made of the frames that these bytes complete."""
        ...


class Lines:
    """Frames that end with CR or LF, at most ``most`` bytes without it; longer ones are dropped.

    With a ``start`` byte a frame begins at the last one before its end.
    """

    def __init__(self, most: int, start: bytes = b"", end: bytes = b"\r\n") -> None:
        self._most = most
        self._start = start
        self._end = end
        self._line = bytearray()
        self._too_long = False

    def feed(self, data: bytes, parse: Parse[T]) -> Iterator[T]:
        """Yield what ``parse`` made of the frames that these bytes complete."""
        for byte in data:
            if byte in self._end:
                if (told := self._ended(parse)) is not None:
                    yield told
            elif self._start and byte == self._start[0]:
                self._line[:], self._too_long = self._start, False
            elif len(self._line) < self._most:
                self._line.append(byte)
            else:
                self._too_long = True

    def _ended(self, parse: Parse[T]) -> T | None:
        line, too_long = bytes(self._line), self._too_long
        self._line.clear()
        self._too_long = False
        return None if too_long or not line.startswith(self._start) else parse(line)


class Fixed:
    """Frames of ``size`` bytes from a ``start`` byte on, whatever bytes are in them.

    A ``signal`` byte between frames is a frame of its own.
    """

    def __init__(self, start: bytes, size: int, signal: bytes = b"") -> None:
        self._start = start
        self._size = size
        self._signal = signal
        self._held = bytearray()

    def feed(self, data: bytes, parse: Parse[T]) -> Iterator[T]:
        """Yield what ``parse`` made of the frames that these bytes complete."""
        self._held += data
        while self._held:
            first = bytes(self._held[:1])
            if first != self._start:
                del self._held[:1]
                told = parse(first) if first == self._signal else None
            elif len(self._held) < self._size:
                return
            else:
                told = parse(bytes(self._held[: self._size]))
                del self._held[: 1 if told is None else self._size]
            if told is not None:
                yield told
