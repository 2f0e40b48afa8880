"""Change a store behind its back."""

import lmdb


def change_record(folder: str, seq: int) -> None:
    """Change a byte of a record in the file, as somebody with tools could."""
    with lmdb.open(folder, max_dbs=64) as env:
        journal = env.open_db(b"store.journal")
        with env.begin(write=True) as txn:
            cursor = txn.cursor(db=journal)
            for key, raw in cursor:
                if key.endswith(seq.to_bytes(8, "big")):
                    changed = raw[:-1] + bytes([raw[-1] ^ 1])
                    txn.put(bytes(key), changed, db=journal)
                    return
    raise AssertionError(f"no record {seq}")
