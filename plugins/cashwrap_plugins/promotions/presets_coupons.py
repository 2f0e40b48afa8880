"""Presets for coupons: of the shop, of other companies, for the next sale. Docs: docs/rules.md."""

from msgspec.structs import replace

from cashwrap.promotions.rules import (
    EVERYTHING,
    Coupon,
    Each,
    FeeOff,
    Need,
    NextCoupon,
    Off,
    Range,
    Returns,
    Rule,
    Spend,
    Step,
)

from .making import preset
from .written import Money, Percent


@preset(
    "coupon-off", 20,
    name=("满减券", "Coupon: spend and save"),
    title=("满{spend}减{off}券", "Coupon {off} off {spend}"),
    explain=("满额可用，减固定金额，用一张。", "So much off from a threshold on; one coupon."),
    spend="100", off="15",
)  # fmt: skip
def coupon_off(id: str, *, spend: Money, off: Money, goods: Range = EVERYTHING) -> Rule:
    """A coupon with an amount off from a threshold on."""
    step = Step(at_minor=spend, off=Off(amount_minor=off))
    return _coupon(id, Spend(steps=(step,)), off, goods)


@preset(
    "coupon-percent", 20,
    name=("折扣券", "Coupon: percentage"),
    title=("{off}券", "Coupon {off}"),
    explain=("整单打折，可以封顶，用一张。", "A percentage off, up to a cap; uses up one coupon."),
    off="10%", at_most="50",
)  # fmt: skip
def coupon_percent(
    id: str,
    *,
    off: Percent,
    spend: Money = 0,
    at_most: Money = 0,
    goods: Range = EVERYTHING,
) -> Rule:
    """A coupon with a percentage off, at most so much."""
    step = Step(at_minor=max(1, spend), off=Off(percent_ppm=off))
    return _coupon(id, Spend(steps=(step,), at_most_minor=at_most or None), at_most, goods)


@preset(
    "coupon-cash", 20,
    name=("代金券", "Cash coupon"),
    title=("{face} 元代金券", "Coupon worth {face}"),
    explain=("当钱用，不找零；无门槛。", "Worth so much, no threshold, no change."),
    face="20",
)  # fmt: skip
def coupon_cash(id: str, *, face: Money, goods: Range = EVERYTHING) -> Rule:
    """A coupon worth an amount, without a threshold."""
    step = Step(at_minor=1, off=Off(amount_minor=face))
    return _coupon(id, Spend(steps=(step,)), face, goods)


@preset(
    "coupon-item", 20, 23,
    name=("兑换券 / 商品券", "Coupon for goods"),
    title=("兑换 {goods}", "Coupon for {goods}"),
    explain=("凭券免费或按低价兑换一件；每件用一张。积分+钱换购：会员用积分换这张券，再付差价。",
             "One unit free or at a low price for each coupon. Points with money: the member "
             "changes points for this coupon and pays the price."),
    goods="LATTE", price="0",
)  # fmt: skip
def coupon_item(id: str, *, goods: Range, price: Money = 0) -> Rule:
    """A coupon for a unit at a price, free by default."""
    benefit = Each(off=Off(price_minor=price))
    return Rule(id=id, layer="item", benefit=benefit, range=goods, coupon=Coupon())


@preset(
    "coupon-delivery", 20, 32,
    name=("运费券", "Coupon for delivery"),
    title=("运费券", "Coupon for delivery"),
    explain=("凭券免运费或减运费。", "So much off the delivery fee for a coupon."),
    face="6", fee="delivery",
)  # fmt: skip
def coupon_delivery(id: str, *, face: Money, fee: str = "delivery") -> Rule:
    """A coupon with an amount off the delivery fee."""
    benefit = FeeOff(fee=fee, off=Off(amount_minor=face))
    return Rule(id=id, layer="coupon", benefit=benefit, coupon=Coupon(face_minor=face))


@preset(
    "platform-voucher", 21,
    name=("平台券", "Platform voucher"),
    title=("平台券 {face}", "Platform voucher {face}"),
    explain=("第三方平台的券：核销由渠道插件做，这里按抵扣算价，可选作为收款结算。",
             "A voucher of another company: its channel checks the code; here it counts as a "
             "payment that the company settles, or as a discount of the shop's own."),
    face="50", settled="yes",
)  # fmt: skip
def platform_voucher(
    id: str, *, face: Money, goods: Range = EVERYTHING, settled: bool = True
) -> Rule:
    """A voucher that another company settles."""
    step = Step(at_minor=1, off=Off(amount_minor=face))
    rule = _coupon(id, Spend(steps=(step,)), face, goods)
    return replace(rule, settlement="tender" if settled else "discount")


@preset(
    "next-coupon", 28,
    name=("满返券", "Coupon for next time"),
    title=("满{spend}返券", "Coupon for {spend}"),
    explain=("结账后发券，下次满额可用；退货则作废。",
             "A coupon for the next sale, issued when this one is paid; a return voids it."),
    spend="100", off="10", next_spend="50",
)  # fmt: skip
def next_coupon(
    id: str, *, spend: Money, off: Money, next_spend: Money = 0, goods: Range = EVERYTHING
) -> tuple[Rule, ...]:
    """A coupon for the next sale, and the rule of that coupon."""
    coupon = f"{id}.coupon"
    step = Step(at_minor=max(1, next_spend), off=Off(amount_minor=off))
    gives = Rule(
        id=id, layer="order", benefit=NextCoupon(coupon=coupon), range=goods,
        needs=(Need(range=goods, minor=spend, measured="item"),), returns=Returns(coupon="void"),
    )  # fmt: skip
    return gives, _coupon(coupon, Spend(steps=(step,)), off, EVERYTHING)


def _coupon(id: str, benefit: Spend, face: Money, goods: Range) -> Rule:
    return Rule(id=id, layer="coupon", benefit=benefit, range=goods, coupon=Coupon(face_minor=face))
