"""What the journal says that belongs to no sale: the settings that a till runs with."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from cashwrap.events import Envelope, Event, event
from cashwrap.settings import FILE_NAME, SettingsRefused
from cashwrap.store.tables import Reader, Writer

_SETTINGS, _KEPT = "audit.settings", b"kept"


@event("settings.changed")
class SettingsChanged(Event, frozen=True):
    """The till opened with other settings than before.

    ``text`` is the whole settings file, ``digest`` its SHA-256 in hex.
    """

    digest: str
    text: str


class AuditProjection:
    """Remembers the settings that the journal knows."""

    name: str = "audit"
    version: int = 2
    tables: tuple[str, ...] = (_SETTINGS,)
    reads: Mapping[str, type[Event]] = {SettingsChanged.kind: SettingsChanged}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        assert isinstance(body, SettingsChanged)
        writer.put(_SETTINGS, _KEPT, _encode(body))


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(SettingsChanged).decode


def settings_kept(reader: Reader) -> SettingsChanged | None:
    """Return the settings journaled last, or None."""
    kept = reader.get(_SETTINGS, _KEPT)
    return None if kept is None else _decode(kept)


def bring_back_settings(kept: SettingsChanged | None, folder: Path) -> bool:
    """Write the settings file when it is missing and the journal has it; return whether it did.

    Raises SettingsRefused when the journal has it only in part, because a part was masked.
    """
    path = folder / FILE_NAME
    if kept is None or not kept.text or path.exists():
        return False
    if settings_digest(kept.text) != kept.digest:
        raise SettingsRefused(
            f"{path} is missing and the journal keeps only a part of it: put a copy back, "
            "or an empty file for the defaults"
        )
    path.write_text(kept.text, encoding="utf-8")
    return True


def settings_digest(text: str) -> str:
    """Return the SHA-256 of a settings file, in hex."""
    return sha256(text.encode()).hexdigest()
