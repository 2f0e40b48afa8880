from typing import Final, Self, final

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
