"""The rule sets of a till: the one in force, and those that its open sales began under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cashwrap.promotions.kept import engine_for
from cashwrap.promotions.projection import current, read_plan
from cashwrap.sale.promoting import SaleRules
from cashwrap.store.store import Store

if TYPE_CHECKING:
    from cashwrap.promotions.candidates import CandidateSource

SETS_KEPT = 4  # the one in force, the one before, and what the oldest open sales began under


class ShopRules:
    """Rule sets by hash, each made ready once."""

    def __init__(self, store: Store, sources: Mapping[str, CandidateSource]) -> None:
        self._store = store
        self._sources = sources
        self._ready: dict[str, SaleRules] = {}

    def in_force(self, now_ms: int) -> SaleRules | None:
        """Return the rules that a sale beginning now is priced by, or None."""
        with self._store.read() as reader:
            switch = current(read_plan(reader), now_ms)
        return None if switch is None else self.of(switch.rules_hash)

    def of(self, rules_hash: str) -> SaleRules:
        """Return the rules of a hash. Raises NoSuchRules, RulesTooNew."""
        found = self._ready.get(rules_hash)
        if found is None:
            while len(self._ready) >= SETS_KEPT:
                del self._ready[next(iter(self._ready))]
            found = self._ready[rules_hash] = self._made(rules_hash)
        return found

    def _made(self, rules_hash: str) -> SaleRules:
        store = self._store
        return SaleRules(engine_for(store.read, store.stage, rules_hash, self._sources))
