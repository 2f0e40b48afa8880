"""How tills choose among promotions that want the same units, on dense carts.

Each strategy gets a cart and returns what is left to pay. All of them know the rules of a single
promotion as well as the engine does; they differ in how promotions are chosen among each other.
Tiers and the coupon follow on what is left, each if it is reached, but for the last strategy but
one, in which a single promotion is all that an order gets.
"""

import random
from collections.abc import Callable, Iterable, Sequence

from cashwrap.bench.dense import FREE, PAIR, PERCENT, SECOND, SET
from cashwrap.bench.every_plan import ITEM_RULES, Cart, Use, payable, savings

TYPE_ORDER = (PAIR, SET, FREE, SECOND, PERCENT)  # what binds the most goods first
RANDOM_ORDERS = 50


def fixed_order(cart: Cart) -> int:
    """Promotions one type after the other, each as often as it fits, on the best units for it."""
    return payable(cart.total_minor - _in_order(cart, TYPE_ORDER))


def biggest_first(cart: Cart) -> int:
    """The use that saves most, then the next of what is left, and so on."""
    return payable(cart.total_minor - _greedy(_all_uses(cart), _saving))


def saving_per_unit_first(cart: Cart) -> int:
    """The use that saves most for each unit that it takes, then the next."""
    return payable(cart.total_minor - _greedy(_all_uses(cart), _saving_per_unit))


def random_orders(cart: Cart) -> int:
    """The best of 50 random orders of the promotions."""
    rolls = random.Random(cart.total_minor)
    orders = (rolls.sample(ITEM_RULES, len(ITEM_RULES)) for _ in range(RANDOM_ORDERS))
    return min(payable(cart.total_minor - _in_order(cart, order)) for order in orders)


def one_per_order(cart: Cart) -> int:
    """One promotion for the whole order, that which saves most: of goods, tiers, or the coupon."""
    item = max(max(use.saving_minor for use in cart.plans(rule)) for rule in ITEM_RULES)
    return min(cart.total_minor - item, payable(cart.total_minor, both=False))


def item_then_order(cart: Cart) -> int:
    """The best choice among item promotions; then tiers and coupon on what it leaves."""
    return payable(cart.total_minor - max(savings(cart)))


STRATEGIES: dict[str, Callable[[Cart], int]] = {
    "fixed order of types": fixed_order,
    "biggest saving first": biggest_first,
    "saving per unit first": saving_per_unit_first,
    "best of 50 random orders": random_orders,
    "one promotion per order": one_per_order,
    "best of items, then of the order": item_then_order,
}


def _in_order(cart: Cart, rules: Iterable[str]) -> int:
    """Return what promotions save one after the other, each given the best of what is left."""
    used = saved = 0
    for rule in rules:
        free = (use for use in cart.plans(rule) if not use.units & used)
        best = max(free, key=lambda use: (use.saving_minor, -use.units))
        used |= best.units
        saved += best.saving_minor
    return saved


def _greedy(uses: Sequence[Use], worth: Callable[[Use], float]) -> int:
    used = saved = 0
    for use in sorted(uses, key=worth, reverse=True):
        if not use.units & used:
            used |= use.units
            saved += use.saving_minor
    return saved


def _all_uses(cart: Cart) -> list[Use]:
    return [use for rule in ITEM_RULES for use in cart.uses(rule)]


def _saving(use: Use) -> float:
    return use.saving_minor


def _saving_per_unit(use: Use) -> float:
    return use.saving_minor / use.units.bit_count()
