"""Write a new plugin: a package that works and is tested as it stands."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from cashwrap.errors import CashwrapError
from cashwrap.events import known_events
from cashwrap.host.manifest import RIGHTS

TEMPLATE = Path(__file__).parent / "template"
BASE_HOOKS = ("cashwrap_may", "cashwrap_projections", "cashwrap_receipt_sections")
BASE_TYPES = {
    "cashwrap.host.own": "Own",
    "cashwrap.host.views": "SaleSeen",
    "cashwrap.receipt.model": "Section",
    "cashwrap.sale.events": "SaleCompleted",
    "cashwrap.store.tables": "Projection, Reader",
}


class Part(NamedTuple):
    """Something more that a plugin may begin with: its hooks, types, and files with their lines."""

    hooks: tuple[str, ...]
    types: dict[str, str]
    files: dict[str, str]
    told: dict[str, str]
    needs: tuple[str, ...] = ()


PARTS = {
    "route": Part(
        ("cashwrap_routes",),
        {"cashwrap.host.offers": "Route"},
        {"routes.py": "{name}/routes.py", "test_routes.py": "tests/test_routes.py"},
        {"routes.py": "what pages and programs may ask, below `/api/v1/plugins/{name}`"},
    ),
    "panel": Part(
        ("cashwrap_pages", "cashwrap_panels"),
        {"cashwrap.host.offers": "Page, Panel"},
        {"panel.js": "{name}/static/panel.js"},
        {"static/panel.js": "what the register's page shows beside the member"},
        needs=("route",),
    ),
    "rules": Part(
        ("cashwrap_rules",),
        {"cashwrap.promotions.rules": "Rule"},
        {"promotions.py": "{name}/promotions.py", "test_promotions.py": "tests/test_promotions.py"},
        {"promotions.py": "promotions as data, tested against any cart"},
    ),
}
"""What ``--with`` adds."""


class NameRefused(CashwrapError):
    """A plugin cannot bear this name, or something of it is there already."""

    code = "plugin.name"


def write_plugin(
    name: str, into: Path, taken: Collection[str] = (), parts: Iterable[str] = ()
) -> list[Path]:
    """Write a plugin into a new folder of its name; return its files.

    ``taken`` are the names of the kernel's own rooms, ``parts`` are of PARTS. Raises NameRefused.
    """
    _check_name(name, taken)
    place = into / name
    if place.exists():
        raise NameRefused(f"{place} is there already: choose another name, or remove it")
    wanted = [PARTS[part] for part in _with_needs(parts)]
    words = _words(name, wanted, _with_needs(parts))
    written = []
    for source, target in _files(name, wanted).items():
        path = place / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(source, words), encoding="utf-8")
        written.append(path)
    return written


def _with_needs(parts: Iterable[str]) -> list[str]:
    asked = set(parts)
    asked |= {need for part in asked for need in PARTS[part].needs}
    return [part for part in PARTS if part in asked]


def _words(name: str, wanted: list[Part], parts: list[str]) -> dict[str, str]:
    """Return what stands in the braces of the template."""
    title = name.replace("_", " ").capitalize()
    own = {"name": name, "dashed": name.replace("_", "-"), "title": title}
    hooks = sorted({*BASE_HOOKS, *(hook for part in wanted for hook in part.hooks)})
    rights = sorted({RIGHTS[hook] for hook in hooks if hook in RIGHTS})
    told = [(f"{name}/{file}", line) for part in wanted for file, line in part.told.items()]
    return own | {
        "hooks": ", ".join(f'"{hook}"' for hook in hooks),
        "rights": ", ".join(f'"{right}"' for right in rights),
        "files": "".join(f"| `{file}` | {line.format(**own)} |\n" for file, line in told),
        "typing": "\n".join(_imports(wanted)),
        "parts": "".join(_text(f"part_{part}.py", own) for part in parts).rstrip("\n"),
    }


def _imports(wanted: list[Part]) -> Iterator[str]:
    """Yield the imports of the types that hooks name, as a formatter sorts them."""
    types: dict[str, set[str]] = {}
    for each in (BASE_TYPES, *(part.types for part in wanted)):
        for module, names in each.items():
            types.setdefault(module, set()).update(names.split(", "))
    for module in sorted(types):
        yield f"    from {module} import {', '.join(sorted(types[module]))}"


def _text(source: str, words: dict[str, str]) -> str:
    text = (TEMPLATE / f"{source}.txt").read_text(encoding="utf-8").format(**words)
    return text if source.startswith("part_") else f"{text.rstrip()}\n"


def _check_name(name: str, taken: Collection[str]) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", name) or keyword.iskeyword(name):
        raise NameRefused(
            f"{name!r:.60} cannot be a plugin's name: small letters, digits and _, "
            f"as in {_suggested(name)}"
        )
    rooms = {
        kind.partition(".")[0]
        for kind, cls in known_events().items()
        if cls.__module__.startswith("cashwrap.")
    }
    if name in rooms or name in taken or name in ("cashwrap", "tests", "plugin"):
        raise NameRefused(f"{name!r} is the name of a room of the kernel: choose another")
    if name in sys.stdlib_module_names or find_spec(name) is not None:
        raise NameRefused(f"there is a Python package {name!r} already: choose another name")


def _suggested(name: str) -> str:
    """Return a name near to one that cannot be."""
    near = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip(
        "_"
    )
    fits = re.fullmatch(r"[a-z][a-z0-9_]{1,40}", near) and not keyword.iskeyword(near)
    return near if fits else "loyalty_stamp"


def _files(name: str, wanted: list[Part]) -> dict[str, str]:
    """Return where each file of the template goes."""
    files = {
        "pyproject.toml": "pyproject.toml",
        "README.md": "README.md",
        "init.py": f"{name}/__init__.py",
        "py.typed": f"{name}/py.typed",
        "manifest.toml": f"{name}/manifest.toml",
        "plugin.py": f"{name}/plugin.py",
        "settings.py": f"{name}/settings.py",
        "rules.py": f"{name}/rules.py",
        "store.py": f"{name}/store.py",
        "conftest.py": "tests/conftest.py",
        "test_plugin.py": "tests/test_plugin.py",
        "test_rules.py": "tests/test_rules.py",
    }
    for part in wanted:
        files |= {source: target.format(name=name) for source, target in part.files.items()}
    return files
