"""Rules for the small shop of cashwrap.testing: the everyday kinds, each in two languages."""

from cashwrap.promotions.rules import (
    Bundle,
    Coupon,
    EarnPoints,
    FeeOff,
    Group,
    Need,
    NextCoupon,
    Off,
    PayPoints,
    Range,
    Rule,
    RuleSet,
    Scope,
    SetPrice,
    Slot,
    Spend,
    Step,
    Surcharge,
    Who,
)

MEMBERS = Scope(who=Who(only="members"))


def amount_off(minor: int, at_minor: int = 0) -> Spend:
    """So much off the order from a threshold on."""
    return Spend(steps=(Step(at_minor=at_minor, off=Off(amount_minor=minor)),))


HALF = Rule(
    id="half",
    layer="item",
    name={"zh-CN": "第二件半价", "en": "2nd at half price"},
    range=Range(skus=("BUN",)),
    benefit=Group(every=2, off=Off(percent_ppm=500_000)),
)
TEATIME = Rule(
    id="teatime",
    layer="item",
    name={"zh-CN": "下午茶组合", "en": "Teatime"},
    benefit=Bundle(
        slots=(Slot(range=Range(skus=("CAKE",))), Slot(range=Range(skus=("TEA-M", "TEA-L")))),
        off=Off(price_minor=3000),
    ),
)
COLAS = Rule(
    id="colas",
    layer="item",
    name={"zh-CN": "10元3听", "en": "3 for 10"},
    range=Range(skus=("COLA",)),
    benefit=SetPrice(count=3, off=Off(price_minor=1000)),
)
OVER_30 = Rule(
    id="over30",
    layer="order",
    name={"zh-CN": "满30减3", "en": "3 off 30"},
    benefit=amount_off(300, 3000),
)
FIVE = Rule(
    id="C5",
    layer="coupon",
    name={"zh-CN": "5元券", "en": "5 off"},
    coupon=Coupon(face_minor=500),
    benefit=amount_off(500, 1000),
)
POINTS = Rule(
    id="points",
    layer="points",
    name={"zh-CN": "积分抵现", "en": "Points"},
    scope=MEMBERS,
    benefit=PayPoints(points=100, minor=100, at_most_ppm=500_000),
)
PACKING = Rule(
    id="packing",
    layer="order",
    name={"zh-CN": "打包费", "en": "Packing"},
    scope=Scope(order_types=("takeaway",)),
    benefit=Surcharge(fee="pack", fixed_minor=100),
)
FREE_PACKING = Rule(
    id="free-packing",
    layer="order",
    name={"zh-CN": "会员免打包费", "en": "Members pack for free"},
    scope=MEMBERS,
    benefit=FeeOff(fee="pack", off=Off(percent_ppm=1_000_000)),
)
DOUBLE = Rule(
    id="double",
    layer="order",
    name={"zh-CN": "双倍积分", "en": "Double points"},
    scope=MEMBERS,
    benefit=EarnPoints(times_ppm=2_000_000),
)
BACK = Rule(
    id="back",
    layer="order",
    name={"zh-CN": "满50返券", "en": "Coupon for 50"},
    needs=(Need(minor=5000),),
    benefit=NextCoupon(coupon="C5"),
)
ALL = (HALF, TEATIME, COLAS, OVER_30, FIVE, POINTS, PACKING, FREE_PACKING, DOUBLE, BACK)


def rule_set(*rules: Rule, name: str = "shop") -> RuleSet:
    """Return a set of these rules, or of all of them."""
    return RuleSet(name=name, rules=rules or ALL)
