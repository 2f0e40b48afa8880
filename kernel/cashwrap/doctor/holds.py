"""Suspended sales that nobody came back for."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.doctor.model import Finding, Words, good, look
from cashwrap.doctor.patient import Patient, age
from cashwrap.sale.holds.projection import waiting

HOUR_MS = 3_600_000


def abandoned(patient: Patient) -> Iterator[Finding]:
    """No suspended sale has waited for longer than the settings take for abandoned."""
    hours = patient.settings.suspend.abandoned_hours
    with patient.book.read() as reader:
        held = list(waiting(reader))
    ages_ms = [patient.now.wall_ms - one.at_ms for one in held]
    long = [each for each in ages_ms if each > hours * HOUR_MS]
    if not long:
        yield good("holds.waiting", f"{len(held)} suspended sales wait", f"挂单 {len(held)} 笔")
        return
    en, zh = age(max(long))
    yield look(
        "holds.waiting",
        Words(
            f"{len(long)} of {len(held)} suspended sales wait for too long, the oldest for {en}",
            f"{len(held)} 笔挂单中 {len(long)} 笔等待过久,最早的已 {zh}",
        ),
        Words("resume them or cancel them at the till", "请在收银机上取单或取消"),
    )


CHECKS = (abandoned,)
