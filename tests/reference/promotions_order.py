"""What rules of the order, coupon and points layers take off, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from reference.pricing import rounded, shared
from reference.promotions_scope import covers, money_cap
from reference.promotions_units import Counted, Kind, money, pieces

from cashwrap.money import PPM
from cashwrap.promotions.model import Occasion
from cashwrap.promotions.rules import PayPoints, Policy, Range, Rule, Spend, Step


@dataclass(frozen=True)
class Parcel:
    """Units of one kind that serve the same rule of the item layer, or none: shared as one."""

    at: int  # position of the kind in canonical order
    kind: Kind
    rule: Rule | None
    units: int
    item_minor: int  # what the item layer took off them

    @property
    def after_item(self) -> int:
        return self.kind.price * self.units - self.item_minor


@dataclass(frozen=True)
class Taken:
    """What one rule took off: of each parcel in its range, and what that was measured on."""

    rule: Rule
    base: int
    step: int
    times: int
    minors: tuple[int, ...]  # of all parcels, 0 outside the range
    inside: tuple[int, ...]

    @property
    def saving(self) -> int:
        return sum(self.minors)


@dataclass(frozen=True)
class Standing:
    """The parcels and what is left of each when a rule's turn comes."""

    parcels: Sequence[Parcel]
    left: tuple[int, ...]
    points: int  # of the customer, still to be spent

    def after(self, taken: Taken) -> "Standing":
        left = tuple(a - b for a, b in zip(self.left, taken.minors, strict=True))
        spent = taken.times if isinstance(taken.rule.benefit, PayPoints) else 0
        return Standing(self.parcels, left, self.points - spent)

    def room(self, i: int) -> int:
        parcel = self.parcels[i]
        return max(0, self.left[i] - parcel.kind.floor * parcel.units)


def in_range(rule: Rule, parcel: Parcel, special_tags: dict[str, tuple[str, ...]]) -> bool:
    """Whether the rule covers the parcel: its goods, and not promoted where that is asked."""
    if not covers(rule.range, parcel.kind.line):
        return False
    givers = [special_tags[rule_id] for rule_id, _ in parcel.kind.specials]
    givers += [parcel.rule.tags] if parcel.rule else []
    unwanted = set(rule.range.not_promoted_by)
    return not any("*" in unwanted or unwanted & set(tags) for tags in givers)


def take(rule: Rule, standing: Standing, inside: list[int], cart: "Setting") -> Taken | None:
    """What the rule gives now; None where it gives nothing."""
    if isinstance(rule.benefit, PayPoints):
        return pay_points(rule, rule.benefit, standing, inside, cart)
    assert isinstance(rule.benefit, Spend)
    return spend(rule, rule.benefit, standing, inside, cart)


@dataclass(frozen=True)
class Setting:
    """What stays the same for all rules of a cart."""

    policy: Policy
    occasion: Occasion


# -- thresholds -----------------------------------------------------------------------------------


def spend(
    rule: Rule, benefit: Spend, standing: Standing, inside: list[int], cart: Setting
) -> Taken | None:
    """The step that gives most, of those reached."""
    best: Taken | None = None
    base = [measured(standing, i, benefit.measured) for i in inside]
    beside = fees_counted(rule, cart)
    for number, step in enumerate(benefit.steps):
        times = times_reached(step, benefit, base, beside, cart.policy)
        if not times:
            continue
        again = benefit.every and number == len(benefit.steps) - 1
        k = min(times, benefit.times or times) if again else 1
        minors = step_off(rule, step, k, standing, inside, cart)
        taken = Taken(rule, base_money(base) + beside, number, k, minors, tuple(inside))
        if taken.saving and (best is None or taken.saving > best.saving):
            best = taken
    return best


def measured(standing: Standing, i: int, at: str) -> tuple[Counted, int]:
    """The parcel as a threshold sees it: units, and their money together."""
    parcel = standing.parcels[i]
    line = parcel.kind.line
    total = {
        "list": line.list_minor * parcel.units,
        "price": parcel.kind.price * parcel.units,
        "item": parcel.after_item,
        "current": standing.left[i],
    }[at]
    return (line, 0, parcel.units), total


def fees_counted(rule: Rule, cart: Setting) -> int:
    """The fees of the order, where thresholds on all goods count them."""
    if not cart.policy.fees_count or rule.range != Range():
        return 0
    return sum(minor for _, minor in cart.occasion.fees)


def base_money(base: list[tuple[Counted, int]]) -> int:
    return money((line, total, 1) for (line, _, _), total in base)


def times_reached(
    step: Step, benefit: Spend, base: list[tuple[Counted, int]], fees: int, policy: Policy
) -> int:
    """How often the threshold fits into the base."""
    over = 1 if benefit.above else 0
    times = []
    if step.at_minor:
        times.append((base_money(base) + fees - over) // step.at_minor)
    if step.at_count:
        times.append((pieces((part for part, _ in base), policy) - over) // step.at_count)
    return max(0, min(times, default=1))


def step_off(
    rule: Rule, step: Step, k: int, standing: Standing, inside: list[int], cart: Setting
) -> tuple[int, ...]:
    """What the step takes off each parcel."""
    assert isinstance(rule.benefit, Spend)
    left = [standing.left[i] for i in inside]
    rooms = [standing.room(i) for i in inside]
    weights = left
    if step.off.percent_ppm is not None:
        weights, asked = percent_off(rule, step.off.percent_ppm, standing, inside, cart)
    elif step.off.amount_minor is not None:
        asked = step.off.amount_minor * k
    else:
        assert step.off.price_minor is not None
        asked = max(0, sum(left) - step.off.price_minor)
    bounds = [rule.benefit.at_most_minor, money_cap(rule, cart.occasion)]
    granted = min([asked, sum(rooms)] + [bound for bound in bounds if bound is not None])
    return over_parcels(rule, granted, weights, rooms, standing, inside, cart)


def percent_off(
    rule: Rule, ppm: int, standing: Standing, inside: list[int], cart: Setting
) -> tuple[list[int], int]:
    """By what it is shared, and how much: rounded once, for each parcel, or for its units."""
    bases = [standing.left[i] for i in inside]
    if (rule.arithmetic.percent_of or cart.policy.percent_of) == "list":
        parcels = [standing.parcels[i] for i in inside]
        bases = [parcel.kind.line.list_minor * parcel.units for parcel in parcels]
    mode = rule.arithmetic.percent_rounding or cart.policy.percent_rounding
    per = rule.arithmetic.percent_per or cart.policy.order_percent_per
    if per == "once":
        return bases, rounded(sum(bases) * ppm, PPM, mode)
    sizes = [standing.parcels[i].units if per == "unit" else 1 for i in inside]
    each = [
        min(rounded(base * ppm, n * PPM, mode) * n, standing.room(i))
        for base, n, i in zip(bases, sizes, inside, strict=True)
    ]
    return each, sum(each)


def over_parcels(
    rule: Rule,
    granted: int,
    weights: list[int],
    rooms: list[int],
    standing: Standing,
    inside: list[int],
    cart: Setting,
) -> tuple[int, ...]:
    minors = [0] * len(standing.parcels)
    if granted > 0:
        odd = rule.arithmetic.odd_cents or cart.policy.odd_cents
        for i, minor in zip(inside, shared(granted, weights, rooms, odd), strict=True):
            minors[i] = minor
    return tuple(minors)


# -- points ---------------------------------------------------------------------------------------


def pay_points(
    rule: Rule, benefit: PayPoints, standing: Standing, inside: list[int], cart: Setting
) -> Taken | None:
    """As many whole multiples as the customer has and wants, and the range allows."""
    left = [standing.left[i] for i in inside]
    rooms = [standing.room(i) for i in inside]
    most = [sum(left) * benefit.at_most_ppm // PPM, sum(rooms)]
    bound = money_cap(rule, cart.occasion)
    most += [bound] if bound is not None else []
    k = min(standing.points // benefit.points, min(most) // benefit.minor)
    if k <= 0:
        return None
    minors = over_parcels(rule, k * benefit.minor, left, rooms, standing, inside, cart)
    return Taken(rule, sum(left), -1, k * benefit.points, minors, tuple(inside))


def points_at_hand(occasion: Occasion) -> int:
    wanted = occasion.points_wanted
    return occasion.points if wanted < 0 else min(occasion.points, wanted)
