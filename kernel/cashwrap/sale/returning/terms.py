"""The shop's own terms for returns: reasons, places, and how old a sale may be."""

from datetime import date

from cashwrap.sale.returning.errors import LocationRefused, ReasonNotListed
from cashwrap.settings import ReturnSettings
from cashwrap.stock.errors import UnknownLocation
from cashwrap.stock.moves import LOSS, is_held
from cashwrap.tender.pan import words

SELLABLE = "sellable"


def reason_of(settings: ReturnSettings, said: str) -> tuple[str, str]:
    """Return the shop's reason and what was said in other words.

    Raises ReasonNotListed where the shop wants a reason and none was given.
    """
    said = words(said, "a reason").strip()
    if not said and settings.reason_required:
        raise ReasonNotListed(settings.reasons)
    if not said or said in (*settings.reasons, settings.other):
        return said, ""
    return settings.other, said


def location_of(settings: ReturnSettings, named: str) -> str:
    """Return a place of the stock ledger, "" for where goods came from. Raises LocationRefused."""
    if named == SELLABLE:
        return ""
    place = settings.locations.get(named, named) if isinstance(named, str) else ""
    if not takes_returns(place):
        raise LocationRefused(named, tuple(settings.locations))
    return place


def takes_returns(place: str) -> bool:
    """Return whether goods can come back to a place: one that holds goods, or a loss."""
    try:
        return is_held(place) or place.partition(":")[0] == LOSS
    except UnknownLocation:
        return False


def is_late(settings: ReturnSettings, sold_day: int, today: int) -> bool:
    """Return whether a sale is older than goods may come back; days are yyyymmdd."""
    return bool(settings.days) and (_date(today) - _date(sold_day)).days > settings.days


def _date(day: int) -> date:
    return date(day // 10_000, day // 100 % 100, day % 100)
