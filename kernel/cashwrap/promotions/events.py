"""What the journal says of promotion rules: which set counts from when, and what was used up."""

import msgspec

from cashwrap.events import Event, event


@event("rules.published")
class RulesPublished(Event, frozen=True, array_like=True, gc=False):
    """A rule set is to count from ``effective_at_ms`` on (0: at once).

    ``number`` counts a till's publications from 1. ``rules`` is the set as `digest.packed` writes
    it, empty when the journal holds one of this hash already. ``edition`` and ``name`` are the
    set's own version and name; ``joined`` names the plugins with rules in it, and a hash of those.
    """

    number: int
    rules_hash: str
    effective_at_ms: int
    rules: bytes
    edition: int = 1
    name: str = ""
    approver: str = ""
    joined: tuple[tuple[str, str], ...] = ()


@event("rules.rolled_back")
class RulesRolledBack(Event, frozen=True, array_like=True, gc=False):
    """The publication ``number`` counts again at once, in place of ``instead_of``; 0: no rules."""

    number: int
    instead_of: int
    approver: str = ""


@event("rules.plan_cancelled")
class RulesPlanCancelled(Event, frozen=True, array_like=True, gc=False):
    """A publication that has not taken effect yet is called off."""

    number: int
    approver: str = ""


class RuleUsed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How often a sale used a rule whose uses or money are counted, and what it took off."""

    rule: str
    uses: int
    minor: int


@event("rules.used")
class RulesUsed(Event, frozen=True, array_like=True, gc=False):
    """A completed sale used rules that have limits beyond one order; journaled beside it.

    ``day`` is the business day (yyyymmdd), ``member`` empty without one.
    """

    sale: str
    day: int
    member: str
    used: tuple[RuleUsed, ...]


@event("rules.released")
class RulesReleased(Event, frozen=True, array_like=True, gc=False):
    """A sale was reversed as a whole (post-void, all of it returned): its uses count no more."""

    sale: str
