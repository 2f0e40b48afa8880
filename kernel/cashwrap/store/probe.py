"""Child process: read a data file to the end of its journal, or dump it, and crash here alone.

Run as a script. ``probe.py FILE`` walks every small table and the newest records; with ``--dump``
it writes every journal record to standard output as lengths and bytes, for `salvage`.
"""

import sys

import lmdb

NEWEST_RECORDS = 1000
JOURNAL = b"store.journal"


def open_file(path: str) -> lmdb.Environment:
    """Return the file opened for reading only, without its lock file."""
    return lmdb.open(path, subdir=False, readonly=True, lock=False, max_dbs=512, create=False)


def walk(path: str) -> None:
    """Read the newest part of every table; LMDB raises, or this process dies, on bad pages."""
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
                    if number >= NEWEST_RECORDS:
                        break


def dump(path: str) -> None:
    """Write every journal record: 4 + 4 bytes of lengths, key, value."""
    environment = open_file(path)
    table = environment.open_db(JOURNAL, create=False)
    out = sys.stdout.buffer
    with environment.begin(db=table) as txn:
        for key, value in txn.cursor():
            out.write(len(key).to_bytes(4, "big") + len(value).to_bytes(4, "big"))
            out.write(bytes(key) + bytes(value))
    out.flush()


if __name__ == "__main__":
    try:
        (dump if "--dump" in sys.argv else walk)(sys.argv[1])
    except lmdb.Error as problem:
        sys.exit(f"LMDB says: {problem}")
