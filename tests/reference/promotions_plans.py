"""All plans of a cart under some of its rules: which rule each unit serves, and what follows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reference.promotions_groups import Tree
from reference.promotions_item import Served, Shelf, choices, eligible
from reference.promotions_order import (
    Parcel,
    Setting,
    Standing,
    Taken,
    in_range,
    points_at_hand,
    take,
)
from reference.promotions_scope import counts, coupons_of
from reference.promotions_units import (
    Counted,
    Kind,
    before_item,
    is_met,
    kinds_of,
    times_met,
)

from cashwrap.promotions.candidates import CandidateSource
from cashwrap.promotions.model import BasketLine, Occasion
from cashwrap.promotions.rules import PayPoints, Rule, RuleSet, Spend

Key = tuple[object, ...]


@dataclass(frozen=True)
class Cart:
    """A cart under a rule set, and all that is worked out once for it."""

    rules: RuleSet
    shelf: Shelf
    tree: Tree
    choices: Mapping[str, list[Served]]
    tags: Mapping[str, tuple[str, ...]]  # of the rules of the price layer

    @property
    def kinds(self) -> Sequence[Kind]:
        return self.shelf.kinds

    @property
    def occasion(self) -> Occasion:
        return self.shelf.occasion


@dataclass(frozen=True)
class Plan:
    """Which rule each unit serves, which later rules apply, and what is left to pay."""

    cart: Cart
    served: Mapping[str, Served]  # by rule id
    taken: tuple[Taken, ...]  # in the order in which they came
    parcels: tuple[Parcel, ...]
    payable_minor: int
    key: Key

    @property
    def rules(self) -> set[str]:
        """Those that give something, but for special prices."""
        return set(self.served) | {taken.rule.id for taken in self.taken}


def open_cart(
    rules: RuleSet,
    lines: Sequence[BasketLine],
    occasion: Occasion,
    sources: Mapping[str, CandidateSource],
) -> Cart:
    shelf = Shelf(kinds_of(rules, lines, occasion), rules.policy, occasion, sources)
    live = [rule for rule in rules.rules if takes_part(rule, shelf)]
    return Cart(
        rules=rules,
        shelf=shelf,
        tree=Tree.of(rules, live),
        choices={rule.id: list(choices(rule, shelf)) for rule in live if rule.layer == "item"},
        tags={rule.id: rule.tags for rule in rules.rules if rule.layer == "price"},
    )


def takes_part(rule: Rule, shelf: Shelf) -> bool:
    """Whether the rule may take something off goods, as far as is known before the choice."""
    return (
        rule.layer != "price"
        and (rule.layer == "item" or isinstance(rule.benefit, Spend | PayPoints))
        and counts(rule, shelf.occasion)
        and all(
            is_met(need, before_item(need, shelf.kinds), shelf.policy)
            for need in rule.needs
            if need.measured != "item"
        )
    )


def plans(cart: Cart, allowed: list[Rule], fixed: Plan | None) -> Iterator[Plan]:
    before = dict(fixed.served) if fixed else {}
    forced = [taken.rule for taken in fixed.taken] if fixed else []
    item = [rule for rule in allowed if rule.layer == "item"]
    order = in_turn(cart, [rule for rule in allowed if rule.layer != "item"] + forced)
    for served in item_plans(cart, item, before, forced):
        if is_permitted(cart, served):
            yield from order_plans(cart, served, order, forced)


def item_plans(
    cart: Cart, rules: list[Rule], fixed: Mapping[str, Served], forced: list[Rule]
) -> Iterator[Mapping[str, Served]]:
    """Every way to give units to rules, rule by rule."""

    def extend(
        n: int, served: Mapping[str, Served], free: tuple[int, ...]
    ) -> Iterator[Mapping[str, Served]]:
        if n == len(rules):
            yield served
            return
        yield from extend(n + 1, served, free)
        rule = rules[n]
        others = [*(cart.tree.rules[rule_id] for rule_id in served), *forced]
        if any(cart.tree.conflict(rule, other, cart.kinds) for other in others):
            return
        for choice in cart.choices[rule.id]:
            rest = without(free, choice)
            if min(rest) >= 0:
                yield from extend(n + 1, {**served, rule.id: choice}, rest)

    free = tuple(kind.count for kind in cart.kinds)
    for choice in fixed.values():
        free = without(free, choice)
    yield from extend(0, fixed, free)


def without(free: tuple[int, ...], choice: Served) -> tuple[int, ...]:
    rest = list(free)
    for units in choice.taken:
        for kind in units:
            rest[kind] -= 1
    return tuple(rest)


def is_permitted(cart: Cart, served: Mapping[str, Served]) -> bool:
    """What can only be said of the whole item layer: ``takes``, and needs measured after it."""
    rules = [cart.tree.rules[rule_id] for rule_id in served]
    return all(takes_an_end(cart, r, served) and needs_hold(cart, r, served) for r in rules)


def takes_an_end(cart: Cart, rule: Rule, served: Mapping[str, Served]) -> bool:
    """The rule's units are a beginning (or end) of those that serve no other rule."""
    if rule.takes == "best":
        return True
    free = tuple(kind.count for kind in cart.kinds)
    for rule_id, choice in served.items():
        free = free if rule_id == rule.id else without(free, choice)
    mine = [n - rest for n, rest in zip(free, without(free, served[rule.id]), strict=True)]
    at = [k for k, kind in enumerate(cart.kinds) if eligible(rule, kind, cart.shelf)]
    if rule.takes == "cheapest":
        at.reverse()
    row = [i < mine[k] for k in at for i in range(free[k])]
    return row == sorted(row, reverse=True)


def needs_hold(cart: Cart, rule: Rule, served: Mapping[str, Served]) -> bool:
    """Needs measured after the item layer, without the units to which this rule gives."""
    uses = served[rule.id].times if rule.id in served else 1
    counted = after_item(cart, rule, served)
    for need in rule.needs:
        times = times_met(need, counted, cart.rules.policy) if need.measured == "item" else None
        if times is not None and times < (uses if need.repeat else 1):
            return False
    return True


def after_item(cart: Cart, rule: Rule, served: Mapping[str, Served]) -> list[Counted]:
    own = served[rule.id].given if rule.id in served else {}
    counted: list[Counted] = []
    for k, kind in enumerate(cart.kinds):
        off = sum(choice.per_kind.get(k, (0, 0))[1] for choice in served.values())
        given, given_off = own.get(k, (0, 0))
        if kind.count > given:
            total = kind.price * (kind.count - given) - (off - given_off)
            counted += [(kind.line, total, 1), (kind.line, 0, kind.count - given - 1)]
    return counted


# -- the layers after the item layer --------------------------------------------------------------


def in_turn(cart: Cart, rules: list[Rule]) -> list[Rule]:
    """By layer, then priority, then id."""
    layers = cart.rules.policy.layers
    return sorted(rules, key=lambda rule: (layers.index(rule.layer), -rule.priority, rule.id))


def order_plans(
    cart: Cart, served: Mapping[str, Served], rules: list[Rule], forced: list[Rule]
) -> Iterator[Plan]:
    """Every permitted choice of the later rules, each of which gives something."""
    parcels = parcels_of(cart, served)
    setting = Setting(cart.rules.policy, cart.occasion)

    def extend(n: int, standing: Standing, taken: tuple[Taken, ...]) -> Iterator[Plan]:
        if n == len(rules):
            yield plan_of(cart, served, parcels, standing, taken)
            return
        rule = rules[n]
        if rule not in forced:
            yield from extend(n + 1, standing, taken)
        others = [*(cart.tree.rules[rule_id] for rule_id in served), *(t.rule for t in taken)]
        if any(cart.tree.conflict(rule, other, cart.kinds) for other in others):
            return
        if not needs_hold(cart, rule, served):
            return
        inside = [i for i, parcel in enumerate(parcels) if in_range(rule, parcel, cart.tags)]
        if (given := take(rule, standing, inside, setting)) is not None:
            yield from extend(n + 1, standing.after(given), (*taken, given))

    left = tuple(parcel.after_item for parcel in parcels)
    yield from extend(0, Standing(parcels, left, points_at_hand(cart.occasion)), ())


def parcels_of(cart: Cart, served: Mapping[str, Served]) -> tuple[Parcel, ...]:
    parcels = []
    for k, kind in enumerate(cart.kinds):
        rest = kind.count
        for rule_id in sorted(served):
            units, minor = served[rule_id].per_kind.get(k, (0, 0))
            rest -= units
            if units:
                parcels.append(Parcel(k, kind, cart.tree.rules[rule_id], units, minor))
        if rest:
            parcels.append(Parcel(k, kind, None, rest, 0))
    return tuple(parcels)


def plan_of(
    cart: Cart,
    served: Mapping[str, Served],
    parcels: tuple[Parcel, ...],
    standing: Standing,
    taken: tuple[Taken, ...],
) -> Plan:
    payable = sum(standing.left)
    burned: list[tuple[int, int]] = []
    for rule, uses in coupon_uses(cart, served, taken):
        assert rule.coupon is not None
        ends = [end for end, _ in coupons_of(rule, cart.occasion)[:uses]]
        burned += [(end, rule.coupon.face_minor) for end in ends]
    key = (
        payable,
        sum(face for _, face in burned),
        tuple(sorted(end for end, _ in burned)),
        serving(cart, served),
        tuple(sorted(t.rule.id for t in taken)),
    )
    return Plan(cart, dict(sorted(served.items())), taken, parcels, payable, key)


def coupon_uses(
    cart: Cart, served: Mapping[str, Served], taken: tuple[Taken, ...]
) -> list[tuple[Rule, int]]:
    uses = [(cart.tree.rules[rule_id], choice.times) for rule_id, choice in served.items()]
    return [(rule, n) for rule, n in uses + [(t.rule, 1) for t in taken] if rule.coupon]


def serving(cart: Cart, served: Mapping[str, Served]) -> tuple[tuple[str, int], ...]:
    """Unit by unit in canonical order which rule and slot it serves; nothing comes first."""
    row: list[list[tuple[str, int]]] = [[] for _ in cart.kinds]
    for rule_id, choice in served.items():
        for slot, units in enumerate(choice.taken):
            for kind in units:
                row[kind].append((rule_id, slot))
    for kind, units_of_kind in zip(cart.kinds, row, strict=True):
        units_of_kind += [("", 0)] * (kind.count - len(units_of_kind))
    return tuple(unit for units_of_kind in row for unit in sorted(units_of_kind))
