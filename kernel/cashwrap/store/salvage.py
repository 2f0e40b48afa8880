"""Save what can be proved of a damaged store."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from cashwrap.ports import Clock, Randomness
from cashwrap.store.chain import Chain
from cashwrap.store.damage import MetaPage, read_meta
from cashwrap.store.disk import Txn
from cashwrap.store.engine import Engine
from cashwrap.store.errors import (
    RestoreRefused,
    StoreDamaged,
    StoreMissing,
)
from cashwrap.store.identity import Identity
from cashwrap.store.journal import save_identity
from cashwrap.store.layout import (
    BASES,
    COMMANDS,
    CORE_TABLES,
    DATA_FILE,
    FORMAT,
    HASH_SIZE,
    JOURNAL,
    KEY_FILE,
)
from cashwrap.store.owner import Owner
from cashwrap.store.rebuild import snapshot_hash
from cashwrap.store.records import Commit, parse
from cashwrap.store.restore import place

if TYPE_CHECKING:
    pass


class SalvageReport(msgspec.Struct, frozen=True):
    """What could be proved of a damaged store: records up to ``seq``, and why not more."""

    records: int
    epoch: int
    seq: int
    stopped: str


def salvage(
    folder: Path | str,
    into: Path | str,
    *,
    clock: Clock,
    randomness: Randomness,
    reason: str = "salvaged from a damaged store",
    epoch: int = 0,
    witness: list[Path] | None = None,
) -> SalvageReport:
    """Copy the longest verified beginning of a damaged store's chain into a fresh folder.

    The damaged file is read by a child process, so nothing in it can take this one down, and is
    left as it is. The new store begins a new epoch. Raises StoreDamaged when not even the first
    record can be read, RestoreRefused when ``into`` already holds a store.
    """
    source, target = Path(folder), Path(into)
    if (target / DATA_FILE).exists():
        raise RestoreRefused(f"{target} already holds a store: salvage into an empty folder")
    target.mkdir(parents=True, exist_ok=True)
    if (source / KEY_FILE).exists() and not (target / KEY_FILE).exists():
        shutil.copy2(source / KEY_FILE, target / KEY_FILE)
    report: list[SalvageReport] = []

    def fill(build: Path) -> None:
        report.append(_copy_proved(source, build))

    owner = Owner(target)
    try:
        place(target, fill, "salvage", reason, epoch, clock, randomness, witness)
    finally:
        owner.release(clean=True)
    return report[0]


def _copy_proved(source: Path, build: Path) -> SalvageReport:
    """Fill a new file with the records of a damaged one for as long as the chain holds."""
    readable = build / "readable.mdb"
    _stretch(source / DATA_FILE, readable)
    engine = Engine(build)
    engine.open_tables(CORE_TABLES)
    rows = _dumped(readable, "--identity")
    try:
        identity = msgspec.msgpack.decode(next(rows, (b"", b""))[1], type=Identity)
    except msgspec.DecodeError:
        raise StoreDamaged(str(source), "not even its identity can be read") from None
    records = list(_dumped(readable, "--journal"))  # a till's journal fits in memory
    chain = _walked(identity, records)
    if chain.broken_at and len(records) > chain.records + 1:
        chain.blame_the_one_before(records[chain.records + 1][1][:HASH_SIZE])
    stopped = str(chain.fault) if chain.fault else f"no record after {chain.seq} can be read"
    if chain.fault and chain.fault.seq == chain.seq:  # its link fits, what it says was changed
        chain = _walked(identity, records[: chain.records - 1])
    proved = records[: chain.records]
    if not proved:
        raise StoreDamaged(str(source), "not even its first record can be read")
    identity.public_key = chain.public_key
    identity.epochs = [one for one in identity.epochs if one[0] <= chain.seq]
    identity.format = FORMAT
    _write_proved(engine, identity, proved)
    if identity.base.seq:
        _write_bases(source, engine, identity, dict(_dumped(readable, "--bases")))
    engine.close()
    readable.unlink()
    return SalvageReport(chain.records, chain.epoch, chain.seq, stopped)


def _walked(identity: Identity, rows: list[tuple[bytes, bytes]]) -> Chain:
    """Return a chain that has walked over these rows for as long as they fit."""
    chain, walking = Chain.from_first(identity), iter(rows)
    while chain.walk(walking, len(rows)):
        pass
    return chain


def _write_proved(engine: Engine, identity: Identity, rows: list[tuple[bytes, bytes]]) -> None:
    for start in range(0, len(rows), 1000):
        batch = rows[start : start + 1000]
        engine.write(partial(_put_records, engine, batch), emergency=True)
    engine.write(lambda txn: save_identity(txn, engine, identity), emergency=True)


def _put_records(engine: Engine, batch: list[tuple[bytes, bytes]], txn: Txn) -> None:
    """Write records, and what their commands are answered with."""
    for key, raw in batch:
        txn.put(key, raw, db=engine.dbs[JOURNAL])
        record = parse(raw)
        envelope = record.envelope
        if not envelope.command:
            continue
        command = envelope.command.encode()
        known = txn.get(command, db=engine.dbs[COMMANDS])
        first = msgspec.msgpack.decode(known, type=Commit).first_seq if known else record.seq
        answer = Commit(first, record.seq, record.hash, envelope.epoch)
        txn.put(command, msgspec.msgpack.encode(answer), db=engine.dbs[COMMANDS])


def _write_bases(
    source: Path, engine: Engine, identity: Identity, rows: dict[bytes, bytes]
) -> None:
    """Write the tables kept from the trim point; without them nothing can be folded."""
    if snapshot_hash(rows.items()) != identity.base.snapshot_hash:
        raise StoreDamaged(str(source), "the tables kept at the trim cannot be read")

    def write(txn: Txn) -> None:
        for key, value in rows.items():
            txn.put(key, value, db=engine.dbs[BASES])

    engine.write(write, emergency=True)


def _stretch(source: Path, target: Path) -> None:
    """Copy a data file and give a short one its missing pages as zeros, so mapping is safe."""
    if not source.exists():
        raise StoreMissing(str(source.parent))
    shutil.copyfile(source, target)
    with target.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        meta = _newest_readable_meta(target)
        if meta is not None and size < (meta.last_page + 1) * meta.page_size:
            file.truncate((meta.last_page + 1) * meta.page_size)


def _newest_readable_meta(path: Path) -> MetaPage | None:
    """Return the newest readable meta page of a file that may be cut short."""
    with path.open("rb") as file:
        found = [read_meta(file.read(4096))]
        size = found[0].page_size if isinstance(found[0], MetaPage) else 4096
        file.seek(size)
        found.append(read_meta(file.read(4096)))
    metas = [meta for meta in found if isinstance(meta, MetaPage)]
    return max(metas, key=lambda meta: meta.txn, default=None)


def _dumped(path: Path, what: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield what a child process can read of a data file until it ends or dies."""
    script = Path(__file__).with_name("probe.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, str(script), str(path), what],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        yield from _pairs(child.stdout)
        child.kill()


def _pairs(pipe: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    while len(sizes := pipe.read(8)) == 8:
        key_size, value_size = int.from_bytes(sizes[:4], "big"), int.from_bytes(sizes[4:], "big")
        key, value = pipe.read(key_size), pipe.read(value_size)
        if len(value) < value_size:
            return
        yield key, value
