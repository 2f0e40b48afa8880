"""The people: PINs that can be checked, and accounts that nobody can get into."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.doctor.keys import open_to_others
from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient
from cashwrap.staff.lockout import ACCOUNT_LOCKS
from cashwrap.staff.pepper import FILE_NAME, SIZE
from cashwrap.staff.pins import pepper_name
from cashwrap.staff.projection import accounts, device


def pepper(patient: Patient) -> Iterator[Finding]:
    """The device's pepper is there and is the one that the PINs were made with."""
    with patient.book.read() as reader:
        known, named = accounts(reader), device(reader).pepper
    if not any(one.secret for one in known.values()):
        return
    path = patient.folder / FILE_NAME
    try:
        found = bytes.fromhex(path.read_text("ascii").strip())
        fits = len(found) == SIZE and pepper_name(found) == named
    except (OSError, ValueError):
        fits = False
    if fits:
        yield good("staff.pepper", "PINs can be checked", "密码可以验证")
    else:
        yield bad(
            "staff.pepper",
            Words(
                f"{FILE_NAME} is missing or not the one that the PINs were made with",
                f"{FILE_NAME} 缺失,或与密码不匹配",
            ),
            Words(
                "put the right file back; if it is gone, the owner makes a new one and every PIN "
                "is set anew (`cashwrap staff`)",
                "请放回正确的文件;找不回时由店主新建,并重设所有人的密码 (cashwrap staff)",
            ),
        )
    yield from open_to_others(path, "staff.pepper_mode")


def locked(patient: Patient) -> Iterator[Finding]:
    """Nobody is locked out by wrong PINs."""
    with patient.book.read() as reader:
        shut = [one for one in accounts(reader).values() if one.wrong >= ACCOUNT_LOCKS]
    for one in shut:
        yield look(
            "staff.locked",
            Words(
                f"{one.code} is locked after {one.wrong} wrong PINs",
                f"{one.code} 连续输错 {one.wrong} 次密码,已锁定",
            ),
            Words(
                "ask who tried; a manager unlocks the account at the till",
                "请查明是谁在尝试;由店长在收银机上解锁",
            ),
        )


CHECKS = (pepper, locked)
