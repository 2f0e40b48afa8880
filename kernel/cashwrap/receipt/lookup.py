"""The text in a receipt's QR code: it names the sale's record and carries 8 bytes of its hash.

``CW1/STORE/TILL/EPOCH/SEQ/ANCHOR``, with store and till percent-encoded; ``CWT1/...`` in training.
A return scans it to find the sale, and the anchor shows whether the journal still says what the
customer's paper says.
"""

import re
from urllib.parse import quote, unquote

import msgspec

from cashwrap.receipt.model import ReceiptRefused

_FORM = re.compile(
    r"CW(T?)1/([^/]{1,200})/([^/]{1,200})/(\d{1,18})/(\d{1,18})/([0-9a-f]{16})", re.ASCII
)


class Lookup(msgspec.Struct, frozen=True):
    """Which record a receipt stands for, and the first 8 bytes of its hash in hex."""

    store: str
    till: str
    epoch: int
    seq: int
    anchor: str
    training: bool = False


def text(
    store: str, till: str, epoch: int, seq: int, anchor: str, *, training: bool = False
) -> str:
    """Return the text of the QR code."""
    return (
        f"CW{'T' * training}1/{quote(store, safe='')}/{quote(till, safe='')}/{epoch}/{seq}/{anchor}"
    )


def parse(scanned: str) -> Lookup:
    """Return what a scanned receipt code says.

    Raises ReceiptRefused when it is not the code of one of our receipts.
    """
    form = _FORM.fullmatch(scanned.strip())
    if form is None:
        raise ReceiptRefused(
            f"{scanned[:40]!r} is not the code of a receipt: scan the square code at its foot, "
            "or type the receipt number"
        )
    training, store, till, epoch, seq, anchor = form.groups()
    return Lookup(unquote(store), unquote(till), int(epoch), int(seq), anchor, training == "T")
