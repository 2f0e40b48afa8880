"""What to look for in the prices of carts: each look names what it saw, and how bad it is."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from cashwrap.money import PPM
from cashwrap.promotions.lint.carts import Cart, united
from cashwrap.promotions.lint.cover import margin_ppm
from cashwrap.promotions.lint.price import Pricer, Tried
from cashwrap.promotions.lint.steps import is_free
from cashwrap.promotions.model import Occasion
from cashwrap.promotions.rules import Candidates, Off, PayPoints, Rule


class Sighting(NamedTuple):
    """Something seen: on which carts, with which item (its place, or -1), and how much it is.

    ``look`` sees the same again on smaller carts, if it is still there.
    """

    code: str
    rules: tuple[str, ...]
    worth_minor: int
    carts: tuple[Cart, ...]
    place: int
    occasion: Occasion
    look: "Look"


Look = Callable[["Looker", Occasion, tuple[Cart, ...], int], Iterator[Sighting]]


class Looker(NamedTuple):
    """What all looks need: prices, the rules by id, and the least margin that is no finding."""

    pricer: Pricer
    rules: Mapping[str, Rule]
    margin_ppm: int


def alone(
    at: Looker, occasion: Occasion, carts: tuple[Cart, ...], place: int
) -> Iterator[Sighting]:
    """Look at one cart: goods below cost or for nothing, and a total of zero."""
    tried = at.pricer.price(carts[0], occasion)
    if not tried.cells or not tried.proved:
        return
    by_place: dict[int, dict[str, int]] = {}
    for rule, row in tried.cells:
        if at.rules[rule].settlement == "tender":  # somebody else pays that part
            continue
        for where, minor in row:
            by_place.setdefault(where, {})[rule] = minor
    for where, given in by_place.items():
        for code, worth in _of_line(at, tried, where, given):
            yield Sighting(code, tuple(sorted(given)), worth, carts, where, occasion, alone)
    if tried.payable_minor == 0 and not _meant(at, tried.rules):
        rules = tuple(sorted(tried.rules))
        yield Sighting("free.cart", rules, tried.saving_minor, carts, -1, occasion, alone)


def _of_line(
    at: Looker, tried: Tried, place: int, given: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    item, units = at.pricer.items[place], dict(tried.cart)[place]
    left = item.unit_minor * units - sum(given.values())
    if left == 0 and not _meant(at, given):
        yield "free.goods", item.unit_minor * units
    cost = item.cost_minor
    if cost is None or cost <= 0 or _is_gift(at, given):
        return
    net = item.net_of(left)
    if net < cost * units <= item.net_of(item.unit_minor * units):
        yield "cost.below", cost * units - net
    elif at.margin_ppm and net and (net - cost * units) * PPM // net < at.margin_ppm:
        if margin_ppm(item) >= at.margin_ppm:  # the shelf price itself leaves enough
            yield "cost.thin", net * at.margin_ppm // PPM - (net - cost * units)


def _is_gift(at: Looker, given: Mapping[str, int]) -> bool:
    return any(at.rules[rule].gift for rule in given)


def _meant(at: Looker, given: Mapping[str, int]) -> bool:
    """Return whether one of the rules says by itself that something costs nothing."""
    return _is_gift(at, given) or any(_gives_away(at.rules[rule]) for rule in given)


def _gives_away(rule: Rule) -> bool:
    off = getattr(rule.benefit, "off", None)
    if isinstance(rule.benefit, PayPoints | Candidates) or rule.settlement == "tender":
        return True
    return isinstance(off, Off) and is_free(off)


def adding(
    at: Looker, occasion: Occasion, carts: tuple[Cart, ...], place: int
) -> Iterator[Sighting]:
    """Look at a cart with one more unit of an item: is the total lower?"""
    before = at.pricer.price(carts[0], occasion)
    after = at.pricer.price(united(carts[0], ((place, 1),)), occasion)
    lower = before.payable_minor - after.payable_minor
    if lower > 0 and before.proved:
        gained = _gained(before, after)
        code = "inversion.adding_lowers"
        yield Sighting(code, gained, lower, carts, place, occasion, adding)


def _gained(before: Tried, after: Tried) -> tuple[str, ...]:
    """Return the rules that made the difference: each gives at least half of the most."""
    had = before.rules
    gained = {rule: minor - had.get(rule, 0) for rule, minor in after.rules.items()}
    most = max(gained.values(), default=0)
    return tuple(sorted(rule for rule, minor in gained.items() if minor > 0 and 2 * minor >= most))


def reversed_order(
    at: Looker, occasion: Occasion, carts: tuple[Cart, ...], place: int
) -> Iterator[Sighting]:
    """Look at two carts, the cheaper first, with one more unit of an item in both."""
    cheap, dear = (at.pricer.price(cart, occasion) for cart in carts)
    more = ((place, 1),)
    cheap_after, dear_after = (at.pricer.price(united(cart, more), occasion) for cart in carts)
    turned = cheap_after.payable_minor - dear_after.payable_minor
    proved = dear.proved and cheap_after.proved  # the others may only come to less
    if cheap.payable_minor < dear.payable_minor and turned > 0 and proved:
        gained = _gained(dear, dear_after)
        code = "inversion.order_reversed"
        yield Sighting(code, gained, turned, carts, place, occasion, reversed_order)


def apart(
    at: Looker, occasion: Occasion, carts: tuple[Cart, ...], place: int
) -> Iterator[Sighting]:
    """Look at two carts: do they cost less as two sales than as one?"""
    parts = [at.pricer.price(cart, occasion) for cart in carts]
    whole = at.pricer.price(united(*carts), occasion)
    cheaper = whole.payable_minor - sum(part.payable_minor for part in parts)
    twice = set(parts[0].rules) & set(parts[1].rules)
    if (
        cheaper > 0 and whole.proved and not any(at.rules[rule].coupon for rule in twice)
    ):  # nobody has it twice
        rules = tuple(sorted({rule for part in parts for rule in part.rules}))
        code = "inversion.two_sales"
        yield Sighting(code, rules, cheaper, carts, -1, occasion, apart)
