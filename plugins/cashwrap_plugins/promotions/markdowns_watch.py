"""The file of markdowns while the till sells: one that is another counts within a minute.

Lines that are on open sales keep what they were priced at; what is added costs what it costs now.
"""

from __future__ import annotations

from cashwrap.host.acting import PluginTill
from cashwrap.host.offers import Job

from .events import MarkdownsRead
from .markdowns import as_price_list
from .markdowns_check import checked
from .options import PluginSettings
from .store import last_read

EVERY_MINUTES = 1
TOLD_MAX = 20

Stamp = tuple[int, int, int]


class Watch:
    """Looks at one shop's file; what it found last is known by the file's stamp."""

    def __init__(self) -> None:
        self._stamp: Stamp | None = None

    def look(self, till: PluginTill) -> None:
        """Have the file count as it is now, and journal that, where it is another."""
        file = till.settings(PluginSettings).markdowns
        stamp = _stamp(till, file)
        if stamp == self._stamp:
            return
        found = checked(till)
        till.put_price_lists([as_price_list(found.rows, till.shop.store)] if found.rows else [])
        with till.read() as reader:
            known = last_read(reader)
        wrong = tuple(f"{each.source}: {each.message}" for each in found.issues)
        if found.digest != ("" if known is None else known.digest):
            rows, told = len(found.rows), wrong[:TOLD_MAX]
            till.commit([MarkdownsRead(file, found.digest, rows, told, len(wrong))])
        self._stamp = stamp


def _stamp(till: PluginTill, file: str) -> Stamp:
    """Return what changes with a file: its time, size and number; zeros where there is none."""
    try:
        stat = (till.folder / file).stat()
    except OSError:
        return (0, 0, 0)
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def job() -> Job:
    """Return the job that looks each minute."""
    return Job(name="markdowns", every_minutes=EVERY_MINUTES, run=Watch().look)
