"""The events that the store itself writes: births, starts, epochs, faults of a till."""

from cashwrap.events import Event, event


@event("till.created")
class TillCreated(Event, frozen=True):
    """The first record of a till.

    ``public_key`` is the Ed25519 key (32 bytes) whose signatures seal the journal, ``format`` the
    store format, ``software`` the cashwrap version that created it.
    """

    public_key: bytes
    format: int
    software: str = ""


@event("till.opened")
class TillOpened(Event, frozen=True):
    """The till was started.

    ``clean`` is false when the run before it did not end with a close (power cut, kill).
    """

    clean: bool
    software: str = ""


@event("till.closed")
class TillClosed(Event, frozen=True):
    """The till was stopped in good order."""

    reason: str = ""


@event("till.epoch_started")
class TillEpochStarted(Event, frozen=True):
    """The till numbers its records in a new epoch, so that no name is ever used twice.

    ``reason`` is in words (a copy adopted, a restore, a move to a new device). ``previous_epoch``,
    ``previous_seq`` and ``previous_hash`` are the head it went on from. ``seen_epoch`` and
    ``seen_seq`` are the newest record that this device knew of, 0 when it knew none: anything
    between them and the head is missing here.
    """

    reason: str
    previous_epoch: int
    previous_seq: int
    previous_hash: bytes
    seen_epoch: int = 0
    seen_seq: int = 0


@event("till.rekeyed")
class TillRekeyed(Event, frozen=True):
    """From this record on another key seals the journal.

    ``endorsement`` is the old key's signature over the new ``public_key``, empty when the old key
    was lost.
    """

    public_key: bytes
    reason: str
    endorsement: bytes = b""


@event("clock.changed")
class ClockChanged(Event, frozen=True):
    """The wall clock moved against the steady one by more than two seconds.

    ``expected_ms`` is the wall time that was due, ``found_ms`` the one read. After a restart only
    a step backward can be seen; ``expected_ms`` is then the newest wall time in the journal.
    """

    expected_ms: int
    found_ms: int


@event("store.restored")
class StoreRestored(Event, frozen=True):
    """The store was rebuilt from a ``source`` (``backup`` or ``salvage``).

    ``until_seq`` is the last record that came from it; ``reason`` is in words.
    """

    source: str
    until_seq: int
    reason: str = ""


@event("store.trimmed")
class StoreTrimmed(Event, frozen=True):
    """Records up to ``until_seq`` were removed after they were safe elsewhere.

    ``base_hash`` is the hash of the last removed record, from which the chain goes on, and
    ``snapshot_hash`` that of the folded tables at that point.
    """

    until_seq: int
    base_hash: bytes
    snapshot_hash: bytes


@event("store.migrated")
class StoreMigrated(Event, frozen=True):
    """The store was brought to a newer format; ``backup`` names the file that was made first."""

    from_format: int
    to_format: int
    backup: str = ""


@event("journal.fault_cleared")
class JournalFaultCleared(Event, frozen=True):
    """The disk had failed under the journal; after a restart the whole journal verified.

    ``fault`` is the failure in the words noted when it happened, ``records`` how many verified.
    """

    fault: str
    records: int
