from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Self, final

FAMILIES: Final[tuple[str, ...]]
LIMIT: Final[int]

@final
class Rules:
    count: int
    def __new__(cls, count: int) -> Self: ...
    def define(
        self,
        rank: int,
        *,
        flags: int,
        layer: int,
        family: int,
        turn: int,
        group: int,
        slots: int,
        with_fees: bool,
        which: int,
        takes: int,
        per: int,
        rounding: int,
        odd: int,
        measured: int,
        of_list: bool,
        marginal: bool,
        partial: bool,
        again: bool,
        above: bool,
        coupon: bool,
        every: int,
        get: int,
        times: int,
        at_most: int,
        sku_uses: int,
        face: int,
        points: int,
        worth: int,
        at_most_ppm: int,
        sizes: tuple[int, ...],
        off: tuple[int, int],
        steps: tuple[tuple[int, int, int, int], ...],
        needs: tuple[tuple[int, int, int, int, bool, bool], ...],
    ) -> None: ...

@final
class Match:
    count: int
    def __new__(
        cls, sku: bytes, rest: bytes, number: int, pairs: list[tuple[int, int]]
    ) -> Self: ...
    def rules(self) -> list[int]: ...
    def pairs(self) -> list[tuple[int, int]]: ...
    def only(self, sheet: Sheet) -> Match: ...

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
    def specials(self) -> list[tuple[int, int, int, int, int]]: ...
    def pieces(self) -> list[tuple[int, int, int, int, int, int, bool, int, int]]: ...
    def laters(self) -> list[tuple[int, int, int, int, int, list[tuple[int, int]]]]: ...

__pyx_capi__: dict[str, object]
