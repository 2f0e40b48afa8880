"""Goods that a promotion is about: the gifts to choose from, or what to add to save more."""

from collections.abc import Iterator

from cashwrap.api.shop_view import ItemView, item_view
from cashwrap.catalog.model import Item
from cashwrap.promotions.explain.slots import all_ranges
from cashwrap.promotions.match import covers_goods
from cashwrap.promotions.model import Goods
from cashwrap.promotions.rules import BuyGet, Range, Rule
from cashwrap.sale.sale import Sale
from cashwrap.till import Till

GOODS_MAX = 60


def goods_of(till: Till, sale: Sale, rule_id: str) -> list[ItemView]:
    """Return the goods that a promotion of a sale names, those to be sold now first.

    They are what it names itself, then what the register's own pages have of its categories and
    tags. It is empty where a promotion is about everything.
    """
    rule = next((one for one in sale.rules if one.id == rule_id), None)
    ranges = [] if rule is None else [one for one in _ranges(rule) if _is_named(one)]
    found: dict[str, Item] = {}
    for item in _named(till, ranges) if ranges else ():
        if item.sku not in found and (item.sellable or item.axes):
            found[item.sku] = item
            if len(found) == GOODS_MAX:
                break
    return sorted(
        (item_view(till, item, sale.cart.header.customer) for item in found.values()), key=_is_out
    )


def names_goods(rule: Rule) -> bool:
    """Return whether a promotion is about some goods, not about all of them."""
    return any(_is_named(one) for one in _ranges(rule))


def _ranges(rule: Rule) -> tuple[Range, ...]:
    """Return where its goods are: of buy and get, what is got."""
    return (rule.range,) if isinstance(rule.benefit, BuyGet) else all_ranges(rule)


def _is_named(one: Range) -> bool:
    return bool(one.skus or one.families or one.categories or one.tags)


def _named(till: Till, ranges: list[Range]) -> Iterator[Item]:
    catalog = till.catalog
    codes = [code for one in ranges for code in (*one.skus, *one.families)]
    codes += [sku for group in till.groups() for sku in group.skus]
    for code in dict.fromkeys(codes):
        item = catalog.find_sku(code)
        if item is not None and any(covers_goods(one, _as_goods(till, item)) for one in ranges):
            yield item


def _as_goods(till: Till, item: Item) -> Goods:
    above = till.catalog.category_path(item.category) if item.category else ()
    return Goods(item.sku, item.sku if item.axes else item.family, above, item.tags)


def _is_out(item: ItemView) -> bool:
    return item.available_milli is not None and item.available_milli <= 0
