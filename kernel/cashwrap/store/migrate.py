"""Bring a store of an older format to this one, step by step, with a copy made first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cashwrap.store.disk import Txn
from cashwrap.store.errors import StoreDamaged
from cashwrap.store.identity import Identity
from cashwrap.store.journal import save_identity
from cashwrap.store.layout import FORMAT

if TYPE_CHECKING:
    from cashwrap.store.engine import Engine

Step = Callable[["Engine", "Txn", Identity], None]

STEPS: dict[int, Step] = {}
"""From each old format, what makes the next one of it, inside one transaction."""


def migrate(
    engine: Engine, identity: Identity, steps: Mapping[int, Step] = STEPS, target: int = FORMAT
) -> str:
    """Run the steps up to ``target`` in one transaction; return the name of the copy made first.

    Raises StoreDamaged when a step is not known; the store is then as it was.
    """
    missing = [number for number in range(identity.format, target) if number not in steps]
    if missing:
        reason = f"its format {missing[0]} is not one that this cashwrap can bring forward"
        raise StoreDamaged(str(engine.folder), reason)
    copy = engine.folder / f"before-format-{target}.cwbackup"
    copy.unlink(missing_ok=True)
    engine.copy_to(copy)

    def run(txn: Txn) -> None:
        for number in range(identity.format, target):
            steps[number](engine, txn, identity)
        identity.format = target
        save_identity(txn, engine, identity)

    engine.write(run, emergency=True)
    return copy.name
