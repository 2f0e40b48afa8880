"""Seals: Ed25519 signatures of the till's key over heads of the chain, and over a trim base."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import msgspec

from cashwrap.store.chain import Chain, Fault, Row
from cashwrap.store.disk import Cursor
from cashwrap.store.identity import Base, Identity
from cashwrap.store.keys import signature_holds
from cashwrap.store.layout import EPOCH_SEQ, HASH_SIZE, SEQ, seal_message
from cashwrap_native import journal as native

BASE_TAG = b"cashwrap base 1\0"


class Seal(msgspec.Struct, frozen=True):
    """A seal whose hash fits the chain: what it names, and the key that must have signed it."""

    epoch: int
    seq: int
    head: bytes
    signature: bytes
    public_key: bytes

    def fault(self, identity: Identity) -> Fault | None:
        """Return what is wrong with the signature, or None."""
        message = seal_message(identity.store, identity.till, self.epoch, self.seq, self.head)
        if signature_holds(self.public_key, self.signature, message):
            return None
        return Fault(self.seq, "its seal is not signed by the till's key")


class SealCheck:
    """Compares every seal with the chain as it is walked, and checks signatures.

    A signature over a head covers all records before it, so the last one by each key proves the
    records. ``every`` checks each, which also proves the seals themselves.
    """

    def __init__(self, identity: Identity, *, every: bool) -> None:
        self.seals = 0
        self.signatures = 0
        self._identity = identity
        self._every = every
        self._last: Seal | None = None  # whose signature is not checked yet

    def check(self, chain: Chain, cursor: Cursor, hashes: list[bytes]) -> Fault | None:
        """Check the seals of the records that the chain has just taken."""
        first = chain.seq - len(hashes) + 1
        if not cursor.set_range(SEQ.pack(first)):
            return None
        rows = list(islice(cursor, len(hashes)))
        fitting, odd = native.sealed(rows, first, hashes)
        fault = self._signed(chain, rows[:fitting])
        if fault is None and odd is not None:
            fault = _odd_place(odd, first, rows[fitting + 1 : fitting + 2])
            fault = fault or _other_hash(odd, first, hashes)
        return fault

    def _signed(self, chain: Chain, rows: Sequence[Row]) -> Fault | None:
        self.seals += len(rows)
        for key, row in rows if self._every else rows[-1:]:
            head, signature = row[:HASH_SIZE], row[HASH_SIZE:]
            seal = Seal(chain.epoch, SEQ.unpack(key)[0], head, signature, chain.public_key)
            last, self._last = self._last, seal
            if last and (self._every or last.public_key != seal.public_key):
                fault = self._check(last)
                if fault:
                    return fault
        return None

    def _check(self, seal: Seal) -> Fault | None:
        self.signatures += 1
        return seal.fault(self._identity)

    def finish(self) -> Fault | None:
        """Check the signature of the last seal."""
        last, self._last = self._last, None
        return self._check(last) if last else None


def _odd_place(row: Row, first: int, following: Sequence[Row]) -> Fault | None:
    """Return the fault of a seal whose number is not between those beside it."""
    seq = int.from_bytes(row[0], "big")
    if len(row[0]) == SEQ.size and seq >= first and all(row[0] < key for key, _ in following):
        return None
    return Fault(max(seq, first), "a seal stands where it does not belong")


def _other_hash(row: Row, first: int, hashes: list[bytes]) -> Fault | None:
    """Return the fault of a seal over another hash; None for one of a later record."""
    seq, head = int.from_bytes(row[0], "big"), row[1][:HASH_SIZE]
    if not first <= seq < first + len(hashes):
        return None
    found = hashes[seq - first]
    return Fault(seq, "its seal is over another hash", head.hex(), found.hex())


def base_message(base: Base) -> bytes:
    """Return what the till's key signs for a base."""
    versions = msgspec.msgpack.encode(sorted(base.versions.items()))
    name = EPOCH_SEQ.pack(base.epoch, base.seq)
    return BASE_TAG + name + base.hash + base.public_key + base.snapshot_hash + versions


def base_fault(identity: Identity, keys: set[bytes]) -> str:
    """Return what is wrong with the base, empty for nothing; ``keys`` are those in the chain."""
    base = identity.base
    if not base.seq:
        return ""
    if base.signer not in keys:
        return "the trim base is signed by a key that the journal does not name"
    holds = signature_holds(base.signer, base.signature, base_message(base))
    return "" if holds else "the trim base is not signed by the till's key"
