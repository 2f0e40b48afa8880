from collections.abc import Callable, Sequence
from typing import Final, Self, TypeVar, final

_R = TypeVar("_R")

ROUNDINGS: Final[tuple[str, ...]]
TAXES_MAX: Final[int]
ROWS_MAX: Final[int]

@final
class Settings:
    def __new__(
        cls,
        *,
        line_rounding: int,
        tax_rounding: int,
        percent_rounding: int,
        tax_level: int,
        net_side: int,
        odd_cents: int,
        percent_per: int,
        percent_of_original: bool,
        fees_first: bool,
        increment: int,
        increment_rounding: int,
    ) -> Self: ...

@final
class PlanTable:
    count: int
    labels: list[tuple[tuple[str, int, bool], ...]]
    def __new__(
        cls,
        plans: Sequence[
            tuple[tuple[int, int, int], int, int, int, int, Sequence[tuple[int, int, int, bool]]]
        ],
        labels: Sequence[tuple[tuple[str, int, bool], ...]],
    ) -> Self: ...

@final
class Cart:
    def __new__(cls, settings: Settings, table: PlanTable) -> Self: ...
    def put(
        self,
        line: int,
        unit_minor: int,
        quantity_milli: int,
        base_quantity_milli: int,
        minimum_minor: int,
        plan: int,
    ) -> None: ...
    def drop(self, line: int) -> bool: ...
    def adjust(
        self,
        promoted: Sequence[tuple[str, str, Sequence[tuple[int, int]]]],
        adjustments: list[tuple[int, int, Sequence[int]]],
    ) -> None: ...
    def charge(self, fees: list[tuple[bool, bool, int, int]]) -> None: ...
    def totals(self, make: Callable[[int, int, int, int, int, int, int], _R]) -> _R: ...
    def line(self, line: int, make: Callable[[int, int, int, int, int, int], _R]) -> _R | None: ...
    def before(self, line: int) -> tuple[int, int, int] | None: ...
    def lines(self, make: Callable[[int, int, int, int, int, int], _R]) -> list[_R]: ...
    def matrix(
        self, make: Callable[[int, str, int], _R], rules: tuple[str, ...], rounding: str
    ) -> list[_R]: ...
    def taxes(self, make: Callable[[int, str, int, int, int, bool], _R]) -> list[_R]: ...
    def fees_charged(
        self, make: Callable[[str, int, int], _R], ids: tuple[str, ...]
    ) -> list[_R]: ...
    def outcomes(self) -> list[tuple[int, int, int]]: ...
