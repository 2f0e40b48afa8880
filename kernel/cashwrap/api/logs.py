"""The log of a serving till: one JSON object a line, and nothing that is about a person or a sale.

Routes are named by their patterns, so no id, code, name, PIN, amount or card ever stands in it.
"""

from __future__ import annotations

import sys
from typing import TextIO

import msgspec


class Logged(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line."""

    at_ms: int
    event: str
    method: str = ""
    route: str = ""
    status: int = 0
    spent_us: int = 0
    error: str = ""
    where: str = ""


class Log:
    """Writes lines; ``every`` answer, or only those that were refused or failed."""

    def __init__(self, out: TextIO | None = None, *, every: bool = False) -> None:
        self._out = out
        self._every = every

    def answered(self, line: Logged) -> None:
        """Write an answer down where it is to be."""
        if self._every or line.status >= 400:
            self.write(line)

    def write(self, line: Logged) -> None:
        """Write one line."""
        out = self._out or sys.stderr
        out.write(msgspec.json.encode(line).decode() + "\n")
        out.flush()
