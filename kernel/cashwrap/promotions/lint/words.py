"""The words of findings, in English and Chinese; figures and names are filled in by field."""

from collections.abc import Callable

from cashwrap.promotions.rules import Text

Money = Callable[[int], str]
WORDS: dict[str, tuple[str, str]] = {
    "dead.range": (
        "{rule} can never give anything: no item of the catalog is in its {place}",
        "{rule} 永远不会生效: 商品目录中没有商品属于它的 {place}",
    ),
    "dead.unknown": (
        "{rule}: {place} names what the catalog does not have: {names}{near}",
        "{rule}: {place} 写了目录中没有的: {names}{near}",
    ),
    "dead.past": (
        "{rule} is over: all of its windows lie in the past",
        "{rule} 已经过期: 所有时间段都已过去",
    ),
    "dead.window": (
        "{rule} can never count: window {place} has no moment in which all that it asks for holds",
        "{rule} 永远不会生效: 第 {place} 个时间段的条件不可能同时成立",
    ),
    "dead.store": (
        "{rule} does not count in this shop: it is for {names}, this is {here}",
        "{rule} 在本店不生效: 它只用于 {names}, 本店是 {here}",
    ),
    "dead.order_type": (
        "{rule} is for order types that this shop does not have: {names}; it has {here}",
        "{rule} 只用于本店没有的订单类型: {names}; 本店有 {here}",
    ),
    "dead.saves_nothing": (
        "{rule} takes nothing off: {why}",
        "{rule} 不会产生优惠: {why}",
    ),
    "dead.dominated": (
        "{rule} is never needed: {by} counts whenever it does and gives at least as much",
        "{rule} 多余: 凡是它生效时 {by} 也生效, 且优惠不低于它",
    ),
    "dead.duplicate": (
        "{rule} says the same as {by}: remove one of them",
        "{rule} 与 {by} 内容相同: 请删除其中一个",
    ),
    "dead.shadowed": (
        "{rule} never gets its turn: {by} stands before it in list group {group} and counts "
        "whenever it does",
        "{rule} 永远轮不到: 列表组 {group} 中 {by} 排在它前面, 并且总是先生效",
    ),
    "dead.never_applied": (
        "{rule} gave nothing in any of {tried} carts that reach it{by}",
        "{rule} 在试过的 {tried} 个满足条件的购物车中都没有生效{by}",
    ),
    "conflict.best_of_group": (
        "{rule} and {by} are for different goods, but only the better of the two counts on an "
        "order (group {group} is best per order): to let both count, set the group's mode to all",
        "{rule} 与 {by} 针对不同商品, 但同一单只取其中较优的一个 (组 {group} 为整单取优): "
        "若要同时生效, 请把该组 mode 设为 all",
    ),
    "conflict.excluded": (
        "{rule} and {by} cover the same goods at the same time, but {how}: they never count "
        "together",
        "{rule} 与 {by} 在同一时间针对同样的商品, 但{how}: 两者不会同时生效",
    ),
    "conflict.same_priority": (
        "{rule} and {by} cover the same goods at the same time with the same priority {priority}: "
        "give them different ones to say which comes first",
        "{rule} 与 {by} 在同一时间针对同样的商品且优先级同为 {priority}: 请设不同优先级以分先后",
    ),
    "conflict.two_exclusive": (
        "{rule} and {by} both stand alone always and can meet in one cart: {first} wins, by "
        "priority and id",
        "{rule} 与 {by} 都总是独占且可能同时满足: 按优先级和编号 {first} 胜出",
    ),
    "steps.less": (
        "{rule}: from {at} on it gives {less}, which is less than the {more} of the step before",
        "{rule}: 到 {at} 优惠 {less}, 反而少于前一档的 {more}",
    ),
    "steps.capped": (
        "{rule}: its cap of {cap} is less than the {more} promised from {at} on",
        "{rule}: 封顶 {cap} 低于 {at} 档承诺的 {more}",
    ),
    "loophole.all_free": (
        "{rule} makes every unit of its range free, as often as anyone wants, and is no gift",
        "{rule} 使范围内所有商品免费且不限次数, 又未标为赠品",
    ),
    "loophole.dearest": (
        "{rule} takes off the dearest: a unit of {cheap} beside one of {dear} saves {saving}",
        "{rule} 优惠给最贵的一件: 用 {cheap} 的商品凑 {dear} 的商品可省 {saving}",
    ),
    "inversion.adding_lowers": (
        "one more unit of {sku} lowers the total from {before} to {after} ({rules})",
        "多买一件 {sku} 总价反而从 {before} 降到 {after} ({rules})",
    ),
    "inversion.order_reversed": (
        "a cart of {cheap} costs less than one of {dear}, but with {sku} in both it costs more: "
        "{cheap_after} against {dear_after} ({rules})",
        "原来 {cheap} 的购物车比 {dear} 的便宜, 各加一件 {sku} 后反而更贵: "
        "{cheap_after} 对 {dear_after} ({rules})",
    ),
    "inversion.two_sales": (
        "two sales cost {apart}, one sale with the same goods {together} ({rules})",
        "分两单付 {apart}, 合成一单反而要 {together} ({rules})",
    ),
    "cost.below": (
        "{sku} is sold for {net} without tax, below its cost of {cost} ({rules})",
        "{sku} 不含税仅售 {net}, 低于成本 {cost} ({rules})",
    ),
    "cost.thin": (
        "{sku} is sold for {net} without tax and costs {cost}: a margin of {margin}, less than "
        "{least} ({rules})",
        "{sku} 不含税仅售 {net}, 成本 {cost}, 毛利率 {margin}, 低于 {least} ({rules})",
    ),
    "free.goods": (
        "{sku} costs nothing in this cart, and no rule calls it a gift ({rules})",
        "此购物车中 {sku} 不要钱, 但没有规则把它标为赠品 ({rules})",
    ),
    "free.cart": (
        "there is nothing left to pay ({rules})",
        "此购物车应付为 0 ({rules})",
    ),
    "stock.short": (
        "{rule} may sell {demand} of {sku} in {days} days, but only {on_hand} are on hand",
        "{rule} 预计 {days} 天卖出 {sku} {demand}, 现有库存只有 {on_hand}",
    ),
}


def said(code: str, **figures: object) -> Text:
    """Return the words of a finding in each language."""
    english, chinese = WORDS[code]
    return {"en": english.format(**figures), "zh-CN": chinese.format(**figures)}


def in_language(text: Text, language: str) -> str:
    """Return the words in a language, in English where there are none."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")
