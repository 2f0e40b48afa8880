"""Write a new plugin: a package that works and is tested as it stands."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from pathlib import Path

from cashwrap.errors import CashwrapError
from cashwrap.events import known_events

TEMPLATE = Path(__file__).parent / "template"


class NameRefused(CashwrapError):
    """A plugin cannot bear this name, or something of it is there already."""

    code = "plugin.name"


def write_plugin(name: str, into: Path, taken: Collection[str] = ()) -> list[Path]:
    """Write a plugin into a new folder of its name; return its files.

    ``taken`` are the names of the kernel's own rooms. Raises NameRefused.
    """
    _check_name(name, taken)
    place = into / name
    if place.exists():
        raise NameRefused(f"{place} is there already: choose another name, or remove it")
    words = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "title": name.replace("_", " ").capitalize(),
    }
    written = []
    for source, target in _files(name).items():
        path = place / target
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (TEMPLATE / f"{source}.txt").read_text(encoding="utf-8")
        path.write_text(text.format(**words), encoding="utf-8")
        written.append(path)
    return written


def _check_name(name: str, taken: Collection[str]) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", name) or keyword.iskeyword(name):
        raise NameRefused(
            f"{name!r:.60} cannot be a plugin's name: small letters, digits and _, "
            "as in loyalty_stamp"
        )
    rooms = {
        kind.partition(".")[0]
        for kind, cls in known_events().items()
        if cls.__module__.startswith("cashwrap.")
    }
    if name in rooms or name in taken or name in ("cashwrap", "tests", "plugin"):
        raise NameRefused(f"{name!r} is the name of a room of the kernel: choose another")


def _files(name: str) -> dict[str, str]:
    """Return where each file of the template goes."""
    return {
        "pyproject.toml": "pyproject.toml",
        "README.md": "README.md",
        "init.py": f"{name}/__init__.py",
        "manifest.toml": f"{name}/manifest.toml",
        "plugin.py": f"{name}/plugin.py",
        "rules.py": f"{name}/rules.py",
        "store.py": f"{name}/store.py",
        "conftest.py": "tests/conftest.py",
        "test_plugin.py": "tests/test_plugin.py",
        "test_rules.py": "tests/test_rules.py",
    }
