"""What a plain till does: the use of a rule that brings most, then the next of what is left."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from cashwrap.promotions.plan import NODES_MIN
from cashwrap_native.promote import Choice

Worth = Callable[[int, int], float]
"""What a use is worth that saves so much on so many units."""
WORTHS: tuple[Worth, ...] = (
    lambda saved_minor, units: saved_minor,
    lambda saved_minor, units: saved_minor / units,
)


class Sold(NamedTuple):
    """The best use of a rule: what it saves, and how many units of which lines it takes."""

    saved_minor: int
    units: Counter[int]


class _Piece(NamedTuple):
    """One unit in a use, as the search tells it."""

    candidate: int
    use: int
    line: int
    slot: int
    minor: int
    gets: bool
    price_minor: int
    list_minor: int


def best_use(choice: Choice, rank: int) -> Sold | None:
    """Return the best use of a rule in a basket where it may be used once."""
    if not choice.search([rank], [], [], {}, (), None, NODES_MIN):
        return None
    pieces = [piece for _, piece in choice.pieces(_Piece)]
    saved = sum(piece.minor for piece in pieces)
    return Sold(saved, Counter(piece.line for piece in pieces)) if saved > 0 else None


def taken_in_turn(
    item: Iterable[int],
    worth: Worth,
    clash: Callable[[int, int], bool],
    choice: Callable[[], Choice],
    take: Callable[[Mapping[int, int]], None],
) -> Counter[int]:
    """Return how often each rule is used; ``take`` takes units out of the basket of ``choice``."""
    uses: Counter[int] = Counter()
    best = {rank: found for rank in item if (found := best_use(choice(), rank))}
    while best:
        rank = max(best, key=lambda r: (worth(best[r].saved_minor, best[r].units.total()), -r))
        taken = best[rank].units
        uses[rank] += 1
        take(taken)
        for other, sold in list(best.items()):
            if clash(rank, other):
                del best[other]
            elif not taken.keys().isdisjoint(sold.units):
                again = best_use(choice(), other)
                if again is None:
                    del best[other]
                else:
                    best[other] = again
    return uses
