"""Money off a finished sale whose goods stay: asked in a clerk's words, decided from the record."""

from __future__ import annotations

from collections.abc import Sequence

from cashwrap.errors import InvalidInput, listed, whole
from cashwrap.promotions.returns.adjust import decide_adjustment
from cashwrap.promotions.returns.model import Adjusted, ReturnAnswer, ReturnRefused
from cashwrap.sale.returning.original import Original
from cashwrap_native.allocate import allocate


def wanted(original: Original, lines: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return which lines, as rules see them, are to be given how much off.

    A set meal whose parts rules look at shares it among them. Raises ReturnRefused, InvalidInput.
    """
    if original.voided_by:
        raise ReturnRefused(0, f"this sale was voided by receipt {original.voided_by}")
    return [part for each in listed(lines, "lines") for part in _wanted(original, each)]


def _wanted(original: Original, each: tuple[int, int]) -> list[tuple[int, int]]:
    if not isinstance(each, tuple | list) or len(each) != 2:
        raise InvalidInput(f"name what is given off as (line, minor units), not {each!r:.60}")
    line, minor = whole(each[0], "a line"), whole(each[1], "an amount")
    seen = dict(original.sold.quantities)
    parts = [part for part in original.lines.values() if part.parent == line]
    if line in seen or not parts:
        return [(line, minor)]
    paid = {row.line: row.payable_minor for row in original.sale.priced.lines}
    shares = allocate(minor, [paid[part.line] for part in parts])
    return [(part.line, share) for part, share in zip(parts, shares, strict=True) if share]


def decided(
    original: Original, lines: Sequence[tuple[int, int]], earlier: Sequence[ReturnAnswer]
) -> ReturnAnswer:
    """Return what giving so much off lines comes to. Raises ReturnRefused."""
    return decide_adjustment(original.sold, lines, earlier, original.reprice)


def check_first(answer: ReturnAnswer) -> None:
    """Raise ReturnRefused for a line that had money off before."""
    for one in answer.adjusted:
        if one.before_minor:
            raise ReturnRefused(one.line, f"had {one.before_minor} off before: it is given once")


def decided_again(
    original: Original, adjusted: Sequence[Adjusted], earlier: Sequence[ReturnAnswer]
) -> ReturnAnswer:
    """Return the same as of now. Raises ReturnRefused when its goods, or another, came between."""
    answer = decided(original, [(one.line, one.asked_minor) for one in adjusted], earlier)
    for was, now in zip(adjusted, answer.adjusted, strict=True):
        if (was.kept_milli, was.before_minor) != (now.kept_milli, now.before_minor):
            raise ReturnRefused(was.line, "came back or was adjusted meanwhile: remove this one")
    return answer
