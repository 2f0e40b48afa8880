"""The folder of a training till, inside that of the shop's: made, known, and thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from cashwrap.audit import TrainingPrepared
from cashwrap.errors import CashwrapError
from cashwrap.settings import FILE_NAME, settings_text
from cashwrap.store.errors import StoreInUse
from cashwrap.store.owner import Owner
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection

NAME = "training"
NOTE = "TRAINING.txt"
_WORDS = """\
培训模式。本文件夹里的一切都不是真实销售，可以随时删除。
Training. Nothing in this folder was ever sold; it may be deleted at any time.
每个人的培训密码都是 2580。Everybody's PIN in training is 2580.
"""


class TrainingBusy(CashwrapError):
    """The training folder is in use by another process, so it cannot be made anew."""

    code = "training.busy"

    def __str__(self) -> str:
        return "somebody is training in another program: end it there first"


class TrainingUnavailable(CashwrapError):
    """No training folder can be made or read."""

    code = "training.unavailable"

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder = folder
        self.reason = reason

    def __str__(self) -> str:
        return f"nobody can train in {self.folder}: {self.reason}; free some space, or allow it"


class AlreadyTraining(CashwrapError):
    """A till that is one for training was asked for another one."""

    code = "training.already"

    def __str__(self) -> str:
        return "this till is for training already: practise on it"


class NotTraining(CashwrapError):
    """A folder that was to be thrown away does not say that it is for training."""

    code = "training.not_marked"

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return (
            f"{self.folder} does not say that it is for training ({NOTE} is not there), so it is "
            "left alone: move it away by hand if nobody needs it"
        )


def training_folder(folder: Path) -> Path:
    """Return where the training till of a shop's folder lives."""
    return folder / NAME


def is_marked(folder: Path) -> bool:
    """Return whether a folder says of itself that it is for training."""
    return (folder / NOTE).exists()


def make(
    folder: Path, shop: Store, projections: Sequence[Projection], staged: Sequence[str]
) -> None:
    """Make the training store of a shop, marked as such by its second record."""
    identity = shop.identity
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NOTE).write_text(_WORDS, encoding="utf-8")
    take_settings(folder, shop.engine.folder)
    with Store.create(
        folder,
        store=identity.store,
        till=identity.till,
        clock=shop.clock,
        randomness=shop.randomness,
        projections=projections,
        staged=staged,
        witness=[],
        map_size=shop.engine.map_size,  # as much room as the same goods take there
        disk=shop.engine.port,
    ) as made:
        made.commit([TrainingPrepared(shop.key.public)], at=shop.clock.now())


def take_settings(folder: Path, shop: Path) -> None:
    """Write the shop's settings into the training folder."""
    (folder / FILE_NAME).write_text(settings_text(shop), encoding="utf-8")


def wipe(folder: Path) -> bool:
    """Throw the training of a shop away; return whether there was any.

    Refuses a folder that is not marked as one for training, whatever its name: it may be a shop.
    Raises TrainingBusy while a till is open on it.
    """
    if not folder.is_dir():
        return False
    if not is_marked(folder):
        raise NotTraining(str(folder))
    _refuse_busy(folder)
    shutil.rmtree(folder)
    return True


def _refuse_busy(folder: Path) -> None:
    try:
        Owner(folder).release(clean=False)
    except StoreInUse:
        raise TrainingBusy from None
