"""The device's pepper: 32 bytes in a file that only its owner reads and that no backup holds."""

import os
from contextlib import suppress
from pathlib import Path

from cashwrap.private_file import write_private
from cashwrap.staff.errors import PepperLost

FILE_NAME = "staff.pepper"
SIZE = 32


def load_pepper(folder: Path) -> bytes:
    """Return the pepper of a shop's folder. Raises PepperLost."""
    path = folder / FILE_NAME
    try:
        pepper = bytes.fromhex(path.read_text("ascii").strip())
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        raise PepperLost(str(path), "is missing") from None
    except ValueError:
        raise PepperLost(str(path), "does not hold a pepper") from None
    except OSError as error:
        raise PepperLost(str(path), f"cannot be read ({error.strerror})") from None
    if len(pepper) != SIZE:
        raise PepperLost(str(path), "does not hold a pepper")
    if os.name == "posix" and mode & 0o077:
        with suppress(OSError):  # another user's file: it can be read, and that is what counts
            path.chmod(0o600)
    return pepper


def save_pepper(folder: Path, pepper: bytes) -> None:
    """Write a new pepper, durable before a PIN is made with it. Raises PepperLost."""
    path = folder / FILE_NAME
    try:
        write_private(path, pepper.hex().encode() + b"\n")
        _sync(folder)
    except OSError as error:
        raise PepperLost(str(path), f"cannot be written ({error.strerror})") from error


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
