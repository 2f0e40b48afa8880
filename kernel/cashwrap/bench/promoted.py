"""A made-up shop's promotions of any number, and baskets under them; the same in every run.

`shop_rules` makes what shops run side by side: of each hundred rules about half are special and
member prices of a few SKUs, a quarter are deals over goods that belong together (second at half
price, buy some get one, any few for a price, quantity prices), a tenth are percentages on a
category, and the rest are bundles, add-ons, spend thresholds and coupons. All of them count at the
occasion that comes with them. Goods are lists of SKUs on a shelf of one of 240 categories, so that
the more rules there are, the more of them meet; one threshold is on everything, 12 are on a
department each and 24 percentages on a whole category, and there are no more of these. ``wide``
rules have no such end: every threshold but the first is on a department, every percentage on a
category, so that of ten thousand rules about two hundred thresholds meet on one basket.
"""

import random
from collections.abc import Callable

from cashwrap.bench.goods import (
    CATEGORIES,
    DEPARTMENTS,
    brand_of,
    categories_of,
    price_of,
    sku_of,
)
from cashwrap.promotions.model import BasketLine, Goods, HeldCoupon, Occasion
from cashwrap.promotions.rules import (
    Bundle,
    BuyGet,
    Coupon,
    Each,
    Group,
    Off,
    Range,
    Rule,
    RuleSet,
    Scope,
    SetPrice,
    Slot,
    Spend,
    Step,
    Tier,
    Tiers,
    Who,
    Window,
)

SKUS = 100_000
NOON_MS = 1_796_011_200_000  # 2026-11-30 12:00 in Shanghai
OCCASION = Occasion(
    opened_ms=NOON_MS,
    now_ms=NOON_MS,
    store="1",
    channel="shop",
    order_type="takeaway",
    member="M1",
    tier="gold",
    coupons=(HeldCoupon("coupon0", "A1"), HeldCoupon("coupon1", "A2")),
)
WHOLE_CATEGORIES = 24
HUNDRED = (
    ("special", 34), ("member", 16), ("percent", 9), ("second", 11), ("free", 7), ("mix", 9),
    ("tiers", 6), ("bundle", 3), ("add_on", 2), ("spend", 2), ("coupon", 1),
)  # fmt: skip


def goods_of(number: int) -> Goods:
    """Return the n-th SKU as rules see it: its category and department, a brand as a tag."""
    return Goods(sku_of(number), categories=categories_of(number), tags=(brand_of(number),))


def line_of(line: int, number: int, units: int = 1) -> BasketLine:
    """Return a line of a basket: so many units of the n-th SKU."""
    price = price_of(number)
    return BasketLine(line, goods_of(number), price, units, price)


def shop_rules(count: int, seed: int = 1, skus: int = SKUS, *, wide: bool = False) -> RuleSet:
    """Return a rule set of so many rules; ``wide`` ones meet as often as they can."""
    kinds = [kind for kind, share in HUNDRED for _ in range(share)]
    rolls = random.Random(seed)
    rolls.shuffle(kinds)
    numbers = dict.fromkeys(_RULES, 0)
    rules = []
    for place in range(count):
        kind = kinds[place % len(kinds)]
        shelf = _Shelf(rolls, skus, kind, numbers[kind], wide)
        numbers[kind] += 1
        rules.append(_RULES[kind](shelf))
    return RuleSet(name=f"{count} rules", rules=tuple(rules))


def promoted_goods(rules: RuleSet) -> list[int]:
    """Return the numbers of the SKUs that rules name."""
    return sorted({int(sku[3:]) for rule in rules.rules for sku in rule.range.skus})


class Shoppers:
    """What customers lay on the counter, the same in every run: half of it is on promotion."""

    def __init__(self, rules: RuleSet, seed: int = 1, skus: int = SKUS) -> None:
        self._rolls = random.Random(seed)
        self._skus = skus
        self._promoted = promoted_goods(rules)

    def line(self, line: int) -> BasketLine:
        """Return a line: one SKU, mostly one unit, at most four."""
        rolls = self._rolls
        promoted = rolls.random() < 0.5
        number = rolls.choice(self._promoted) if promoted else rolls.randrange(self._skus)
        return line_of(line, number, rolls.choice((1, 1, 1, 1, 2, 2, 3, 4)))

    def basket(self, lines: int) -> list[BasketLine]:
        """Return a basket of so many lines."""
        return [self.line(number) for number in range(1, lines + 1)]


class _Shelf:
    """Where one rule finds its goods: SKUs of one category, which stand side by side."""

    def __init__(self, rolls: random.Random, skus: int, kind: str, number: int, wide: bool) -> None:
        self.rolls = rolls
        self.number = number
        self.wide = wide
        self.rule = f"{kind}{number}"
        self._skus = skus
        self.category = rolls.randrange(CATEGORIES)

    def skus(self, few: int, many: int) -> tuple[str, ...]:
        """Return between few and many SKUs of the category."""
        wanted, rows = self.rolls.randint(few, many), max(1, self._skus // CATEGORIES)
        first = self.rolls.randrange(max(1, rows - wanted))
        numbers = {(first + each) * CATEGORIES + self.category for each in range(min(wanted, rows))}
        return tuple(sku_of(number % self._skus) for number in sorted(numbers))

    def some(self, few: int = 5, many: int = 40) -> Range:
        """Return a range of goods that belong together."""
        return Range(skus=self.skus(few, many))


def _special(shelf: _Shelf) -> Rule:
    off = Off(price_minor=shelf.rolls.randrange(90, 5000, 10))
    return Rule(id=shelf.rule, layer="price", range=shelf.some(1, 5), benefit=Each(off=off))


def _member(shelf: _Shelf) -> Rule:
    off = Off(percent_ppm=shelf.rolls.choice((50_000, 80_000, 120_000)))
    scope = Scope(who=Who(only="members"))
    return Rule(
        id=shelf.rule, layer="price", scope=scope, range=shelf.some(1, 8), benefit=Each(off=off)
    )


def _percent(shelf: _Shelf) -> Rule:
    off = Off(percent_ppm=shelf.rolls.choice((100_000, 120_000, 150_000, 200_000)))
    hours = (Window(hours=(("08:00", "20:00"),)),) if shelf.rolls.random() < 0.3 else ()
    if shelf.wide:
        goods = Range(categories=(f"C{shelf.category}",))
    elif shelf.number < WHOLE_CATEGORIES:
        shelf.some()  # drawn all the same, so that what follows does not depend on it
        goods = Range(categories=(f"C{shelf.number * CATEGORIES // WHOLE_CATEGORIES}",))
    else:
        goods = shelf.some()
    return Rule(id=shelf.rule, layer="item", windows=hours, range=goods, benefit=Each(off=off))


def _second(shelf: _Shelf) -> Rule:
    benefit = Group(every=2, off=Off(percent_ppm=500_000))
    return Rule(id=shelf.rule, layer="item", range=shelf.some(), benefit=benefit)


def _free(shelf: _Shelf) -> Rule:
    benefit = Group(every=shelf.rolls.choice((3, 4)), off=Off(percent_ppm=1_000_000))
    return Rule(id=shelf.rule, layer="item", range=shelf.some(), benefit=benefit)


def _mix(shelf: _Shelf) -> Rule:
    count = shelf.rolls.choice((2, 3, 3, 5))
    benefit = SetPrice(count=count, off=Off(price_minor=count * shelf.rolls.randrange(500, 4000)))
    return Rule(id=shelf.rule, layer="item", range=shelf.some(10, 60), benefit=benefit)


def _tiers(shelf: _Shelf) -> Rule:
    tiers = tuple(
        Tier(from_count=count, off=Off(percent_ppm=ppm))
        for count, ppm in ((2, 50_000), (3, 100_000), (6, 200_000))
    )
    return Rule(id=shelf.rule, layer="item", range=shelf.some(), benefit=Tiers(tiers=tiers))


def _bundle(shelf: _Shelf) -> Rule:
    slots = (Slot(range=shelf.some(3, 10)), Slot(range=shelf.some(3, 10)))
    benefit = Bundle(slots=slots, off=Off(percent_ppm=150_000))
    return Rule(id=shelf.rule, layer="item", benefit=benefit)


def _add_on(shelf: _Shelf) -> Rule:
    benefit = BuyGet(buy=(Slot(range=shelf.some(), count=2),), off=Off(price_minor=100))
    return Rule(id=shelf.rule, layer="item", range=shelf.some(1, 4), benefit=benefit)


def _spend(shelf: _Shelf) -> Rule:
    """The first is on everything, the next on a department each, the others on lists."""
    if shelf.number == 0:
        goods = Range()
    elif shelf.wide:
        goods = Range(categories=(f"D{shelf.rolls.randrange(DEPARTMENTS)}",))
    elif shelf.number <= DEPARTMENTS:
        goods = Range(categories=(f"D{shelf.number - 1}",))
    else:
        goods = shelf.some(20, 200)
    return Rule(id=shelf.rule, layer="order", range=goods, benefit=Spend(steps=_steps()))


def _coupon(shelf: _Shelf) -> Rule:
    benefit = Spend(steps=(Step(at_minor=15_000, off=Off(amount_minor=1500)),))
    coupon = Coupon(face_minor=1500)
    return Rule(id=shelf.rule, layer="coupon", coupon=coupon, benefit=benefit)


def _steps() -> tuple[Step, ...]:
    return tuple(
        Step(at_minor=at, off=Off(amount_minor=off))
        for at, off in ((10_000, 1000), (20_000, 2500), (30_000, 4500))
    )


_RULES: dict[str, Callable[[_Shelf], Rule]] = {
    "special": _special,
    "member": _member,
    "percent": _percent,
    "second": _second,
    "free": _free,
    "mix": _mix,
    "tiers": _tiers,
    "bundle": _bundle,
    "add_on": _add_on,
    "spend": _spend,
    "coupon": _coupon,
}
