"""The workload in our rules, and how long ours takes for it."""

from time import perf_counter_ns

from environment import Priced
from offers import Offer, Workload

from cashwrap.promotions.engine import PromotionEngine, Solution
from cashwrap.promotions.model import BasketLine, Goods, Occasion
from cashwrap.promotions.rules import Group, Off, Range, Rule, RuleSet, SetPrice, Spend, Step

OCCASION = Occasion(1_796_011_200_000, 1_796_011_200_000)


def rules_of(offers: tuple[Offer, ...]) -> RuleSet:
    """Return the same offers as rules; each threshold is a rule of its own, as with the peers."""
    return RuleSet(name="peers", rules=tuple(_rule(offer) for offer in offers))


def _rule(offer: Offer) -> Rule:
    if offer.kind == "spend":
        step = Step(at_minor=offer.count, off=Off(amount_minor=offer.value))
        return Rule(id=offer.id, layer="order", benefit=Spend(steps=(step,)))
    skus = Range(skus=tuple(f"SKU{number}" for number in offer.goods))
    if offer.kind == "free":
        benefit: Group | SetPrice = Group(
            every=offer.count, off=Off(percent_ppm=offer.value), which="cheapest"
        )
    else:
        off = {
            "percent": Off(percent_ppm=offer.value),
            "price": Off(price_minor=offer.value),
            "amount": Off(amount_minor=offer.value),
        }[offer.kind]
        benefit = SetPrice(count=offer.count, off=off)
    return Rule(id=offer.id, layer="item", range=skus, benefit=benefit)


def lines_of(work: Workload) -> list[BasketLine]:
    """Return the basket's lines."""
    return [
        BasketLine(line, Goods(f"SKU{number}"), work.prices_minor[number], units,
                   work.prices_minor[number])
        for line, (number, units) in enumerate(work.basket, 1)
    ]  # fmt: skip


class Ours:
    """Our engine with the workload; each `price` prices the whole basket from nothing."""

    def __init__(self, work: Workload) -> None:
        self._engine, self._lines = PromotionEngine(rules_of(work.offers)), lines_of(work)
        self._total_minor = sum(line.unit_minor * line.units for line in self._lines)
        self.proved = self._solved().certificate.proved

    def price(self) -> Priced:
        """Price the workload once, the line x rule matrix included."""
        began = perf_counter_ns()
        solution = self._solved()
        saving = solution.saving_minor
        return Priced(perf_counter_ns() - began, saving, self._total_minor)

    def _solved(self) -> Solution:
        basket = self._engine.basket(OCCASION)
        for line in self._lines:
            basket.put(line)
        return basket.solve()
