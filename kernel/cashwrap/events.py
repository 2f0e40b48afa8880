"""Events: what the journal holds, how each kind is versioned, and their binary form.

An event is a frozen, array-like msgspec struct declared with its kind and schema version. Fields
are only ever appended, with a default, so that an old record opens under new code and an old
reader skips what it does not know. A change that cannot be an appended field is a new version
with an upgrade function.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import msgspec

from cashwrap.errors import CashwrapError, InvalidInput


class UnknownEvent(CashwrapError):
    """A record's kind or version is not known to this build."""

    code = "event.unknown"

    def __init__(self, kind: str, version: int) -> None:
        super().__init__(kind, version)
        self.kind = kind
        self.version = version

    def __str__(self) -> str:
        return (
            f"event {self.kind!r} version {self.version} is not known here: "
            "install the plugin that wrote it, or a newer cashwrap"
        )


class Event(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Base of all event bodies. Declare one with ``class X(Event, ...)`` and ``@event(kind)``."""

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1


class Envelope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What every record says beside its body.

    ``(store, till, epoch, seq)`` names the event for ever. ``staff`` and ``command`` are empty
    where there is none. ``device`` is the paired device from which it was done, "" for the till's
    own. Times are those of `ports.Timestamp`.
    """

    kind: str
    version: int
    store: str
    till: str
    epoch: int
    seq: int
    wall_ms: int
    steady_ms: int
    staff: str
    command: str
    body: msgspec.Raw
    device: str = ""


E = TypeVar("E", bound=Event)
Upgrade = Callable[[msgspec.Raw], msgspec.Raw]

_encoder = msgspec.msgpack.Encoder()
_decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {}  # made when a kind is first met
_classes: dict[str, type[Event]] = {}
_upgrades: dict[tuple[str, int], Upgrade] = {}
_sound: set[str] = set()


def event(kind: str, version: int = 1, *, sound: bool = False) -> Callable[[type[E]], type[E]]:
    """Register an event class under its kind, e.g. ``"sale.completed"``.

    A kind is ``room.what``; a plugin's kinds begin with the plugin's name. ``sound`` says that it
    is only ever made of what was read back before, so a commit need not read it back once more.
    Raises ValueError when the kind is already taken by another class.
    """

    def register(cls: type[E]) -> type[E]:
        taken = _classes.get(kind)
        if taken is not None and taken.__qualname__ != cls.__qualname__:
            raise ValueError(f"event kind {kind!r} is already {taken.__qualname__}")
        cls.kind = kind
        cls.version = version
        if sound:
            _sound.add(kind)
        _classes[kind] = cls
        _decoders.pop(kind, None)
        return cls

    return register


def upgrade(kind: str, from_version: int) -> Callable[[Upgrade], Upgrade]:
    """Register how a body of ``from_version`` becomes one of the next version."""

    def register(function: Upgrade) -> Upgrade:
        _upgrades[kind, from_version] = function
        return function

    return register


def encode_body(body: Event) -> msgspec.Raw:
    """Return the bytes of an event body.

    Raises InvalidInput for one that could be written but never read again: a field of another
    type than it was declared with, or a class that was not declared with `event`.
    """
    if not isinstance(body, Event) or body.kind not in _classes:
        raise InvalidInput(f"{type(body).__name__} is no event: declare its class with @event")
    try:
        raw = _encoder.encode(body)
        if body.kind not in _sound:
            _decoder_of(body.kind).decode(raw)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as fault:
        raise InvalidInput(f"event {body.kind} cannot be kept: {fault}") from None
    return msgspec.Raw(raw)


def decode_body(envelope: Envelope) -> Event:
    """Return the typed body of a record, upgraded to the newest version.

    Raises UnknownEvent for a kind or version that this build does not know.
    """
    cls = _classes.get(envelope.kind)
    if cls is None or envelope.version > cls.version:
        raise UnknownEvent(envelope.kind, envelope.version)
    raw = envelope.body
    for version in range(envelope.version, cls.version):
        step = _upgrades.get((envelope.kind, version))
        if step is None:
            raise UnknownEvent(envelope.kind, envelope.version)
        raw = step(raw)
    body: Event = _decoder_of(envelope.kind).decode(raw)
    return body


def _decoder_of(kind: str) -> msgspec.msgpack.Decoder[Any]:
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.msgpack.Decoder(_classes[kind])
    return decoder


def placed(events: Sequence[Event], register: str) -> Sequence[Event]:
    """Return events as they happened at a register: those that have a ``register`` say so."""
    if not register:
        return events
    return [
        msgspec.structs.replace(one, register=register)
        if "register" in one.__struct_fields__
        else one
        for one in events
    ]


def for_training(events: Sequence[Event]) -> Sequence[Event]:
    """Return events of a till for training: those that have a ``training`` say so."""
    return [
        msgspec.structs.replace(one, training=True) if "training" in one.__struct_fields__ else one
        for one in events
    ]


def known_events() -> dict[str, type[Event]]:
    """Return every registered event class by kind."""
    return dict(sorted(_classes.items()))
