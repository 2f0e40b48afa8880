"""What the settings of presets mean, in both languages, and those that every preset has."""

from inspect import Parameter

from .written import Days, Hours, Words


def _common(name: str, form: object, default: object) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=form)


COMMON = (
    _common("id", str, ""),
    _common("name", str, ""),
    _common("since", str, ""),
    _common("until", str, ""),
    _common("weekdays", Days, ()),
    _common("hours", Hours, ()),
    _common("stores", Words, ()),
)
"""The settings of every preset."""

HELP: dict[str, tuple[str, str]] = {
    "id": ("规则编号，默认用预设名", "the rule's id; the preset's name by default"),
    "name": ("小票上显示的名称", "the name on the receipt"),
    "since": ("开始日期或时间 2026-11-11T09:00", "the first day or moment, as 2026-11-11T09:00"),
    "until": ("结束日期或时间（不含）", "the day or moment at which it ends"),
    "weekdays": ("星期几，1 是周一", "days of the week, 1 is Monday"),
    "hours": ("每天的时段，可以跨午夜", "times of the day; they may pass midnight"),
    "stores": ("参加的门店，默认全部", "the stores that take part; all by default"),
    "goods": ("参加的商品，默认全部", "the goods it covers; all by default"),
    "other": ("第二组商品", "the goods of the second group"),
    "buy": ("要买的商品", "the goods that must be bought"),
    "get": ("送或优惠的件数", "how many are free or cheaper"),
    "gifts": ("可选的赠品，按顺序推荐", "the gifts to choose from, in order of preference"),
    "choose": ("可以选几件", "how many of them may be taken"),
    "addons": ("可以加价换购的商品", "the goods that may be added"),
    "by": (
        "按什么算不同：sku、family（款）或标签名，如 colour",
        "what makes two different: sku, family, or the name of a tag, as colour",
    ),
    "price": ("优惠价", "the price to pay instead"),
    "off": ("减多少或打几折", "what comes off"),
    "spend": ("消费满多少", "how much has to be spent"),
    "other_spend": ("第二组要消费满多少", "how much has to be spent on the second group"),
    "next_spend": ("下次满多少可用，0 为无门槛", "what the next sale must come to, 0 for anything"),
    "buy_count": ("要买几件", "how many must be bought"),
    "settled": (
        "由平台结算（算收款），否则算本店优惠",
        "the company pays it back: a payment, not a discount",
    ),
    "count": ("几件", "how many units"),
    "nth": ("每第几件优惠", "which unit of each group is cheaper"),
    "steps": ("门槛和优惠", "thresholds and what comes off"),
    "tiers": ("件数和优惠", "numbers of units and what they then cost or save"),
    "levels": ("会员等级和折扣", "a percentage for each tier of members"),
    "marginal": ("只有超过的件数优惠", "only the units from the tier on are cheaper"),
    "at_most": ("最多优惠多少", "the most that may come off"),
    "times": ("最多几次，0 为不限", "at most so many times, 0 for no limit"),
    "uses": ("每单最多几次，0 为不限", "at most so often on one order, 0 for no limit"),
    "per_member": ("每位会员限几件，0 为不限", "at most so many for one member, 0 for no limit"),
    "total": ("总共限几件，0 为不限", "at most so many in all, 0 for no limit"),
    "parts": ("套餐的各部分", "the places of the set"),
    "days": ("每月几号，-1 为月末", "days of the month, -1 is the last"),
    "points_times": ("积分几倍", "points count so many times"),
    "points": ("多少积分", "how many points"),
    "worth": ("这些积分抵多少钱", "what these points are worth"),
    "share": ("最多抵订单的多少", "the most of the order that may be paid so"),
    "tenders": ("支付方式", "ways to pay"),
    "face": ("券面值", "the coupon's face value"),
    "groups": ("顾客分组", "groups of customers"),
    "facts": ("顾客特征，如 new、birthday", "facts about the customer: new, birthday, ..."),
    "fee": ("费用编号", "the fee's id"),
    "tax": ("费用的税码", "the fee's tax code"),
    "order_types": ("订单类型", "order types"),
}
