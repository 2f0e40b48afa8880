"""What is wrong with a settings file, in words that say how to put it right."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

import msgspec

DATABASE_FLAGS = frozenset(
    {
        "sync", "metasync", "no_sync", "nosync", "no_metasync", "nometasync", "writemap",
        "map_async", "mapasync", "fsync", "synchronous", "journal_mode", "lock", "subdir",
    }
)  # fmt: skip
"""Under some of these a database may lose what it has acknowledged, so that none can be set."""

_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`(?: - at `\$\.?(?P<at>[^`]*)`)?")


def unsafe(given: Mapping[str, object]) -> str:
    """Return what to say of a setting that would let the database lose sales, "" for none.

    Plugins' own settings are theirs.
    """
    for place in _places(given):
        if place.rpartition(".")[2].lower() in DATABASE_FLAGS:
            return (
                f"{place} cannot be set: the database always waits for the disk, or a power cut "
                "would lose sales that customers have paid; take the line out"
            )
    return ""


def _places(given: Mapping[str, object], before: str = "") -> Iterator[str]:
    for name, value in given.items():
        if not before and name == "plugins":
            continue
        yield before + name
        if isinstance(value, dict):
            yield from _places(value, f"{before}{name}.")


def explained(
    error: msgspec.ValidationError, given: Mapping[str, object], known: type[msgspec.Struct]
) -> str:
    """Return what a validation says: unsafe settings first, then the name that was meant."""
    if fault := unsafe(given):
        return fault
    found = _UNKNOWN.search(str(error))
    if found is None:
        return str(error)
    name, at = found["name"], found["at"] or ""
    place = f"{at}.{name}" if at else name
    meant = get_close_matches(name, _names(known, at), n=1)
    hint = f": did you mean {meant[0]!r}?" if meant else ": take it out, or correct its name"
    return f"{place!r} is no setting{hint}"


def _names(known: type[msgspec.Struct], at: str) -> Iterable[str]:
    """Return the names of the settings at a place, those of the file itself where it is deeper."""
    for field in msgspec.structs.fields(known):
        kind = field.type
        if field.name == at and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return kind.__struct_fields__
    return known.__struct_fields__
