"""Kinds of rules of this plugin's own; what they do is imported once a rule of theirs is priced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cashwrap.promotions.model import BasketLine, Candidate, Occasion
    from cashwrap.promotions.rules import Rule

NAME = "different-goods"


class Different:
    """Any so many different goods."""

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> Iterator[Candidate]:
        """Return each choice of so many different kinds."""
        from .different import candidates_of

        return candidates_of(rule, lines)
