"""One journal record: 32 bytes of the hash before it, then the envelope as msgpack."""

import hashlib

import msgspec

from cashwrap.events import Envelope, Event, decode_body
from cashwrap.store.layout import HASH_SIZE

_encode = msgspec.msgpack.Encoder().encode
decode_envelope = msgspec.msgpack.Decoder(Envelope).decode


class Commit(msgspec.Struct, frozen=True, array_like=True):
    """What one commit wrote: its caller's events are ``first_seq``..``last_seq``.

    ``hash`` is the head of the chain after it.
    """

    first_seq: int
    last_seq: int
    hash: bytes
    epoch: int


class Record(msgspec.Struct, frozen=True):
    """A journal record as it stands on the disk; ``hash`` is SHA-256 over ``raw``."""

    envelope: Envelope
    hash: bytes
    raw: bytes

    @property
    def seq(self) -> int:
        """The record's number."""
        return self.envelope.seq

    def body(self) -> Event:
        """Return the event. Raises UnknownEvent when no installed plugin knows it."""
        return decode_body(self.envelope)


def frame(previous: bytes, envelope: Envelope) -> bytes:
    """Return the bytes of the record that follows a hash."""
    return previous + _encode(envelope)


def record_hash(raw: bytes | memoryview) -> bytes:
    """Return the hash that the next record goes on from."""
    return hashlib.sha256(raw).digest()


def parse(raw: bytes) -> Record:
    """Return the record in these bytes; its chain is not checked here."""
    return Record(decode_envelope(memoryview(raw)[HASH_SIZE:]), record_hash(raw), raw)
