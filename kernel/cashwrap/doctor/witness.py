"""The witness: a note outside of the folder by which an older copy is noticed."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient
from cashwrap.store.errors import StoreRolledBack
from cashwrap.store.witness import Witness


def kept(patient: Patient) -> Iterator[Finding]:
    """This device knows the newest record of this till from elsewhere, and it is this one."""
    book = patient.book
    identity, head = book.identity, book.head
    watching = Witness(
        list(patient.witness), identity.store, identity.till, identity.base.public_key
    )
    seen = watching.newest()
    if seen is None:
        yield look(
            "witness.kept",
            Words("no witness is kept outside of the folder", "文件夹之外没有见证文件"),
            Words(
                "let the till write to its user's state folder, or set CASHWRAP_STATE_DIR",
                "请让收银机能写入用户状态目录,或设置 CASHWRAP_STATE_DIR",
            ),
        )
        return
    found, known = (head.epoch, head.seq), (seen.epoch, seen.seq)
    record = book.journal.get(seen.seq) if found >= known else None
    if patient.at_rest and found < known:
        yield _other(StoreRolledBack(found, known, "older"))
    elif record and record.envelope.epoch == seen.epoch and record.hash.hex() != seen.hash:
        yield _other(StoreRolledBack(found, known, "differs"))
    else:
        yield good("witness.kept", f"it has seen record {seen.seq}", f"见证到第 {seen.seq} 条记录")


def _other(error: StoreRolledBack) -> Finding:
    found, seen = error.found[1], error.seen[1]
    chinese = f"流水账到第 {found} 条,但本机曾写到第 {seen} 条"
    if error.how == "differs":
        chinese = f"流水账第 {seen} 条与本机写过的不同"
    return bad(
        "witness.kept",
        Words(str(error), chinese),
        Words(
            "bring the newer folder back; only if it is gone: `cashwrap adopt`, and re-enter sales",
            "请换回较新的文件夹;确实没有时运行 cashwrap adopt,并补录缺少的销售",
        ),
    )


CHECKS = (kept,)
