"""Units, their kinds, and the price layer: what the choice of promotions starts from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reference.pricing import rounded
from reference.promotions_scope import counts, covers, seen_by

from cashwrap.money import PPM
from cashwrap.promotions.model import BasketLine, Occasion
from cashwrap.promotions.rules import Need, Off, Policy, Rule, RuleSet

Counted = tuple[BasketLine, int, int]
"""A line, what one of its units comes to, and how many units."""


@dataclass(frozen=True)
class Kind:
    """Units that no rule can tell apart, and the lines on which they stand."""

    line: BasketLine  # any one of them, for its goods
    price: int  # of one unit, after special prices
    floor: int
    specials: tuple[tuple[str, int], ...]  # rules of the price layer and what each takes off a unit
    count: int
    lines: tuple[tuple[int, int], ...]  # line number and units

    @property
    def room(self) -> int:
        return max(0, self.price - self.floor)

    @property
    def whole(self) -> bool:
        return not self.line.divisible


def by_turn(rules: Iterable[Rule]) -> list[Rule]:
    """High priority first, then by id."""
    return sorted(rules, key=lambda rule: (-rule.priority, rule.id))


def kinds_of(rules: RuleSet, lines: Sequence[BasketLine], occasion: Occasion) -> list[Kind]:
    """All units in canonical order, dearest first, with their special prices."""
    in_force = [
        rule
        for rule in by_turn(rules.rules)
        if rule.layer == "price"
        and counts(rule, occasion)
        and all(is_met(need, as_put(need, lines), rules.policy) for need in rule.needs)
    ]
    alike: dict[tuple[object, ...], list[BasketLine]] = {}
    for line in lines:
        specials = special_prices(line, in_force, rules.policy)
        alike.setdefault((*looks(line, specials), specials), []).append(line)
    return [kind_of(alike[key], key[-1], rules.policy) for key in sorted(alike)]


def looks(line: BasketLine, specials: tuple[tuple[str, int], ...]) -> tuple[object, ...]:
    """What rules can see of a unit, in the order in which it decides the canonical order."""
    goods = line.goods
    return (
        -(line.unit_minor - sum(minor for _, minor in specials)),
        goods.sku,
        line.list_minor,
        line.least_minor,
        goods.family,
        goods.categories,
        goods.tags,
        line.divisible,
        line.quantity_milli if line.divisible else 0,
        line.fixed_price,
        line.measure_ppm,
        line.unit_minor,
    )


def kind_of(lines: list[BasketLine], specials: object, policy: Policy) -> Kind:
    assert isinstance(specials, tuple)
    first = lines[0]
    return Kind(
        line=first,
        price=first.unit_minor - sum(minor for _, minor in specials),
        floor=max(first.least_minor, policy.floor_minor),
        specials=specials,
        count=sum(line.units for line in lines),
        lines=tuple(sorted((line.line, line.units) for line in lines)),
    )


def special_prices(
    line: BasketLine, in_force: list[Rule], policy: Policy
) -> tuple[tuple[str, int], ...]:
    """What each rule of the price layer takes off one unit."""
    floor = max(line.least_minor, policy.floor_minor)
    price = line.unit_minor
    given: list[tuple[str, int]] = []
    for rule in in_force:
        if not (seen_by(rule, line, policy) and covers(rule.range, line)):
            continue
        minor = off(rule.benefit.off, rule, line, price, floor, policy)
        if minor and policy.special_prices == "compound":
            given.append((rule.id, minor))
            price -= minor
        elif minor > sum(minor for _, minor in given):
            given = [(rule.id, minor)]
    return tuple(given)


def off(take: Off, rule: Rule, line: BasketLine, price: int, floor: int, policy: Policy) -> int:
    """What comes off one unit of this price, at most its room."""
    if take.percent_ppm is not None:
        mode = rule.arithmetic.percent_rounding or policy.percent_rounding
        asked = rounded(percent_base(rule, line, price, policy) * take.percent_ppm, PPM, mode)
    elif take.amount_minor is not None:
        asked = for_quantity(take.amount_minor, line)
    else:
        assert take.price_minor is not None
        asked = price - for_quantity(take.price_minor, line)
    return max(0, min(asked, price - floor))


def percent_base(rule: Rule, line: BasketLine, price: int, policy: Policy) -> int:
    of = rule.arithmetic.percent_of or policy.percent_of
    return line.list_minor if of == "list" else price


def for_quantity(minor: int, line: BasketLine) -> int:
    """Prices and amounts are for one unit, of weighed goods for 1000 of the quantity."""
    return rounded(minor * line.quantity_milli, 1000, "half_up") if line.divisible else minor


# -- measuring ------------------------------------------------------------------------------------


def money(parts: Iterable[Counted]) -> int:
    """The sum in the terms in which thresholds are measured (net or gross), rounded once."""
    return rounded(sum(one * n * line.measure_ppm for line, one, n in parts), PPM, "half_up")


def pieces(parts: Iterable[Counted], policy: Policy) -> int:
    return sum(n for line, _, n in parts if policy.weighed_in_groups or not line.divisible)


def times_met(need: Need, parts: Iterable[Counted], policy: Policy) -> int | None:
    """How often the cart holds what is needed; None: as often as you like."""
    inside = [part for part in parts if covers(need.range, part[0])]
    over = 1 if need.above else 0
    times = []
    if need.minor:
        times.append((money(inside) - over) // need.minor)
    if need.count:
        times.append((pieces(inside, policy) - over) // need.count)
    return max(0, min(times)) if times else None


def is_met(need: Need, parts: Iterable[Counted], policy: Policy) -> bool:
    return times_met(need, parts, policy) != 0


def as_put(need: Need, lines: Sequence[BasketLine]) -> list[Counted]:
    """The cart as a need of the price layer sees it."""
    at_list = need.measured == "list"
    return [(line, line.list_minor if at_list else line.unit_minor, line.units) for line in lines]


def before_item(need: Need, kinds: Sequence[Kind]) -> list[Counted]:
    """The cart as a need sees it that is not measured after the item layer."""
    at_list = need.measured == "list"
    return [(k.line, k.line.list_minor if at_list else k.price, k.count) for k in kinds]
