"""The promotions of one open sale, kept in step with its pricing cart edit by edit.

What the choice depends on comes from the sale's history alone, so the same history gives the same
prices and the same proof after any restart.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cashwrap.pricing.cart import Cart as Pricing
from cashwrap.pricing.model import Priced
from cashwrap.promotions.model import Occasion, PriceProof
from cashwrap.promotions.rules import Rule
from cashwrap.sale.basket import basket_line
from cashwrap.sale.edits import RulesAt
from cashwrap.sale.fees import fees_of_rules
from cashwrap.sale.line import Header, Line

if TYPE_CHECKING:
    from cashwrap.promotions.engine import PromotionEngine, Solution


class SaleRules:
    """An engine, and what a sale has to know of its rules; made once for a rule set."""

    def __init__(self, engine: "PromotionEngine") -> None:
        self.engine = engine
        marked, rule = engine.set.head.marked, engine.set.rule
        self.judged_now = marked.judged_now
        self.limited = tuple(rule(rank) for rank in marked.limited)
        self.fees = {each.id: each for each in map(rule, marked.fees)}
        self.as_tenders = frozenset(rule(rank).id for rank in marked.tenders)
        self.has_extras = bool(marked.fees or marked.rewards)

    def find(self, rule: str) -> Rule | None:
        """Return a rule by its id, or None."""
        rank = self.engine.positions.get(rule)
        return None if rank is None else self.engine.set.rule(rank)

    def named(self, rule: str) -> Rule:
        """Return a rule that is in the set, by its id."""
        return self.engine.set.rule(self.engine.positions[rule])


class Promoting:
    """The basket of a sale, and what its rules give."""

    def __init__(self, rules: SaleRules, at: RulesAt, began_ms: int) -> None:
        self.rules = rules
        self._policy = rules.engine.policy
        self._at = at
        self._began_ms = began_ms
        self.basket = rules.engine.basket(self._occasion(Header(), began_ms))
        self._proof: tuple[Solution, PriceProof] | None = None
        self.stale = True
        """Whether something other than the goods has changed."""

    def put(self, line: Line, lines: Mapping[int, Line], pricing: Pricing) -> None:
        """Bring a line as it stands in the pricing cart to the basket."""
        if not line.parts or self._policy.meal_is_one_unit:
            self.basket.put(basket_line(line, pricing, self._policy.amounts))
            return
        for part in line.parts:
            made = basket_line(lines[part], pricing, self._policy.amounts)
            self.basket.put(replace(made, fixed_price=line.override_minor is not None))

    def drop(self, line: Line) -> None:
        """Take a line away."""
        for each in (line.number, *line.parts):
            self.basket.drop(each)

    def settle(
        self, header: Header, pricing: Pricing, at_ms: int, lines: Mapping[int, Line]
    ) -> None:
        """Choose anew, and bring what comes off, and the rules' fees, to the pricing cart."""
        if self.stale or self.rules.judged_now or self._policy.fees_count:
            now_ms = at_ms if self.rules.judged_now else self._began_ms
            fees = _fees_at_list(header, pricing) if self._policy.fees_count else ()
            self._ask(self._occasion(header, now_ms, fees))
            self.stale = False
        cells = self.solution.cells
        if self.rules.as_tenders:
            cells = tuple(row for row in cells if row[0] not in self.rules.as_tenders)
        pricing.promote(cells)
        if self.rules.fees:
            self._charge(header, pricing, lines)

    @property
    def solution(self) -> "Solution":
        """Return what is chosen as the basket stands; found once for each change."""
        return self.basket.solve()

    def proof(self) -> PriceProof:
        """Return why the promotions are what they are; worked out once for each solution."""
        solution = self.solution
        if self._proof is None or self._proof[0] is not solution:
            self._proof = solution, solution.proof()
        return self._proof[1]

    def proved(self, priced: Priced, lines: Mapping[int, Line]) -> Priced:
        """Return a result with its rule set and its proof.

        Fees and rewards are of what is left after discounts that staff gave on top.
        """
        proof = self.proof()
        if self.rules.has_extras:
            from cashwrap.promotions.explain.extras import after_hand

            hand = self._by_hand(priced, lines)
            proof = after_hand(proof, self.rules.engine.rules, hand)
        return replace(
            priced,
            rules_hash=proof.rules_hash,
            proved=proof.certificate.proved,
            gap_minor=proof.certificate.gap_minor,
            proof=proof,
        )

    # Inside

    def _ask(self, occasion: Occasion) -> None:
        if occasion != self.basket.occasion:
            self.basket.occasion = occasion

    def _occasion(
        self, header: Header, now_ms: int, fees: tuple[tuple[str, int], ...] = ()
    ) -> Occasion:
        at = self._at
        return Occasion(
            self._began_ms,
            now_ms,
            at.timezone,
            at.store,
            at.channel,
            header.order_type,
            header.member,
            header.tier,
            tuple(group for group in (header.customer, *header.groups) if group),
            header.facts,
            header.tenders,
            tuple(sorted(header.coupons.values(), key=lambda coupon: (coupon.rule, coupon.code))),
            header.points,
            header.points_wanted,
            _ticked(header, "chosen"),
            _ticked(header, "refused"),
            header.left,
            fees,
        )

    def _by_hand(self, priced: Priced, lines: Mapping[int, Line]) -> list[tuple[int, int]]:
        """Return what staff took off each line of the basket, a meal with its parts."""
        known = {line.line for line in self.solution.lines}
        rules = {each.rule for each in self.solution.applied} | {"rounding"}
        taken: dict[int, int] = {}
        for cell in priced.allocations:
            line = lines.get(cell.line)
            meal = line.parent if line is not None and cell.line not in known else 0
            if cell.rule not in rules and (meal or cell.line) in known:
                taken[meal or cell.line] = taken.get(meal or cell.line, 0) + cell.minor
        return sorted(taken.items())

    def _charge(self, header: Header, pricing: Pricing, lines: Mapping[int, Line]) -> None:
        """Put the fees of rules beside those charged by hand, as they stand after discounts."""
        from cashwrap.promotions.explain.extras import extras

        by_hand = tuple(header.fees.values())
        pricing.charge(by_hand)
        charged = pricing.fees()
        if not self._policy.fees_count:
            amounts = tuple((fee.id, fee.amount_minor) for fee in charged)
            self._ask(replace(self.basket.occasion, fees=amounts))
        solution = self.solution
        asked = self.rules.engine.rules, solution.lines, self.basket.occasion, solution.applied
        hand = self._by_hand(pricing.priced(), lines) if header.discounts else []
        found = extras(*asked, hand).fees
        if found:
            more, off = fees_of_rules(found, by_hand, charged, self.rules.fees)
            pricing.charge((*by_hand, *more), off)


def _ticked(header: Header, choice: str) -> tuple[str, ...]:
    return tuple(sorted(rule for rule, made in header.ticked.items() if made == choice))


def _fees_at_list(header: Header, pricing: Pricing) -> tuple[tuple[str, int], ...]:
    """Return the fees charged by hand on goods without promotions."""
    if not header.fees:
        return ()
    pricing.promote(())
    pricing.charge(tuple(header.fees.values()))
    return tuple((fee.id, fee.amount_minor) for fee in pricing.fees())
