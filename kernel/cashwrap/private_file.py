"""Files with secrets: only their owner may read them."""

import os
from pathlib import Path


def write_private(path: Path, data: bytes) -> None:
    """Write a file whole, in place of one that is there; its folder is not synced."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(fresh, path)
