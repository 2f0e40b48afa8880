"""Look at a data file before LMDB maps it: a short or foreign file must never kill the till."""

import os
import struct
import sys
from pathlib import Path

import msgspec

from cashwrap.store.errors import StoreDamaged, StoreMissing
from cashwrap.store.layout import DATA_FILE

MAGIC = 0xBEEFC0DE
DATA_VERSION = 1
PAGE_HEADER = struct.Struct("@NHHI")  # page number, pad, flags, free space
META = struct.Struct("@IIPN" + "IHHNNNNN" * 2 + "NN")  # MDB_meta of LMDB 0.9
META_FLAG = 0x08
PROBE_SECONDS_MAX = 60


class MetaPage(msgspec.Struct, frozen=True):
    """What one of the two meta pages says."""

    page_size: int
    map_size: int
    last_page: int
    txn: int


def read_meta(page: bytes) -> MetaPage | str:
    """Return the meta page in these bytes, or what is wrong with it."""
    if len(page) < PAGE_HEADER.size + META.size:
        return "it is shorter than its first page"
    flags = PAGE_HEADER.unpack_from(page)[2]
    fields = META.unpack_from(page, PAGE_HEADER.size)
    if fields[0] != MAGIC or not flags & META_FLAG:
        return "it is not an LMDB file (wrong magic)"
    if fields[1] != DATA_VERSION:
        return f"it has LMDB data version {fields[1]}, this build reads {DATA_VERSION}"
    return MetaPage(page_size=fields[4], map_size=fields[3], last_page=fields[-2], txn=fields[-1])


def newest_meta(path: Path) -> MetaPage | str:
    """Return the meta page that LMDB will use, or why the file cannot be opened safely."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            return "data.mdb is empty"
        first = read_meta(file.read(4096))
        if isinstance(first, str):
            return first
        if first.page_size < 512 or first.page_size & (first.page_size - 1):
            return f"its page size {first.page_size} is impossible"
        file.seek(first.page_size)
        second = read_meta(file.read(4096))
    if isinstance(second, str):
        return f"its second meta page is bad: {second}"
    newest = max(first, second, key=lambda meta: meta.txn)
    needed = (newest.last_page + 1) * newest.page_size
    if size < needed:
        return f"data.mdb is cut short: {size} bytes of {needed}"
    return newest


def check_data_file(folder: Path) -> MetaPage:
    """Raise StoreMissing or StoreDamaged unless LMDB can map the file without a fault."""
    path = folder / DATA_FILE
    if not path.exists():
        raise StoreMissing(str(folder))
    try:
        meta = newest_meta(path)
    except OSError as error:
        raise StoreDamaged(str(folder), f"data.mdb cannot be read ({error.strerror})") from error
    if isinstance(meta, str):
        raise StoreDamaged(str(folder), meta)
    return meta


def probe(folder: Path, *, whole: bool = False) -> None:
    """Open the store in a child process first, so that a crash there is an error here.

    The child reads the newest rows of every table, or the ``whole`` file.
    A child that cannot be started at all (an embedded interpreter) is no verdict on the file.
    """
    import subprocess

    command = [sys.executable, str(Path(__file__).with_name("probe.py")), str(folder / DATA_FILE)]
    command += ["--all"] if whole else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=PROBE_SECONDS_MAX, check=False
        )
    except (OSError, ValueError):
        return
    except subprocess.TimeoutExpired:
        raise StoreDamaged(str(folder), "reading it does not come to an end") from None
    if done.returncode < 0:
        raise StoreDamaged(str(folder), f"reading it ends in signal {-done.returncode}")
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise StoreDamaged(str(folder), lines[-1] if lines else "it cannot be read")
