"""The files of the feed."""

import json

import msgspec


class FeedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[plugins.sales_feed]``: the folder to write to, seen from the shop's."""

    folder: str = "feed"


def folder(till):
    """Return the folder of a till's feed, made where it is missing."""
    place = till.folder / till.settings(FeedSettings).folder
    place.mkdir(exist_ok=True)
    return place


def write(till, record):
    """Write one sale to a file of its own number; the same record again writes the same file."""
    sale = record.body()
    told = {"number": sale.number, "day": sale.day, "payable_minor": sale.payable_minor}
    (folder(till) / f"{record.seq:012}.json").write_text(json.dumps(told), encoding="utf-8")
