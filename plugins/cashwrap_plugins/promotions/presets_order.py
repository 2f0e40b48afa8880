"""Presets for the order: thresholds, gifts, add-ons, fees and delivery. Docs: docs/rules.md."""

from cashwrap.money import PPM
from cashwrap.promotions.rules import (
    EVERYTHING,
    Each,
    FeeOff,
    Limits,
    Need,
    Off,
    Range,
    Rule,
    Scope,
    Spend,
    Step,
    Surcharge,
)

from .making import preset
from .written import Count, Counts, Money, Percent, Stairs, Words


@preset(
    "spend-both", 13,
    name=("组合满减", "Spend on both groups"),
    title=("组合满减 {off}", "{off} off for both"),
    explain=("两组商品各自满额，一起减。",
             "Enough spent on each of two groups of goods: so much off both together."),
    goods="category:meat", spend="50", other="category:wine", other_spend="100", off="20",
)  # fmt: skip
def spend_both(
    id: str, *, goods: Range, spend: Money, other: Range, other_spend: Money, off: Money
) -> Rule:
    """An amount off when two groups of goods each reach a threshold."""
    step = Step(at_minor=spend + other_spend, off=Off(amount_minor=off))
    return Rule(
        id=id, layer="order", benefit=Spend(steps=(step,)), range=_both(goods, other),
        needs=(Need(range=goods, minor=spend), Need(range=other, minor=other_spend)),
    )  # fmt: skip


@preset(
    "spend-off", 14,
    name=("满减", "Spend and save"),
    title=("满减 {steps}", "Spend and save {steps}"),
    explain=("满额立减，取最高一档；按优惠后的金额算门槛。",
             "So much off once the threshold is reached, the best step; measured after the "
             "discounts on goods."),
    steps="100:10,200:25,300:45",
)  # fmt: skip
def spend_off(id: str, *, steps: Stairs, goods: Range = EVERYTHING) -> Rule:
    """Thresholds with amounts off, the best step reached."""
    return Rule(id=id, layer="order", benefit=Spend(steps=_money(steps)), range=goods)


@preset(
    "every-off", 15,
    name=("每满减", "For every so much, so much off"),
    title=("每满{spend}减{off}", "{off} off every {spend}"),
    explain=("每满一次减一次，可以封顶。", "Each time the threshold is reached, up to a cap."),
    spend="100", off="10", times="5",
)  # fmt: skip
def every_off(
    id: str, *, spend: Money, off: Money, times: Count = 0, goods: Range = EVERYTHING
) -> Rule:
    """An amount off for each full threshold."""
    step = Step(at_minor=spend, off=Off(amount_minor=off))
    benefit = Spend(steps=(step,), every=True, times=times)
    return Rule(id=id, layer="order", benefit=benefit, range=goods)


@preset(
    "spend-percent", 16,
    name=("满折", "Spend for a percentage"),
    title=("满折 {steps}", "Spend for a percentage {steps}"),
    explain=("满额打折，可以封顶。", "A percentage off from a threshold on, up to a cap."),
    steps="200:5%,500:10%", at_most="100",
)  # fmt: skip
def spend_percent(id: str, *, steps: Stairs, at_most: Money = 0, goods: Range = EVERYTHING) -> Rule:
    """Thresholds with percentages off, at most so much."""
    benefit = Spend(steps=_money(steps), at_most_minor=at_most or None)
    return Rule(id=id, layer="order", benefit=benefit, range=goods)


@preset(
    "count-off", 17,
    name=("满件减 / 满件折", "So many units, so much off"),
    title=("满件优惠 {tiers}", "By number of units {tiers}"),
    explain=("买满件数，整单减钱或打折。",
             "So much off the goods together once there are so many of them."),
    tiers="3:-10,5:10%", goods="category:tea",
)  # fmt: skip
def count_off(id: str, *, tiers: Counts, goods: Range = EVERYTHING) -> Rule:
    """Numbers of units with an amount or percentage off all of them."""
    steps = tuple(Step(at_count=at, off=off) for at, off in tiers.stairs)
    return Rule(id=id, layer="order", benefit=Spend(steps=steps), range=goods)


@preset(
    "gift", 18,
    name=("满赠", "Gift with spend"),
    title=("满{spend}赠礼", "Gift with {spend}"),
    explain=("满额从赠品里任选；赠品也要扫到单上，不计入门槛。",
             "With so much spent the customer chooses gifts; they are put on the sale, cost "
             "nothing, and do not count towards the threshold."),
    spend="200", gifts="MUG,TOWEL,UMBRELLA", choose="1",
)  # fmt: skip
def gift(
    id: str, *, spend: Money, gifts: Range, choose: Count = 1, goods: Range = EVERYTHING
) -> Rule:
    """Gifts to choose from once enough is spent."""
    return Rule(
        id=id, layer="item", benefit=Each(off=Off(percent_ppm=PPM)), range=gifts, gift=True,
        needs=(Need(range=goods, minor=spend, measured="item"),),
        limits=Limits(order_uses=choose),
    )  # fmt: skip


@preset(
    "add-on", 19,
    name=("加价换购", "Add-on price"),
    title=("满{spend}加{price}换购", "With {spend}, for {price}"),
    explain=("满额可以按换购价加购一件；每档写一条规则。",
             "With so much spent one of these goods at a low price; one rule for each tier."),
    spend="50", price="9.90", addons="TOWEL,SOAP",
)  # fmt: skip
def add_on(
    id: str,
    *,
    spend: Money,
    price: Money,
    addons: Range,
    choose: Count = 1,
    goods: Range = EVERYTHING,
) -> Rule:
    """Goods that may be added at a low price once enough is spent."""
    return Rule(
        id=id, layer="item", benefit=Each(off=Off(price_minor=price)), range=addons,
        needs=(Need(range=goods, minor=spend, measured="item"),),
        limits=Limits(order_uses=choose),
    )  # fmt: skip


@preset(
    "service-fee", 31,
    name=("服务费", "Service fee"),
    title=("服务费", "Service fee"),
    explain=("按优惠后的金额加收百分比。", "A percentage on what the goods come to."),
    share="10%", order_types="dine_in",
)  # fmt: skip
def service_fee(id: str, *, share: Percent, order_types: Words = (), tax: str = "") -> Rule:
    """A percentage on top."""
    return _fee(id, order_types, Surcharge(fee=id, percent_ppm=share, tax=tax))


@preset(
    "each-fee", 31,
    name=("打包费 / 茶位费", "Packing fee, cover charge"),
    title=("每件加收 {price}", "{price} for each"),
    explain=("按件加收：打包盒，或把茶位作为商品数人头。",
             "So much for each unit of the goods: boxes, or covers that are counted as goods."),
    price="1", goods="category:food", order_types="takeaway",
)  # fmt: skip
def each_fee(
    id: str,
    *,
    price: Money,
    goods: Range = EVERYTHING,
    order_types: Words = (),
    tax: str = "",
) -> Rule:
    """A fee for each unit of the goods."""
    return _fee(id, order_types, Surcharge(fee=id, each_minor=price, tax=tax), goods)


@preset(
    "minimum-spend", 31,
    name=("最低消费", "Minimum spend"),
    title=("最低消费 {spend}", "At least {spend}"),
    explain=("没到最低消费时补差额。", "What lacks to the least amount is charged."),
    spend="100", order_types="dine_in",
)  # fmt: skip
def minimum_spend(
    id: str,
    *,
    spend: Money,
    goods: Range = EVERYTHING,
    order_types: Words = (),
    tax: str = "",
) -> Rule:
    """What lacks to a least amount, as a fee."""
    return _fee(id, order_types, Surcharge(fee=id, at_least_minor=spend, tax=tax), goods)


@preset(
    "delivery-off", 32,
    name=("满额减运费", "Delivery cheaper"),
    title=("满{spend}运费{off}", "Delivery {off} from {spend}"),
    explain=("满额后运费打折或免运费。", "Delivery costs less, or nothing, once enough is spent."),
    spend="59", off="100%", fee="delivery",
)  # fmt: skip
def delivery_off(
    id: str,
    *,
    spend: Money = 0,
    off: Percent = PPM,
    fee: str = "delivery",
    goods: Range = EVERYTHING,
) -> Rule:
    """A percentage off the delivery fee once enough is spent."""
    needs = (Need(range=goods, minor=spend, measured="item"),) if spend else ()
    benefit = FeeOff(fee=fee, off=Off(percent_ppm=off))
    return Rule(id=id, layer="order", benefit=benefit, needs=needs)


def _money(steps: Stairs) -> tuple[Step, ...]:
    return tuple(Step(at_minor=at, off=off) for at, off in steps.stairs)


def _fee(id: str, order_types: Words, charge: Surcharge, goods: Range = EVERYTHING) -> Rule:
    scope = Scope(order_types=order_types)
    return Rule(id=id, layer="order", benefit=charge, range=goods, scope=scope)


def _both(one: Range, two: Range) -> Range:
    return Range(
        skus=one.skus + two.skus,
        families=one.families + two.families,
        categories=one.categories + two.categories,
        tags=one.tags + two.tags,
    )
