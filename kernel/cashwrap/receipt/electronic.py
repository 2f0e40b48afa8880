"""Receipts without paper: the e-receipt's bytes, and a signed link to it.

The kernel makes no network calls and holds no keys here: the caller signs the claim, and the hub
or the shop's page checks the signature before it shows the receipt.
"""

import base64
import binascii

import msgspec

from cashwrap.receipt.model import Receipt, ReceiptRefused

SCHEMA = "cashwrap.receipt/4"
READABLE = ("cashwrap.receipt/1", "cashwrap.receipt/2", "cashwrap.receipt/3", SCHEMA)
"""Version 2 adds what promotions saved, and their names by language; 3 what came back, and which
receipt voided this one; 4 the sections of plugins. Older ones read as having none of it."""


class EReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The e-receipt as it is stored and sent: its schema and the document."""

    schema: str
    receipt: Receipt


class LinkClaim(msgspec.Struct, frozen=True, array_like=True):
    """What a link says of its receipt, signed by the till."""

    store: str
    till: str
    epoch: int
    seq: int
    anchor: bytes
    wall_ms: int
    payable_minor: int | None
    currency: str
    version: int = 1
    training: bool = False


def encode(receipt: Receipt) -> bytes:
    """Return the e-receipt as JSON; the same receipt gives the same bytes."""
    return msgspec.json.encode(EReceipt(schema=SCHEMA, receipt=receipt))


def decode(data: bytes) -> Receipt:
    """Return the receipt in e-receipt bytes.

    Raises ReceiptRefused for another schema or bytes that are no e-receipt.
    """
    try:
        found = msgspec.json.decode(data, type=EReceipt)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReceiptRefused(f"these bytes are no e-receipt: {error}") from None
    if found.schema not in READABLE:
        known = " and ".join(READABLE)
        raise ReceiptRefused(f"schema {found.schema[:40]!r} is not known here, only {known}")
    return found.receipt


def link_claim(receipt: Receipt) -> bytes:
    """Return the bytes that the till signs for a link to the receipt."""
    claim = LinkClaim(
        receipt.store,
        receipt.till,
        receipt.epoch,
        receipt.seq,
        bytes.fromhex(receipt.anchor),
        receipt.wall_ms,
        receipt.totals.payable_minor if receipt.totals else None,
        receipt.currency.code,
        training=any(mark.kind == "training" for mark in receipt.marks),
    )
    return msgspec.msgpack.encode(claim)


def signed_link(base_url: str, claim: bytes, signature: bytes) -> str:
    """Return the link to print or send: ``BASE#CLAIM.SIGNATURE`` in base64url.

    What follows the ``#`` is not sent by a browser, so it stays out of access logs.
    """
    return f"{base_url}#{_base64(claim)}.{_base64(signature)}"


def parse_link(link: str) -> tuple[LinkClaim, bytes, bytes]:
    """Return a link's claim, the bytes that were signed, and the signature, still to be checked.

    Raises ReceiptRefused when it is not such a link.
    """
    claim_text, dot, signature_text = link.partition("#")[2].partition(".")
    try:
        signed, signature = _bytes(claim_text), _bytes(signature_text)
        claim = msgspec.msgpack.decode(signed, type=LinkClaim)
    except (msgspec.DecodeError, binascii.Error, ValueError):
        raise ReceiptRefused(f"{link[:60]!r} is not a link to a receipt") from None
    if not dot or claim.version != 1:
        raise ReceiptRefused(f"{link[:60]!r} is not a link to a receipt that is known here")
    return claim, signed, signature


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
