"""What a written file says: JSON or TOML as plain data, or the place where it is neither."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

from cashwrap.errors import BulkRefused, Issue
from cashwrap.promotions.files.notation import Notation

FILE_BYTES_MAX = 64 * 1024 * 1024
SYNTAX, ENCODING, UNREADABLE = "rules.syntax", "rules.encoding", "rules.unreadable"
_TOO_MUCH = "its tables nest too deeply, or a number has thousands of digits"
_TOML_PLACE = re.compile(r"^(?P<why>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)$")


def data_of(text: str, name: str) -> tuple[object, Notation]:
    """Return what a text says, and in which notation. Raises BulkRefused.

    JSON is what is called ``.json`` or begins with a brace.
    """
    notation = _notation(text, name)
    return (_json if notation.kind == "json" else _toml)(text, name), notation


def text_of(path: Path) -> str:
    """Return the text of a file. Raises BulkRefused."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise BulkRefused([Issue(path.name, UNREADABLE, "it has more than 64 MB")])
        return path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise BulkRefused(
            [Issue(path.name, UNREADABLE, f"it cannot be read: {fault.strerror}")]
        ) from fault
    except UnicodeDecodeError as fault:
        line = path.read_bytes()[: fault.start].count(b"\n") + 1
        text = "this line is not UTF-8: save the file as UTF-8"
        raise BulkRefused([Issue(f"{path.name}:{line}", ENCODING, text)]) from fault


def _notation(text: str, name: str) -> Notation:
    is_json = name.lower().endswith(".json") or text.lstrip()[:1] == "{"  # as no TOML begins
    return Notation("json" if is_json else "toml")


def _json(text: str, name: str) -> object:
    twice: list[Issue] = []

    def table(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        names = [key for key, _ in pairs]
        for key in made if len(made) < len(pairs) else ():
            if names.count(key) > 1:
                values = " and ".join(f"{value!r:.40}" for each, value in pairs if each == key)
                twice.append(Issue(name, SYNTAX, f"one table has {key!r} twice: {values}"))
        return made

    try:
        data: object = json.loads(text, object_pairs_hook=table)
    except json.JSONDecodeError as fault:
        place = f"{name}:{fault.lineno}:{fault.colno}"
        raise BulkRefused([Issue(place, SYNTAX, f"this is no JSON: {fault.msg}")]) from None
    except (ValueError, RecursionError):
        raise BulkRefused([Issue(name, SYNTAX, _TOO_MUCH)]) from None
    if twice:
        raise BulkRefused(twice)
    return data


def _toml(text: str, name: str) -> object:
    try:
        return _without_dates(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        found = _TOML_PLACE.match(str(fault))
        place = f"{name}:{found['line']}:{found['column']}" if found else name
        why = found["why"] if found else str(fault)
        raise BulkRefused([Issue(place, SYNTAX, f"this is no TOML: {why}")]) from None
    except (ValueError, RecursionError):
        raise BulkRefused([Issue(name, SYNTAX, _TOO_MUCH)]) from None


def _without_dates(value: object) -> object:
    """Return TOML's own dates and times as the text that rules have them in."""
    if isinstance(value, Mapping):
        return {key: _without_dates(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_dates(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes" if not value.second else "auto")
    if isinstance(value, date):
        return value.isoformat()
    return value.isoformat(timespec="minutes") if isinstance(value, time) else value
