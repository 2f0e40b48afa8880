"""SQLite beside the till, storing the same records, every commit on the disk."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path


class Peer:
    """SQLite in WAL mode with synchronous=FULL: as durable as the till."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE journal (seq INTEGER PRIMARY KEY, record BLOB NOT NULL)")

    def store(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """Store the records of one commit in one transaction."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT INTO journal VALUES (?, ?)", rows)
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
