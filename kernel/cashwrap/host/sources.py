"""Promotion rules of plugins: their time is taken, and what they raise is journaled once a rule."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from cashwrap.host.host import Host
from cashwrap.host.plugin import Plugin
from cashwrap.promotions.candidates import CANDIDATES_MAX, CandidateSource
from cashwrap.promotions.model import BasketLine, Candidate, Occasion
from cashwrap.promotions.rules import Rule

HOOK = "cashwrap_candidate_sources"


class HostedSource:
    """A plugin's source. A fault leaves its rule out of the price, and sets nothing aside.

    So the same cart costs the same before and after a restart: what a plugin did elsewhere
    changes no price.
    """

    def __init__(self, host: Host, plugin: Plugin, source: CandidateSource) -> None:
        self._host = host
        self._plugin = plugin
        self._source = source
        self._told: set[str] = set()

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> list[Candidate]:
        """Return what the source gives, no more than is taken."""

        def ask() -> list[Candidate]:
            return list(islice(self._source.candidates(rule, lines, occasion), CANDIDATES_MAX + 1))

        try:
            return self._host.guarded(self._plugin, HOOK, ask)
        except Exception as error:
            if rule.id not in self._told:
                self._told.add(rule.id)
                what = f"rule {rule.id!r}: {type(error).__name__}: {error}"
                self._host.note(self._plugin, HOOK, what)
            raise
