"""Stamps by member: the settings, the event, the table, and what they come to."""

from typing import Annotated, ClassVar

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.events import Event, event
from cashwrap.host.fields import setting
from cashwrap.sale.events import SaleCompleted

TABLE = "stamp_card.stamps"
SPEND_MINOR = 1_000  # for one stamp


class CardSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[plugins.stamp_card]``: how many stamps fill a card."""

    full: Annotated[
        int,
        setting(
            ("Stamps on a full card", "A member with so many gets the gift."),
            ("集满几个印花", "集满后换一份礼品。"),
            ge=1,
            le=1_000,
        ),
    ] = 10
    gift: Annotated[str, setting(("The gift", ""), ("礼品", ""))] = "Mug"


class Card(msgspec.Struct, frozen=True):
    """A member's card, as pages and programs see it."""

    member: str
    stamps: int
    full: int
    gift: str


@event("stamp_card.redeemed")
class Redeemed(Event, frozen=True):
    """A member gave stamps for a gift."""

    member: str
    stamps: int


class Stamps:
    """One stamp for each full 10 yuan that a member paid; a return takes them back."""

    name, version, tables = "stamp_card", 1, (TABLE,)
    reads: ClassVar = {SaleCompleted.kind: SaleCompleted, Redeemed.kind: Redeemed}

    def fold(self, writer, envelope, body):
        """Add the stamps of a sale, or take off those that were redeemed."""
        if not body.member:
            return
        redeemed = isinstance(body, Redeemed)
        more = -body.stamps if redeemed else stamps_for(body.payable_minor)
        key = body.member.encode()
        writer.put(TABLE, key, b"%d" % (int(writer.get(TABLE, key) or 0) + more))


def stamps_for(payable_minor):
    """Return the stamps of a sale; what goes back takes as many as its sale gave at most."""
    stamps = abs(payable_minor) // SPEND_MINOR
    return stamps if payable_minor >= 0 else -stamps


def stamps_of(reader, member):
    """Return how many stamps a member has."""
    return int(reader.get(TABLE, member.encode()) or 0)


def card(till, member):
    """Return the card of a member, an empty one where they have none."""
    settings = till.settings(CardSettings)
    with till.read() as reader:
        return Card(member, stamps_of(reader, member), settings.full, settings.gift)


def cards(till):
    """Return every card, the fullest first."""
    settings = till.settings(CardSettings)
    with till.read() as reader:
        found = [
            Card(member.decode(), int(stamps), settings.full, settings.gift)
            for member, stamps in reader.items(TABLE)
        ]
    return sorted(found, key=lambda one: (-one.stamps, one.member))


def redeem(till, member, staff="", command=""):
    """Take the stamps of a full card, and return what is left of it. Raises InvalidInput."""
    before = card(till, member)
    if before.stamps < before.full:
        raise InvalidInput(
            f"{member} has {before.stamps} stamps: a card is full with {before.full}"
        )
    till.commit([Redeemed(member, before.full)], staff=staff, command=command)
    return card(till, member)
