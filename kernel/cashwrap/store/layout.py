"""Names, keys and hashes of the store's own tables (docs/store-format.md)."""

import hashlib
import struct

from cashwrap.errors import InvalidInput

FORMAT = 1

DATA_FILE = "data.mdb"
KEY_FILE = "till.key"
OWNER_FILE = "owner.lock"
FAULT_FILE = "journal.fault"

JOURNAL = "store.journal"  # name of the record -> previous hash + msgpack envelope
SEALS = "store.seals"  # seq -> head hash + Ed25519 signature
COMMANDS = "store.commands"  # command id -> the commit that answered it
FOLLOWERS = "store.followers"  # follower's name -> last seq it has done
META = "store.meta"  # identity, format, epochs, projections, trim base
BASES = "store.bases"  # folded tables at the trim point
CORE_TABLES = (JOURNAL, SEALS, COMMANDS, FOLLOWERS, META, BASES)

HASH_SIZE = 32
SEQ = struct.Struct(">Q")
EPOCH_SEQ = struct.Struct(">IQ")

GENESIS_TAG = b"cashwrap journal 1\0"
SEAL_TAG = b"cashwrap seal 1\0"


def checked_name(what: str, name: str) -> str:
    """Return a store or till id, or raise InvalidInput."""
    if not (1 <= len(name) <= 40 and name.isprintable() and "/" not in name and name.strip()):
        raise InvalidInput(f"{name[:50]!r} is no {what} id: use 1 to 40 printable characters, no /")
    return name


def journal_prefix(store: str, till: str) -> bytes:
    """Return what every key of this till's records begins with."""
    return b"%s\0%s\0" % (store.encode(), till.encode())


def genesis_hash(store: str, till: str, epoch: int) -> bytes:
    """Return the hash that the first record of a till goes on from."""
    name = journal_prefix(store, till) + epoch.to_bytes(4, "big")
    return hashlib.sha256(GENESIS_TAG + name).digest()


def seal_message(store: str, till: str, epoch: int, seq: int, head: bytes) -> bytes:
    """Return the bytes that the till's key signs for a head."""
    return SEAL_TAG + journal_prefix(store, till) + EPOCH_SEQ.pack(epoch, seq) + head
