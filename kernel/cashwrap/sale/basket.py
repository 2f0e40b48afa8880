"""A line of a sale as promotions see it: whole units of one price, or one divisible amount."""

from typing import Literal

from cashwrap.money import MILLI, PPM, checked, div_round
from cashwrap.pricing.cart import Cart as Pricing
from cashwrap.promotions import model
from cashwrap.promotions.model import BasketLine
from cashwrap.sale.line import Line

Amounts = Literal["as_priced", "net", "gross"]


def basket_line(line: Line, pricing: Pricing, amounts: Amounts = "as_priced") -> BasketLine:
    """Return a line as it stands in the pricing cart, before all discounts.

    Weighed and labelled goods, and packs of several, are one divisible unit that is worth the
    line; a set meal is a line of so many meals.
    """
    goods, quantity_milli = line.goods, line.quantity_milli
    gross_minor, least_minor = pricing.before(line.number)
    divisible = (
        goods.measure == "weight"
        or goods.base_milli != MILLI
        or quantity_milli % MILLI != 0
        or goods.labelled
    )
    units, each_milli = quantity_milli // MILLI, MILLI
    if divisible:
        units = 1
        each_milli = checked(div_round(quantity_milli * goods.base_milli, MILLI, "half_up"))
    unit_minor = gross_minor // units
    listed = line.override_minor is not None or goods.list_minor
    return BasketLine(
        line.number,
        model.Goods(goods.sku, goods.family, goods.categories, goods.tags),
        unit_minor,
        units,
        _list_minor(line, pricing, unit_minor, divisible) if listed else unit_minor,
        -(-least_minor // units),
        divisible,
        each_milli,
        line.override_minor is not None,
        PPM if amounts == "as_priced" else getattr(pricing.taxed(line.number), amounts),
    )


def _list_minor(line: Line, pricing: Pricing, unit_minor: int, divisible: bool) -> int:
    """Return one unit at list price: before an override, and outside the customer's own book."""
    goods = line.goods
    listed = goods.list_minor or goods.unit_minor
    if line.parts:  # its upcharges stay
        charged = goods.unit_minor if line.override_minor is None else line.override_minor
        return unit_minor - charged + listed
    listed = pricing.list_unit(line.number, listed)
    if not divisible:
        return listed
    return checked(div_round(listed * line.quantity_milli, MILLI, "half_up"))
