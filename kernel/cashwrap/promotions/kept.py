"""Compiled rule sets, kept beside the journal so that a till loads its rules and builds nothing.

What is kept here is never the truth: a row that is missing, damaged or of another build is made
anew from the set in the journal's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING

from cashwrap.errors import CashwrapError
from cashwrap.promotions.errors import RulesError
from cashwrap.promotions.projection import rules_of
from cashwrap.promotions.rules import RuleSet
from cashwrap.store.tables import Reader, Writer

if TYPE_CHECKING:
    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.promotions.engine import PromotionEngine

COMPILED = "rules.compiled"  # hash, NUL, format, NUL, cashwrap's version -> the bytes
STAGED_TABLES = (COMPILED,)
TRIES = 8  # a store that has to grow for a large set asks for another try

Reads = Callable[[], AbstractContextManager[Reader]]
Writes = Callable[[], AbstractContextManager[Writer]]


def engine_for(
    reads: Reads,
    writes: Writes,
    rules_hash: str,
    plugins: Mapping[str, CandidateSource] | None = None,
) -> PromotionEngine:
    """Return the engine of a published set, loaded where it is kept, else compiled and kept.

    Raises NoSuchRules, RulesTooNew.
    """
    from cashwrap.promotions.engine import PromotionEngine

    with reads() as reader:
        blob = reader.get(COMPILED, _key(rules_hash))
    if blob is not None:
        with suppress(RulesError):
            return PromotionEngine.from_compiled(bytes(blob), plugins=plugins)
    with reads() as reader:
        rules = rules_of(reader, rules_hash)
    engine = PromotionEngine(rules, plugins=plugins)
    with suppress(CashwrapError):  # a full disk stops no sale; it is compiled again next time
        _write(writes, rules_hash, engine.compiled())
    return engine


def keep(reads: Reads, writes: Writes, rules: RuleSet, wanted: Iterable[str] = ()) -> None:
    """Compile a checked set and keep it, with those of the hashes ``wanted``, and no others."""
    from cashwrap.promotions.engine import PromotionEngine

    engine = PromotionEngine(rules)
    key = _key(engine.rules_hash)
    keys = {key, *map(_key, wanted)}
    with reads() as reader:
        held = {row for row, _ in reader.items(COMPILED)}
    if held - keys:
        with writes() as writer:
            for row in held - keys:
                writer.delete(COMPILED, row)
    if key not in held:
        _write(writes, engine.rules_hash, engine.compiled())


def _write(writes: Writes, rules_hash: str, blob: bytes) -> None:
    for attempt in range(TRIES):
        try:
            with writes() as writer:
                writer.put(COMPILED, _key(rules_hash), blob)
            return
        except CashwrapError as fault:
            if fault.code != "store.stage_too_large" or attempt == TRIES - 1:
                raise


def _key(rules_hash: str) -> bytes:
    from cashwrap import __version__
    from cashwrap.promotions.compile import COMPILED_FORMAT

    return f"{rules_hash}\0{COMPILED_FORMAT}\0{__version__}".encode(errors="replace")
