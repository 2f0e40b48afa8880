from collections.abc import Sequence
from typing import Final, Literal

ODD_CENTS: Final[tuple[str, ...]]

def allocate(
    amount: int,
    weights: Sequence[int],
    caps: Sequence[int] | None = None,
    odd_cents: Literal["largest", "first", "last"] = "largest",
) -> list[int]: ...
def refund_share(
    total: int, quantity_total: int, quantity_before: int, quantity_now: int
) -> int: ...

__pyx_capi__: dict[str, object]
