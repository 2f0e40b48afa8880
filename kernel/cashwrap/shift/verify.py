"""Prove Z reports: fold the journal's records anew, and hold each report against that."""

import msgspec

from cashwrap.shift.book import SHIFTS, Rows
from cashwrap.shift.errors import NoSuchShift, ReportDiffers
from cashwrap.shift.events import ShiftClosed
from cashwrap.shift.model import Shift, ShiftReport
from cashwrap.shift.projection import ShiftProjection, z_report
from cashwrap.store.errors import HistoryTrimmed
from cashwrap.store.rebuild import Progress, replay
from cashwrap.store.store import Store
from cashwrap.store.verify import check_chain


class ZProof(msgspec.Struct, frozen=True):
    """What was proved of Z reports, ``reports`` in the order of their numbers.

    ``fault`` says in words what does not hold, "" where all does.
    """

    reports: tuple[ShiftReport, ...]
    records: int
    fault: str = ""


def verify_z(store: Store, z: int = 0, progress: Progress | None = None) -> ZProof:
    """Prove one Z report, or all of them.

    The chain of hashes up to the Z has no fault; the fold of the records gives each report again;
    the tables keep the same; and the hash on each paper is that of the record it names. Raises
    NoSuchShift, HistoryTrimmed where a Z's records were trimmed.
    """
    with store.read() as reader:
        closed = _closed(Rows(reader))
        kept = {number: z_report(reader, number) for number in closed}
    if z and z not in closed:
        raise NoSuchShift(f"this till has no Z report {z}")
    chosen = {z: closed[z]} if z else closed
    until = max((shift.closed_seq for shift in chosen.values()), default=0)
    chain, _ = check_chain(store.engine, store.identity, until)
    if chain.fault is not None:
        return ZProof((), chain.records, str(chain.fault))
    try:
        folded = replay(store.engine, store.journal, [ShiftProjection()], until, progress)
    except ReportDiffers as differs:
        return ZProof((), chain.records, str(differs))
    again = _closed(Rows(folded.writers["shift"]))
    reports = []
    for number, shift in sorted(chosen.items()):
        report = _journaled(store, shift)
        reports.append(report)
        if again.get(number) != shift or kept[number] != report:
            return ZProof((), chain.records, f"Z {number}: the tables keep another report")
        if fault := _wrong_hash(store, report):
            return ZProof((), chain.records, f"Z {number}: {fault}")
    return ZProof(tuple(reports), chain.records)


def _closed(rows: Rows) -> dict[int, Shift]:
    shifts = (row for _, row in rows.all(SHIFTS))
    return {shift.z: shift for shift in shifts if isinstance(shift, Shift) and shift.z}


def _journaled(store: Store, shift: Shift) -> ShiftReport:
    record = store.journal.get(shift.closed_seq)
    body = record.body() if record else None
    if not isinstance(body, ShiftClosed):
        raise HistoryTrimmed(f"Z report {shift.z}", store.identity.base.seq)
    return body.report


def _wrong_hash(store: Store, report: ShiftReport) -> str:
    record = store.journal.get(report.last_seq)
    if record is None or record.hash.hex() != report.journal_hash:
        return f"record {report.last_seq} does not have the hash that stands on it"
    return ""
