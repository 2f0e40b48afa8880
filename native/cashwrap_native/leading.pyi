from collections.abc import Iterable

from typing_extensions import disjoint_base

@disjoint_base
class Leading:
    def __init__(
        self, version: int, bodies: Iterable[int], unread: Iterable[bytes] = ()
    ) -> None: ...
    def take(self) -> tuple[list[int], bytes, list[bytes]]: ...

def gather(
    rows: list[tuple[bytes, bytes]], start: int, values: int, wanted: dict[bytes, Leading]
) -> list[int]: ...
