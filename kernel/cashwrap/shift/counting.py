"""A count of the drawer as somebody gives it, checked before it is kept."""

from collections.abc import Mapping

from cashwrap.errors import InvalidInput
from cashwrap.money import INT64_MAX
from cashwrap.shift.errors import ShiftError
from cashwrap.tender.cash import CASH_UNITS
from cashwrap.tender.pan import words

LOOSE = 1  # minor units by themselves: coins that no list knows, or a sum that was counted before


class CountRefused(ShiftError):
    """What was counted cannot be in a drawer."""

    code = "shift.count_refused"


def denominations(currency: str) -> tuple[int, ...]:
    """Return the notes and coins to count, largest first; () for a currency without a list."""
    return CASH_UNITS.get(currency, ())


def checked_cash(cash: Mapping[int, int], currency: str) -> tuple[tuple[int, int], ...]:
    """Return (unit, pieces), largest unit first, without those of which there are none.

    A unit is one of the currency's notes and coins, or 1 for loose money in minor units. Raises
    CountRefused, InvalidInput.
    """
    if not isinstance(cash, Mapping):
        raise InvalidInput(f"a count of cash is {{unit: pieces}}, not {cash!r:.60}")
    known = denominations(currency)
    for unit, pieces in cash.items():
        if type(unit) is not int or unit <= 0 or (known and unit not in (*known, LOOSE)):
            units = ", ".join(str(each) for each in known) or "whole minor units above 0"
            raise CountRefused(
                f"{unit!r} is no note or coin of {currency}: {units}; 1 for loose money"
            )
        if type(pieces) is not int or pieces < 0:
            raise CountRefused(f"{pieces!r} is no number of pieces: give 0 or more")
    found = tuple(sorted(((unit, n) for unit, n in cash.items() if n), reverse=True))
    if sum(unit * pieces for unit, pieces in found) > INT64_MAX:
        raise CountRefused("so much money fits into no drawer: count again")
    return found


def checked_tenders(tenders: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return (tender, amount), sorted by name. Raises CountRefused, InvalidInput."""
    if not isinstance(tenders, Mapping):
        raise InvalidInput(f"counted tenders are {{name: amount}}, not {tenders!r:.60}")
    for tender, minor in tenders.items():
        if not words(tender, "the name of a tender").strip() or tender == "cash":
            raise CountRefused(f"{tender!r:.60} is no tender to declare: cash is counted as cash")
        if type(minor) is not int or abs(minor) > INT64_MAX:
            raise CountRefused(f"{minor!r} is no amount of {tender}: give whole minor units")
    return tuple(sorted((words(tender, ""), minor) for tender, minor in tenders.items()))
