"""Which discounts go back with the goods that have come back: prorate, bundle_only, recompute."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.money import div_round
from cashwrap.promotions.explain.extras import extras
from cashwrap.promotions.model import AppliedRule, BasketLine, PriceProof, Reward, UnitsUsed, Use
from cashwrap.promotions.repricing import Reprice
from cashwrap.promotions.returns.model import (
    CouponBack,
    CouponsVoided,
    EarnedBack,
    GiftDue,
    Sold,
)
from cashwrap.promotions.rules import PayPoints
from cashwrap_native.allocate import refund_share

Cells = dict[tuple[int, str], int]
"""What a rule took off a line, or takes back of it: by (line, rule)."""


class Discounts(NamedTuple):
    """All that has to go back by now besides the goods' own price."""

    cells: Cells
    gifts_due: tuple[GiftDue, ...] = ()
    gifts_charged: tuple[GiftDue, ...] = ()
    coupons: tuple[CouponBack, ...] = ()
    voided: tuple[CouponsVoided, ...] = ()
    earned: tuple[EarnedBack, ...] = ()
    points: int = 0


def discounts_back(sold: Sold, back: Mapping[int, int], reprice: Reprice) -> Discounts:
    """Return which discounts go back once so much of each line has come back."""
    if sold.proof is None or sold.proof.occasion is None:
        return Discounts({})
    return _Discounts(sold, sold.proof, back, reprice).all()


class _Discounts:
    """One state of a sale: what has come back, what is kept, and what the rest would cost."""

    def __init__(
        self, sold: Sold, proof: PriceProof, back: Mapping[int, int], reprice: Reprice
    ) -> None:
        self.sold = sold
        self.proof = proof
        self.back = back
        self.sale = dict(sold.quantities)
        self.rules = {rule.id: rule for rule in sold.rules.rules}
        self.stored = sold.cells()
        self.kept = [x for x in map(self._keep, proof.lines) if x is not None]
        self._reprice = reprice
        self._again: Sequence[AppliedRule] | None = None

    def all(self) -> Discounts:
        """Return everything that goes back."""
        anew = self._priced_anew()
        cells = self._anew() if anew else self._as_stored()
        due, charged = self._gifts(cells)
        rewards = self._rewards(cells, anew) if self.proof.rewards else {}
        return Discounts(
            cells=cells,
            gifts_due=due,
            gifts_charged=charged,
            coupons=tuple(self._coupons(anew)),
            voided=tuple(self._voided(rewards)),
            earned=tuple(self._earned(rewards)),
            points=self._points(cells),
        )

    def again(self) -> Sequence[AppliedRule]:
        """Return the rules that apply to what is kept, priced again at most once."""
        if self._again is None:
            self._again = self._reprice(self.kept) if self.kept else ()
        return self._again

    def _part(self, line: int, minor: int) -> int:
        """Return the share of an amount of a line that has come back."""
        return refund_share(minor, self.sale.get(line, 1), 0, self.back.get(line, 0))

    def _units_back(self, line: BasketLine) -> int:
        """Return how many units have been touched by what came back."""
        sale = self.sale.get(line.line, 1)
        return -(-self.back.get(line.line, 0) * line.units // sale)

    def _keep(self, line: BasketLine) -> BasketLine | None:
        """Return what is left of a line, None if nothing is."""
        back, sale = self.back.get(line.line, 0), self.sale.get(line.line, 1)
        if back >= sale:
            return None
        if not line.divisible:
            return replace(line, units=line.units - self._units_back(line)) if back else line
        minors = (line.unit_minor, line.list_minor, line.least_minor, line.quantity_milli)
        unit, list_, least, milli = (each - self._part(line.line, each) for each in minors)
        return replace(
            line, unit_minor=unit, list_minor=list_, least_minor=least, quantity_milli=milli
        )

    def _paid(self, each: AppliedRule) -> bool:
        """Return whether it is a voucher that paid like a tender and took nothing off."""
        return self.rules[each.rule].settlement == "tender"

    def _priced_anew(self) -> bool:
        """Return whether goods have come back that a rule of `recompute` had given to."""
        for each in self.proof.applied:
            if self.rules[each.rule].returns.discount == "recompute":
                lines = {used.line for use in each.uses for used in use.units}
                if any(self.back.get(line, 0) for line in lines):
                    return True
        return False

    def _anew(self) -> Cells:
        """Return all discounts, less those that what is kept gets when it is priced again."""
        cells = dict(self.stored)
        for each in (each for each in self.again() if not self._paid(each)):
            for used in (used for use in each.uses for used in use.units):
                place = used.line, each.rule
                cells[place] = cells.get(place, 0) - used.minor
        return cells

    def _as_stored(self) -> Cells:
        """Return each line's share, or of `bundle_only` the discount of all uses touched."""
        cells: Cells = {}
        for each in (each for each in self.proof.applied if not self._paid(each)):
            if self.rules[each.rule].returns.discount == "bundle_only" and each.layer == "item":
                cells |= {(used.line, each.rule): 0 for use in each.uses for used in use.units}
                for used in (used for use in self._touched(each) for used in use.units):
                    cells[used.line, each.rule] += used.minor
            else:
                for line in {used.line for use in each.uses for used in use.units}:
                    cells[line, each.rule] = self._part(line, self.stored[line, each.rule])
        return cells

    def _touched(self, each: AppliedRule) -> list[Use]:
        """Return the uses of which goods have come back: as few as possible.

        Units that serve other rules or none go back first, then whole uses from the last on.
        """
        left = {}
        for line in self.proof.lines:
            own = sum(u.units for use in each.uses for u in use.units if u.line == line.line)
            left[line.line] = max(0, self._units_back(line) - (line.units - own))
        touched, whole = [], []
        for use in reversed(each.uses):
            if all(left[used.line] >= used.units for used in use.units):
                whole.append(use)
                for used in use.units:
                    left[used.line] -= used.units
        for use in reversed(each.uses):
            hit = [used for used in use.units if left[used.line]]
            if use not in whole and hit:
                touched.append(use)
                for used in hit:
                    left[used.line] -= min(left[used.line], used.units)
        return whole + touched

    def _gifts(self, cells: Cells) -> tuple[tuple[GiftDue, ...], tuple[GiftDue, ...]]:
        """Charge kept gifts that what remains no longer earns; return those due, and charged."""
        due: list[GiftDue] = []
        charged: list[GiftDue] = []
        for each in self.proof.applied:
            rule = self.rules[each.rule]
            if not (rule.gift and self.kept and any(self.back.values())) or self._paid(each):
                continue
            for gift in self._unearned(each):
                if rule.returns.gift == "keep":
                    place = gift.line, each.rule
                    cells[place] = self._part(gift.line, self.stored[place])
                    continue
                (due if rule.returns.gift == "return" else charged).append(gift)
                self._charge(gift, cells)
        return tuple(due), tuple(charged)

    def _unearned(self, each: AppliedRule) -> list[GiftDue]:
        found = []
        for line in self.kept:
            had = _given(each.uses, line.line)
            again = [x for x in self.again() if x.rule == each.rule]
            earned = sum(_given(x.uses, line.line) for x in again)
            units = min(had, line.units) - earned
            if units > 0:
                minor = div_round(self.stored[line.line, each.rule] * units, had, "half_up")
                found.append(GiftDue(each.rule, line.line, units, minor))
        return found

    def _charge(self, gift: GiftDue, cells: Cells) -> None:
        """Take a gift's discount back, unless pricing the rest anew has done so already."""
        place = gift.line, gift.rule
        plain = self._part(gift.line, self.stored[place])
        cells[place] = max(cells.get(place, 0), min(plain + gift.minor, self.stored[place]))

    def _coupons(self, anew: bool) -> list[CouponBack]:
        """Return the coupons of rules of which nothing is left."""
        rest = self.again() if anew else ()
        still = {code for x in rest for use in x.uses for code in use.coupon.split()}
        found = []
        for each in self.proof.applied:
            how = self.rules[each.rule].returns.coupon
            for use in (use for use in each.uses if use.coupon):
                gone = all(self._all_back(used.line) for used in use.units)
                for code in use.coupon.split():
                    if gone or (anew and code not in still):
                        found.append(CouponBack(each.rule, code, how))
        if not self.kept:
            spent = [(fee.rule, fee.used) for fee in self.proof.fees]
            spent += [(reward.rule, reward.used) for reward in self.proof.rewards]
            for rule, code in spent:
                if code:
                    found.append(CouponBack(rule, code, self.rules[rule].returns.coupon))
        return found

    def _all_back(self, line: int) -> bool:
        return self.back.get(line, 0) >= self.sale.get(line, 1)

    def _rewards(self, cells: Cells, anew: bool) -> dict[str, Reward]:
        """Return what the rules would give for what is kept, at what it has come to."""
        if not self.kept or self.proof.occasion is None:
            return {}
        left = [self._still(each, cells) for each in self.proof.applied]
        applied = [each for each in left if each.saving_minor]
        stored = {each.rule for each in self.proof.applied}
        applied += [each for each in self.again() if each.rule not in stored] if anew else []
        kept = {line.line for line in self.kept}
        hand = [(n, m - self._part(n, m)) for n, m in self.proof.by_hand if n in kept]
        rest = extras(self.sold.rules, self.kept, self.proof.occasion, applied, hand)
        return {reward.rule: reward for reward in rest.rewards}

    def _still(self, each: AppliedRule, cells: Cells) -> AppliedRule:
        """Return what a rule leaves off what is kept, as one use."""
        used = []
        for line in self.kept:
            place = line.line, each.rule
            if place in self.stored:
                minor = self.stored[place] - cells.get(place, 0)
                units = sum(u.units for use in each.uses for u in use.units if u.line == line.line)
                used.append(UnitsUsed(line.line, min(units, line.units), minor))
        saving = sum(x.minor for x in used)
        return replace(each, saving_minor=saving, uses=(Use(0, saving, tuple(used)),))

    def _voided(self, rest: Mapping[str, Reward]) -> list[CouponsVoided]:
        return [
            CouponsVoided(x.rule, x.coupon, x.count)
            for x in self.proof.rewards
            if x.kind == "coupon" and x.rule not in rest
        ]

    def _earned(self, rest: Mapping[str, Reward]) -> list[EarnedBack]:
        found = []
        for each in self.proof.rewards:
            if each.kind == "points":
                base = each.base_minor - (rest[each.rule].base_minor if each.rule in rest else 0)
                extra = 0 if each.rule in rest else each.extra
                found.append(EarnedBack(each.rule, base, each.times_ppm, extra))
        return found

    def _points(self, cells: Cells) -> int:
        """Return how many points that were spent go back with the discount that they gave."""
        found = 0
        for each in self.proof.applied:
            if isinstance(self.rules[each.rule].benefit, PayPoints):
                minor = sum(m for (_, rule), m in cells.items() if rule == each.rule)
                spent = sum(use.times for use in each.uses)
                minor = min(max(0, minor), each.saving_minor)
                found += div_round(spent * minor, each.saving_minor, "half_up")
        return found


def _given(uses: Sequence[Use], line: int) -> int:
    """Return how many units of a line get something."""
    return sum(u.units for use in uses for u in use.units if u.line == line and u.minor)
