"""Credit notes (退货券): what a shop owes to whoever has the code, and the journal as its book.

A code is 15 random letters of Crockford's base 32 (75 bits: nobody guesses one) and one to check
them by: a letter typed wrong, or two that changed places, make no code.
"""

from collections.abc import Mapping
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from cashwrap.events import Envelope, Event
from cashwrap.ids import ALPHABET
from cashwrap.store.tables import Reader, Writer
from cashwrap.tender.errors import CreditExpired, CreditRefused, CreditUsedUp, UnknownCredit
from cashwrap.tender.events import CreditIssued, CreditRestored, CreditSpent

NOTES = "credit.notes"  # SHA-256 of the code -> CreditNote
BY_ACT = "credit.by_act"  # id of a payment by a note, or of the act that gave it -> its key
BY_SALE = "credit.by_sale"  # return, NUL, id of the act -> SHA-256 of the code
OWED = "credit.owed"  # currency -> what all notes are good for, decimal text
RANDOM_CHARACTERS = 15
DAY_MS = 86_400_000

_GROUP = 4
_LOOKALIKES = str.maketrans("OIL", "011", " -\t")
_REDUCED = 0b100101  # x^5 + x^2 + 1: its root's powers are all 31 letters but 0


class CreditNote(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A credit note as it stands. ``sale`` is the return that it was given for.

    ``balance_minor`` is what may still be spent, until ``expires_ms`` (wall; 0: for ever).
    """

    code: str
    sale: str
    currency: str
    issued_minor: int
    balance_minor: int
    issued_ms: int
    expires_ms: int = 0

    @property
    def shown(self) -> str:
        """Return the code as it is printed: in groups of four."""
        return "-".join(self.code[at : at + _GROUP] for at in range(0, len(self.code), _GROUP))

    @property
    def hint(self) -> str:
        """Return what may stand on papers that others see: the last group."""
        return f"…{self.code[-_GROUP:]}"


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(CreditNote).decode


def new_code(secret: str) -> str:
    """Return the code that is made of a secret of at least 75 random bits."""
    number = int.from_bytes(sha256(f"credit/{secret}".encode()).digest(), "big")
    letters = "".join(ALPHABET[number >> 5 * at & 31] for at in range(RANDOM_CHARACTERS))
    return letters + ALPHABET[_times_root(_remainder(letters))]


def read_code(typed: str) -> str:
    """Return a code as it was made, from what was scanned or typed. Raises CreditRefused."""
    code = typed.upper().translate(_LOOKALIKES) if isinstance(typed, str) else ""
    sound = len(code) == RANDOM_CHARACTERS + 1 and all(each in ALPHABET for each in code)
    if not sound or _remainder(code):
        raise CreditRefused(f"{str(typed)[:40]!r} is no credit note's code: type it again")
    return code


def _remainder(letters: str) -> int:
    value = 0
    for letter in letters:
        value = _times_root(value) ^ ALPHABET.index(letter)
    return value


def _times_root(value: int) -> int:
    doubled = value << 1
    return doubled ^ _REDUCED if doubled & 32 else doubled


class CreditProjection:
    """Folds credit notes: issued, spent, restored."""

    name: str = "credit"
    version: int = 1
    tables: tuple[str, ...] = (NOTES, BY_ACT, BY_SALE, OWED)
    reads: Mapping[str, type[Event]] = {
        cls.kind: cls for cls in (CreditIssued, CreditSpent, CreditRestored)
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        if isinstance(body, CreditIssued):
            _fold_issued(writer, envelope, body)
            return
        assert isinstance(body, CreditSpent | CreditRestored)
        note = credit_note(writer, body.code)
        if note is None:  # issued at another till
            return
        if isinstance(body, CreditSpent):
            writer.put(BY_ACT, body.payment.encode(), _key(body.code))
            _changed(writer, note, -body.amount_minor)
        else:
            renewed = replace(note, expires_ms=body.expires_ms)
            _changed(writer, renewed, body.amount_minor)


def _fold_issued(writer: Writer, envelope: Envelope, body: CreditIssued) -> None:
    note = CreditNote(
        body.code,
        body.sale,
        body.currency,
        body.amount_minor,
        0,
        envelope.wall_ms,
        body.expires_ms,
    )
    writer.put(BY_ACT, body.payment.encode(), _key(body.code))
    writer.put(BY_SALE, f"{body.sale}\0{body.payment}".encode(), _key(body.code))
    _changed(writer, note, body.amount_minor)


def _changed(writer: Writer, note: CreditNote, by_minor: int) -> None:
    after = replace(note, balance_minor=note.balance_minor + by_minor)
    writer.put(NOTES, _key(note.code), _encode(after))
    owed_minor = credit_owed_minor(writer, note.currency) + by_minor
    writer.put(OWED, note.currency.encode(), b"%d" % owed_minor)


def credit_note(reader: Reader, code: str) -> CreditNote | None:
    """Return a credit note of this till's journal by its code, or None."""
    found = reader.get(NOTES, _key(code))
    return None if found is None else _decode(found)


def credit_of_payment(reader: Reader, payment: str) -> CreditNote | None:
    """Return the credit note that made a payment, or that an act of giving made, or None."""
    key = reader.get(BY_ACT, payment.encode())
    found = None if key is None else reader.get(NOTES, key)
    return None if found is None else _decode(found)


def credits_of_sale(reader: Reader, sale: str) -> list[CreditNote]:
    """Return the credit notes that a return gave, in order of their acts' ids."""
    keys = [key for _, key in reader.items(BY_SALE, f"{sale}\0".encode())]
    found = [reader.get(NOTES, key) for key in keys]
    return [_decode(each) for each in found if each is not None]


def credit_owed_minor(reader: Reader, currency: str) -> int:
    """Return what all credit notes together are still good for, expired ones included."""
    return int(reader.get(OWED, currency.encode()) or b"0")


def spendable(note: CreditNote | None, code: str, currency: str, now_ms: int) -> CreditNote:
    """Return a note that may be spent now.

    Raises UnknownCredit, CreditRefused (another currency), CreditExpired, CreditUsedUp.
    """
    if note is None:
        raise UnknownCredit(code[-_GROUP:])
    if note.currency != currency:
        raise CreditRefused(f"credit note {note.hint} is in {note.currency}, not in {currency}")
    if 0 < note.expires_ms <= now_ms:
        raise CreditExpired(note.hint, note.expires_ms)
    if note.balance_minor <= 0:
        raise CreditUsedUp(note.hint, 0)
    return note


def expiry_ms(now_ms: int, days: int) -> int:
    """Return until when a note is good that is issued or restored now; 0 days: for ever."""
    return now_ms + days * DAY_MS if days else 0


def _key(code: str) -> bytes:
    return sha256(code.encode()).digest()
