"""Prices the carts of a search with the real engine, and counts them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from cashwrap.promotions.candidates import CandidateSource
from cashwrap.promotions.engine import Basket, PromotionEngine
from cashwrap.promotions.lint.carts import Cart
from cashwrap.promotions.lint.model import CartLine, ShelfItem, ShownCart
from cashwrap.promotions.model import Occasion
from cashwrap.promotions.rules import RuleSet

Cells = tuple[tuple[str, tuple[tuple[int, int], ...]], ...]


NODES_OF_A_CART = 20_000
NODES_A_CART = 1_000
"""How long the engine may search one cart, and all carts on average."""


class BudgetSpent(Exception):
    """So many carts were priced as were allowed; the search ends with what it found."""


class Tried(NamedTuple):
    """A cart and its price: ``cells`` are what each rule took off the items by their places.

    What is not ``proved`` may be another price at a till, where the engine searches longer.
    """

    cart: Cart
    payable_minor: int
    saving_minor: int
    cells: Cells
    proved: bool

    @property
    def rules(self) -> dict[str, int]:
        """Return what each rule gave."""
        return {rule: sum(minor for _, minor in row) for rule, row in self.cells}


class Pricer:
    """Prices carts of a shelf's items; the same cart on the same occasion is priced once."""

    def __init__(
        self,
        rules: RuleSet,
        items: Sequence[ShelfItem],
        budget: int,
        plugins: Mapping[str, CandidateSource],
    ) -> None:
        nodes = min(rules.policy.node_budget, NODES_OF_A_CART)
        quick = replace(rules, policy=replace(rules.policy, node_budget=nodes))
        self.items = items
        self.budget = budget
        self.spent = 0
        self._nodes_left = budget * NODES_A_CART
        self._engine = PromotionEngine(quick, plugins=plugins)
        self._baskets: dict[Occasion, tuple[Basket, dict[int, int]]] = {}
        self._known: dict[tuple[Occasion, Cart], Tried] = {}

    def price(self, cart: Cart, occasion: Occasion) -> Tried:
        """Return what becomes of a cart. Raises BudgetSpent."""
        known = self._known.get((occasion, cart))
        if known is None:
            if self.spent >= self.budget or self._nodes_left <= 0:
                raise BudgetSpent
            self.spent += 1
            known = self._known[occasion, cart] = self._priced(cart, occasion)
        return known

    def extend(self, carts: int) -> None:
        """Allow some more carts than the budget, to make what was found smaller."""
        self.budget = self.spent + carts
        self._nodes_left = carts * NODES_A_CART

    def _priced(self, cart: Cart, occasion: Occasion) -> Tried:
        if occasion not in self._baskets:
            self._baskets[occasion] = (self._engine.basket(occasion), {})
        basket, inside = self._baskets[occasion]
        wanted = dict(cart)
        for place in [place for place in inside if place not in wanted]:
            basket.drop(place + 1)
            del inside[place]
        for place, units in cart:
            if inside.get(place) != units:
                basket.put(self.items[place].basket_line(place + 1, units))
                inside[place] = units
        solved = basket.solve()
        self._nodes_left -= solved.certificate.nodes
        cells = tuple(
            (rule, tuple((line - 1, minor) for line, minor in row))
            for rule, _, row in solved.cells
            if any(minor for _, minor in row)
        )
        proved = solved.certificate.proved
        return Tried(cart, solved.payable_minor, solved.saving_minor, cells, proved)

    def shown(self, tried: Tried) -> ShownCart:
        """Return a cart as a finding shows it."""
        lines = []
        for place, units in tried.cart:
            item = self.items[place]
            lines.append(CartLine(item.goods.sku, item.name, units, item.unit_minor))
        applied = tuple(sorted(tried.rules.items()))
        return ShownCart(tuple(lines), tried.payable_minor, tried.saving_minor, applied)
