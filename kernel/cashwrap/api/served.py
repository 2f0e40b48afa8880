"""Where the till of a folder is served now: a note in it, for commands on the same machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from cashwrap.api.places import Where
from cashwrap.private_file import write_private

FILE_NAME = "api.served"


class Served(msgspec.Struct, frozen=True):
    """The place for programs of this machine; ``certificate`` is what it proves itself with."""

    origin: str
    certificate: str = ""


@contextmanager
def served_at(folder: Path, where: Where) -> Iterator[None]:
    """Leave the note while a till is served."""
    path = folder / FILE_NAME
    certificate = where.certificate if where.secure else ""
    write_private(path, msgspec.json.encode(Served(where.origin, certificate)))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def served(folder: Path) -> Served | None:
    """Return where the till of a folder is served, None where no note says so."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=Served)
    return None
