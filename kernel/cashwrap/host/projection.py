"""Which plugins were set aside, and how often each failed."""

from collections.abc import Mapping

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.host.events import PluginFaulted, PluginRestored, PluginSetAside
from cashwrap.store.tables import Reader, Writer

_TABLE = "host.plugins"


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """What the journal knows of a plugin. ``aside`` is why it was set aside, "" while it is not."""

    faults: int = 0
    last: str = ""
    last_ms: int = 0
    aside: str = ""
    since_ms: int = 0


class HostProjection:
    """Folds faults of plugins, and their going and coming back."""

    name: str = "host"
    version: int = 1
    tables: tuple[str, ...] = (_TABLE,)
    reads: Mapping[str, type[Event]] = {
        kind.kind: kind for kind in (PluginFaulted, PluginSetAside, PluginRestored)
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        assert isinstance(body, PluginFaulted | PluginSetAside | PluginRestored)
        key, now_ms = body.plugin.encode(), envelope.wall_ms
        row = writer.get(_TABLE, key)
        was, new = Standing() if row is None else _decode(row), msgspec.structs.replace
        match body:
            case PluginFaulted():
                told = f"{body.hook}: {body.what}"
                is_ = new(was, faults=was.faults + 1, last=told, last_ms=now_ms)
            case PluginSetAside():
                is_ = new(was, aside=body.reason, since_ms=now_ms)
            case PluginRestored():
                is_ = new(was, aside="", since_ms=now_ms)
        writer.put(_TABLE, key, _encode(is_))


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Standing).decode


def standings(reader: Reader) -> dict[str, Standing]:
    """Return what the journal knows of each plugin that ever failed."""
    return {key.decode(): _decode(row) for key, row in reader.items(_TABLE)}
