"""What one search found, and what it can say of all plans."""

from typing import NamedTuple

from cashwrap_native.promote import Choice

Pair = tuple[int, int]
NODES_MIN = 1000  # of every search, whatever is left of a budget


class Plan(NamedTuple):
    """A searched choice, and what its search can say."""

    choice: Choice
    proved: bool
    lowest_minor: int  # no plan of the same rules leaves less to pay
    nodes: int

    @classmethod
    def of(cls, choice: Choice) -> "Plan":
        """Return what a choice that was searched says."""
        return cls(choice, choice.proved, choice.lowest, choice.nodes)

    @property
    def key(self) -> tuple[object, ...]:
        """Plans are compared by this: the smaller is the better."""
        return (self.choice.value, self.choice.serving, self.choice.later_ranks())
