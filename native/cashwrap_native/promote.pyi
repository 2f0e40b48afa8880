from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar, final

from cashwrap_native.promote_rules import Match, Rules

_R = TypeVar("_R")

@final
class Sheet:
    def __new__(
        cls,
        rules: Rules,
        *,
        floor_minor: int,
        final_overrides: bool,
        compound: bool,
        weighed_in_groups: bool,
    ) -> Self: ...
    def put(
        self,
        line: int,
        match: Match,
        unit: int,
        units: int,
        listed: int,
        least: int,
        divisible: bool,
        quantity: int,
        fixed: bool,
        measure: int,
    ) -> None: ...
    def drop(self, line: int) -> bool: ...
    def judge(
        self, rank: int, counts: bool, uses: int | None, minor: int | None, ends: tuple[int, ...]
    ) -> None: ...
    def admit(self, match: Match, active: bytes, limited: int) -> list[int]: ...
    def forget(self, points: int, fees: int) -> None: ...
    def counting(self, match: Match) -> Match: ...
    def choice(self) -> Choice: ...

@final
class Choice:
    flags: int
    proved: bool
    lowest: int
    nodes: int
    def __new__(cls, sheet: Sheet) -> Self: ...
    def ranks(self) -> list[int]: ...
    def share_units(self, a: int, b: int) -> bool: ...
    def kinds(self, rank: int) -> list[tuple[int, int, int, int]]: ...
    def search(
        self,
        allowed: Collection[int] | None,
        conflicts: list[tuple[int, int]],
        bars: list[tuple[int, int]],
        candidates: Mapping[int, Sequence[tuple[tuple[tuple[int, int, int], ...], int]]],
        forced: Iterable[int],
        fixed: Choice | None,
        node_budget: int,
    ) -> bool: ...
    @property
    def payable(self) -> int: ...
    @property
    def value(self) -> tuple[int, int, tuple[int, ...]]: ...
    @property
    def serving(self) -> tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]: ...
    def in_use(self) -> list[int]: ...
    def later_ranks(self) -> list[int]: ...
    def cells(self, names: list[tuple[str, str]]) -> tuple[Any, ...]: ...
    def specials(self, make: Callable[[int, int, int, int], _R]) -> list[tuple[int, _R]]: ...
    def pieces(
        self, make: Callable[[int, int, int, int, int, bool, int, int], _R]
    ) -> list[tuple[int, _R]]: ...
    def laters(
        self, make: Callable[[int, int, int, int, tuple[tuple[int, int], ...]], _R]
    ) -> list[tuple[int, _R]]: ...
