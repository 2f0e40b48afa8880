"""docs/events.md: every kind of event in the journal, its version and its fields."""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator

import msgspec

from cashwrap.events import Envelope, Event, known_events

HEAD = """\
# Events

What the journal holds. This page is generated (`make docs`) from the event classes. A field is only
ever appended, with a default, so an old journal opens under new code; money is in minor units
(`_minor`), quantities in thousandths (`_milli`), rates in millionths (`_ppm`), times in
milliseconds (`_ms`). Each record is an envelope around one event.

"""


def events_page() -> str:
    """Return the page."""
    for package in ("cashwrap", "cashwrap_plugins"):
        import_all(package)
    events = {
        kind: cls
        for kind, cls in known_events().items()
        if cls.__module__.split(".")[0] in ("cashwrap", "cashwrap_plugins")
    }
    page = [HEAD, "## Envelope\n\n", about(Envelope)]
    for kind, cls in events.items():
        page.append(f"## {kind}\n\nVersion {cls.version}. {about(cls)}")
    page.append("# Parts\n\nStructs that stand inside events.\n\n")
    for part in sorted(parts(events.values()), key=_place):
        page.append(f"## {part.__name__}\n\n{about(part)}")
    return "".join(page).rstrip() + "\n"


def _place(part: type[msgspec.Struct]) -> tuple[str, str]:
    """Two rooms may have a struct of one name."""
    return part.__name__, part.__module__


def import_all(package: str) -> None:
    """Import every module of a package, so that its events are registered."""
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def about(cls: type[msgspec.Struct]) -> str:
    """Return the docstring and a table of fields."""
    text = inspect.cleandoc(cls.__doc__ or "").replace("``", "`")
    rows = [
        f"| `{field.name}` | `{type_name(field.type)}` | {default(field)} |\n"
        for field in msgspec.structs.fields(cls)
    ]
    table = "".join(["| field | type | default |\n|---|---|---|\n", *rows]) if rows else ""
    return f"{text}\n\n{table}\n"


def default(field: msgspec.structs.FieldInfo) -> str:
    """Return the default as source text, or nothing for a field that must be given."""
    if field.default is not msgspec.NODEFAULT:
        return f"`{field.default!r}`"
    made = field.default_factory
    return f"`{made()!r}`" if made is not msgspec.NODEFAULT else ""


def type_name(kind: object) -> str:
    """Return a type as it is written in the source, without module names."""
    text = inspect.formatannotation(kind)
    for module in ("cashwrap", "cashwrap_plugins", "typing", "collections", "msgspec"):
        text = _without(module, text)
    return text.replace("|", "or")


def _without(module: str, text: str) -> str:
    words = text.replace("[", "[\0").replace(", ", ", \0").replace("| ", "| \0").split("\0")
    return "".join(
        word.rpartition(".")[2] if word.startswith(f"{module}.") and "'" not in word else word
        for word in words
    )


def parts(events: typing.Iterable[type[Event]]) -> set[type[msgspec.Struct]]:
    """Return the structs that events refer to, directly or through each other."""
    found: set[type[msgspec.Struct]] = set()
    waiting: list[type[msgspec.Struct]] = list(events)
    while waiting:
        for field in msgspec.structs.fields(waiting.pop()):
            for part in structs_in(field.type):
                if part not in found:
                    found.add(part)
                    waiting.append(part)
    return found


def structs_in(kind: object) -> Iterator[type[msgspec.Struct]]:
    """Yield the structs inside a type."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for inner in typing.get_args(kind):
        yield from structs_in(inner)
