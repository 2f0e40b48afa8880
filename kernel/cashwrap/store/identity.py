"""Who a store is and where its chain stands."""

import msgspec

from cashwrap.store.layout import EPOCH_SEQ, genesis_hash, journal_prefix
from cashwrap.store.witness import Fingerprint


class Head(msgspec.Struct, frozen=True, array_like=True):
    """The end of the chain: the newest record's name, hash and wall time."""

    epoch: int
    seq: int
    hash: bytes
    wall_ms: int = 0


class Base(msgspec.Struct, frozen=True):
    """Where the kept journal begins: the last trimmed record (seq 0: nothing was trimmed).

    ``public_key`` is the key in force there, ``snapshot_hash`` covers the folded tables kept from
    that point with the ``versions`` of the projections that made them. ``signature`` is by
    ``signer``, the till's key when it was trimmed.
    """

    epoch: int
    seq: int
    hash: bytes
    public_key: bytes
    snapshot_hash: bytes = b""
    versions: dict[str, int] = {}
    signer: bytes = b""
    signature: bytes = b""


class Identity(msgspec.Struct):
    """The row that names a store; the rest of the file means nothing without it.

    ``epochs`` lists (first seq, epoch) in order. ``public_key`` is the key in force now.
    """

    format: int
    store: str
    till: str
    public_key: bytes
    epochs: list[tuple[int, int]]
    base: Base
    fingerprint: Fingerprint

    def prefix(self) -> bytes:
        """Return what every journal key begins with."""
        return journal_prefix(self.store, self.till)

    def key(self, epoch: int, seq: int) -> bytes:
        """Return the journal key of a record."""
        return self.prefix() + EPOCH_SEQ.pack(epoch, seq)

    def epoch_of(self, seq: int) -> int:
        """Return the epoch in which a seq stands."""
        for first, epoch in reversed(self.epochs):
            if seq >= first:
                return epoch
        return self.epochs[0][1]

    def key_of(self, seq: int) -> bytes:
        """Return the journal key of a seq."""
        return self.key(self.epoch_of(seq), seq)

    def start(self) -> Head:
        """Return the head before the first record that is kept."""
        if self.base.seq:
            return Head(self.base.epoch, self.base.seq, self.base.hash)
        epoch = self.epochs[0][1]
        return Head(epoch, 0, genesis_hash(self.store, self.till, epoch))
