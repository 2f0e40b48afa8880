"""Examining a till: who it is, what can be read of it, and every check in order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.doctor import (
    backups,
    catalog,
    clock,
    disk,
    holds,
    keys,
    payments,
    plugins,
    sales,
    settings,
    shifts,
    staff,
    store,
    training,
    witness,
)
from cashwrap.doctor.model import Finding
from cashwrap.doctor.patient import Patient
from cashwrap.doctor.running import inside, run
from cashwrap.errors import CashwrapError, InvalidInput, named_path
from cashwrap.ports import Clock, SystemClock
from cashwrap.settings import read_settings
from cashwrap.store.damage import check_data_file, probe
from cashwrap.store.errors import StoreMissing
from cashwrap.store.look import look_into
from cashwrap.store.opening import witness_folders
from cashwrap.store.owner import owner_pid
from cashwrap.store.tables import Projection

if TYPE_CHECKING:
    from cashwrap.counter import Counter

FAMILIES = (
    store, catalog, settings, disk, clock, keys, witness, backups,
    sales, holds, payments, shifts, staff, plugins, training,
)  # fmt: skip


def examined(
    place: Path | str | Counter,
    *,
    deep: bool,
    projections: Sequence[Projection],
    witness: Sequence[Path | str] | None,
    clock: Clock | None,
) -> list[Finding]:
    """Return what every check says; see `cashwrap.doctor.examine`."""
    checks = [check for family in FAMILIES for check in family.CHECKS]
    with ExitStack() as held:
        if isinstance(place, Path | str):
            folder = named_path(place, "a shop's folder")
            now = (clock or SystemClock()).now()
            patient = Patient(folder, now, witness_folders(witness), deep=deep)
            patient.projections = projections
            _look(patient, held)
        else:
            patient = inside(place, witness_folders(witness))
            patient.deep, patient.projections = deep, place.store.projections
        if isinstance(patient.refused, StoreMissing):
            checks = [store.readable]  # nothing else can be said of a folder without a store
        return run(checks, patient)


def _look(patient: Patient, held: ExitStack) -> None:
    """Look into a folder as far as that is safe."""
    folder = patient.folder
    patient.owner = owner_pid(folder)
    if patient.owner == os.getpid():
        raise InvalidInput("this program has the folder open: examine its till, not the folder")
    try:
        patient.read_settings = read_settings(folder)
    except CashwrapError as error:
        patient.misset = error
    try:
        check_data_file(folder)
        if not patient.owner:  # a bad page kills the child that reads it, not the doctor
            probe(folder, whole=patient.deep)
        patient.looked = held.enter_context(look_into(folder))
    except CashwrapError as error:
        patient.refused = error
