"""The root of every error a caller can meet, and the issue record of bulk work."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

import msgspec

T = TypeVar("T")
_NAME_BYTES_MAX = 255  # of each part of a path, on every usual file system


class CashwrapError(Exception):
    """A refusal or a fault, in words for a person.

    ``code`` is stable and is what programs match; the message says what is wrong and what to do.
    A refused command has changed nothing.
    """

    code: ClassVar[str] = "error"


class InvalidInput(CashwrapError, ValueError):
    """A value from outside is not of the form that the call takes."""

    code = "input.invalid"


class AmountOverflow(CashwrapError, OverflowError):
    """A sum of money or quantity does not fit in a signed 64-bit integer."""

    code = "amount.overflow"


class Issue(msgspec.Struct, frozen=True):
    """One thing wrong with bulk input: where it stands, its stable code, and why in words."""

    source: str  # "catalog.csv:17" or "catalog.csv:17:price"
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


class BulkRefused(CashwrapError):
    """Bulk input was refused as a whole; ``issues`` names everything that is wrong with it."""

    code = "bulk.refused"

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__(issues)  # args stay picklable
        self.issues = issues

    def __str__(self) -> str:
        shown = "\n".join(f"  {issue}" for issue in self.issues[:20])
        more = len(self.issues) - 20
        tail = f"\n  and {more} more" if more > 0 else ""
        many = "" if len(self.issues) == 1 else "s"
        return f"nothing was changed, {len(self.issues)} problem{many}:\n{shown}{tail}"


def utf8(text: str, what: str) -> bytes:
    """Return a caller's text as bytes. Raises InvalidInput naming ``what`` for anything else."""
    if not isinstance(text, str):
        raise InvalidInput(f"{what} must be text, not {text!r:.60}")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(
            f"{what} holds half a character (a lone surrogate): write it anew"
        ) from None


def whole(value: int, what: str) -> int:
    """Return a caller's whole number. Raises InvalidInput naming ``what`` for anything else."""
    if type(value) is not int:
        raise InvalidInput(f"{what} must be a whole number, not {value!r:.60}")
    return value


def listed(values: Sequence[T], what: str) -> Sequence[T]:
    """Return a caller's list. Raises InvalidInput naming ``what`` for anything else, also text."""
    if not isinstance(values, list | tuple):
        raise InvalidInput(f"{what} must be a list, not {values!r:.60}")
    return values


def named_path(path: Path | str, what: str) -> Path:
    """Return a caller's path. Raises InvalidInput naming ``what`` for text that can be none."""
    if not isinstance(path, Path | str):
        raise InvalidInput(f"{what} is named by text or a Path, not by {path!r:.60}")
    sizes = [len(part) for part in utf8(str(path), what).split(b"/")]
    if not any(sizes) or max(sizes) > _NAME_BYTES_MAX or "\0" in str(path):
        raise InvalidInput(f"{str(path)!r:.60} is no name for {what}: choose another")
    return Path(path)
