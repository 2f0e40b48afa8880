"""What can be wrong with a store, each with what to do about it."""

from typing import Literal

from cashwrap.errors import CashwrapError


class StoreError(CashwrapError):
    """Base of everything that the store refuses or suffers."""

    code = "store"


class StoreMissing(StoreError):
    """There is no store in the folder."""

    code = "store.missing"

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return (
            f"there is no store in {self.folder}: create one with `cashwrap init`, "
            "or restore a backup into it"
        )


class StoreExists(StoreError):
    """A store was to be created where one already stands."""

    code = "store.exists"

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"{self.folder} already holds a store: open it, or choose an empty folder"


class StoreInUse(StoreError):
    """Another process owns the store."""

    code = "store.in_use"

    def __init__(self, folder: str, pid: int) -> None:
        super().__init__(folder, pid)
        self.folder = folder
        self.pid = pid

    def __str__(self) -> str:
        owner = f"process {self.pid}" if self.pid else "another process"
        return f"the store in {self.folder} is in use by {owner}: end it first, one till owns it"


class StoreForkedProcess(StoreError):
    """The store was opened before a fork and used in the child."""

    code = "store.forked_process"

    def __str__(self) -> str:
        return "this store was opened before a fork: use it in the process that opened it"


class StoreClosed(StoreError):
    """The store was used after it was closed."""

    code = "store.closed"

    def __str__(self) -> str:
        return "the store is closed: open it again"


class UnsafeSettings(StoreError):
    """The database runs with a setting that can lose an acknowledged sale."""

    code = "store.unsafe_settings"

    def __init__(self, setting: str) -> None:
        super().__init__(setting)
        self.setting = setting

    def __str__(self) -> str:
        return (
            f"the database was opened with {self.setting}, which can lose sales in a power cut: "
            "open it with LMDB's default flags"
        )


class StoreDamaged(StoreError):
    """The store's file cannot be trusted; ``reason`` says what is wrong with it."""

    code = "store.damaged"

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder = folder
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"the store in {self.folder} is damaged: {self.reason}. Keep the folder as it is, then "
            "restore the newest backup into a new folder, or salvage what can be proved from it"
        )


class StoreTooNew(StoreError):
    """The store was written by a newer cashwrap."""

    code = "store.too_new"

    def __init__(self, found: int, known: int) -> None:
        super().__init__(found, known)
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return (
            f"the store has format {self.found}, this cashwrap knows formats up to {self.known}: "
            "install the newer version again"
        )


class StoreCopied(StoreError):
    """The folder is a copy, or stands on another device than the one that wrote it."""

    code = "store.copied"

    def __init__(self, folder: str, difference: str) -> None:
        super().__init__(folder, difference)
        self.folder = folder
        self.difference = difference

    def __str__(self) -> str:
        return (
            f"the store in {self.folder} was copied or moved ({self.difference}). If the original "
            "will never sell again, adopt this copy: it then numbers its sales in a new epoch. "
            "Otherwise go on with the original"
        )


class StoreRolledBack(StoreError):
    """The store is older than, or differs from, what this device has already written."""

    code = "store.rolled_back"

    def __init__(
        self, found: tuple[int, int], seen: tuple[int, int], how: Literal["older", "differs"]
    ) -> None:
        super().__init__(found, seen, how)
        self.found = found
        self.seen = seen
        self.how = how

    def __str__(self) -> str:
        found, seen = (f"epoch {epoch} record {seq}" for epoch, seq in (self.found, self.seen))
        what = f"ends at {found}, but this device has already written {seen}"
        if self.how == "differs":
            what = f"holds another history: its {seen} is not the one that this device wrote"
        return (
            f"the store {what}. Bring the newer store back, or adopt this one in a new epoch and "
            "re-enter what is missing"
        )


class JournalFault(StoreError):
    """The disk failed under the journal; nothing more is written until a restart."""

    code = "store.journal_fault"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"the disk failed under the journal ({self.reason}). Nothing more is sold on it: "
            "restart the till, which checks the whole journal; if it comes again, change the disk"
        )


class DiskFull(StoreError):
    """There is no room for another sale; the reserve is kept for closing the shift."""

    code = "store.disk_full"

    def __init__(self, used_bytes: int, limit_bytes: int) -> None:
        super().__init__(used_bytes, limit_bytes)
        self.used_bytes = used_bytes
        self.limit_bytes = limit_bytes

    def __str__(self) -> str:
        return (
            f"the disk is full: {self.used_bytes >> 10} KiB of {self.limit_bytes >> 10} KiB are "
            "used and the file cannot grow. Nothing was lost; free some space and go on. The "
            "shift can still be closed"
        )


class ViewEnded(StoreError):
    """A view of the tables was open for so long that selling had to go before it."""

    code = "store.view_ended"

    def __str__(self) -> str:
        return (
            "this view of the tables was ended, because it was open too long while sales were "
            "committed or the file had to grow: read again, in shorter views"
        )


class StageTooLarge(StoreError):
    """One staged transaction did not fit in the map, which has been grown since."""

    code = "store.stage_too_large"

    def __str__(self) -> str:
        return "this step needed more room than the file had; nothing was written, run it again"


class FollowerRefused(StoreError):
    """A device would have followed a journal that is for training."""

    code = "store.follower_refused"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f"{self.name!r} would follow a journal for training: open no drawer and send nothing "
            "for it. What marks its paper as training says follower(..., training=True)"
        )


class TableRefused(StoreError):
    """A table was used by someone who may not, or declared against the rules."""

    code = "store.table"

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(table, reason)
        self.table = table
        self.reason = reason

    def __str__(self) -> str:
        return f"table {self.table!r}: {self.reason}"


class KeyLost(StoreError):
    """The till's signing key is missing or is not the one that the journal names."""

    code = "store.key_lost"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"the till's key {self.path} {self.reason}: put the right file back, "
            "or open the store with a new key (rekey), which is journaled"
        )


class HistoryTrimmed(StoreError):
    """Records that are asked for have been trimmed."""

    code = "store.history_trimmed"

    def __init__(self, what: str, base_seq: int) -> None:
        super().__init__(what, base_seq)
        self.what = what
        self.base_seq = base_seq

    def __str__(self) -> str:
        return f"{self.what}: records up to {self.base_seq} were trimmed; read them from a backup"


class RestoreRefused(StoreError):
    """A restore would have overwritten something newer, or the backup is not sound."""

    code = "store.restore_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"nothing was restored: {self.reason}"


class BackupFailed(StoreError):
    """A copy could not be written or did not verify; no file was left behind."""

    code = "store.backup_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"no copy of the store was made: {self.reason}. The store is as it was"
