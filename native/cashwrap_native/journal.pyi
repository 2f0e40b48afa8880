from collections.abc import Callable, Iterable
from typing import Protocol

class _Digest(Protocol):
    def digest(self) -> bytes: ...

def follow(
    rows: Iterable[tuple[bytes, bytes]],
    previous: bytes,
    key_stem: bytes,
    name: bytes,
    first_seq: int,
    limit: int,
    hashed: Callable[[bytes], _Digest],
    marks: tuple[bytes, ...],
) -> tuple[list[bytes], int, tuple[bytes, bytes] | None]: ...
def sealed(
    rows: Iterable[tuple[bytes, bytes]], first_seq: int, hashes: list[bytes]
) -> tuple[int, tuple[bytes, bytes] | None]: ...
