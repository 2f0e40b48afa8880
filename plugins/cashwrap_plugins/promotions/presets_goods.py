"""Presets for goods: prices, percentages, quantities, sets. Docs: docs/rules.md."""

import msgspec

from cashwrap.errors import BulkRefused, Issue
from cashwrap.money import PPM
from cashwrap.promotions.rules import (
    EVERYTHING,
    Bundle,
    BuyGet,
    Candidates,
    Each,
    Group,
    Limits,
    Off,
    Range,
    Rule,
    Scope,
    SetPrice,
    Slot,
    Tier,
    Tiers,
    Who,
)

from .making import preset
from .written import Count, Counts, Money, Percent, Slots, Words

FREE = Off(percent_ppm=PPM)


@preset(
    "special-price", 1,
    name=("特价", "Special price"),
    title=("特价 {price}", "Special price {price}"),
    explain=("这些商品按特价卖；特价高于现价时不涨价。",
             "These goods at a price of their own; it never raises the price."),
    goods="COLA", price="2.50",
)  # fmt: skip
def special_price(id: str, *, goods: Range, price: Money) -> Rule:
    """Goods at a price of their own; among several special prices the lowest counts."""
    return Rule(id=id, layer="price", benefit=Each(off=Off(price_minor=price)), range=goods)


@preset(
    "percent-off", 2,
    name=("折扣", "Percent off"),
    title=("{off}", "{off}"),
    explain=("每件按折扣卖。", "So much off each unit."),
    off="8折", goods="category:tea",
)  # fmt: skip
def percent_off(id: str, *, off: Percent, goods: Range = EVERYTHING) -> Rule:
    """A percentage off each unit."""
    return Rule(id=id, layer="item", benefit=Each(off=Off(percent_ppm=off)), range=goods)


@preset(
    "amount-off", 3,
    name=("直减", "Amount off"),
    title=("直减 {off}", "{off} off each"),
    explain=("每件减固定金额，不会低于 0。", "A fixed amount off each unit, never below 0."),
    off="3", goods="COLA",
)  # fmt: skip
def amount_off(id: str, *, off: Money, goods: Range = EVERYTHING) -> Rule:
    """A fixed amount off each unit."""
    return Rule(id=id, layer="item", benefit=Each(off=Off(amount_minor=off)), range=goods)


@preset(
    "timed-discount", 4,
    name=("限时折扣", "Happy hour"),
    title=("限时{off}", "{off} for now"),
    explain=("在时段内开单的按折扣卖；结账晚了也算。",
             "Cheaper in these hours; a sale begun in time keeps it though it is paid later."),
    off="8折", hours="17:00-19:00", goods="category:tea",
)  # fmt: skip
def timed_discount(id: str, *, off: Percent, goods: Range = EVERYTHING) -> Rule:
    """A percentage off within hours, judged by when the sale was opened."""
    return Rule(id=id, layer="price", benefit=Each(off=Off(percent_ppm=off)), range=goods)


@preset(
    "quantity-tiers", 6,
    name=("件数折 / 阶梯价", "Quantity prices"),
    title=("多买优惠 {tiers}", "Buy more, pay less: {tiers}"),
    explain=("买得越多每件越便宜；默认达到的档对全部件数有效。",
             "The more units the less each costs; the tier reached counts for all of them, or "
             "(marginal) from that unit on."),
    tiers="2:5%,6:9.90", goods="WINE",
)  # fmt: skip
def quantity_tiers(
    id: str, *, tiers: Counts, goods: Range = EVERYTHING, marginal: bool = False
) -> Rule:
    """Prices by how many units are bought."""
    made = tuple(Tier(from_count=at, off=off) for at, off in tiers.stairs)
    return Rule(id=id, layer="item", benefit=Tiers(tiers=made, marginal=marginal), range=goods)


@preset(
    "second-half-price", 7,
    name=("第二件半价", "Second at half price"),
    title=("第二件半价", "Second at half price"),
    explain=("每两件里便宜的一件半价。", "Of every two units the cheaper one at half price."),
    goods="category:tea",
)  # fmt: skip
def second_half_price(id: str, *, goods: Range = EVERYTHING, uses: Count = 0) -> Rule:
    """Of every two units the cheaper at half price."""
    benefit = Group(every=2, off=Off(percent_ppm=500_000))
    return Rule(id=id, layer="item", benefit=benefit, range=goods, limits=Limits(order_uses=uses))


@preset(
    "nth-off", 7,
    name=("第N件折扣", "Every nth unit cheaper"),
    title=("第{nth}件{off}", "Every {nth}: one {off}"),
    explain=("每N件里最便宜的一件打折，可以混搭。",
             "Of every n units the cheapest is so much cheaper; goods may be mixed."),
    nth="3", off="100%", goods="category:tea",
)  # fmt: skip
def nth_off(
    id: str, *, nth: Count, off: Percent, goods: Range = EVERYTHING, uses: Count = 0
) -> Rule:
    """Of every n units the cheapest has a percentage off."""
    benefit = Group(every=nth, off=Off(percent_ppm=off))
    return Rule(id=id, layer="item", benefit=benefit, range=goods, limits=Limits(order_uses=uses))


@preset(
    "even-price", 8,
    name=("偶数特价", "Pairs at a special price"),
    title=("偶数件每件 {price}", "In pairs {price} each"),
    explain=("成对的每件按特价，单出来的一件原价。",
             "Units in pairs cost this much each; an odd one keeps its price."),
    price="9.90", goods="SOCKS",
)  # fmt: skip
def even_price(id: str, *, price: Money, goods: Range) -> Rule:
    """Pairs at a special price for each unit, the odd one as it is."""
    benefit = Group(every=2, get=2, off=Off(price_minor=price))
    return Rule(id=id, layer="item", benefit=benefit, range=goods)


@preset(
    "buy-get-free", 9,
    name=("买N送M", "Buy some, get some free"),
    title=("买{buy_count}送{get}", "Buy {buy_count}, get {get} free"),
    explain=("同组商品里买够件数，送最便宜的几件；送的也要在单上。",
             "Of goods of one group the cheapest are free; they must be on the sale too."),
    buy_count="3", get="1", goods="category:tea",
)  # fmt: skip
def buy_get_free(
    id: str,
    *,
    buy_count: Count,
    get: Count = 1,
    goods: Range = EVERYTHING,
    uses: Count = 0,
) -> Rule:
    """Buy three of a group, get one free: of every four the cheapest."""
    benefit = Group(every=buy_count + get, get=get, off=FREE)
    return Rule(id=id, layer="item", benefit=benefit, range=goods, limits=Limits(order_uses=uses))


@preset(
    "buy-get-other", 9,
    name=("买A送B", "Buy this, get that"),
    title=("买指定商品，{goods} {off}", "With some goods, {goods} {off}"),
    explain=("买了指定商品，另一种商品免费或打折。",
             "Who buys these goods gets others free or cheaper."),
    buy="BURGER*2", goods="COLA", off="100%",
)  # fmt: skip
def buy_get_other(
    id: str,
    *,
    buy: Slots,
    goods: Range,
    get: Count = 1,
    off: Percent = PPM,
    uses: Count = 0,
) -> Rule:
    """Buy goods of one kind, get others cheaper; both are used up."""
    benefit = BuyGet(buy=buy, get=get, off=Off(percent_ppm=off), partial=True)
    return Rule(id=id, layer="item", benefit=benefit, range=goods, limits=Limits(order_uses=uses))


@preset(
    "any-for-price", 10,
    name=("N元任选M件", "Any so many for a price"),
    title=("{price}元任选{count}件", "Any {count} for {price}"),
    explain=("任选几件一个价；选哪几件合算由系统决定，剩下的原价。",
             "Any so many of the goods for one price; the till groups them best."),
    count="3", price="99", goods="category:tea",
)  # fmt: skip
def any_for_price(id: str, *, count: Count, price: Money, goods: Range) -> Rule:
    """Any so many of the goods together for a price."""
    benefit = SetPrice(count=count, off=Off(price_minor=price))
    return Rule(id=id, layer="item", benefit=benefit, range=goods)


@preset(
    "any-for-percent", 11,
    name=("M件N折", "Any so many with a percentage off"),
    title=("{count}件{off}", "Any {count}: {off}"),
    explain=("任选几件一起打折，不成组的原价。",
             "Complete sets of so many goods with a percentage off, the rest at its price."),
    count="3", off="8折", goods="category:tea",
)  # fmt: skip
def any_for_percent(id: str, *, count: Count, off: Percent, goods: Range = EVERYTHING) -> Rule:
    """Any so many of the goods with a percentage off."""
    benefit = SetPrice(count=count, off=Off(percent_ppm=off))
    return Rule(id=id, layer="item", benefit=benefit, range=goods)


@preset(
    "different-goods", 10, 11,
    name=("任选不同款", "Any so many different ones"),
    title=("任选{count}件不同款", "Any {count} different ones"),
    explain=("任选几件不同的商品（或不同款式、颜色）一个价或打折；同款的第二件不算。",
             "So many different goods, styles or colours for one price or a percentage off; a "
             "second one of the same kind does not count."),
    count="3", price="99", goods="category:tea", by="family",
)  # fmt: skip
def different_goods(
    id: str,
    *,
    count: Count,
    goods: Range = EVERYTHING,
    by: str = "sku",
    price: Money = 0,
    off: Percent = 0,
) -> Rule:
    """One of each of so many different kinds together for a price, or with a percentage off."""
    from .different import Terms
    from .sources import NAME

    if bool(price) == bool(off):
        told = "say what they cost together (price) or what comes off (off): one of the two"
        raise BulkRefused([Issue("different-goods:price", "preset.setting", told)])
    data = msgspec.json.encode(Terms(count, by, price or None, off)).decode()
    return Rule(id=id, layer="item", benefit=Candidates(plugin=NAME, data=data), range=goods)


@preset(
    "bundle", 12,
    name=("一口价套餐", "Set for one price"),
    title=("套餐 {price}", "Set for {price}"),
    explain=("几样东西合在一起一个价；优惠按原价摊到每样。",
             "One of each place together for a price, shared over the goods by their prices."),
    parts="BURGER;FRIES;COLA*2", price="35",
)  # fmt: skip
def bundle(id: str, *, parts: Slots, price: Money, uses: Count = 0) -> Rule:
    """Different goods together for a price."""
    benefit = Bundle(slots=parts, off=Off(price_minor=price))
    return Rule(id=id, layer="item", benefit=benefit, limits=Limits(order_uses=uses))


@preset(
    "flash-sale", 33,
    name=("秒杀", "Flash sale"),
    title=("秒杀 {price}", "Flash sale {price}"),
    explain=("限量限时的低价，卖完为止；每位会员可以限购。拼团、预售：同一规则，用顾客分组或渠道限定，成团与定金在渠道插件里。",
             "A low price while the quota lasts. Group buying and pre-sale are the same rule held "
             "to a group of customers; forming groups and taking deposits is the channel's."),
    goods="PHONE", price="999", total="100", per_member="1", groups="group-buy",
)  # fmt: skip
def flash_sale(
    id: str,
    *,
    goods: Range,
    price: Money,
    total: Count = 0,
    per_member: Count = 0,
    groups: Words = (),
) -> Rule:
    """A price with a quota, for all and for each member."""
    return Rule(
        id=id, layer="item", benefit=Each(off=Off(price_minor=price)), range=goods,
        scope=Scope(who=Who(groups=groups, only="members" if per_member else "anyone")),
        limits=Limits(total_uses=total, member_uses=per_member),
    )  # fmt: skip


@preset(
    "pair-off", 12, 13,
    name=("搭配优惠", "Two that go together"),
    title=("搭配减 {off}", "{off} off the pair"),
    explain=("两组商品各买一件，这一对减固定金额。",
             "One of each of two groups: so much off the pair."),
    goods="category:coffee", other="category:cake", off="5",
)  # fmt: skip
def pair_off(id: str, *, goods: Range, other: Range, off: Money) -> Rule:
    """An amount off each pair of two groups of goods."""
    benefit = Bundle(slots=(Slot(range=goods), Slot(range=other)), off=Off(amount_minor=off))
    return Rule(id=id, layer="item", benefit=benefit)
