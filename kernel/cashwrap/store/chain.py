"""The hash chain: walk records in order and name the first that does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import msgspec

from cashwrap.events import decode_body
from cashwrap.store.events import TillCreated, TillRekeyed
from cashwrap.store.identity import Head, Identity
from cashwrap.store.journal import split_key
from cashwrap.store.layout import HASH_SIZE
from cashwrap.store.records import decode_envelope
from cashwrap_native import journal as native

Row = tuple[bytes, bytes]

KEY_MARKS = tuple(msgspec.msgpack.encode(kind) for kind in (TillCreated.kind, TillRekeyed.kind))
BROKEN = "the chain is broken here"
_encode = msgspec.msgpack.Encoder().encode


class Name(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The leading fields of an envelope: enough to check a record's name."""

    kind: str
    version: int
    store: str
    till: str
    epoch: int
    seq: int


_decode_name = msgspec.msgpack.Decoder(Name).decode


class Fault(msgspec.Struct, frozen=True):
    """The first thing that is wrong: where, what, and the two hashes where hashes differ."""

    seq: int
    what: str
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        hashes = f" (expected {self.expected}, found {self.found})" if self.expected else ""
        return f"record {self.seq}: {self.what}{hashes}"


class Chain:
    """Stands at a record of the journal and walks on until one does not fit (``fault``)."""

    def __init__(self, identity: Identity, start: Head, public_key: bytes) -> None:
        self.hash = start.hash
        self.seq = start.seq
        self.epoch = start.epoch
        self.public_key = public_key
        self.keys = {public_key}
        self.records = 0
        self.bytes = 0
        self.fault: Fault | None = None
        self.broken_at = b""  # the record whose link did not fit
        self._odd: Row | None = None
        self._identity = identity
        self._enter(start.epoch)

    @classmethod
    def from_first(cls, identity: Identity) -> Chain:
        """Return a chain that stands before the first record that is kept."""
        return cls(identity, identity.start(), identity.base.public_key)

    def walk(self, rows: Iterator[Row], limit: int) -> list[bytes]:
        """Take up to ``limit`` (key, record) rows; return the hashes of those that fit.

        Returns early, so that all it took are of one epoch and sealed by one key. An empty list
        means the end of the rows, or a ``fault``.
        """
        odd, self._odd = self._odd, None
        if odd is None:
            hashes, size, odd = native.follow(
                rows, self.hash, self._key, self._name, self.seq + 1, limit, sha256, KEY_MARKS
            )
            if hashes:
                self._odd = odd
                return self._took(hashes, size)
        if odd is None or not self._fits(*odd):
            return []
        raw = odd[1]
        if raw.startswith(KEY_MARKS, HASH_SIZE + 1):
            self._take_key(raw)
        return self._took([sha256(raw).digest()], len(raw))

    def _took(self, hashes: list[bytes], size: int) -> list[bytes]:
        self.hash = hashes[-1]
        self.seq += len(hashes)
        self.records += len(hashes)
        self.bytes += size
        return hashes

    def _fits(self, key: bytes, raw: bytes) -> bool:
        """Decode a record's name and check it against its key and the record before."""
        identity, seq = self._identity, self.seq + 1
        if split_key(key, identity.prefix())[1] > seq:
            return self._bad("it is missing")
        try:
            name = _decode_name(raw[HASH_SIZE:])
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            return self._bad(f"it cannot be read ({error})")
        if split_key(key, identity.prefix()) != (name.epoch, name.seq):
            return self._bad("it stands under another record's key")
        if name.seq != seq or name.epoch < self.epoch:
            return self._bad(f"it is numbered epoch {name.epoch} record {name.seq}")
        if (name.store, name.till) != (identity.store, identity.till):
            return self._bad(f"it belongs to {name.store} {name.till}")
        if not raw.startswith(self.hash):
            self.broken_at = raw
            return self._bad(BROKEN, self.hash.hex(), raw[:HASH_SIZE].hex())
        self._enter(name.epoch)
        return True

    def _enter(self, epoch: int) -> None:
        """Expect records of this epoch."""
        identity = self._identity
        self.epoch = epoch
        self._name = b"".join(map(_encode, (identity.store, identity.till, epoch)))
        self._key = identity.prefix() + epoch.to_bytes(4, "big")

    def _take_key(self, raw: bytes) -> None:
        body = decode_body(decode_envelope(raw[HASH_SIZE:]))
        assert isinstance(body, TillCreated | TillRekeyed)
        self.public_key = body.public_key
        self.keys.add(body.public_key)

    def _bad(self, what: str, expected: str = "", found: str = "") -> bool:
        self.fault = Fault(self.seq + 1, what, expected, found)
        return False

    def blame_the_one_before(self, next_link: bytes) -> None:
        """Name the record before a broken link when the one after it is as it was written.

        ``next_link`` is the hash of the record with the broken link, as kept elsewhere: in the
        record after it, or in its seal.
        """
        if self.fault and self.broken_at and sha256(self.broken_at).digest() == next_link:
            expected, found = self.fault.found, self.fault.expected
            self.fault = Fault(self.seq, "it was changed after it was written", expected, found)
