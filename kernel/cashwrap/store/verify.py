"""Prove a journal: chain, names, gaps, seals; and that every projection equals its rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from cashwrap.events import decode_body
from cashwrap.store.engine import Engine
from cashwrap.store.errors import StoreDamaged
from cashwrap.store.events import TillCreated, TillRekeyed
from cashwrap.store.identity import Base, Head, Identity
from cashwrap.store.journal import split_key
from cashwrap.store.keys import signature_holds
from cashwrap.store.layout import (
    BASES,
    EPOCH_SEQ,
    HASH_SIZE,
    JOURNAL,
    SEALS,
    SEQ,
    genesis_hash,
    seal_message,
)
from cashwrap.store.rebuild import Progress, replay, snapshot_hash
from cashwrap.store.records import decode_envelope

if TYPE_CHECKING:
    from cashwrap.store.store import Store
    from cashwrap.store.tables import Projection

BATCH = 4096
TAIL_RECORDS = 1000
SEAL_SAMPLE = 1000  # signatures checked: the last one, and one in so many
BASE_TAG = b"cashwrap base 1\0"
KEY_MARKS = tuple(msgspec.msgpack.encode(kind) for kind in (TillCreated.kind, TillRekeyed.kind))
NAME_AT = HASH_SIZE + 3  # array mark, kind's mark (and text), version
SHORTEST = HASH_SIZE + 12
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


class VerifyReport(msgspec.Struct, frozen=True):
    """What was proved: ``fault`` and ``projections`` are empty for a sound store.

    ``records``, ``bytes`` and ``seals`` were checked, ``signatures`` of the seals by their
    signature; ``projections`` names those that differ from their rebuild.
    """

    records: int
    bytes: int
    seals: int
    signatures: int
    head_seq: int
    head_hash: str
    fault: Fault | None = None
    projections: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything held."""
        return self.fault is None and not self.projections


class Chain:
    """Walks records in order and stops at the first that does not fit."""

    def __init__(self, identity: Identity, start: Head, public_key: bytes) -> None:
        self.hash = start.hash
        self.seq = start.seq
        self.epoch = start.epoch
        self.public_key = public_key
        self.keys = {public_key}
        self.records = 0
        self.bytes = 0
        self.fault: Fault | None = None
        self._identity = identity
        self._enter(start.epoch)

    def feed(self, key: bytes, raw: bytes) -> bool:
        """Check the next record; return False, with ``fault`` set, when it is bad."""
        seq = self.seq + 1
        # A name as we write it stands right after a short kind and version; anything else is
        # decoded, which also finds the words for what is wrong.
        usual = (
            len(raw) > SHORTEST
            and raw.startswith(self.hash)
            and raw.startswith(self._name + _encode(seq), NAME_AT + (raw[HASH_SIZE + 1] & 31))
            and key == self._key + SEQ.pack(seq)
        )
        if not usual and not self._fits(key, raw):
            return False
        self.hash = sha256(raw).digest()
        self.seq = seq
        self.records += 1
        self.bytes += len(raw)
        if raw.startswith(KEY_MARKS, HASH_SIZE + 1):
            self._take_key(raw)
        return True

    def _fits(self, key: bytes, raw: bytes) -> bool:
        """Decode the record's name and check it against its key and the record before."""
        if not raw.startswith(self.hash):
            found = raw[:HASH_SIZE].hex()
            return self._bad("the chain is broken here", self.hash.hex(), found)
        try:
            name = _decode_name(raw[HASH_SIZE:])
        except msgspec.MsgspecError as error:
            return self._bad(f"it cannot be read ({error})")
        if split_key(key, self._identity.prefix()) != (name.epoch, name.seq):
            return self._bad("it stands under another record's key")
        if name.seq != self.seq + 1 or name.epoch < self.epoch:
            return self._bad(f"it is numbered epoch {name.epoch} record {name.seq}")
        if (name.store, name.till) != (self._identity.store, self._identity.till):
            return self._bad(f"it belongs to {name.store} {name.till}")
        self._enter(name.epoch)
        return True

    def _enter(self, epoch: int) -> None:
        """Expect records of this epoch."""
        identity = self._identity
        self.epoch = epoch
        self._name = b"".join(map(_encode, (identity.store, identity.till, epoch)))
        self._key = identity.prefix() + epoch.to_bytes(4, "big")

    def _take_key(self, raw: bytes) -> None:
        envelope = decode_envelope(raw[HASH_SIZE:])
        body = decode_body(envelope)
        assert isinstance(body, TillCreated | TillRekeyed)
        self.public_key = body.public_key
        self.keys.add(body.public_key)

    def _bad(self, what: str, expected: str = "", found: str = "") -> bool:
        self.fault = Fault(self.seq + 1, what, expected, found)
        return False


def genesis_chain(identity: Identity) -> Chain:
    """Return a chain that begins before the first record that is kept."""
    base = identity.base
    if base.seq:
        return Chain(identity, Head(base.epoch, base.seq, base.hash), base.public_key)
    epoch = identity.epochs[0][1]
    genesis = genesis_hash(identity.store, identity.till, epoch)
    return Chain(identity, Head(epoch, 0, genesis), base.public_key)


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


class SealCheck:
    """Compares the seals with the chain as it is walked."""

    def __init__(self, identity: Identity, every: int) -> None:
        self.seals = 0
        self.signatures = 0
        self._identity = identity
        self._every = every

    def check(self, chain: Chain, row: bytes, *, last: bool) -> bool:
        """Check the seal of the record that the chain has just taken."""
        head, signature = row[:HASH_SIZE], row[HASH_SIZE:]
        self.seals += 1
        if head != chain.hash:
            chain.fault = Fault(
                chain.seq, "its seal is over another hash", head.hex(), chain.hash.hex()
            )
            return False
        if last or self.seals % self._every == 0:
            self.signatures += 1
            one = self._identity
            message = seal_message(one.store, one.till, chain.epoch, chain.seq, head)
            if not signature_holds(chain.public_key, signature, message):
                chain.fault = Fault(chain.seq, "its seal is not signed by the till's key")
                return False
        return True


def check_chain(
    engine: Engine,
    identity: Identity,
    until: int,
    *,
    all_seals: bool = False,
    progress: Progress | None = None,
) -> tuple[Chain, SealCheck]:
    """Walk the whole chain and its seals; what is wrong first is in the chain's ``fault``."""
    chain = genesis_chain(identity)
    seals = SealCheck(identity, 1 if all_seals else SEAL_SAMPLE)
    first = chain.seq
    while chain.seq < until and chain.fault is None:
        before = chain.seq
        _walk_batch(engine, identity, chain, seals, until)
        if chain.seq == before and chain.fault is None:
            chain.fault = Fault(chain.seq + 1, "it is missing")
        if progress:
            progress(chain.seq - first, until - first)
    return chain, seals


def _walk_batch(
    engine: Engine, identity: Identity, chain: Chain, seals: SealCheck, until: int
) -> None:
    stop = min(chain.seq + BATCH, until)
    with engine.view() as txn:
        journal = txn.cursor(db=engine.dbs[JOURNAL])
        if not journal.set_range(identity.key_of(chain.seq + 1)):
            return
        sealing = txn.cursor(db=engine.dbs[SEALS])
        rows = _seal_rows(sealing, chain.seq + 1)
        seal_seq, seal = next(rows, (0, b""))
        for key, raw in journal:
            if not chain.feed(key, raw):
                return
            if seal_seq == chain.seq:
                if not seals.check(chain, seal, last=chain.seq == until):
                    return
                seal_seq, seal = next(rows, (0, b""))
            if chain.seq >= stop:
                return


def _seal_rows(cursor: object, first: int) -> Iterator[tuple[int, bytes]]:
    import lmdb

    assert isinstance(cursor, lmdb.Cursor)
    if cursor.set_range(SEQ.pack(first)):
        for key, row in cursor:
            yield SEQ.unpack(key)[0], row


def check_tail(store: Store, public_key: bytes, *, whole: bool) -> None:
    """Check the newest records and the last seal, or the whole chain after a fault.

    Raises StoreDamaged naming the first bad record.
    """
    engine, identity, head = store.engine, store.identity, store.head
    folder = str(engine.folder)
    if whole:
        chain, _ = check_chain(engine, identity, head.seq)
        if chain.fault:
            raise StoreDamaged(folder, str(chain.fault))
        return
    before = max(identity.base.seq, head.seq - TAIL_RECORDS)
    start = identity.start() if before == identity.base.seq else None
    if start is None:
        record = store.journal.get(before)
        if record is None:
            raise StoreDamaged(folder, f"record {before} is missing")
        start = Head(record.envelope.epoch, before, record.hash)
    chain = Chain(identity, start, public_key)
    for batch in store.journal.batches(before, head.seq):
        for key, raw in batch:
            if not chain.feed(key, raw):
                raise StoreDamaged(folder, str(chain.fault))
    if chain.seq != head.seq:
        raise StoreDamaged(folder, f"record {chain.seq + 1} is missing")
    _check_last_seal(store, public_key)


def _check_last_seal(store: Store, public_key: bytes) -> None:
    engine, identity = store.engine, store.identity
    with engine.view() as txn:
        cursor = txn.cursor(db=engine.dbs[SEALS])
        if not cursor.last():
            raise StoreDamaged(str(engine.folder), "it has no seal")
        seq, row = SEQ.unpack(cursor.key())[0], cursor.value()
    record = store.journal.get(seq)
    if record is None or record.hash != row[:HASH_SIZE]:
        raise StoreDamaged(str(engine.folder), f"the seal of record {seq} is over another hash")
    message = seal_message(
        identity.store, identity.till, record.envelope.epoch, seq, row[:HASH_SIZE]
    )
    if not signature_holds(public_key, row[HASH_SIZE:], message):
        raise StoreDamaged(str(engine.folder), f"the seal of record {seq} is not by the till's key")


def verify_store(store: Store, progress: Progress | None, all_seals: bool) -> VerifyReport:
    """Check everything; see `Store.verify`."""
    head = store.head
    chain, seals = check_chain(
        store.engine, store.identity, head.seq, all_seals=all_seals, progress=progress
    )
    fault = chain.fault
    if fault is None and chain.hash != head.hash:
        fault = Fault(head.seq, "the head differs", head.hash.hex(), chain.hash.hex())
    if fault is None and (wrong := base_fault(store.identity, chain.keys)):
        fault = Fault(store.identity.base.seq, wrong)
    differing: tuple[str, ...] = ()
    if fault is None:
        with store.locked():
            fault = _snapshot_fault(store)
            differing = differing_projections(store, progress)
    return VerifyReport(
        records=chain.records,
        bytes=chain.bytes,
        seals=seals.seals,
        signatures=seals.signatures,
        head_seq=chain.seq,
        head_hash=chain.hash.hex(),
        fault=fault,
        projections=differing,
    )


def _snapshot_fault(store: Store) -> Fault | None:
    """Return a fault when the tables kept from the trim point are not those that were signed."""
    base = store.identity.base
    if not base.seq:
        return None
    with store.engine.view() as txn:
        found = snapshot_hash(txn.cursor(db=store.engine.dbs[BASES]))
    if found == base.snapshot_hash:
        return None
    return Fault(base.seq, "the tables kept at the trim differ", base.snapshot_hash.hex(),
                 found.hex())  # fmt: skip


def differing_projections(store: Store, progress: Progress | None = None) -> tuple[str, ...]:
    """Return the projections whose tables are not what a rebuild gives."""
    folded = replay(store.engine, store.journal, store.projections, store.head.seq, progress)
    tables = folded.tables()
    return tuple(one.name for one in store.projections if _differs(store, one, tables))


def _differs(store: Store, one: Projection, tables: dict[str, dict[bytes, bytes]]) -> bool:
    with store.engine.view() as txn:
        live = {name: dict(txn.cursor(db=store.engine.dbs[name]).iternext()) for name in one.tables}
    return live != {name: tables[name] for name in one.tables}
