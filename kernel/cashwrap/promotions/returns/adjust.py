"""Money off after the sale, decided: price protection, a complaint, a price that was wrong.

The goods stay. What is given counts as given back on their lines, so whatever comes back of them
later, by any split, comes to what was paid less this.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from cashwrap.promotions.repricing import Reprice
from cashwrap.promotions.returns.adjusted import still_adjusted
from cashwrap.promotions.returns.decide import answer_of, quantities_back
from cashwrap.promotions.returns.discounts import Discounts, discounts_back
from cashwrap.promotions.returns.model import Adjusted, ReturnAnswer, ReturnRefused, Sold
from cashwrap.promotions.returns.money import line_sums

Wanted = Sequence[tuple[int, int]]
"""Lines of the sale, and what the customer is to get for each, minor units, taxes included."""


def decide_adjustment(
    sold: Sold, wanted: Wanted, earlier: Sequence[ReturnAnswer], reprice: Reprice
) -> ReturnAnswer:
    """Return what giving so much for lines comes to, after the answers given ``earlier``.

    With taxes on top of the price the customer gets at least what was wanted, to the unit that its
    rounding allows. Raises ReturnRefused for a line that is not on the sale or has come back, and
    for more than is left of what was paid for it.
    """
    if not wanted or len({line for line, _ in wanted}) < len(wanted):
        raise ReturnRefused(0, "name at least one line, and each line once")
    back = quantities_back(earlier)
    discounts = discounts_back(sold, back, reprice)
    at = _Standing(sold, back, discounts, [one for each in earlier for one in each.adjusted])
    made = tuple(at.adjusted(line, minor) for line, minor in sorted(wanted))
    named = ",".join(f"{one.line}:{one.before_minor}+{one.asked_minor}" for one in made)
    return answer_of(sold, f"{sold.sale}/adjust {named}", (), back, discounts, earlier, made)


class _Standing:
    """A sale after all that was given back of it."""

    def __init__(
        self,
        sold: Sold,
        back: dict[int, int],
        discounts: Discounts,
        given: Sequence[Adjusted],
    ) -> None:
        self._sold = sold
        self._back = back
        self._discounts = discounts
        self._given = given
        self._quantities = dict(sold.quantities)
        self._paid = _by_line(sold, self._quantities, sold.cells())

    def adjusted(self, line: int, minor: int) -> Adjusted:
        """Return what comes off the price of a line for so much to go to the customer."""
        kept_milli = self._quantities.get(line, 0) - self._back.get(line, 0)
        if line <= 0 or line not in self._quantities:
            raise ReturnRefused(line, "is not on the sale")
        if kept_milli <= 0:
            raise ReturnRefused(line, "has come back: there is nothing to give money off for")
        gone = self._gone(line, [])
        left_minor = self._paid.get(line, 0) - gone
        if not 0 < minor <= left_minor:
            raise ReturnRefused(line, f"has {left_minor} left of what was paid, not {minor}")
        before = sum(one.asked_minor for one in self._given if one.line == line)

        def given(off_minor: int) -> int:
            one = Adjusted(line, off_minor, kept_milli, minor, before)
            return self._gone(line, [one]) - gone

        off_minor = minor if given(minor) == minor else bisect_left(range(minor), minor, key=given)
        return Adjusted(line, off_minor, kept_milli, minor, before)

    def _gone(self, line: int, more: Sequence[Adjusted]) -> int:
        """Return what has gone back for a line so far, and for what is given ``more``."""
        adjusted = still_adjusted(self._sold, self._back, [*self._given, *more])
        return _by_line(self._sold, self._back, self._discounts.cells | adjusted).get(line, 0)


def _by_line(
    sold: Sold, back: Mapping[int, int], cells: Mapping[tuple[int, str], int]
) -> dict[int, int]:
    """Return what goes back by the lines that rules see: a set meal as the sum of its parts."""
    meal_of, found = dict(sold.parts), dict[int, int]()
    for each in line_sums(sold, back, cells):
        line = meal_of.get(each.line, each.line)
        found[line] = found.get(line, 0) + each.payable_minor
    return found
