"""Gifts and add-ons that a customer may take now: those in stock, in the order of preference."""

from typing import NamedTuple

from cashwrap import Sale, Till
from cashwrap.catalog.errors import CatalogError
from cashwrap.money import MILLI
from cashwrap.promotions.rules import Text


class Gift(NamedTuple):
    """One of the goods to choose from. ``available_milli`` is None where nobody counts them."""

    sku: str
    name: str
    available_milli: int | None


class Choice(NamedTuple):
    """A rule's gifts that are there, the first before the next, and how many may be taken."""

    rule: str
    name: Text
    units: int
    gifts: tuple[Gift, ...]


def to_choose(till: Till, sale: Sale) -> tuple[Choice, ...]:
    """Return what the customer may still take, of rules that name their goods by SKU.

    A gift that is out of stock, or that the catalog does not sell, is passed over for the next.
    """
    rules = {rule.id: rule for rule in sale.rules}
    found = []
    for offer in sale.offers():
        rule = rules[offer.rule]
        gifts = tuple(gift for sku in rule.range.skus if (gift := _there(till, sku)))
        if gifts:
            found.append(Choice(rule.id, rule.name, offer.units, gifts))
    return tuple(found)


def _there(till: Till, sku: str) -> Gift | None:
    try:
        item = till.catalog.by_sku(sku)
    except CatalogError:
        return None
    if not item.stocked:
        return Gift(sku, item.name, None)
    available_milli = till.available(sku)
    return Gift(sku, item.name, available_milli) if available_milli >= MILLI else None
