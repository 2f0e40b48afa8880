"""The key that a device must know: one file that only its owner may read."""

import os
from pathlib import Path
from secrets import token_urlsafe

from cashwrap.errors import CashwrapError

FILE_NAME = "api.key"


class KeyFileOpen(CashwrapError):
    """The file with the device's key can be read by others."""

    code = "api.key_file"


def device_key(folder: Path) -> str:
    """Return the key of a shop's folder, made when there is none. Raises KeyFileOpen."""
    path = folder / FILE_NAME
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    key = token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def _read(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise KeyFileOpen(f"{path} can be read by others: chmod 600 it, or delete it for a new key")
    key = path.read_text("ascii").strip()
    if len(key) < 32:
        raise KeyFileOpen(f"{path} holds no key: delete it, and a new one is made")
    return key
