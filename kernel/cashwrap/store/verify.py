"""Prove a store: chain, names, gaps, seals; and that every projection equals its rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain as joined
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import msgspec

from cashwrap.store.chain import Chain, Fault
from cashwrap.store.disk import Txn
from cashwrap.store.engine import Engine
from cashwrap.store.errors import StoreDamaged
from cashwrap.store.guests import FoldFailed
from cashwrap.store.identity import Head, Identity
from cashwrap.store.layout import BASES, COMMANDS, HASH_SIZE, JOURNAL, SEALS, SEQ
from cashwrap.store.rebuild import Progress, replay, snapshot_hash
from cashwrap.store.records import Commit
from cashwrap.store.seals import Seal, SealCheck, base_fault

if TYPE_CHECKING:
    from cashwrap.store.journal import Journal
    from cashwrap.store.store import Store
    from cashwrap.store.tables import Projection

BATCH = 4096
TAIL_RECORDS = 1000
_decode_commit = msgspec.msgpack.Decoder(Commit).decode


class Readable(Protocol):
    """A store, open for selling or only looked into."""

    @property
    def engine(self) -> Engine:
        """Return its data file."""
        ...

    @property
    def identity(self) -> Identity:
        """Return who it is."""
        ...

    @property
    def journal(self) -> Journal:
        """Return its journal."""
        ...

    @property
    def head(self) -> Head:
        """Return where its journal ends."""
        ...


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


def check_chain(
    engine: Engine,
    identity: Identity,
    until: int,
    *,
    all_seals: bool = False,
    progress: Progress | None = None,
) -> tuple[Chain, SealCheck]:
    """Walk the whole chain and its seals; what is wrong first is in the chain's ``fault``."""
    chain = Chain.from_first(identity)
    seals = SealCheck(identity, every=all_seals)
    first = chain.seq
    while chain.seq < until and chain.fault is None:
        before = chain.seq
        _walk_batch(engine, identity, chain, seals, until)
        if chain.seq == before and chain.fault is None:
            chain.fault = Fault(chain.seq + 1, "it is missing")
        if progress:
            progress(chain.seq - first, until - first)
    last = seals.finish()  # of a record before any fault of the chain
    chain.fault = last or chain.fault
    if all_seals and chain.fault is None:
        chain.fault = _seal_of_no_record(engine)
    return chain, seals


def _seal_of_no_record(engine: Engine) -> Fault | None:
    with engine.view() as txn:
        sealed, records = txn.cursor(db=engine.dbs[SEALS]), txn.cursor(db=engine.dbs[JOURNAL])
        if not sealed.last() or not records.last():
            return None
        seq, newest = SEQ.unpack(sealed.key())[0], SEQ.unpack(records.key()[-SEQ.size :])[0]
    return Fault(seq, "it has a seal, but is not there") if seq > newest else None


def _walk_batch(
    engine: Engine, identity: Identity, chain: Chain, seals: SealCheck, until: int
) -> None:
    with engine.view() as txn:
        journal = txn.cursor(db=engine.dbs[JOURNAL])
        if not journal.set_range(identity.key_of(chain.seq + 1)):
            return
        taken = chain.walk(iter(journal), min(BATCH, until - chain.seq))
        wrong = seals.check(chain, txn.cursor(db=engine.dbs[SEALS]), taken) if taken else None
        if chain.fault:
            _blame(txn, engine, identity, chain)
        chain.fault = wrong or chain.fault


def _blame(txn: Txn, engine: Engine, identity: Identity, chain: Chain) -> None:
    """Find out on which side of a broken link the change was made."""
    after = txn.get(identity.key_of(chain.seq + 2), db=engine.dbs[JOURNAL])
    seal = txn.get(SEQ.pack(chain.seq + 1), db=engine.dbs[SEALS])
    for row in filter(None, (after, seal)):
        chain.blame_the_one_before(row[:HASH_SIZE])


def check_tail(store: Readable, public_key: bytes, *, whole: bool) -> None:
    """Check the newest records and the last seal, or the whole chain after a fault.

    Raises StoreDamaged naming the first bad record.
    """
    engine, identity, head = store.engine, store.identity, store.head
    folder = str(engine.folder)
    if whole:
        chain, _ = check_chain(engine, identity, head.seq)
    else:
        chain = _walk_tail(store, public_key)
    if chain.fault:
        raise StoreDamaged(folder, str(chain.fault))
    if chain.seq != head.seq:
        raise StoreDamaged(folder, f"record {chain.seq + 1} is missing")
    if not whole:
        _check_last_seal(store, public_key)


def _walk_tail(store: Readable, public_key: bytes) -> Chain:
    identity, head = store.identity, store.head
    before = max(identity.base.seq, head.seq - TAIL_RECORDS)
    start = identity.start()
    if before > identity.base.seq:
        record = store.journal.get(before)
        if record is None:
            raise StoreDamaged(str(store.engine.folder), f"record {before} is missing")
        start = Head(record.envelope.epoch, before, record.hash)
    chain = Chain(identity, start, public_key)
    rows = joined.from_iterable(store.journal.batches(before, head.seq))
    while chain.walk(rows, BATCH):
        pass
    if chain.fault:
        with store.engine.view() as txn:
            _blame(txn, store.engine, identity, chain)
    return chain


def _check_last_seal(store: Readable, public_key: bytes) -> None:
    engine, identity = store.engine, store.identity
    folder = str(engine.folder)
    with engine.view() as txn:
        cursor = txn.cursor(db=engine.dbs[SEALS])
        if not cursor.last():
            raise StoreDamaged(folder, "it has no seal")
        seq, row = SEQ.unpack(cursor.key())[0], cursor.value()
    record = store.journal.get(seq)
    if record is None or record.hash != row[:HASH_SIZE]:
        raise StoreDamaged(folder, f"the seal of record {seq} is over another hash")
    seal = Seal(record.envelope.epoch, seq, row[:HASH_SIZE], row[HASH_SIZE:], public_key)
    if fault := seal.fault(identity):
        raise StoreDamaged(folder, str(fault))


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
    if fault is None and all_seals:
        fault = commands_fault(store, head.seq)
    differing: tuple[str, ...] = ()
    if fault is None:
        with store.locked():
            fault = snapshot_fault(store)
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


def commands_fault(store: Readable, until: int) -> Fault | None:
    """Return a fault where the answer kept of a command is not what its records say."""
    after = b""
    while True:
        with store.engine.view() as txn:
            cursor = txn.cursor(db=store.engine.dbs[COMMANDS])
            found = cursor.set_range(after + b"\0") if after else cursor.first()
            rows = list(islice(cursor, BATCH)) if found else []
        for command, row in rows:
            if (seq := _wrong_answer(store, command, row, until)) is not None:
                return Fault(seq, "the answer kept of its command is another")
        if len(rows) < BATCH:
            return None
        after = rows[-1][0]


def _wrong_answer(store: Readable, command: bytes, row: bytes, until: int) -> int | None:
    """Return the record that a command's row does not fit, None where it does."""
    try:
        done = _decode_commit(row)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return until
    base_seq = store.identity.base.seq
    if done.last_seq <= base_seq or until < done.last_seq <= store.head.seq:
        return None  # trimmed, or made since
    for seq in (max(done.first_seq, base_seq + 1), done.last_seq):
        record = store.journal.get(seq) if 0 < seq <= until else None
        if record is None or record.envelope.command.encode() != command:
            return seq
    assert record is not None  # the loop came to its end
    fits = (record.hash, record.envelope.epoch) == (done.hash, done.epoch)
    return None if fits else done.last_seq


def snapshot_fault(store: Readable) -> Fault | None:
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
    return differing(store, store.projections, progress)


def differing(
    store: Readable, projections: Sequence[Projection], progress: Progress | None = None
) -> tuple[str, ...]:
    """Return those of some projections whose tables are not what a rebuild gives.

    A plugin's that cannot be folded at all is one of them.
    """
    try:
        folded = replay(store.engine, store.journal, projections, store.head.seq, progress)
    except FoldFailed as failed:
        others = [one for one in projections if one.name != failed.projection]
        return (failed.projection, *differing(store, others, progress))
    tables = folded.tables()
    return tuple(one.name for one in projections if _differs(store, one, tables))


def _differs(store: Readable, one: Projection, tables: dict[str, dict[bytes, bytes]]) -> bool:
    with store.engine.view() as txn:
        live = {name: dict(txn.cursor(db=store.engine.dbs[name]).iternext()) for name in one.tables}
    return live != {name: tables[name] for name in one.tables}
