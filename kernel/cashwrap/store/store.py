"""The store of one till: commit events, read tables, follow the journal, prove it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cashwrap.errors import InvalidInput, named_path, utf8
from cashwrap.events import Envelope, Event, encode_body
from cashwrap.ports import Clock, Randomness, Timestamp
from cashwrap.store.disk import SYSTEM_DISK, AnyError, Disk, Txn
from cashwrap.store.engine import MAP_SIZE, Engine
from cashwrap.store.errors import FollowerRefused, StageTooLarge, StoreDamaged
from cashwrap.store.events import ClockChanged, TillClosed
from cashwrap.store.follower import Follower
from cashwrap.store.guests import FoldFailed
from cashwrap.store.identity import Head, Identity
from cashwrap.store.journal import Journal
from cashwrap.store.keys import TillKey
from cashwrap.store.layout import (
    COMMANDS,
    JOURNAL,
    SEALS,
    SEQ,
    seal_message,
)
from cashwrap.store.owner import Owner
from cashwrap.store.projections import LiveFold
from cashwrap.store.records import Commit, Record, frame, record_hash
from cashwrap.store.tables import Projection, Reader, Writer
from cashwrap.store.views import TxnWriter
from cashwrap.store.witness import Witness

if TYPE_CHECKING:
    from cashwrap.store.backup import BackupReport
    from cashwrap.store.rebuild import Progress
    from cashwrap.store.verify import VerifyReport

CLOCK_TOLERANCE_MS = 2000
COMMAND_SIZE_MAX = 400
_encode_commit = msgspec.msgpack.Encoder().encode
_decode_commit = msgspec.msgpack.Decoder(Commit).decode


class Stats(msgspec.Struct, frozen=True):
    """Figures for a doctor: sizes in bytes, counts since the store was opened."""

    file_bytes: int
    used_bytes: int
    records: int
    tables: dict[str, int]
    epoch: int
    last_seq: int
    last_seal_seq: int
    views: int
    views_long: int
    views_ended: int
    growths: int
    commits: int
    witnesses: int
    fault: str
    warnings: tuple[str, ...]


class Store:
    """One till's journal and tables in one folder, owned by one process.

    Made by `Store.create` and `Store.open`; see docs/store-format.md for what is on the disk.
    """

    def __init__(
        self,
        engine: Engine,
        owner: Owner,
        identity: Identity,
        key: TillKey,
        witness: Witness,
        projections: Sequence[Projection],
        staged: Sequence[str],
        clock: Clock,
        randomness: Randomness,
        head: Head,
        seal_every: int,
    ) -> None:
        self.engine = engine
        self.identity = identity
        self.projections = tuple(projections)
        self.left_out: dict[str, str] = {}
        """Projections of plugins that are not folded any more, and why."""
        self._given = self.projections
        self._behind: set[str] = set()  # whose tables the file still says are up to date
        self.journal = Journal(engine, identity)
        self.head = head
        self.key = key
        self.witness = witness
        self.clock = clock
        self.randomness = randomness
        self.warnings: list[str] = []
        self.is_training = False
        self.device = ""
        """The paired device whose request is being done, "" for the till's own."""
        self.commits = 0
        self._owner = owner
        self._staged = tuple(staged)
        self._live = LiveFold(projections)
        self._live.bind(projections, engine.dbs)
        self._seal_every = seal_every
        self._lock = threading.RLock()
        self._cursors: dict[str, int] = {}
        self._announced = False
        self._last_at: Timestamp | None = None

    @staticmethod
    def create(
        folder: Path | str,
        *,
        store: str = "S001",
        till: str = "T1",
        clock: Clock,
        randomness: Randomness,
        projections: Sequence[Projection] = (),
        staged: Sequence[str] = (),
        witness: Sequence[Path | str] | None = None,
        map_size: int = MAP_SIZE,
        seal_every: int = 1,
        disk: Disk = SYSTEM_DISK,
    ) -> Store:
        """Make a new store and return it open; its first record is ``till.created``.

        ``witness`` names the folders for witness files (None: the user's state folder, empty:
        none). Raises StoreExists where a store stands already.
        """
        from cashwrap.store.opening import create_store

        return create_store(
            Path(folder), store, till, clock, randomness, projections, staged, witness, map_size,
            seal_every, disk,
        )  # fmt: skip

    @staticmethod
    def open(
        folder: Path | str,
        *,
        clock: Clock,
        randomness: Randomness,
        projections: Sequence[Projection] = (),
        staged: Sequence[str] = (),
        witness: Sequence[Path | str] | None = None,
        seal_every: int = 1,
        adopt: str = "",
        epoch: int = 0,
        rekey: str = "",
        announce: bool = True,
        disk: Disk = SYSTEM_DISK,
        leave_out: Callable[[Reader], Mapping[str, str]] | None = None,
    ) -> Store:
        """Open a store, check its tail, rebuild what is out of date, and own it until `close`.

        ``adopt`` is the reason in words to take over a copied, moved or rolled-back folder: a new
        epoch starts (``epoch``, or one more than any known). ``rekey`` is the reason to go on with
        a new key when the old one is lost. ``announce`` journals the opening and the close.
        ``leave_out`` names projections that are not to be folded, and why.
        Raises StoreMissing, StoreInUse, StoreDamaged, StoreTooNew, StoreCopied, StoreRolledBack,
        KeyLost.
        """
        from cashwrap.store.opening import OpenOptions, open_store

        options = OpenOptions(seal_every, adopt, epoch, rekey, announce, disk, leave_out)
        return open_store(Path(folder), clock, randomness, projections, staged, witness, options)

    @property
    def was_clean(self) -> bool:
        """Return whether the run before this one ended with a close."""
        return self._owner.was_clean

    # Writing

    def commit(
        self,
        events: Sequence[Event],
        *,
        at: Timestamp,
        staff: str = "",
        command: str = "",
        emergency: bool = False,
    ) -> Commit:
        """Append the events, fold the projections and return once all of it is on the disk.

        A ``command`` id that was committed before returns that commit and does nothing else.
        ``emergency`` may use the reserve that is held back for closing a shift. When the wall
        clock moved against the steady one, ``clock.changed`` is journaled just before the events.
        Raises InvalidInput for what could not be read again, DiskFull, JournalFault, and whatever
        a fold refuses; nothing is changed then.
        """
        return self.commit_also(None, events, at, staff, command, emergency)

    def commit_also(
        self,
        also: Callable[[Txn], object] | None,
        events: Sequence[Event],
        at: Timestamp,
        staff: str = "",
        command: str = "",
        emergency: bool = False,
    ) -> Commit:
        """Commit, and do one thing more in the same transaction: for the store's own rows."""
        if not events:
            raise InvalidInput("a commit needs at least one event")
        utf8(staff, "staff")
        if len(utf8(command, "a command id")) > COMMAND_SIZE_MAX:
            raise InvalidInput(f"a command id may have {COMMAND_SIZE_MAX} bytes, not more")
        with self._lock:
            moved = self._clock_step(at)
            bodies = [moved, *events] if moved else list(events)
            rows, head = self._frame(bodies, at, staff, command)
            first = head.seq - len(events) + 1
            done = Commit(first, head.seq, head.hash, head.epoch)
            pending = dict(self._cursors)
            known = self._write(
                lambda txn: self._append(txn, rows, head, command, done, pending, also), emergency
            )
            if known is not None:
                return known
            self._behind.clear()
            self.head = head
            self.commits += 1
            self._last_at = at
            self._forget_cursors(pending)
            self.engine.when_durable(lambda: self.witness.note(head.epoch, head.seq, head.hash))
            return done

    @contextlib.contextmanager
    def grouped(self) -> Iterator[None]:
        """Let the commits in the block share one flush: on the disk when it ends, or at `settle`.

        Each stays atomic and is seen by this thread at once, so nothing of it may be told to
        anybody before (`when_durable`). Other threads wait to commit, and read what is on the
        disk. Raises JournalFault at the end when the disk refused; open the store again then.
        """
        with self._lock, self.engine.grouped():
            yield

    def settle(self) -> None:
        """Return when what this thread committed is on the disk. Raises JournalFault."""
        self.engine.settle()

    def when_durable(self, act: Callable[[], None]) -> None:
        """Do something once all that this thread committed so far is on the disk."""
        self.engine.when_durable(act)

    def _write(self, work: Callable[[Txn], Commit | None], emergency: bool) -> Commit | None:
        """Write in one transaction, without the plugins whose folds fail in it."""
        while True:
            try:
                return self.engine.write(work, emergency=emergency)
            except FoldFailed as failed:
                self.leave_out(failed.projection, failed.reason)

    def leave_out(self, projection: str, reason: str) -> None:
        """Fold a plugin's projection no more; its tables stay as they are, and get behind."""
        with self._lock:
            self.left_out[projection] = reason
            self._behind.add(projection)
            self._fold_those(one for one in self.projections if one.name != projection)

    def take_in(self, projection: str) -> None:
        """Fold a projection that was left out again, its tables anew. Raises FoldFailed."""
        from cashwrap.store.rebuild import rebuild

        with self._lock:
            back = [one for one in self._given if one.name == projection]
            active = [one for one in self._given if one in (*self.projections, *back)]
            rebuild(self.engine, self.journal, back, self.head.seq, active=active)
            self.left_out.pop(projection, None)
            self._behind.discard(projection)
            self._fold_those(active)

    def _fold_those(self, projections: Iterable[Projection]) -> None:
        self.projections = tuple(projections)
        self._live = LiveFold(self.projections)
        self._live.bind(self.projections, self.engine.dbs)

    def _frame(
        self, events: Sequence[Event], at: Timestamp, staff: str, command: str
    ) -> tuple[list[tuple[Envelope, Event, bytes]], Head]:
        """Return the records to append, and the head after them."""
        store, till = self.identity.store, self.identity.till
        epoch, seq, previous = self.head.epoch, self.head.seq, self.head.hash
        rows = []
        for body in events:
            seq, packed = seq + 1, encode_body(body)
            envelope = Envelope(
                body.kind, body.version, store, till, epoch, seq,
                at.wall_ms, at.steady_ms, staff, command, packed, self.device,
            )  # fmt: skip
            raw = frame(previous, envelope)
            previous = record_hash(raw)
            rows.append((envelope, body, raw))
        return rows, Head(epoch, seq, previous, at.wall_ms)

    def _append(
        self,
        txn: Txn,
        rows: Sequence[tuple[Envelope, Event, bytes]],
        head: Head,
        command: str,
        done: Commit,
        cursors: dict[str, int],
        also: Callable[[Txn], object] | None,
    ) -> Commit | None:
        """Write everything of one commit; return the first answer when the command is known."""
        dbs = self.engine.dbs
        if command:
            name, answers = command.encode(), dbs[COMMANDS]
            if not txn.put(name, _encode_commit(done), db=answers, overwrite=False):
                return _decode_commit(txn.get(name, db=answers) or b"")
        for envelope, _, raw in rows:
            key = self.identity.key(envelope.epoch, envelope.seq)
            txn.put(key, raw, db=dbs[JOURNAL], append=True)
        self._live.fold(txn, rows)
        if self._behind:
            from cashwrap.store.rebuild import forget_folded

            forget_folded(txn, self.engine, self._behind)
        every, before = self._seal_every, rows[0][0].seq - 1
        if also is not None or head.seq // every != before // every:
            txn.put(SEQ.pack(head.seq), self.seal(head), db=dbs[SEALS], append=True)
        self.journal.save_cursors(txn, cursors)
        if also is not None:
            also(txn)
        return None

    def seal(self, head: Head) -> bytes:
        """Return the seal row of a head: its hash and the till's signature."""
        identity = self.identity
        message = seal_message(identity.store, identity.till, head.epoch, head.seq, head.hash)
        return head.hash + self.key.sign(message)

    def _clock_step(self, at: Timestamp) -> ClockChanged | None:
        """Return the event to journal when the wall clock did not go with the steady one."""
        last = self._last_at
        if last is None:
            backward = self.head.wall_ms - at.wall_ms > CLOCK_TOLERANCE_MS
            return ClockChanged(self.head.wall_ms, at.wall_ms) if backward else None
        expected = last.wall_ms + at.steady_ms - last.steady_ms
        if abs(expected - at.wall_ms) > CLOCK_TOLERANCE_MS:
            return ClockChanged(expected, at.wall_ms)
        return None

    def answer(self, command: str) -> Commit | None:
        """Return what a command committed, or None when it is not known."""
        if not command:
            return None
        with self.engine.view() as txn:
            row = txn.get(command.encode()[:511], db=self.engine.dbs[COMMANDS])
        return _decode_commit(row) if row else None

    @contextlib.contextmanager
    def stage(self) -> Iterator[Writer]:
        """Give a writer for the staged tables; what it wrote is on the disk when the block ends.

        An exception in the block writes nothing. Keep it to about a thousand rows: a sale waits
        meanwhile. Raises StageTooLarge when it did not fit; then run it again.
        """
        with self._lock, self.engine.staging(StageTooLarge) as txn:
            yield TxnWriter(txn, {name: self.engine.dbs[name] for name in self._staged})

    # Reading

    def read(self) -> contextlib.AbstractContextManager[Reader]:
        """Give one consistent view of all declared tables; keep it under 100 ms.

        A view that sales have overtaken for 30 s, or that keeps the file from growing when it
        must, is ended: its next step raises ViewEnded.
        """
        return self.engine.read()

    def records(self, after_seq: int = 0, until: int | None = None) -> Iterator[Record]:
        """Yield the records after ``after_seq`` in order, up to and with ``until``.

        Raises HistoryTrimmed for records that are gone.
        """
        return self.journal.records(after_seq, self.head.seq if until is None else until)

    def follower(self, name: str, *, training: bool = False) -> Follower:
        """Return the durable reader of that name; a new one begins at the first record kept.

        Printers, drawers and networks are followers. One that does not say that it knows of
        ``training`` gets none of that journal: raises FollowerRefused.
        """
        if self.is_training and not training:
            raise FollowerRefused(name)
        return Follower(self, name)

    def cursor(self, name: str) -> int:
        """Return the last seq that a follower has done."""
        with self._lock:
            if name in self._cursors:
                return self._cursors[name]
        return self.journal.load_cursor(name)

    def move_cursor(self, name: str, seq: int, *, now: bool = False) -> None:
        """Remember a follower's cursor: durable with the next commit, at close, or ``now``."""
        with self._lock:
            self._cursors[name] = seq
            if now:
                self.flush_cursors()

    def flush_cursors(self) -> None:
        """Make all followers' cursors durable."""
        with self._lock:
            pending = dict(self._cursors)
            if pending:
                self.engine.write(
                    lambda txn: self.journal.save_cursors(txn, pending), emergency=True
                )
                self._forget_cursors(pending)

    def _forget_cursors(self, saved: dict[str, int]) -> None:
        for name, seq in saved.items():
            if self._cursors.get(name) == seq:
                del self._cursors[name]

    # Care

    def locked(self) -> contextlib.AbstractContextManager[object]:
        """Hold off commits, for maintenance."""
        return self._lock

    def rebuild(self, progress: Progress | None = None) -> int:
        """Fold all projections from the journal anew; return how many records were folded."""
        from cashwrap.store.rebuild import rebuild

        with self._lock:
            while True:
                try:
                    return rebuild(
                        self.engine, self.journal, self.projections, self.head.seq, progress
                    )
                except FoldFailed as failed:
                    self.leave_out(failed.projection, failed.reason)

    def verify(self, progress: Progress | None = None, *, all_seals: bool = False) -> VerifyReport:
        """Check the chain, the seals and that every projection equals its rebuild.

        The signature of the last seal by each key covers all records before it; ``all_seals``
        checks each, which takes some 70 us for one and also proves the seals themselves.
        Sales go on meanwhile; the head at the call is what is verified, the projections at the
        moment when they are compared. Raises StoreDamaged where a page cannot be read.
        """
        from cashwrap.store.verify import verify_store

        try:
            return verify_store(self, progress, all_seals)
        except AnyError as error:
            raise StoreDamaged(str(self.engine.folder), f"LMDB says: {error}") from error

    def backup(self, path: Path | str, progress: Progress | None = None) -> BackupReport:
        """Write a verified copy to one file while selling goes on. See `backup.backup_store`."""
        from cashwrap.store.backup import backup_store

        return backup_store(self, named_path(path, "a backup"), progress)

    def compact(self) -> int:
        """Rewrite the file without free pages; return its used bytes. No views may be open."""
        from cashwrap.store.backup import compact_store

        with self._lock:
            used = compact_store(self)
            self._live.bind(self.projections, self.engine.dbs)
            return used

    def trim(self, until_seq: int, *, at: Timestamp) -> Commit:
        """Remove records up to ``until_seq``, which must be safe elsewhere. See `trim`."""
        from cashwrap.store.trim import trim_store

        with self._lock:
            return trim_store(self, until_seq, at)

    def stats(self) -> Stats:
        """Return figures for a doctor."""
        with self.engine.view() as txn:
            tables = {name: txn.stat(db)["entries"] for name, db in self.engine.dbs.items()}
            seals = txn.cursor(db=self.engine.dbs[SEALS])
            last_seal = SEQ.unpack(seals.key())[0] if seals.last() else 0
        engine = self.engine
        return Stats(
            file_bytes=engine.path.stat().st_size,
            used_bytes=engine.used,
            records=tables[JOURNAL],
            tables=tables,
            epoch=self.head.epoch,
            last_seq=self.head.seq,
            last_seal_seq=last_seal,
            views=engine.views,
            views_long=engine.views_long,
            views_ended=engine.views_ended,
            growths=engine.growths,
            commits=self.commits,
            witnesses=self.witness.writable,
            fault=engine.fault,
            warnings=tuple(self.warnings),
        )

    def mark_announced(self) -> None:
        """Journal ``till.closed`` at the close."""
        self._announced = True

    def close(self, reason: str = "") -> None:
        """Journal the close, make cursors durable and give the folder up. Closing twice is fine."""
        with self._lock:
            if self.engine.is_closed:
                return
            clean = not self.engine.fault
            try:
                if clean and self._announced:
                    self.commit([TillClosed(reason)], at=self.clock.now(), emergency=True)
                elif clean:
                    self.flush_cursors()
            except Exception:
                clean = False
                raise
            finally:
                self.witness.close()
                self.engine.close()
                # Merely looking does not cover up how the run before ended.
                looked = not self._announced
                self._owner.release(clean=clean and (self._owner.was_clean or not looked))

    def abandon(self) -> None:
        """Let the folder go as the death of the process would: nothing journaled, nothing saved."""
        with self._lock:
            if not self.engine.is_closed:
                self.witness.close()
                self.engine.close()
                self._owner.release(clean=False)

    def __enter__(self) -> Store:
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
