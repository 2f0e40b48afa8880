"""Which hold is meant by what a clerk scans or keys."""

from cashwrap.sale.holds import codes, projection
from cashwrap.sale.holds.errors import NoSuchHold, SeveralHolds
from cashwrap.sale.holds.model import Hold
from cashwrap.store.tables import Reader
from cashwrap.tender.pan import words


def find(reader: Reader, what: str) -> Hold:
    """Return the hold of a code (as scanned or keyed) or a sale, or the one under a key.

    Codes and sales are found whatever became of them, keys only while they wait. Raises
    NoSuchHold, SeveralHolds.
    """
    said = words(what, "a code, a sale or a key").strip()
    if codes.looks_like_code(said):
        found = projection.hold_of_number(reader, codes.number_of(said))
    else:
        found = projection.hold_of_sale(reader, said)
    return only_waiting(reader, said) if found is None else found


def only_waiting(reader: Reader, key: str) -> Hold:
    """Return the one hold that waits under a key. Raises NoSuchHold, SeveralHolds."""
    under = tuple(projection.waiting(reader, key)) if key else ()
    if len(under) > 1:
        raise SeveralHolds(key, [hold.code for hold in under])
    if not under:
        raise NoSuchHold(key)
    return under[0]
