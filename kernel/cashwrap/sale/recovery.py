"""Open sales brought back after the till's process, or its power, was gone."""

import msgspec

from cashwrap.pricing.engine import Engine
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart
from cashwrap.sale.complete import decode_history
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.projection import ended
from cashwrap.store.tables import Reader
from cashwrap.tender.projection import unfinished_snapshots

Histories = dict[str, list[AnyEdit]]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, AnyEdit]).decode


def draft_payload(sale: str, edit: AnyEdit) -> bytes:
    """Return what the draft keeps of one edit."""
    return _encode((sale, edit))


def open_histories(payloads: list[bytes], reader: Reader) -> tuple[Histories, set[str]]:
    """Return the edits of every sale that is still open, and the sales that the draft knew less of.

    They come from the draft; a sale that asked for a payment also from the snapshot journaled
    with the intent, whichever knows more.
    """
    histories: Histories = {}
    for payload in payloads:
        sale, edit = _decode(payload)
        if isinstance(edit, edits.SaleOpened):
            histories[sale] = [edit]
        elif sale in histories:
            histories[sale].append(edit)
    lost = set()
    for sale, snapshot in unfinished_snapshots(reader).items():
        history = decode_history(snapshot)
        if len(history) > len(histories.get(sale, ())):
            histories[sale] = history
            lost.add(sale)
    return {sale: made for sale, made in histories.items() if ended(reader, sale) is None}, lost


def replayed(history: list[AnyEdit], engine: Engine) -> Cart:
    """Return the cart that a history comes to."""
    opened = history[0]
    assert isinstance(opened, edits.SaleOpened)  # see `open_histories`
    cart = Cart(opened, engine)
    for edit in history[1:]:
        cart.apply(edit)
    return cart
