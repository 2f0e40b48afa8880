"""What rules of the layers price and item do to the units of a proof, worked out anew."""

from collections.abc import Iterator, Sequence

from cashwrap.promotions.model import BasketLine, UnitsUsed, Use
from cashwrap.promotions.recheck.goods import Shelf, Unit, Unsound, covers
from cashwrap.promotions.recheck.item import Formed, Given, Sums, as_use, formed
from cashwrap.promotions.rules import Bundle, BuyGet, Candidates, Each, Range, Rule, Tiers


def special_prices(rules: Sequence[Rule], shelf: Shelf) -> dict[str, list[Use]]:
    """Give every line its special price by these rules; return what each rule does.

    The lowest price that one of them gives, or (``compound``) one after the other.
    """
    found: dict[str, list[Use]] = {rule.id: [] for rule in rules}
    for number, line in sorted(shelf.lines.items()):
        seeing = [rule for rule in rules if sees(rule, rule.range, line, shelf)]
        compound = shelf.policy.special_prices == "compound"
        for rule, given in (
            _compound(seeing, line, shelf) if compound else _lowest(seeing, line, shelf)
        ):
            shelf.reprice(rule.id, number, given.minor)
            units, minor = line.units, given.minor * line.units
            used = UnitsUsed(number, units, minor)
            found[rule.id].append(Use(given.base_minor * units, minor, (used,), -1, units))
    return found


def _lowest(rules: Sequence[Rule], line: BasketLine, shelf: Shelf) -> Iterator[tuple[Rule, Given]]:
    offers = [(rule, _off_one(rule, line, shelf)) for rule in rules]
    best = min(offers, key=lambda x: (-x[1].minor, -x[0].priority, x[0].id), default=None)
    if best is not None and best[1].minor:
        yield best


def _compound(
    rules: Sequence[Rule], line: BasketLine, shelf: Shelf
) -> Iterator[tuple[Rule, Given]]:
    for rule in sorted(rules, key=lambda rule: (-rule.priority, rule.id)):
        given = _off_one(rule, line, shelf)
        if given.minor:
            yield rule, given


def _off_one(rule: Rule, line: BasketLine, shelf: Shelf) -> Given:
    """Return what a special price takes off one unit as it stands."""
    if not isinstance(rule.benefit, Each):
        raise Unsound(f"rule {rule.id} of the layer price is not for each unit")
    unit = Unit(line, shelf.price[line.line], ())
    return Sums(rule, shelf.policy, per="unit").each([(unit, rule.benefit.off)])[0]


def sees(rule: Rule, range_: Range, line: BasketLine, shelf: Shelf) -> bool:
    """Return whether a rule of these layers may have units of a line."""
    if isinstance(rule.benefit, Bundle) and not covers(rule.range, line):
        return False
    return covers(range_, line) and is_open(rule, line, shelf)


def is_open(rule: Rule, line: BasketLine, shelf: Shelf) -> bool:
    """Return whether a rule of these layers may look at a line, whatever its range."""
    policy = shelf.policy
    if line.fixed_price and policy.overridden == "final":
        return False
    alone = isinstance(rule.benefit, Each | Candidates)
    if line.divisible and not alone and not policy.weighed_in_groups:
        return False
    return shelf.price[line.line] > line.least_minor


def item_uses(rule: Rule, uses: Sequence[Use], shelf: Shelf, cap_minor: int) -> list[Use]:
    """Return the uses as the rule must form them from the units that the proof gives it.

    Takes the units off the shelf. Raises Unsound where they are not permitted.
    """
    if isinstance(rule.benefit, Candidates):
        return _as_said(rule, uses, shelf)
    units = [unit for use in uses for used in use.units for unit in units_of(rule, used, shelf)]
    for unit in units:
        _in_range(rule, unit, shelf)
    if not units:
        raise Unsound("has no units")
    plain = formed(rule, units, Sums(rule, shelf.policy))
    each_saves(rule, plain)
    found = _capped(plain, cap_minor)
    for use in found:
        _serve(rule.id, use.given, shelf)
    return [as_use(use, _times(rule, use), "") for use in found]


def units_of(rule: Rule, used: UnitsUsed, shelf: Shelf) -> Iterator[Unit]:
    """Give the units of an entry, one by one. Raises Unsound where the line has fewer."""
    line = shelf.line(used.line)
    if not 0 < used.units <= line.units:
        raise Unsound(f"takes {used.units} units of line {used.line}, which has {line.units}")
    role = used.role if isinstance(rule.benefit, BuyGet) else "get"
    unit = Unit(line, shelf.price[used.line], shelf.kind(line), used.slot, role)
    return iter([unit] * used.units)


def _in_range(rule: Rule, unit: Unit, shelf: Shelf) -> None:
    slots = ranges_of(rule, unit.role)
    if not 0 <= unit.slot < len(slots):
        raise Unsound(f"fills slot {unit.slot}, which it does not have")
    if not sees(rule, slots[unit.slot], unit.line, shelf):
        raise Unsound(f"takes line {unit.line.line}, which it may not have")


def ranges_of(rule: Rule, role: str) -> tuple[Range, ...]:
    """Return the ranges of the slots in which a rule takes units of a role."""
    if isinstance(rule.benefit, Bundle):
        return tuple(slot.range for slot in rule.benefit.slots)
    if isinstance(rule.benefit, BuyGet) and role == "buy":
        return tuple(slot.range for slot in rule.benefit.buy)
    return (rule.range,)


def each_saves(rule: Rule, plain: Sequence[Formed]) -> None:
    """Every use must save more than nothing: units of `Each`, and those that a tier is for."""
    if sum(use.saving_minor for use in plain) <= 0:
        raise Unsound("saves nothing")
    for use in plain:
        alone = isinstance(rule.benefit, Each | Tiers)
        parts = [[each] for each in use.given] if alone else [list(use.given)]
        if any(sum(each.exact for each in part) <= 0 for part in parts if _asked(part)):
            raise Unsound("has a use that saves nothing")


def _asked(part: Sequence[Given]) -> bool:
    return any(each.asked for each in part)


def _capped(plain: list[Formed], cap_minor: int) -> list[Formed]:
    """Return the uses with what is above the cap taken from the last of them."""
    over = sum(use.saving_minor for use in plain) - cap_minor
    found = []
    for use in reversed(plain):
        given = []
        for each in reversed(use.given):
            less = min(each.minor, max(0, over))
            over -= less
            given.append(each._replace(minor=each.minor - less))
        if use.saving_minor and not any(each.minor for each in given):
            raise Unsound("has a use for which its limit leaves nothing")
        found.append(use._replace(given=tuple(reversed(given))))
    return found[::-1]


def takes_its_end(rule: Rule, shelf: Shelf) -> bool:
    """Return whether its units are the dearest, or cheapest, of those that serve no other rule.

    To be asked when all rules of the item layer have theirs.
    """
    ranges = [*ranges_of(rule, "buy"), *ranges_of(rule, "get")]
    open_to_it = sorted(
        (shelf.kind(part.line), not part.served, part.units)
        for part in shelf.parts.values()
        if part.served in ("", rule.id)
        if any(sees(rule, range_, part.line, shelf) for range_ in ranges)
    )
    kinds = [kind for kind, _, units in open_to_it for _ in range(units)]
    mine = [kind for kind, free, units in open_to_it if not free for _ in range(units)]
    return mine == (kinds[: len(mine)] if rule.takes == "dearest" else kinds[-len(mine) :])


def _serve(rule: str, given: Sequence[Given], shelf: Shelf) -> None:
    for each in given:
        shelf.serve(rule, each.unit.line.line, 1, each.minor)


def _times(rule: Rule, use: Formed) -> int:
    alone = isinstance(rule.benefit, Each | Tiers)
    return sum(each.asked for each in use.given) if alone else 1


def _as_said(rule: Rule, uses: Sequence[Use], shelf: Shelf) -> list[Use]:
    """Return a plugin's uses: what each is worth is the plugin's word; that it fits is checked."""
    for use in uses:
        base = 0
        for used in use.units:
            if used.role != "get" or used.slot:
                raise Unsound(f"line {used.line} has the role {used.role!r}, slot {used.slot}")
            units = list(units_of(rule, used, shelf))
            _in_range(rule, units[0], shelf)
            if not 0 <= used.minor <= units[0].room_minor * len(units):
                raise Unsound(f"takes {used.minor} off line {used.line}, which has no room for it")
            shelf.serve(rule.id, used.line, used.units, used.minor)
            base += sum(unit.price_minor for unit in units)
        saving = sum(used.minor for used in use.units)
        if (use.base_minor, use.saving_minor, use.step, use.times) != (base, saving, -1, 1):
            raise Unsound(f"a use is of {base} and saves {saving}")
    return list(uses)
