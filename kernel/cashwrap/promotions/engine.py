"""The promotions of a rule set: compiled once, then a basket for each sale, solved after each edit.

The search itself is compiled code (`cashwrap_native.promote`); here is what it is told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, Self

from msgspec.structs import replace

from cashwrap.errors import AmountOverflow
from cashwrap.promotions.candidates import CandidateSource as CandidateSource
from cashwrap.promotions.candidates import gathered
from cashwrap.promotions.choosing import Chooser, split
from cashwrap.promotions.compile import Compiled, ranges_of
from cashwrap.promotions.few_rules import Few
from cashwrap.promotions.match import covers
from cashwrap.promotions.model import (
    AppliedRule,
    BasketLine,
    Certificate,
    Goods,
    Left,
    Occasion,
    PriceProof,
)
from cashwrap.promotions.plan import Pair, Plan
from cashwrap.promotions.rules import LAYERS, Candidates, Layer, Limits, Range, RuleSet
from cashwrap.promotions.stacking import Stacking
from cashwrap.promotions.terms import slot_count, terms_of
from cashwrap_native.promote import Choice, Sheet
from cashwrap_native.promote_rules import LIMIT, Match, Rules

Cells = tuple[tuple[str, Layer, tuple[tuple[int, int], ...]], ...]
Taken = tuple[tuple[tuple[int, int, int], ...], int]
"""A candidate: its (kind, units, minor), and how often it may be used."""

NEVER_MS = 2**63 - 1
_NO_LIMIT, _UNLIMITED = Left(), Limits()
_number = attrgetter("line")
_MATCHES_KEPT = 50_000
_TURNS_MAX = 50  # a basket of more units is sold several uses at a time
_CONFLICTS, _BARS, _ASKS, _LIMITED = 1, 2, 4, 8  # what is said of a rule that most are not


class _Alike(NamedTuple):
    """What rules say of goods that their categories and tags put into the same ranges."""

    pairs: list[tuple[int, int]]  # ranks and ranges, ascending
    looked_at: tuple[int, ...]  # entries of ranges that except some goods, or look at the price


class PromotionEngine:
    """One rule set, ready to price: immutable, and shared by all baskets."""

    def __init__(
        self, rules: RuleSet, *, plugins: Mapping[str, CandidateSource] | None = None
    ) -> None:
        """Compile a rule set; ``plugins`` propose the uses of rules with `Candidates`."""
        self._take(Compiled.of(rules), plugins or {})
        self.__dict__["rules"] = rules

    @classmethod
    def from_compiled(
        cls, blob: bytes, *, plugins: Mapping[str, CandidateSource] | None = None
    ) -> Self:
        """Return an engine from what `compiled` gave. Raises CompiledDamaged."""
        engine = cls.__new__(cls)
        engine._take(Compiled(blob), plugins or {})
        return engine

    def compiled(self) -> bytes:
        """Return the rule set as bytes, to be stored and given to `from_compiled`."""
        return self.set.blob

    @cached_property
    def rules(self) -> RuleSet:
        """The rule set."""
        return self.set.rules

    def basket(self, occasion: Occasion) -> "Basket":
        """Return an empty basket."""
        return Basket(self, occasion)

    # Inside

    def _take(self, compiled: Compiled, plugins: Mapping[str, CandidateSource]) -> None:
        self.set = compiled
        self.plugins = plugins
        head = compiled.head
        self.rules_hash = head.rules_hash
        self.policy = head.policy
        self.stacking = Stacking(head.groups)
        self.positions = {id: rank for rank, id in enumerate(head.ids)}
        self.native = Rules(len(head.ids))
        self.names: list[tuple[str, str]] = [(id, "") for id in head.ids]
        self._defined: set[int] = set()
        self._matches: dict[tuple[Goods, int], Match] = {}
        self._kinds: dict[tuple[int, ...], _Alike] = {}
        self._numbers: dict[str, int] = {}

    def match(self, goods: Goods, unit_minor: int) -> Match:
        """Return which rules have goods of this price in which of their ranges."""
        key = goods, unit_minor
        found = self._matches.get(key)
        if found is None:
            if len(self._matches) >= _MATCHES_KEPT:
                self._matches.clear()
            found = self._matches[key] = self._match(goods, unit_minor)
        return found

    def _match(self, goods: Goods, unit_minor: int) -> Match:
        own = self.set.of_goods(goods.sku, goods.family)
        entries = self.set.of_kind(goods.categories, goods.tags)
        alike = self._kinds.get(entries) or self._alike(entries)
        pairs = alike.pairs
        if own or alike.looked_at:
            parts = dict(pairs)
            self._cover(parts, (*own, *alike.looked_at), goods, unit_minor)
            pairs = self._defined_pairs(parts)
        number = self._numbers.setdefault(goods.sku, len(self._numbers))
        return Match(goods.sku.encode(), _order_of(goods), number, pairs)

    def _alike(self, entries: tuple[int, ...]) -> "_Alike":
        """Return what holds for all goods whose categories and tags stand in these ranges."""
        if len(self._kinds) >= _MATCHES_KEPT:
            self._kinds.clear()
        parts = dict(self.set.always)
        for entry in entries:
            if not entry & 1:
                parts[entry >> 7] = parts.get(entry >> 7, 0) | 1 << (entry >> 1 & 63)
        looked_at = (*self.set.looked_at, *(entry for entry in entries if entry & 1))
        found = self._kinds[entries] = _Alike(self._defined_pairs(parts), looked_at)
        return found

    def _cover(
        self, parts: dict[int, int], entries: Iterable[int], goods: Goods, unit_minor: int
    ) -> None:
        """Add the ranges among these that goods of this price are of."""
        for entry in entries:
            if not entry & 1 or covers(self._range(entry), goods, unit_minor):
                rank = entry >> 7
                parts[rank] = parts.get(rank, 0) | 1 << (entry >> 1 & 63)

    def _range(self, entry: int) -> Range:
        return ranges_of(self.set.rule(entry >> 7))[entry >> 1 & 63]

    def _defined_pairs(self, parts: dict[int, int]) -> list[tuple[int, int]]:
        for rank in parts.keys() - self._defined:
            self._define(rank)
        return sorted(parts.items())

    def _define(self, rank: int) -> None:
        """Tell the compiled search about a rule when goods first match it."""
        rule = self.set.rule(rank)
        plain = self.stacking.is_plain(rule)
        group = LAYERS.index(rule.layer) if plain and self.stacking.takes_one(rule.layer) else -1
        layer = self.policy.layers.index(rule.layer) if rule.layer in self.policy.layers else 9
        turn = self._turns[rank] + layer * len(self.set.head.ids)
        flags = _CONFLICTS if not plain or self.policy.choose == "priority" else 0
        flags |= _BARS if rule.range.not_promoted_by else 0
        flags |= _ASKS if isinstance(rule.benefit, Candidates) else 0
        flags |= _LIMITED if rule.coupon or rule.limits != _UNLIMITED else 0
        terms = terms_of(rule, self.policy)
        self.native.define(rank, flags=flags, turn=turn, group=group, **terms)
        self.names[rank] = (rule.id, rule.layer)
        self._defined.add(rank)

    @cached_property
    def _turns(self) -> list[int]:
        """The place of each rank by priority, high first, then id."""
        found = [0] * len(self.set.head.ids)
        order = sorted(range(len(found)), key=lambda rank: (-self.set.head.priorities[rank], rank))
        for turn, rank in enumerate(order):
            found[rank] = turn
        return found


def _order_of(goods: Goods) -> bytes:
    """Return bytes that are ordered as (family, categories, tags) are."""
    names = (*goods.categories, "\0", *goods.tags, "\0")
    return f"{goods.family}\1{chr(1).join(names)}".encode()


class Basket:
    """The goods of one sale under the rules; `solve` after any edit."""

    def __init__(self, engine: PromotionEngine, occasion: Occasion) -> None:
        policy = engine.policy
        self.engine = engine
        self._sheet = Sheet(
            engine.native,
            floor_minor=policy.floor_minor,
            final_overrides=policy.overridden == "final",
            compound=policy.special_prices == "compound",
            weighed_in_groups=policy.weighed_in_groups,
        )
        self._lines: dict[int, BasketLine] = {}
        self._counting: dict[Match, Match] = {}  # and what of it counts on the occasion
        self._solution: Solution | None = None
        self.occasion = occasion

    @property
    def occasion(self) -> Occasion:
        """Where, when, for whom; setting it judges every rule anew."""
        return self._occasion

    @occasion.setter
    def occasion(self, occasion: Occasion) -> None:
        positions = self.engine.positions
        self._occasion = occasion
        self._active = self.engine.set.head.conditions.active(occasion, positions)
        self._left = dict(occasion.left)
        self._named = {positions[id] for id in self._left if id in positions}
        self._coupons = codes_held(occasion)
        wanted = occasion.points_wanted
        points = occasion.points if wanted < 0 else min(occasion.points, wanted)
        fees = sum(minor for _, minor in occasion.fees)
        self._sheet.forget(max(0, min(points, 2**62)), max(0, min(fees, LIMIT)))
        self._counting.clear()
        self._solution = None
        for line in self._lines.values():
            self.put(line)

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        """The lines, in order of their numbers."""
        return tuple(sorted(self._lines.values(), key=_number))

    def put(self, line: BasketLine) -> None:
        """Add a line, or replace the one of its number. Raises AmountOverflow."""
        match = self.engine.match(line.goods, line.unit_minor)
        try:
            self._sheet.put(
                line.line,
                self._counting.get(match) or self._judge(match),
                line.unit_minor,
                line.units,
                line.list_minor,
                line.least_minor,
                line.divisible,
                line.quantity_milli,
                line.fixed_price,
                line.measure_ppm,
            )
        except OverflowError as why:
            raise AmountOverflow(f"{why}: promotions cannot be worked out") from None
        self._lines[line.line] = line
        self._solution = None

    def drop(self, line: int) -> None:
        """Take a line away, if it is there."""
        if self._lines.pop(line, None) is not None:
            self._sheet.drop(line)
            self._solution = None

    def solve(self) -> "Solution":
        """Return the best plan for the goods as they are. Raises AmountOverflow."""
        if self._solution is None:
            try:
                self._solution = self._solve()
            except OverflowError as why:
                raise AmountOverflow(f"{why}: promotions cannot be worked out") from None
        return self._solution

    def touching(self) -> Sequence[int]:
        """Return the positions in the set of rules whose range or slot covers a line."""
        engine = self.engine
        ranks = {
            rank
            for line in self._lines.values()
            for rank, parts in engine.match(line.goods, line.unit_minor).pairs()
            if parts & ((2 << slot_count(engine.set.rule(rank))) - 1)
        }
        return sorted(engine.set.positions[rank] for rank in ranks)

    # Inside

    def _judge(self, match: Match) -> Match:
        """Say of each rule that the goods match whether it counts, and what its limits leave."""
        asked = self._sheet.admit(match, self._active, _LIMITED)
        if self._named:
            asked += [rank for rank in match.rules() if self._is_named(rank)]
        for rank in asked:
            rule = self.engine.set.rule(rank)
            left = self._left.get(rule.id, _NO_LIMIT)
            held = self._coupons.get(rule.id, ()) if rule.coupon else ()
            uses = [n for n in (rule.limits.order_uses,) if n]
            uses += [left.uses] if left.uses >= 0 else []
            uses += [len(held)] if rule.coupon else []
            money = [n for n in (rule.limits.order_minor,) if n]
            money += [left.minor] if left.minor >= 0 else []
            self._sheet.judge(
                rank,
                True,
                min(uses, default=None),
                min(money, default=None),
                tuple(end for end, _ in held),
            )
        counting = self._counting[match] = self._sheet.counting(match)
        return counting

    def _is_named(self, rank: int) -> bool:
        return rank in self._named and bool(self._active[rank >> 3] >> (rank & 7) & 1)

    def _solve(self) -> "Solution":
        engine = self.engine
        choice = self._sheet.choice()
        ranks = choice.ranks() if choice.flags else []
        bars = self._bars(ranks) if choice.flags & _BARS else []
        candidates: dict[int, list[Taken]] = {}
        faults: list[str] = []
        if choice.flags & _ASKS:
            candidates, faults = self._ask(choice, ranks)
        budget = engine.policy.node_budget
        if not choice.flags & _CONFLICTS:
            choice.search(None, [], bars, candidates, (), None, budget)
            plan = Plan.of(choice)
            if not plan.proved:
                plan = self._with_few(plan, bars, candidates)
        else:
            plan = self._choose(choice, ranks, bars, candidates)
        return Solution(self, plan, tuple(faults))

    def _with_few(self, plan: Plan, bars: list[Pair], candidates: dict[int, list[Taken]]) -> Plan:
        names = self.engine.names

        def search(allowed: Collection[int], nodes: int) -> Plan | None:
            one = self._sheet.choice()
            found = one.search(allowed, [], bars, candidates, (), None, nodes)
            return Plan.of(one) if found else None

        item, later = split(plan.choice.ranks(), lambda rank: names[rank][1] == "item")
        few = Few(plan, item, later, self.engine.policy.node_budget, search)
        few.start(lambda uses: _Limited(self, item, uses, bars))
        return few.grow()

    def _choose(
        self,
        choice: Choice,
        ranks: list[int],
        bars: list[Pair],
        candidates: dict[int, list[Taken]],
    ) -> Plan:
        engine = self.engine

        def search(
            allowed: Collection[int], conflicts: list[Pair], fixed: Plan | None, node_budget: int
        ) -> Plan | None:
            one = self._sheet.choice()
            before = fixed.choice if fixed else None
            forced = before.later_ranks() if before else ()
            found = one.search(allowed, conflicts, bars, candidates, forced, before, node_budget)
            return Plan.of(one) if found else None

        rules, budget = {rank: engine.set.rule(rank) for rank in ranks}, engine.policy.node_budget
        item, _ = split(ranks, lambda rank: rules[rank].layer == "item")
        chooser = Chooser(
            rules,
            engine.stacking,
            choice.share_units,
            search,
            budget,
            lambda uses: _Limited(self, item, uses, bars),
        )
        plan = chooser.best(by_priority=engine.policy.choose == "priority")
        return plan._replace(nodes=chooser.nodes, proved=chooser.proved)

    def _bars(self, ranks: list[int]) -> list[Pair]:
        """Return which rules keep goods that they serve out of the base of which others."""
        set_ = self.engine.set
        givers = {
            r for m in self._counting for r in m.rules() if self.engine.names[r][1] == "price"
        }
        givers.update(rank for rank in ranks if self.engine.names[rank][1] == "item")
        return [
            (rank, giver)
            for rank in ranks
            if (unwanted := set_.rule(rank).range.not_promoted_by)
            for giver in sorted(givers)
            if "*" in unwanted or any(tag in unwanted for tag in set_.rule(giver).tags)
        ]

    def _ask(self, choice: Choice, ranks: list[int]) -> tuple[dict[int, list[Taken]], list[str]]:
        """Ask plugins for the candidates of their rules; a fault leaves the rule out."""
        found: dict[int, list[Taken]] = {}
        faults: list[str] = []
        for rank in ranks:
            if not isinstance(self.engine.set.rule(rank).benefit, Candidates):
                continue
            kinds = choice.kinds(rank)
            lines = [
                replace(self._lines[line], line=number, unit_minor=price, units=units)
                for number, (_, line, price, units) in enumerate(kinds, 1)
            ]
            floor = self.engine.policy.floor_minor
            lines = [replace(line, least_minor=max(floor, line.least_minor)) for line in lines]
            given = gathered(self.engine.set.rule(rank), self.engine.plugins, lines, self.occasion)
            if given.fault:
                faults.append(given.fault)
            found[rank] = [
                (tuple((kinds[n - 1][0], units, minor) for n, units, minor in one.units), one.times)
                for one in given.candidates
            ]
        return found, faults


class _Limited:
    """A basket again, in which item rules may be used so often; ``uses`` None: each at a time."""

    def __init__(
        self, whole: Basket, item: list[int], uses: Mapping[int, int] | None, bars: list[Pair]
    ) -> None:
        engine, lines = whole.engine, whole.lines
        units = sum(line.units for line in lines)
        at_a_time = -(-units // _TURNS_MAX)
        ids, left = engine.set.head.ids, dict(whole.occasion.left)
        for rank in item:
            most, given = uses.get(rank, 0) if uses else at_a_time, left.get(ids[rank], _NO_LIMIT)
            if given.uses >= 0:
                most = min(most, given.uses)
            left[ids[rank]] = Left(most, given.minor)
        self._basket = engine.basket(replace(whole.occasion, left=tuple(left.items())))
        for line in lines:
            self._basket.put(line)
        self._bars = bars

    def choice(self) -> Choice:
        return self._basket._sheet.choice()

    def take(self, units: Mapping[int, int]) -> None:
        for number, taken in units.items():
            line = self._basket._lines[number]
            if taken < line.units:
                self._basket.put(replace(line, units=line.units - taken))
            else:
                self._basket.drop(number)

    def search(self, allowed: Collection[int], node_budget: int) -> Plan | None:
        one = self.choice()
        found = one.search(allowed, [], self._bars, {}, (), None, node_budget)
        return Plan.of(one) if found else None


def codes_held(occasion: Occasion) -> dict[str, list[tuple[int, str]]]:
    """Return each rule's coupons in the order in which they are used: end (never last), code."""
    held: dict[str, list[tuple[int, str]]] = {}
    for coupon in occasion.coupons:
        held.setdefault(coupon.rule, []).append((coupon.expires_ms or NEVER_MS, coupon.code))
    for codes in held.values():
        codes.sort()
    return held


class Solution:
    """What was chosen for a basket as it stood: it does not change with the basket."""

    def __init__(self, basket: Basket, plan: Plan, faults: tuple[str, ...]) -> None:
        self._choice = plan.choice
        self._engine = basket.engine
        self._lines = dict(basket._lines)
        self.occasion = basket.occasion
        self.faults = faults
        payable = plan.choice.payable
        self.payable_minor = payable
        gap = 0 if plan.proved else payable - plan.lowest_minor
        self.certificate = Certificate(payable, gap == 0, gap, plan.nodes)

    @property
    def saving_minor(self) -> int:
        """What comes off altogether."""
        return sum(minor for _, _, row in self.cells for _, minor in row)

    @cached_property
    def cells(self) -> Cells:
        """What each rule takes off each line, in order of application: lines ascending."""
        return self._choice.cells(self._engine.names)

    @cached_property
    def applied(self) -> tuple[AppliedRule, ...]:
        """The rules that gave something, with each of their uses."""
        from cashwrap.promotions.applied import applied_rules

        codes = codes_held(self.occasion)
        return applied_rules(self._choice, self._engine.set, self.cells, self.lines, codes)

    @property
    def rules(self) -> RuleSet:
        """The rule set."""
        return self._engine.rules

    @property
    def rules_hash(self) -> str:
        """The rule set's hash."""
        return self._engine.rules_hash

    @cached_property
    def lines(self) -> tuple[BasketLine, ...]:
        """The lines that were looked at, in order of their numbers."""
        return tuple(sorted(self._lines.values(), key=_number))

    @cached_property
    def touching(self) -> Sequence[int]:
        """The positions in the set of rules whose range or slot covers a line."""
        basket = self._engine.basket(self.occasion)
        for line in self._lines.values():
            basket.put(line)
        return basket.touching()

    def proof(self) -> PriceProof:
        """Return why the promotions are what they are."""
        from cashwrap.promotions.explain.proof import explain  # it looks at solutions in its turn

        return explain(self)
