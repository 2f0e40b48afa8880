"""The till's secrets: there, readable by nobody else, and the ones that the journal names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient
from cashwrap.store.keys import TillKey
from cashwrap.store.layout import KEY_FILE


def key(patient: Patient) -> Iterator[Finding]:
    """The key that seals the journal."""
    path = patient.folder / KEY_FILE
    wrong = _wrong_with(path, patient)
    if wrong is None:
        yield good("keys.key", "the till's key is there and fits the journal", "签名密钥完好")
    else:
        yield bad(
            "keys.key",
            wrong,
            Words(
                "put the right till.key back; if it is gone for good: `cashwrap rekey`",
                "请放回正确的 till.key;确实找不回时运行 cashwrap rekey",
            ),
        )
    yield from open_to_others(path, "keys.key_mode")


def _wrong_with(path: Path, patient: Patient) -> Words | None:
    try:
        public = TillKey(bytes.fromhex(path.read_text("ascii").strip())).public
    except FileNotFoundError:
        return Words("till.key is missing", "缺少 till.key")
    except (OSError, ValueError):
        return Words("till.key cannot be read or holds no key", "till.key 无法读取或不是密钥")
    if patient.looked is not None and public != patient.book.identity.public_key:
        return Words("till.key is not the one of this journal", "till.key 不是本流水账的密钥")
    return None


def open_to_others(path: Path, check: str) -> Iterator[Finding]:
    """Nobody but the till's own user may read a secret."""
    try:
        mode = path.stat().st_mode & 0o777
    except OSError:
        return
    if not mode & 0o077:
        return
    yield look(
        check,
        Words(
            f"{path.name} can be read by others (mode {mode:o})",
            f"{path.name} 可被其他用户读取 (权限 {mode:o})",
        ),
        Words(
            "the till makes it 600 at its next start; others may have copied it",
            "收银机下次启动时会改回 600;此前可能已被他人复制",
        ),
    )


CHECKS = (key,)
