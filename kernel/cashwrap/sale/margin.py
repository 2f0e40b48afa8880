"""The margin floor: what goods may not be sold below, found when they are rung up.

It stands on the line as its least price, so every discount, promotion and coupon together stops
there, on every machine that replays the sale; a price below it needs an approver.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from msgspec.structs import replace

from cashwrap.money import MILLI, PPM, checked
from cashwrap.pricing.model import TaxCode
from cashwrap.pricing.taxes import resolve
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import ChosenPart, Goods


def guarded(desk: Desk, goods: Goods) -> Goods:
    """Return goods with cost plus the settings' margin as their least price.

    Cost is what the stock ledger would charge for one now, and without tax, as margins are. A
    shelf price that is below it stands, and nothing more comes off it.
    """
    floor_ppm = desk.settings.margin.floor_ppm
    if floor_ppm is None:
        return goods
    net = Fraction(desk.cost_minor(goods) * (PPM + floor_ppm), PPM)
    code = desk.tax_codes().get(goods.tax)
    least = ceil(net if code is None else _priced(code, goods, net))
    return _raised(goods, checked(least))


def guarded_meal(desk: Desk, meal: Goods, parts: Iterable[ChosenPart]) -> Goods:
    """Return a set meal whose least price is that of its parts together."""
    if desk.settings.margin.floor_ppm is None:
        return meal
    least = sum(Fraction(p.goods.minimum_minor * p.quantity_milli, MILLI) for p in parts)
    return _raised(meal, checked(ceil(least)))


def _raised(goods: Goods, least_minor: int) -> Goods:
    least_minor = min(goods.unit_minor, least_minor)
    if least_minor <= goods.minimum_minor:
        return goods
    return replace(goods, minimum_minor=least_minor)


def _priced(code: TaxCode, goods: Goods, net: Fraction) -> Fraction:
    """Return the price with the taxes that it contains, under the dearest order type."""
    grosses = [resolve(taxes, goods.tax_included).gross for taxes in code.by_order_type.values()]
    units = Fraction(goods.base_milli, MILLI)
    return max(gross.of_net * net + gross.per_unit * units for gross in grosses)
