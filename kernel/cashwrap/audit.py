"""What the journal says that belongs to no sale: the settings that a till runs with."""

from collections.abc import Mapping

from cashwrap.events import Envelope, Event, event
from cashwrap.store.tables import Reader, Writer

_SETTINGS, _DIGEST = "audit.settings", b"digest"


@event("settings.changed")
class SettingsChanged(Event, frozen=True):
    """The till opened with other settings than before.

    ``text`` is the whole settings file, ``digest`` its SHA-256 in hex.
    """

    digest: str
    text: str


class AuditProjection:
    """Remembers which settings the journal knows."""

    name: str = "audit"
    version: int = 1
    tables: tuple[str, ...] = (_SETTINGS,)
    reads: Mapping[str, type[Event]] = {SettingsChanged.kind: SettingsChanged}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        assert isinstance(body, SettingsChanged)
        writer.put(_SETTINGS, _DIGEST, body.digest.encode())


def settings_digest(reader: Reader) -> str:
    """Return the digest of the settings journaled last, or ""."""
    return bytes(reader.get(_SETTINGS, _DIGEST) or b"").decode()
