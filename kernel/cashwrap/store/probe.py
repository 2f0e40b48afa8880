"""Child process: read a data file to the end of its journal, or dump it, and crash here alone.

Run as a script. ``probe.py FILE`` reads the newest rows of every table, all of them with
``--all``. ``--journal``, ``--bases``
and ``--identity`` write those rows to standard output as lengths and bytes, for `salvage`.
"""

import sys

import lmdb

NEWEST_RECORDS = 1000


def open_file(path: str) -> lmdb.Environment:
    """Return the file opened for reading only, without its lock file."""
    return lmdb.open(path, subdir=False, readonly=True, lock=False, max_dbs=512, create=False)


def walk(path: str, rows_max: int) -> None:
    """Read the newest rows of every table; LMDB raises, or this process dies, on bad pages."""
    environment = open_file(path)
    with environment.begin() as txn:
        names = [bytes(name) for name, _ in txn.cursor()]
    for name in names:
        table = environment.open_db(name, create=False)
        with environment.begin(db=table) as txn:
            cursor = txn.cursor()
            cursor.first()
            if cursor.last():
                for number, _ in enumerate(cursor.iterprev()):
                    if number >= rows_max:
                        break


def dump(path: str, name: bytes, prefix: bytes) -> None:
    """Write rows of a table: 4 + 4 bytes of lengths, key, value; each at once, as we may die."""
    environment = open_file(path)
    table = environment.open_db(name, create=False)
    with environment.begin(db=table) as txn:
        for key, value in txn.cursor():
            if key.startswith(prefix):
                sizes = len(key).to_bytes(4, "big") + len(value).to_bytes(4, "big")
                sys.stdout.buffer.write(sizes + key + value)
                sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        if "--journal" in sys.argv:
            dump(sys.argv[1], b"store.journal", b"")
        elif "--bases" in sys.argv:
            dump(sys.argv[1], b"store.bases", b"")
        elif "--identity" in sys.argv:
            dump(sys.argv[1], b"store.meta", b"identity")
        else:
            walk(sys.argv[1], sys.maxsize if "--all" in sys.argv else NEWEST_RECORDS)
    except lmdb.Error as problem:
        sys.exit(f"LMDB says: {problem}")
