"""Checks made one after the other, of which none hides another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.doctor.model import Finding, Words, look
from cashwrap.doctor.patient import NotReadable, Patient
from cashwrap.store.errors import TableRefused

if TYPE_CHECKING:
    from cashwrap.counter import Counter

Check = Callable[[Patient], Iterator[Finding]]


def inside(till: Counter, witness: Sequence[Path] = ()) -> Patient:
    """Return a till of this program, to be examined."""
    store = till.store
    return Patient(
        folder=store.engine.folder, now=till.now(), witness=witness, owner=store.engine.pid,
        store=store, looked=store, read_settings=till.settings,
    )  # fmt: skip


def run(checks: Iterable[Check], patient: Patient) -> list[Finding]:
    """Return what some checks say. One that cannot be made says that, and hides no other."""
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check(patient)
        except (NotReadable, TableRefused):  # the latter: of a store that is older than the table
            continue
        except Exception as error:  # a damaged store may make any of them stumble
            what = f"{type(error).__name__}: {error}"
            name = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
            found = Words(f"this could not be checked ({what})", f"无法检查 ({what})")
            findings.append(look(name, found, Words("tell your vendor", "请联系供应商")))
    return findings
