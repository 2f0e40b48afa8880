"""Open sales brought back after the till's process, or its power, was gone."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from cashwrap.pricing.engine import Engine
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart, priced_from
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.holds.projection import resumed_sales
from cashwrap.sale.projection import ended
from cashwrap.sale.promoting import SaleRules
from cashwrap.store.draft import DraftUnavailable
from cashwrap.store.tables import Reader
from cashwrap.tender.projection import unfinished_snapshots

_encode = msgspec.msgpack.Encoder().encode


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """One edit in the draft, not yet decoded: most are of sales that have ended since."""

    sale: str
    edit: msgspec.Raw
    engine: bytes


_decode_frame = msgspec.msgpack.Decoder(Frame).decode
_decode_edit: Callable[[msgspec.Raw], AnyEdit] = msgspec.msgpack.Decoder(AnyEdit).decode
T = TypeVar("T")
R = TypeVar("R")


class Left(NamedTuple):
    """One open sale as its till left it: its edits, and the source of the engine that priced it.

    ``lost`` says that the draft knew less of it than the journal.
    """

    history: list[AnyEdit]
    engine: bytes
    lost: bool = False


def draft_payload(sale: str, edit: AnyEdit, engine: bytes) -> bytes:
    """Return what the draft keeps of one edit; ``engine`` is "" where it is as before."""
    return _encode((sale, edit, engine))


def snapshot(cart: Cart) -> bytes:
    """Return what the journal keeps of an open sale with a payment that it asks for."""
    return _encode((cart.history, cart.engine.source))


def left_open(payloads: list[bytes], reader: Reader) -> dict[str, Left]:
    """Return every sale that is still open.

    They come from the draft; a sale that asked for a payment also from the snapshot journaled
    with the intent, one that was resumed also as it was then. The draft counts where it goes on
    from those. Raises DraftUnavailable.
    """
    drafts: dict[str, list[Frame]] = {}
    for payload in payloads:
        frame = _known(_decode_frame, payload)
        drafts.setdefault(frame.sale, []).append(frame)
    found = {
        sale: left
        for sale, frames in drafts.items()
        if ended(reader, sale) is None and (left := _drafted(frames)) is not None
    }
    journaled = [
        (sale, *msgspec.msgpack.decode(kept, type=tuple[list[AnyEdit], bytes]))
        for sale, kept in unfinished_snapshots(reader).items()
    ]
    for sale, known, engine in (*journaled, *resumed_sales(reader)):
        drafted = found[sale].history if sale in found else []
        if drafted[: len(known)] != list(known):  # shorter, or of a resume that was never journaled
            found[sale] = Left(list(known), engine, lost=True)
    return {sale: left for sale, left in found.items() if ended(reader, sale) is None}


def _drafted(frames: Sequence[Frame]) -> Left | None:
    """Return a sale as its draft has it, None where that lacks the beginning."""
    left = None
    for frame in frames:
        edit = _known(_decode_edit, frame.edit)
        if isinstance(edit, edits.SaleOpened):
            left = Left([edit], frame.engine)
        elif left is not None:
            left.history.append(edit)
            left = Left(left.history, frame.engine or left.engine)
    return left


def _known(decode: Callable[[R], T], raw: R) -> T:
    try:
        return decode(raw)
    except msgspec.DecodeError as error:
        raise DraftUnavailable(
            "the draft of an open sale was written by a newer cashwrap: end the open sales there, "
            "then open the till here"
        ) from error


def replayed(left: Left, rules_of: Callable[[str], SaleRules]) -> Cart:
    """Return the cart of a sale as it was left, whatever taxes, rounding and rules have become.

    ``rules_of`` gives a published rule set by its hash. Raises RulesError.
    """
    at = priced_from(left.history).rules
    rules = None if at is None else rules_of(at.rules_hash)
    return Cart.of_history(left.history, Engine.from_source(left.engine), rules)
