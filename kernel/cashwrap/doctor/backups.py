"""The last backup that this till made, where it is known."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import NotReadable, Patient, age
from cashwrap.store.backup import last_backup

LOOK_MS, BAD_MS = 3 * 86_400_000, 14 * 86_400_000
_BACK_UP = Words("back up now: `cashwrap backup`", "请立即备份:cashwrap backup")


def last(patient: Patient) -> Iterator[Finding]:
    """A copy of the store was made lately."""
    found = last_backup(patient.folder)
    if found is None:
        said = Words("no backup is known", "没有备份记录")
        yield look("backups.last", said, _BACK_UP)
        return
    old_ms = patient.now.wall_ms - found.at_ms
    en, zh = age(old_ms)
    since = _records_since(patient, found.seq)
    said = Words(
        f"the last one is {en} old, {since} records ago", f"最近备份在 {zh} 前,之后 {since} 条记录"
    )
    if old_ms > BAD_MS:
        yield bad("backups.last", said, _BACK_UP)
    elif old_ms > LOOK_MS:
        yield look("backups.last", said, _BACK_UP)
    else:
        yield good("backups.last", said.en, said.zh)


def _records_since(patient: Patient, seq: int) -> int:
    try:
        return max(0, patient.book.head.seq - seq)
    except NotReadable:
        return 0


CHECKS = (last,)
