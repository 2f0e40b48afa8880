"""Rules of third parties: what a plugin proposes, counted and checked before the search sees it.

A source is a pure function. It proposes uses of a rule; the search chooses among them together
with all other rules, so the price stays the least one, and the same everywhere. What comes back
is bounded by counts, never by time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from cashwrap.errors import CashwrapError
from cashwrap.money import INT64_MAX
from cashwrap.promotions.model import BasketLine, Candidate, Occasion
from cashwrap.promotions.rules import Candidates, Rule

CANDIDATES_MAX = 1_000
UNITS_MAX = 20_000  # of all candidates together
SLOW_MS = 100


class CandidateSource(Protocol):
    """What a plugin does for its rules: a pure function of its inputs.

    ``lines`` are the goods that the rule may touch, at their prices after the price layer: one for
    each kind of goods, dearest first, however they were scanned. A candidate names them by
    ``line``.
    """

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> Iterable[Candidate]:
        """Return what the rule may do to these goods."""
        ...


class Watched:
    """A source whose slow calls are told, once for each rule; they change no price."""

    def __init__(
        self, source: CandidateSource, steady_ms: Callable[[], int], tell: Callable[[str], None]
    ) -> None:
        self._source = source
        self._steady_ms = steady_ms
        self._tell = tell
        self._told: set[str] = set()

    def candidates(
        self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
    ) -> Iterator[Candidate]:
        """Yield what the source gives, while its time is taken."""
        begun_ms = self._steady_ms()
        yield from self._source.candidates(rule, lines, occasion)
        took_ms = self._steady_ms() - begun_ms
        if took_ms > SLOW_MS and rule.id not in self._told:
            self._told.add(rule.id)
            self._tell(f"promotion rule {rule.id!r}: its plugin took {took_ms} ms to answer")


class CandidateFault(CashwrapError):
    """A plugin's rule failed, or proposed what cannot be; the rule is left out of this price."""

    code = "promotions.plugin_fault"


class Gathered(NamedTuple):
    """The candidates of a rule in canonical order, or why there are none."""

    candidates: tuple[Candidate, ...] = ()
    fault: str = ""


def gathered(
    rule: Rule,
    sources: Mapping[str, CandidateSource],
    lines: Sequence[BasketLine],
    occasion: Occasion,
) -> Gathered:
    """Ask the plugin of a rule with `Candidates`; a fault is part of the answer, never raised."""
    assert isinstance(rule.benefit, Candidates)
    name = rule.benefit.plugin
    source = sources.get(name)
    if source is None:
        return Gathered(fault=f"{name}: not installed")
    try:
        return Gathered(asked(source, rule, lines, occasion))
    except CandidateFault as fault:
        return Gathered(fault=f"{name}: {fault}")


def asked(
    source: CandidateSource, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion
) -> tuple[Candidate, ...]:
    """Return a source's candidates, merged and sorted. Raises CandidateFault.

    The fault's words hold nothing that differs between machines; its cause is in ``__cause__``.
    """
    try:
        given = list(_within_budget(source.candidates(rule, lines, occasion)))
    except CandidateFault:
        raise
    except Exception as error:  # whatever a plugin may raise
        raise CandidateFault(f"{rule.id}: it raised {type(error).__name__}") from error
    by_line = {line.line: line for line in lines}
    times: dict[tuple[tuple[int, int, int], ...], int] = {}
    for position, one in enumerate(given):
        _check(f"{rule.id}: candidate {position}", one, by_line)
        if sum(minor for _, _, minor in one.units) > 0:
            units = tuple(sorted(one.units))
            times[units] = min(INT64_MAX, times.get(units, 0) + one.times)
    return tuple(Candidate(units, times[units]) for units in sorted(times))


def _within_budget(given: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield what a plugin gives, as far as it is bounded. Raises CandidateFault."""
    units = 0
    for count, one in enumerate(islice(given, CANDIDATES_MAX + 1), 1):
        if not isinstance(one, Candidate):
            raise CandidateFault(f"it gave a {type(one).__name__} where a Candidate belongs")
        units += len(one.units)
        if count > CANDIDATES_MAX:
            raise CandidateFault(f"more than {CANDIDATES_MAX} candidates: propose fewer")
        if units > UNITS_MAX:
            raise CandidateFault(f"its candidates name more than {UNITS_MAX} units: propose fewer")
        yield one


def _check(where: str, one: Candidate, by_line: Mapping[int, BasketLine]) -> None:
    """Raise CandidateFault unless a candidate takes units that are there, and what fits off."""
    seen: set[int] = set()
    if not one.units or not _whole(one.times, 1, INT64_MAX):
        raise CandidateFault(f"{where} has no units, or is to be used {one.times!r} times")
    for entry in one.units:
        if not isinstance(entry, tuple) or len(entry) != 3:
            raise CandidateFault(f"{where}: {entry!r:.60} is not (line, units, minor)")
        number, units, minor = entry
        line = by_line.get(number) if type(number) is int else None
        if line is None or number in seen:
            raise CandidateFault(f"{where} names line {number!r:.20}, twice or not given to it")
        seen.add(number)
        if not _whole(units, 1, line.units):
            raise CandidateFault(f"{where} takes {units!r:.20} of {line.units} units of a line")
        room_minor = max(0, line.unit_minor - line.least_minor) * units
        if not _whole(minor, 0, room_minor):
            raise CandidateFault(f"{where} takes {minor!r:.20} off where 0 to {room_minor} fits")


def _whole(value: int, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
