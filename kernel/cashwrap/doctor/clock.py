"""The clock: not behind the journal, not jumping, in a zone that is known, kept right by others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cashwrap.business_day import BusinessDays, UnknownTimezone
from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient, age
from cashwrap.store.events import ClockChanged

LATELY_MS = 7 * 86_400_000
RECORDS_MAX = 5_000
EARLIEST_MS = 1_735_689_600_000  # 2025-01-01: cashwrap is younger than that
_UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)

SET_IT = Words(
    "set the clock; receipt numbers, order and shifts do not depend on it, days and prices do",
    "请校准时钟;单号、顺序和班次不受影响,营业日和价格会受影响",
)


def right(patient: Patient) -> Iterator[Finding]:
    """The clock says a day that can be, and none before the journal's last."""
    now_ms = patient.now.wall_ms
    shown = _day(now_ms)
    if now_ms < EARLIEST_MS:
        found = Words(f"the clock says {shown}, which is long gone", f"时钟显示 {shown},明显不对")
        yield bad("clock.right", found, SET_IT)
        return
    behind_ms = (patient.book.head.wall_ms if patient.looked else 0) - now_ms
    if behind_ms > 60_000:
        en, zh = age(behind_ms)
        found = Words(f"the clock is {en} behind the journal", f"时钟比流水账慢 {zh}")
        yield bad("clock.right", found, SET_IT)
        return
    yield good("clock.right", f"the clock says {shown}", f"时钟显示 {shown}")


def steady(patient: Patient) -> Iterator[Finding]:
    """Nobody has set the clock in the last week."""
    book = patient.book
    since_ms = book.head.wall_ms - LATELY_MS
    jumps = [
        record
        for record in book.records(max(book.identity.base.seq, book.head.seq - RECORDS_MAX))
        if record.envelope.kind == ClockChanged.kind and record.envelope.wall_ms >= since_ms
    ]
    if not jumps:
        yield good("clock.steady", "it did not jump this week", "本周没有跳变")
        return
    last = jumps[-1].body()
    assert isinstance(last, ClockChanged)
    en, zh = age(abs(last.found_ms - last.expected_ms))
    way = ("forward", "快") if last.found_ms > last.expected_ms else ("back", "慢")
    yield look(
        "clock.steady",
        Words(
            f"it was set {len(jumps)} times this week, last by {en} {way[0]}",
            f"本周被调整 {len(jumps)} 次,最近一次调{way[1]} {zh}",
        ),
        Words(
            "find out who sets it; a battery that is empty does it at every start",
            "请查明原因;主板电池没电时每次开机都会这样",
        ),
    )


def zone(patient: Patient) -> Iterator[Finding]:
    """The time zone of the settings is known on this device."""
    try:
        BusinessDays(patient.settings.timezone)
    except UnknownTimezone as error:
        advice = Words(
            "correct `timezone` in settings.toml, or install the package tzdata",
            "请修改 settings.toml 里的 timezone,或安装 tzdata 包",
        )
        yield bad("clock.zone", Words(str(error), str(error)), advice)
        return
    named = patient.settings.timezone
    yield good("clock.zone", f"the time zone {named} is known", f"时区 {named} 有效")


def synchronised(patient: Patient) -> Iterator[Finding]:
    """The device keeps its clock right over the network, where the system tells."""
    state = _kernel_says()
    if state is None:
        return
    if state:
        yield good("clock.synchronised", "it is kept right over the network", "已与网络时间同步")
        return
    yield look(
        "clock.synchronised",
        Words("it is not kept right over the network", "没有与网络时间同步"),
        Words("switch time synchronisation on (NTP)", "请打开网络对时 (NTP)"),
    )


def _kernel_says() -> bool | None:
    """Return whether Linux knows the time to be synchronised; None where it cannot be asked."""
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        timex = (ctypes.c_long * 32)()  # struct timex, all zero: only ask
        if libc.adjtimex(timex) < 0:
            return None
    except (OSError, AttributeError):
        return None
    ints = ctypes.cast(timex, ctypes.POINTER(ctypes.c_int))
    status = ints[_status_at(ctypes.sizeof(ctypes.c_long))]
    return not status & _UNSYNCHRONISED


def _status_at(long_size: int) -> int:
    """Return where ``status`` stands in struct timex, counted in ints: after modes and 4 longs."""
    return 5 * long_size // 4


def _day(wall_ms: int) -> str:
    try:
        return datetime.fromtimestamp(wall_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return f"{wall_ms} ms"


CHECKS = (right, steady, zone, synchronised)
