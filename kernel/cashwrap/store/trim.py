"""Retention: remove old records and keep the rest provable.

What is removed is replaced by a signed base: the hash from which the chain goes on, and the folded
tables at that point, so that a rebuild still gives the same tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.ports import Timestamp
from cashwrap.store.chain import Chain
from cashwrap.store.disk import Txn
from cashwrap.store.errors import StoreDamaged
from cashwrap.store.events import StoreTrimmed
from cashwrap.store.identity import Base, Identity
from cashwrap.store.journal import save_identity
from cashwrap.store.layout import BASES, COMMANDS, EPOCH_SEQ, JOURNAL, SEALS, SEQ
from cashwrap.store.rebuild import replay, tables_hash
from cashwrap.store.records import Commit
from cashwrap.store.seals import base_message
from cashwrap.store.verify import check_chain

if TYPE_CHECKING:
    from cashwrap.store.engine import Engine
    from cashwrap.store.store import Store

REMOVED_AT_ONCE = 2000


def trim_store(store: Store, until_seq: int, at: Timestamp) -> Commit:
    """Remove records up to and with ``until_seq``; callers hold the store's lock.

    The chain up to there is verified first. The last record always stays. The base, the snapshot
    and ``store.trimmed`` are one transaction; the old records go in small ones after it, and
    `finish_trim` takes that up again after a crash.
    """
    identity = store.identity
    if not identity.base.seq < until_seq < store.head.seq:
        raise InvalidInput(
            f"records up to {until_seq} cannot be trimmed: choose {identity.base.seq + 1} to "
            f"{store.head.seq - 1}"
        )
    chain, _ = check_chain(store.engine, identity, until_seq)
    if chain.fault:
        raise StoreDamaged(str(store.engine.folder), str(chain.fault))
    snapshot = replay(store.engine, store.journal, store.projections, until_seq).tables()
    before = identity.base
    identity.base = _signed_base(store, chain, tables_hash(snapshot))
    trimmed = StoreTrimmed(until_seq, chain.hash, identity.base.snapshot_hash)

    def also(txn: Txn) -> None:
        save_identity(txn, store.engine, identity)
        txn.drop(store.engine.dbs[BASES], delete=False)
        for table, rows in sorted(snapshot.items()):
            for key, value in sorted(rows.items()):
                txn.put(base_key(table, key), value, db=store.engine.dbs[BASES])

    try:
        done = store.commit_also(also, [trimmed], at)
    except BaseException:
        identity.base = before
        raise
    finish_trim(store.engine, identity)
    return done


def _signed_base(store: Store, chain: Chain, snapshot_hash: bytes) -> Base:
    versions = {one.name: one.version for one in store.projections}
    base = Base(
        chain.epoch, chain.seq, chain.hash, chain.public_key, snapshot_hash, versions,
        store.key.public,
    )  # fmt: skip
    return msgspec.structs.replace(base, signature=store.key.sign(base_message(base)))


def base_key(table: str, key: bytes) -> bytes:
    """Return the key of a snapshot row."""
    return table.encode() + b"\0" + key


def finish_trim(engine: Engine, identity: Identity) -> None:
    """Remove the records, seals and answered commands before the base, in small transactions."""
    if not identity.base.seq or not _any_left(engine, identity.base.seq):
        return
    last = identity.key(identity.base.epoch, identity.base.seq)
    while engine.write(lambda txn: _remove(txn, engine, last, identity.base.seq), emergency=True):
        pass


def _any_left(engine: Engine, seq: int) -> bool:
    with engine.view() as txn:
        cursor = txn.cursor(db=engine.dbs[JOURNAL])
        return cursor.first() and EPOCH_SEQ.unpack(cursor.key()[-EPOCH_SEQ.size :])[1] <= seq


def _remove(txn: Txn, engine: Engine, last: bytes, seq: int) -> bool:
    """Remove some; return whether there may be more."""
    removed = 0
    for name, end in ((JOURNAL, last), (SEALS, SEQ.pack(seq))):
        cursor = txn.cursor(db=engine.dbs[name])
        more = cursor.first()
        while more and cursor.key() <= end and removed < REMOVED_AT_ONCE:
            cursor.delete()
            removed += 1
            more = bool(cursor.key())
    if removed < REMOVED_AT_ONCE:
        _forget_commands(txn, engine, seq)
    return removed >= REMOVED_AT_ONCE


def _forget_commands(txn: Txn, engine: Engine, seq: int) -> None:
    cursor = txn.cursor(db=engine.dbs[COMMANDS])
    old = [
        bytes(key)
        for key, row in cursor
        if msgspec.msgpack.decode(row, type=Commit).last_seq <= seq
    ]
    for key in old:
        txn.delete(key, db=engine.dbs[COMMANDS])
