"""Presets for customers: members, points, ways to pay, staff. Docs: docs/rules.md."""

from cashwrap.money import PPM
from cashwrap.promotions.rules import (
    EVERYTHING,
    Each,
    EarnPoints,
    Limits,
    Off,
    PayPoints,
    Range,
    Rule,
    Scope,
    Spend,
    Step,
    Who,
    Window,
)

from .making import elsewhere, preset
from .written import Count, Days, Money, Percent, Shares, Words

MEMBERS = Scope(who=Who(only="members"))


@preset(
    "member-price", 5,
    name=("会员价", "Member price"),
    title=("会员价 {price}", "Member price {price}"),
    explain=("会员按会员价；最后才报会员也会重新算价。",
             "Members pay this price, also when the member is named last."),
    goods="COLA", price="2.80",
)  # fmt: skip
def member_price(id: str, *, goods: Range, price: Money) -> Rule:
    """A price of their own for members."""
    benefit = Each(off=Off(price_minor=price))
    return Rule(id=id, layer="price", benefit=benefit, range=goods, scope=MEMBERS)


@preset(
    "tier-discount", 5,
    name=("等级折扣", "Discount by tier"),
    title=("等级折扣", "Discount by tier"),
    explain=("不同会员等级不同折扣。", "A percentage off for each tier of members."),
    levels="gold:12%,silver:5%",
)  # fmt: skip
def tier_discount(id: str, *, levels: Shares, goods: Range = EVERYTHING) -> tuple[Rule, ...]:
    """A percentage off for each tier of members."""
    return tuple(
        Rule(
            id=f"{id}.{tier}", layer="price", benefit=Each(off=Off(percent_ppm=off)),
            range=goods, scope=Scope(who=Who(tiers=(tier,))),
        )
        for tier, off in levels.shares
    )  # fmt: skip


@preset(
    "member-day", 5, 34,
    name=("会员日", "Member day"),
    title=("会员日", "Member day"),
    explain=("每月这几天会员打折、积分翻倍；按开单时间，跨零点付款也算。",
             "On these days of the month members get a percentage off and more points, by when "
             "the sale was opened: paid after midnight it still counts."),
    days="8", off="12%", points_times="2",
)  # fmt: skip
def member_day(
    id: str,
    *,
    days: Days = (8,),
    off: Percent = 120_000,
    points_times: Count = 2,
    goods: Range = EVERYTHING,
) -> tuple[Rule, ...]:
    """A percentage off and more points for members on days of the month."""
    windows = (Window(month_days=days),)
    benefit = Each(off=Off(percent_ppm=off))
    points = EarnPoints(times_ppm=points_times * PPM)
    return (
        Rule(id=id, layer="price", benefit=benefit, range=goods, scope=MEMBERS, windows=windows),
        Rule(
            id=f"{id}.points", layer="order", benefit=points, range=goods,
            scope=MEMBERS, windows=windows,
        ),
    )  # fmt: skip


@preset(
    "points-pay", 22,
    name=("积分抵现", "Pay with points"),
    title=("{points} 积分抵 {worth}", "{points} points are worth {worth}"),
    explain=("顾客愿意时用积分抵钱，排在优惠券之后，最多抵一部分。",
             "Points as money when the customer asks for it, after coupons, up to a share."),
    points="100", worth="1", share="50%",
)  # fmt: skip
def points_pay(
    id: str,
    *,
    points: Count,
    worth: Money,
    share: Percent = PPM,
    goods: Range = EVERYTHING,
) -> Rule:
    """Points as money off what is left."""
    benefit = PayPoints(points=points, minor=worth, at_most_ppm=share)
    return Rule(id=id, layer="points", benefit=benefit, range=goods, scope=MEMBERS)


@preset(
    "stored-value-price", 24,
    name=("储值专享价", "Price for stored value"),
    title=("储值价 {price}", "Stored value price {price}"),
    explain=("用储值支付时的价格：选了储值支付就重新算价。储值本身是一种付款。",
             "A price for who pays with stored value; priced again once that is chosen. The "
             "stored value itself is a payment."),
    goods="LATTE", price="15", tenders="stored_value",
)  # fmt: skip
def stored_value_price(
    id: str, *, goods: Range, price: Money, tenders: Words = ("stored_value",)
) -> Rule:
    """A price for who pays with stored value."""
    return Rule(
        id=id, layer="price", benefit=Each(off=Off(price_minor=price)), range=goods,
        scope=Scope(tenders=tenders),
    )  # fmt: skip


@preset(
    "tender-offer", 26,
    name=("支付方式优惠", "Offer for a way to pay"),
    title=("{tenders} 立减 {off}", "{off} off with {tenders}"),
    explain=("选定支付方式后再算价，满额立减。",
             "So much off from a threshold on for who pays this way; priced again when chosen."),
    tenders="wechat", spend="50", off="5",
)  # fmt: skip
def tender_offer(
    id: str, *, tenders: Words, off: Money, spend: Money = 0, goods: Range = EVERYTHING
) -> Rule:
    """An amount off for a way to pay."""
    step = Step(at_minor=max(1, spend), off=Off(amount_minor=off))
    return Rule(
        id=id, layer="order", benefit=Spend(steps=(step,)), range=goods,
        scope=Scope(tenders=tenders),
    )  # fmt: skip


@preset(
    "new-customer", 27,
    name=("新客首单 / 邀请", "New and invited customers"),
    title=("新客立减 {off}", "{off} off for new customers"),
    explain=("会员插件说是新客（new）、被邀请（invited）等，就减；每位会员一次。",
             "For customers of whom the member plugin says that they are new, invited, ...; once "
             "for each."),
    off="10", spend="30", facts="new",
)  # fmt: skip
def new_customer(id: str, *, off: Money, spend: Money = 0, facts: Words = ("new",)) -> Rule:
    """An amount off for new customers, once."""
    step = Step(at_minor=max(1, spend), off=Off(amount_minor=off))
    return Rule(
        id=id, layer="order", benefit=Spend(steps=(step,)), limits=Limits(member_uses=1),
        scope=Scope(who=Who(only="members", facts=facts)),
    )  # fmt: skip


@preset(
    "staff-discount", 29,
    name=("员工折扣", "Staff discount"),
    title=("员工{off}", "Staff {off}"),
    explain=("员工分组的顾客打折。免单、赠菜、整单折扣和手动改价由收银员在销售上做，要写原因，有权限。",
             "A percentage off for the staff's own purchases. Free goods, a discount or a price "
             "by hand are given on the sale itself, with a reason and a right."),
    off="20%", groups="staff",
)  # fmt: skip
def staff_discount(
    id: str, *, off: Percent, groups: Words = ("staff",), goods: Range = EVERYTHING
) -> Rule:
    """A percentage off for staff."""
    return Rule(
        id=id, layer="price", benefit=Each(off=Off(percent_ppm=off)), range=goods,
        scope=Scope(who=Who(groups=groups)),
    )  # fmt: skip


@preset(
    "points-times", 34,
    name=("积分倍数", "More points"),
    title=("{points_times} 倍积分", "{points_times} times the points"),
    explain=("会员这些商品积分翻倍。", "These goods earn members so many times the points."),
    points_times="2", goods="category:tea",
)  # fmt: skip
def points_times(id: str, *, points_times: Count = 2, goods: Range = EVERYTHING) -> Rule:
    """Members earn more points."""
    benefit = EarnPoints(times_ppm=points_times * PPM)
    return Rule(id=id, layer="order", benefit=benefit, range=goods, scope=MEMBERS)


elsewhere(
    "pass", 25,
    name=("次卡", "Passes"),
    explain=("不是价格规则：次卡是一种付款，核销一次抵一件。",
             "No price rule: a pass is a payment that takes one session for one item."),
)  # fmt: skip
elsewhere(
    "by-hand", 29,
    name=("免单、赠菜、整单折扣、手动改价", "Free goods and prices by hand"),
    explain=("不是规则：收银员在销售上做，要写原因：sale.discount、sale.override_price。",
             "No rule: the cashier does it on the sale, with a reason: sale.discount, "
             "sale.override_price."),
)  # fmt: skip
elsewhere(
    "rounding", 30,
    name=("抹零", "Rounding the total"),
    explain=("不是规则：设置 price.cash_rounding，单独一层，单独分摊。",
             "No rule: the setting price.cash_rounding, a layer of its own with its own shares."),
)  # fmt: skip
elsewhere(
    "price-protection", 35,
    name=("价保", "Price protection"),
    explain=("售后的事：降价后在期限内退差价一次，见 price_protection。",
             "After the sale: a later lower price is refunded once, see price_protection."),
)  # fmt: skip
