"""A rule set as one run of bytes: rules that are read when they are needed, and an index of goods.

    magic, digest of all that follows (16 bytes), sizes of the sections, then
    head     msgpack: name, version, policy, groups, hash, ids in order, conditions, marked rules
    starts   u32 x (rules + 1): where each rule's msgpack begins, in the order of the set
    ranks    u32 x rules: the place of each rule's id among all ids
    keys     u64 x names, ascending: a hash of each SKU, family, category or tag that a range names
    checks   u64 x names: more of the hash, so that no two names have one
    spans    u32 x (names + 1): where each name's entries begin
    entries  u32 x n: (rule rank * 64 + which of its ranges, see `ranges_of`) * 2, and 1 where the
             range asks for more than the name
    anything u32 x n: the same of ranges that name nothing
    rules    the rules themselves

Numbers are little-endian. Loading checks the digest and makes views; nothing is built.
"""

import hashlib
import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Self
from zlib import crc32

import msgspec

from cashwrap.promotions import usage
from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.errors import RulesError
from cashwrap.promotions.match import Conditions
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Choice,
    EarnPoints,
    FeeOff,
    NextCoupon,
    Policy,
    Range,
    Rule,
    RuleSet,
    Surcharge,
)

COMPILED_FORMAT = 4
NAMES_KEPT = 50_000  # of families, categories and tags
PARTS_MAX = 63  # ranges of one rule: its own, those of its slots, those of its needs
_MAGIC = b"CWPROMO4"
_SIZES = struct.Struct("<10I")
_KEY = struct.Struct("<QQ")
_encode = msgspec.msgpack.Encoder().encode


class CompiledDamaged(RulesError):
    """Stored bytes are not a compiled rule set of this build: compile the rules again."""

    code = "rules.compiled_damaged"


class TooManyRanges(RulesError):
    """A rule has more slots and needs than can be compiled."""

    code = "rules.too_many_ranges"


class Marked(msgspec.Struct, frozen=True, array_like=True):
    """Ranks of the few rules that a sale has to know of before its goods do."""

    limited: tuple[int, ...]  # with limits beyond one order
    fees: tuple[int, ...]  # that charge fees or take some off
    rewards: tuple[int, ...]  # that give points or coupons
    tenders: tuple[int, ...]  # whose amounts are settled as tenders
    judged_now: bool  # some rule looks at the time of each step

    @classmethod
    def of(cls, ordered: Sequence[Rule]) -> Self:
        """Find them among rules in order of id."""

        def ranks(test: Callable[[Rule], bool]) -> tuple[int, ...]:
            return tuple(rank for rank, rule in enumerate(ordered) if test(rule))

        return cls(
            ranks(usage.is_limited),
            ranks(lambda rule: isinstance(rule.benefit, FeeOff | Surcharge)),
            ranks(lambda rule: isinstance(rule.benefit, EarnPoints | NextCoupon)),
            ranks(lambda rule: rule.settlement == "tender"),
            any(rule.judged == "now" for rule in ordered),
        )


class Head(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a compiled set at once."""

    name: str
    version: int
    policy: Policy
    groups: dict[str, Choice]
    rules_hash: str
    ids: tuple[str, ...]  # ascending
    priorities: tuple[int, ...]  # of the rules in this order
    conditions: Conditions
    marked: Marked


def ranges_of(rule: Rule) -> list[Range]:
    """Return a rule's ranges by number: its own, those of its slots, those of its needs."""
    benefit = rule.benefit
    slots = benefit.slots if isinstance(benefit, Bundle) else ()
    slots = benefit.buy if isinstance(benefit, BuyGet) else slots
    return [rule.range, *(slot.range for slot in slots), *(need.range for need in rule.needs)]


class Compiled:
    """A compiled rule set. Rules are known by rank, the place of their id among all ids."""

    def __init__(self, blob: bytes) -> None:
        """Take bytes made by `compile_rules`. Raises CompiledDamaged."""
        begin = len(_MAGIC) + 16
        if blob[: len(_MAGIC)] != _MAGIC or len(blob) < begin + _SIZES.size:
            raise CompiledDamaged("these bytes are no compiled rule set: compile the rules again")
        if hashlib.blake2b(blob[begin:], digest_size=16).digest() != blob[len(_MAGIC) : begin]:
            raise CompiledDamaged("a compiled rule set was changed: compile the rules again")
        self.blob = blob
        at = begin + _SIZES.size
        sections = []
        for size in _SIZES.unpack_from(blob, begin):
            sections.append(memoryview(blob)[at : at + size])
            at += size
        head, starts, ranks, keys, checks, spans, entries, anything, sieve, self._rules = sections
        self.head = msgspec.msgpack.decode(head, type=Head)
        self._starts = _numbers(starts, "I")
        self._ranks = _numbers(ranks, "I")
        self._keys = _numbers(keys, "Q")
        self._checks = _numbers(checks, "Q")
        self._spans = _numbers(spans, "I")
        self._entries = _numbers(entries, "I")
        self._sieve = bytes(sieve)
        self.looked_at = [entry for entry in _numbers(anything, "I") if entry & 1]
        self.always: dict[int, int] = {}  # by rank: its ranges that cover all goods, as bits
        for entry in _numbers(anything, "I"):
            if not entry & 1:
                self.always[entry >> 7] = self.always.get(entry >> 7, 0) | 1 << (entry >> 1 & 63)
        self._known: dict[int, Rule] = {}
        self._alike: dict[str, tuple[int, ...]] = {}

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Compile a rule set."""
        return cls(compile_rules(rules))

    def rule(self, rank: int) -> Rule:
        """Return a rule by the place of its id."""
        known = self._known.get(rank)
        if known is None:
            known = self._known[rank] = self._read(self.positions[rank])
        return known

    @cached_property
    def positions(self) -> list[int]:
        """Return where the rule of each rank stands in the set."""
        found = [0] * len(self._ranks)
        for position, rank in enumerate(self._ranks):
            found[rank] = position
        return found

    @cached_property
    def rules(self) -> RuleSet:
        """The rule set that was compiled."""
        head = self.head
        rules = tuple(self._read(position) for position in range(len(self._ranks)))
        return RuleSet(
            name=head.name,
            version=head.version,
            policy=head.policy,
            groups=head.groups,
            rules=rules,
        )

    def of_kind(self, categories: Sequence[str], tags: Sequence[str]) -> tuple[int, ...]:
        """Return the entries of ranges that name one of these, in the order given.

        Ranges that name nothing stand in `always`, or in `looked_at` if they look closer.
        """
        found: tuple[int, ...] = ()
        for letter, names in (("c", categories), ("t", tags)):
            for name in names:
                alike = self._alike.get(letter + name)
                found += self._kept(letter + name) if alike is None else alike
        return found

    def _kept(self, name: str) -> tuple[int, ...]:
        """Return what stands under a name that many goods share, and keep it."""
        if len(self._alike) >= NAMES_KEPT:
            self._alike.clear()
        found = self._alike[name] = tuple(self._named(name))
        return found

    def of_goods(self, sku: str, family: str) -> list[int]:
        """Return the entries of ranges that name a SKU or its family."""
        found = self._named("s" + sku)
        return found + self._named("f" + family) if family else found

    def _named(self, name: str) -> list[int]:
        """Return the entries of ranges that name a SKU, family, category or tag."""
        place = _place(name, len(self._sieve))
        if not self._sieve[place >> 3] >> (place & 7) & 1:
            return []  # most goods are named by no rule
        key, check = key_of(name)
        at = bisect_left(self._keys, key)
        while at < len(self._keys) and self._keys[at] == key:
            if self._checks[at] == check:
                return list(self._entries[self._spans[at] : self._spans[at + 1]])
            at += 1
        return []

    def _read(self, position: int) -> Rule:
        data = self._rules[self._starts[position] : self._starts[position + 1]]
        return msgspec.msgpack.decode(data, type=Rule)


def compile_rules(rules: RuleSet) -> bytes:
    """Return a rule set as bytes. Raises TooManyRanges."""
    ordered = sorted(rules.rules, key=attrgetter("id"))
    rank_of = {rule.id: rank for rank, rule in enumerate(ordered)}
    packed = [_encode(rule) for rule in rules.rules]
    starts = [0]
    for data in packed:
        starts.append(starts[-1] + len(data))
    anything, by_name = _index(ordered)
    names = list(by_name)
    by_key = {key_of(name): entries for name, entries in by_name.items()}
    keys = sorted(by_key)
    spans, entries = [0], []
    for key in keys:
        entries.extend(by_key[key])
        spans.append(len(entries))
    head = Head(
        rules.name,
        rules.version,
        rules.policy,
        rules.groups,
        rules_hash(rules),
        tuple(rule.id for rule in ordered),
        tuple(rule.priority for rule in ordered),
        Conditions.of(ordered),
        Marked.of(ordered),
    )
    sections = [
        _encode(head),
        _bytes(starts, "I"),
        _bytes([rank_of[rule.id] for rule in rules.rules], "I"),
        _bytes([key for key, _ in keys], "Q"),
        _bytes([check for _, check in keys], "Q"),
        _bytes(spans, "I"),
        _bytes(entries, "I"),
        _bytes(anything, "I"),
        _sieve(names),
        b"".join(packed),
    ]
    body = _SIZES.pack(*map(len, sections)) + b"".join(sections)
    return _MAGIC + hashlib.blake2b(body, digest_size=16).digest() + body


def _index(ordered: list[Rule]) -> tuple[list[int], dict[str, list[int]]]:
    """Return the ranges that name nothing, and those that name something by its name."""
    anything: list[int] = []
    by_name: dict[str, list[int]] = {}
    for rank, rule in enumerate(ordered):
        ranges = ranges_of(rule)
        if len(ranges) > PARTS_MAX:
            raise TooManyRanges(
                f"rule {rule.id!r} has {len(ranges)} ranges in its slots and needs: at most "
                f"{PARTS_MAX}; split it into several rules"
            )
        for part, wanted in enumerate(ranges):
            entry = (rank * 64 + part) * 2 + _asks_for_more(wanted)
            names = _names_in(wanted)
            if part == 0 and not names and isinstance(rule.benefit, Bundle):
                names = _names_in_slots(rule.benefit)
            if not names:
                anything.append(entry)
            for name in names:
                by_name.setdefault(name, []).append(entry)
    return anything, by_name


def _asks_for_more(wanted: Range) -> bool:
    excepted = wanted.not_skus or wanted.not_categories or wanted.not_tags
    return bool(excepted or wanted.from_minor or wanted.to_minor is not None)


def _names_in(wanted: Range) -> set[str]:
    return {
        *("s" + sku for sku in wanted.skus),
        *("f" + family for family in wanted.families),
        *("c" + category for category in wanted.categories),
        *("t" + tag for tag in wanted.tags),
    }


def _names_in_slots(bundle: Bundle) -> set[str]:
    """Return what the slots name: other goods have no place in the bundle, whatever its range."""
    names = [_names_in(slot.range) for slot in bundle.slots]
    return set().union(*names) if all(names) else set()


@lru_cache(maxsize=100_000)
def key_of(name: str) -> tuple[int, int]:
    """Return two numbers for a name: with 128 bits of a hash, no other name has both."""
    key, check = _KEY.unpack(hashlib.blake2b(name.encode(), digest_size=_KEY.size).digest())
    return key, check


def _sieve(names: Sequence[str]) -> bytes:
    """Return a bit for each name, and as good as none for others: 16 bits or more for each."""
    size = 1 << max(3, (2 * len(names)).bit_length())
    bits = bytearray(size)
    for name in names:
        place = _place(name, size)
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def _place(name: str, size: int) -> int:
    return crc32(name.encode()) & (8 * size - 1)


def _bytes(numbers: list[int], code: str) -> bytes:
    made = array(code, numbers)
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def _numbers(view: memoryview, code: str) -> Sequence[int]:
    if sys.byteorder == "little":
        return view.cast(code)  # type: ignore[call-overload,no-any-return]
    made = array(code, view.tobytes())
    made.byteswap()
    return made
