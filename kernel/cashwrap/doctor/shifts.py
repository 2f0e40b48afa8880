"""Shifts that somebody forgot to close."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.doctor.model import Finding, Words, good, look
from cashwrap.doctor.patient import Patient, age
from cashwrap.shift.projection import all_shifts

LONG_MS = 24 * 3_600_000


def forgotten(patient: Patient) -> Iterator[Finding]:
    """No shift has been open, suspended or waiting for its count for more than a day."""
    with patient.book.read() as reader:
        running = [one for one in all_shifts(reader) if one.state != "closed"]
    now_ms = patient.now.wall_ms
    long = [one for one in running if now_ms - one.opened_ms > LONG_MS]
    if not long:
        count = len(running)
        yield good("shifts.open", f"{count} shifts are not closed", f"未交班 {count} 个")
        return
    for one in long:
        en, zh = age(now_ms - one.opened_ms)
        drawer = f" ({one.drawer})" if one.drawer else ""
        yield look(
            "shifts.open",
            Words(
                f"shift {one.number}{drawer} has been {one.state} for {en}",
                f"班次 {one.number}{drawer} 已 {zh} 未结",
            ),
            Words("count the drawer and close it", "请清点钱箱并交班"),
        )


CHECKS = (forgotten,)
