"""Sales that have begun and not ended, as the draft and the journal have them."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.counter import DRAFT_FILE
from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient, age
from cashwrap.sale.edits import SaleOpened
from cashwrap.sale.recovery import Left, left_open
from cashwrap.store.draft import DraftUnavailable, frames_in

LONG_MS = 12 * 3_600_000


def open_sales(patient: Patient) -> Iterator[Finding]:
    """No sale has been open for half a day."""
    try:
        with patient.book.read() as reader:
            found = left_open(frames_in(patient.folder / DRAFT_FILE), reader)
    except DraftUnavailable as error:
        advice = Words(
            "end the open sales with the newer cashwrap", "请用较新的 cashwrap 结束未完成的单"
        )
        yield bad("sales.open", Words(str(error), f"草稿无法读取:{error}"), advice)
        return
    oldest_ms = max((patient.now.wall_ms - _opened_ms(left) for left in found.values()), default=0)
    if oldest_ms < LONG_MS:
        count = len(found)
        yield good("sales.open", f"{count} open sales", f"未完成的单 {count} 笔")
        return
    en, zh = age(oldest_ms)
    yield look(
        "sales.open",
        Words(
            f"{len(found)} open sales, the oldest for {en}",
            f"未完成的单 {len(found)} 笔,最早的已 {zh}",
        ),
        Words("finish, suspend or cancel them at the till", "请在收银机上结账、挂单或取消"),
    )


def _opened_ms(left: Left) -> int:
    opened = left.history[0]
    return opened.at_ms if isinstance(opened, SaleOpened) else 0


CHECKS = (open_sales,)
