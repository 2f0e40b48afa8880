"""Is a stored proof true? Worked out anew from the goods, the occasion and the rules alone.

Nothing here knows the engine: plain Python from the meaning of rules (docs/promotions.md). That the
plan is the best one is the certificate's business; that it is permitted, and that every figure
follows from the rules, is shown here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from cashwrap.errors import Issue
from cashwrap.pricing.model import Allocation, Priced
from cashwrap.promotions.digest import rules_hash
from cashwrap.promotions.explain.extras import extras
from cashwrap.promotions.model import AppliedRule, Occasion, PriceProof, Use
from cashwrap.promotions.occasions import why_not
from cashwrap.promotions.recheck import choice
from cashwrap.promotions.recheck.goods import Shelf, Unsound
from cashwrap.promotions.recheck.order import base_of, fees_of, pay_points, points_there, spend
from cashwrap.promotions.recheck.reasons import wrong_reasons
from cashwrap.promotions.recheck.units import item_uses, special_prices, takes_its_end
from cashwrap.promotions.rules import LAYERS, Candidates, PayPoints, Policy, Rule, RuleSet, Spend

CODE = "promotions.unsound"


def recheck_promotions(
    priced: Priced, rules: RuleSet, proof: PriceProof, parts: Mapping[int, int] | None = None
) -> list[Issue]:
    """Return everything in a sale's proof that is not so; none for a sound one.

    What the search itself says (steps, gap, that a plan is the best) only solving again can show.

    ``rules`` is the rule set of the proof's hash. ``parts`` says of which set meal's line another
    line is a part; rules see the meal, or its parts where these are lines of the proof.
    """
    seen = {line.line for line in proof.lines}
    of_meal = {part: meal for part, meal in (parts or {}).items() if part not in seen}
    tenders = {rule.id for rule in rules.rules if rule.settlement == "tender"}
    applied = [each for each in proof.applied if each.rule not in tenders]  # they pay, no more
    return [
        *recheck_proof(proof, rules),
        *_cells(priced.allocations, applied, of_meal),
        *_by_hand(priced.allocations, proof, of_meal),
    ]


def recheck_proof(proof: PriceProof, rules: RuleSet) -> list[Issue]:
    """Return everything in a proof that does not follow from its goods, occasion and rules."""
    given = rules_hash(rules)
    if given != proof.rules_hash:
        why = f"is of rule set {proof.rules_hash}, but was given {given}: give it that one"
        return [Issue("proof", CODE, why)]
    if proof.occasion is None:
        return [] if proof == PriceProof(proof.rules_hash) else [_issue("", "has no occasion")]
    try:
        found = list(_Recheck(proof, rules, proof.occasion).run())
        return found or [_issue(rule, why) for rule, why in wrong_reasons(proof, rules)]
    except Unsound as why:
        return [_issue("", str(why))]


def _issue(rule: str, why: str) -> Issue:
    return Issue(f"rule {rule}" if rule else "proof", CODE, why)


Known = list[tuple[AppliedRule, Rule]]


class _Recheck:
    """One proof on its way through the layers."""

    def __init__(self, proof: PriceProof, rules: RuleSet, occasion: Occasion) -> None:
        self.proof = proof
        self.rules = rules
        self.occasion = occasion
        self.by_id = {rule.id: rule for rule in rules.rules}
        fees = fees_of(occasion)
        self.shelf = Shelf(proof.lines, rules.policy, _named(proof, self.by_id), fees)
        self.given_to: dict[str, set[tuple[int, str]]] = defaultdict(set)
        self.points = points_there(occasion)

    def run(self) -> Iterator[Issue]:
        """Give what is wrong."""
        known: Known = []
        for each in self.proof.applied:
            yield from (_issue(each.rule, why) for why in self._entry(each))
            if each.rule in self.by_id:
                known.append((each, self.by_id[each.rule]))
        if [rule for _, rule in known] != sorted(
            {rule.id: rule for _, rule in known}.values(), key=_turn(self.rules.policy)
        ):
            yield _issue("", "its rules do not stand in the order in which they apply")
        yield from self._price_layer([x for x in known if x[1].layer == "price"])
        for each, rule in known:
            if rule.layer != "price":
                yield from self._compared(each, rule)
        yield from self._filling([each for each, rule in known if rule.layer == "item"])
        yield from self._together(known)
        yield from self._extras()
        yield from self._totals()

    def _entry(self, each: AppliedRule) -> Iterator[str]:
        """Give what speaks against a rule's standing here at all."""
        rule = self.by_id.get(each.rule)
        if rule is None:
            yield "is not in the rule set"
            return
        if (each.version, each.layer) != (rule.version, rule.layer):
            yield f"is version {rule.version}, layer {rule.layer}: not {each.version}, {each.layer}"
        saved = sum(use.saving_minor for use in each.uses)
        if saved != each.saving_minor or saved <= 0:
            yield f"saving_minor is {each.saving_minor}, but its uses add up to {saved}"
        if why := why_not(rule, self.occasion):
            yield why.words

    def _price_layer(self, known: Known) -> Iterator[Issue]:
        expected = special_prices([rule for _, rule in known], self.shelf)
        for each, rule in known:
            uses = sorted(expected[rule.id], key=self._first)
            self.given_to[rule.id] = {(use.units[0].line, "") for use in uses}
            yield from (_issue(rule.id, why) for why in _differences(each.uses, uses))

    def _first(self, use: Use) -> tuple[object, ...]:
        """Return where the line of a use of `Each` stands in the canonical order."""
        line = self.shelf.line(use.units[0].line)
        return self.shelf.kind(line), line.line

    def _compared(self, each: AppliedRule, rule: Rule) -> Iterator[Issue]:
        """Give how a rule's uses differ from those that follow from the rule."""
        try:
            uses = self._expected(each, rule)
        except Unsound as why:
            yield _issue(rule.id, str(why))
            return
        codes = choice.coupons(rule, uses, self.occasion)
        uses = [replace(use, coupon=code) for use, code in zip(uses, codes, strict=True)]
        yield from (_issue(rule.id, why) for why in _differences(each.uses, uses))

    def _expected(self, each: AppliedRule, rule: Rule) -> list[Use]:
        cap_minor = choice.cap_minor(rule, self.occasion)
        if rule.layer == "item":
            uses = item_uses(rule, each.uses, self.shelf, cap_minor)
            self.given_to[rule.id] = {(u.line, rule.id) for use in uses for u in use.units}
            return uses
        base = base_of(rule, self.shelf, self.by_id)
        self.given_to[rule.id] = {(part.line.line, part.served) for part in base.parts}
        use = None
        if isinstance(rule.benefit, Spend):
            use = spend(rule, rule.benefit, base, self.shelf, cap_minor)
        elif isinstance(rule.benefit, PayPoints):
            use = pay_points(rule, rule.benefit, base, self.shelf, cap_minor, self.points)
            self.points -= use.times if use else 0
        if use is None:
            raise Unsound("applied, but gives nothing here")
        return [use]

    def _filling(self, item: Sequence[AppliedRule]) -> Iterator[Issue]:
        """Lines of a kind are filled in order of line number, rule by rule."""
        filled: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for each in sorted(item, key=lambda each: each.rule):
            for used in (used for use in each.uses for used in use.units):
                line = self.shelf.lines.get(used.line)
                if line is not None:
                    filled[self.shelf.kind(line)] += [used.line] * used.units
        for kind, numbers in filled.items():
            alike = [x for _, x in sorted(self.shelf.lines.items()) if self.shelf.kind(x) == kind]
            in_turn = [line.line for line in alike for _ in range(line.units)]
            if numbers != in_turn[: len(numbers)]:
                yield _issue("", f"lines {sorted(set(in_turn))} are alike, but not used in turn")

    def _together(self, known: Known) -> Iterator[Issue]:
        for each, rule in known:
            found = [
                *choice.limits(rule, each.uses, self.occasion, self.shelf),
                *choice.needs(rule, each.uses, self.shelf),
            ]
            yield from (_issue(rule.id, why) for why in found)
            if rule.takes != "best" and not takes_its_end(rule, self.shelf):
                yield _issue(rule.id, f"does not take the {rule.takes} units that were free")
        rows = [rule for _, rule in known]
        for clash in choice.conflicts(self.rules, rows, self.given_to.__getitem__):
            yield _issue(clash.rule, clash.words)

    def _extras(self) -> Iterator[Issue]:
        """Give where fees, points and coupons are not what the goods come to."""
        ids = {each.rule for each in self.proof.applied}
        if self._lost():
            yield _issue("", "speaks of lines that are not on the sale")
            return
        if ids - self.by_id.keys():
            return  # said already: there is nothing to measure on
        proof = self.proof
        found = extras(self.rules, proof.lines, self.occasion, proof.applied, proof.by_hand)
        for name in ("fees", "rewards"):
            stored, follows = getattr(self.proof, name), getattr(found, name)
            if stored != follows:
                yield _issue("", f"{name} are {stored}, but {follows} follow")

    def _lost(self) -> bool:
        uses = (use for each in self.proof.applied for use in each.uses)
        lines = [used.line for use in uses for used in use.units]
        lines += [line for line, _ in self.proof.by_hand]
        return any(line not in self.shelf.lines for line in lines)

    def _totals(self) -> Iterator[Issue]:
        certificate = self.proof.certificate
        payable = sum(part.amount_minor for part in self.shelf.parts.values())
        if certificate.payable_minor != payable:
            yield _issue("", f"payable_minor is {certificate.payable_minor}, but {payable} is left")
        if certificate.gap_minor < 0 or certificate.proved != (certificate.gap_minor == 0):
            yield _issue("", f"proved: {certificate.proved}, gap {certificate.gap_minor}")
        if certificate.nodes < 0:
            yield _issue("", f"counts {certificate.nodes} steps")


def _named(proof: PriceProof, rules: Mapping[str, Rule]) -> frozenset[int]:
    """Return the lines that plugins named one by one."""
    uses = (
        use
        for each in proof.applied
        if each.rule in rules and isinstance(rules[each.rule].benefit, Candidates)
        for use in each.uses
    )
    return frozenset(used.line for use in uses for used in use.units)


def _turn(policy: Policy) -> Callable[[Rule], tuple[int, int, str]]:
    """Return the key by which rules come one after the other: layer, priority, id."""
    layers = (*policy.layers, *LAYERS)
    return lambda rule: (layers.index(rule.layer), -rule.priority, rule.id)


def _differences(stored: Sequence[Use], uses: Sequence[Use]) -> Iterator[str]:
    """Give how stored uses differ from those that follow, field by field."""
    if len(stored) != len(uses):
        yield f"has {len(stored)} uses, but {len(uses)} follow from it"
    for i, (was, follows) in enumerate(zip(stored, uses, strict=False), 1):
        for name in Use.__struct_fields__:
            if getattr(was, name) != getattr(follows, name):
                one, other = getattr(was, name), getattr(follows, name)
                yield f"use {i}: {name} is {one}, but {other} follows from the rule"


def _by_hand(
    allocations: Iterable[Allocation], proof: PriceProof, parts: Mapping[int, int]
) -> Iterator[Issue]:
    """Give lines of which staff took another amount than fees and rewards were measured with."""
    rules = {each.rule for each in proof.applied} | {"rounding"}
    lines = {line.line for line in proof.lines}
    stored: dict[int, int] = defaultdict(int)
    for cell in allocations:
        line = parts.get(cell.line, cell.line)
        if cell.rule not in rules and line in lines:
            stored[line] += cell.minor
    told = dict(proof.by_hand)
    if not (proof.fees or proof.rewards or told):
        return  # nothing was measured with it
    for line in sorted(stored.keys() | told.keys()):
        if stored[line] != told.get(line, 0):
            one, other = told.get(line, 0), stored[line]
            yield _issue("", f"{one} were taken off line {line} by hand, but {other} stand stored")


def _cells(
    allocations: Iterable[Allocation], applied: Sequence[AppliedRule], parts: Mapping[int, int]
) -> Iterator[Issue]:
    """Give where the stored matrix does not hold what the uses say."""
    rules = {each.rule for each in applied}
    stored: dict[tuple[str, int], int] = defaultdict(int)
    for cell in allocations:
        if cell.rule in rules:
            stored[cell.rule, parts.get(cell.line, cell.line)] += cell.minor
    told: dict[tuple[str, int], int] = defaultdict(int)
    for each in applied:
        for used in (used for use in each.uses for used in use.units):
            told[each.rule, used.line] += used.minor
    for rule, line in sorted(stored.keys() | told.keys()):
        if stored[rule, line] != told[rule, line]:
            one, other = stored[rule, line], told[rule, line]
            yield _issue(rule, f"takes {other} off line {line}, but {one} stands in the matrix")
