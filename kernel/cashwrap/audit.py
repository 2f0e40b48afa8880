"""What the journal says that belongs to no sale: a till's settings, and who trained on it."""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from cashwrap.events import Envelope, Event, event
from cashwrap.settings import FILE_NAME, SettingsRefused
from cashwrap.store.tables import Reader, Writer

_SETTINGS, _KEPT, _TRAINING = "audit.settings", b"kept", b"training"


@event("settings.changed")
class SettingsChanged(Event, frozen=True):
    """The till opened with other settings than before.

    ``text`` is the whole settings file, ``digest`` its SHA-256 in hex.
    """

    digest: str
    text: str


@event("training.prepared")
class TrainingPrepared(Event, frozen=True):
    """This journal is for training: what follows it was never a sale.

    ``shop`` is the public key of the till whose people train here.
    """

    shop: bytes


@event("training.began")
class TrainingBegan(Event, frozen=True):
    """Somebody began to train beside the shop's till; ``fresh``: with nothing of those before."""

    session: str
    fresh: bool = False
    register: str = ""


@event("training.ended")
class TrainingEnded(Event, frozen=True):
    """They ended it, after so many seconds and so many sales in training."""

    session: str
    seconds: int
    sales: int
    register: str = ""


@event("command.done")
class CommandDone(Event, frozen=True):
    """An act that has no command id of its own in the journal was done under this record's."""

    act: str


class AuditProjection:
    """Remembers the settings that the journal knows, and whether it is one for training."""

    name: str = "audit"
    version: int = 3
    tables: tuple[str, ...] = (_SETTINGS,)
    reads: Mapping[str, type[Event]] = {
        kind.kind: kind for kind in (SettingsChanged, TrainingPrepared)
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        match body:
            case SettingsChanged():
                writer.put(_SETTINGS, _KEPT, _encode(body))
            case TrainingPrepared():
                writer.put(_SETTINGS, _TRAINING, body.shop)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(SettingsChanged).decode


def settings_kept(reader: Reader) -> SettingsChanged | None:
    """Return the settings journaled last, or None."""
    kept = reader.get(_SETTINGS, _KEPT)
    return None if kept is None else _decode(kept)


def trains_for(reader: Reader) -> bytes | None:
    """Return the public key of the till whose people train here, None in a shop's own journal."""
    return reader.get(_SETTINGS, _TRAINING)


def bring_back_settings(kept: SettingsChanged | None, folder: Path) -> bool:
    """Write the settings file when it is missing and the journal has it; return whether it did.

    One without a byte is what a crash leaves of a file that was being written: it is missing too.
    Raises SettingsRefused when the journal has it only in part, because a part was masked.
    """
    path = folder / FILE_NAME
    is_there = path.exists() and path.stat().st_size > 0
    if kept is None or not kept.text or is_there:
        return False
    if settings_digest(kept.text) != kept.digest:
        raise SettingsRefused(
            f"{path} is missing or empty and the journal keeps only a part of it: put a copy back, "
            "or a file with the one line `# defaults` for the defaults"
        )
    fresh = path.with_name(f"{path.name}.back")
    with fresh.open("w", encoding="utf-8") as file:  # whole or not at all
        file.write(kept.text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    return True


def settings_digest(text: str) -> str:
    """Return the SHA-256 of a settings file, in hex."""
    return sha256(text.encode()).hexdigest()
