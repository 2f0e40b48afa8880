"""Where plugins are: among the installed packages, and in a folder of the shop's own device."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Literal, Protocol

from cashwrap import plugins
from cashwrap.entry_points import EntryPoint


class Found(Protocol):
    """A plugin that was found, and is not imported yet."""

    @property
    def name(self) -> str:
        """Return what it is called in settings, and what its tables and events begin with."""
        ...

    @property
    def source(self) -> Literal["installed", "folder"]:
        """Return where it was found."""
        ...

    @property
    def home(self) -> Path | None:
        """Return the folder with its manifest, None where it is one file of its own."""
        ...

    def load(self) -> object:
        """Import it. Raises what the import raises."""
        ...


class Installed:
    """A plugin of an installed package, named by its entry point."""

    source: Literal["installed", "folder"] = "installed"

    def __init__(self, point: EntryPoint) -> None:
        self.name = point.name
        self._point = point

    @property
    def home(self) -> Path | None:
        """Return the folder of the package that the entry point names a module of."""
        package = self._point.value.partition(":")[0].strip().rpartition(".")[0]
        if not package:
            return None
        try:
            spec = find_spec(package)
        except (ImportError, ValueError):  # the import itself will say it
            return None
        places = [] if spec is None else list(spec.submodule_search_locations or ())
        return Path(places[0]) if places else None

    def load(self) -> object:
        """Import it."""
        return self._point.load()

    @property
    def distribution(self) -> str:
        """Return the version of the package that brought it, "" where that is not known."""
        from importlib.metadata import PackageNotFoundError, packages_distributions, version

        package = self._point.value.partition(":")[0].partition(".")[0]
        try:
            return version(packages_distributions()[package][0])
        except (KeyError, PackageNotFoundError):
            return ""


class InFolder:
    """A plugin in the device's folder: ``NAME/plugin.py`` with a manifest, or ``NAME.py``."""

    source: Literal["installed", "folder"] = "folder"
    distribution = ""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.home = path if path.is_dir() else None
        self._path = path

    def load(self) -> object:
        """Import it under a name of its own, so that two shops of one process do not meet.

        What the program has imported from the same folder already, as its tests do, is taken.
        """
        if self._is_imported():
            return import_module(f"{self.name}.plugin")
        path = self._path.resolve()  # a link may be gone when its plugin is still used
        digest = sha256(str(path).encode()).hexdigest()[:12]
        name = f"cashwrap_device_{digest}_{self.name}"
        if self.home is None:
            return _imported(name, path)
        home = self.home.resolve()
        _imported(name, home / "__init__.py", home)
        return import_module(f"{name}.plugin")

    def _is_imported(self) -> bool:
        places = getattr(sys.modules.get(self.name), "__path__", ())
        home = self.home and self.home.resolve()
        return any(Path(place).resolve() == home for place in places)


def _imported(name: str, path: Path, package: Path | None = None) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    places = None if package is None else [str(package)]
    if package is not None and not path.exists():  # a folder without an __init__.py is one too
        module = ModuleType(name)
        module.__path__ = places or []
        sys.modules[name] = module
        return module
    spec = spec_from_file_location(name, path, submodule_search_locations=places)
    assert spec is not None  # it is a path to Python source
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def find(folder: Path | None, installed: Sequence[EntryPoint] | None = None) -> list[Found]:
    """Return every plugin that is there; of two with one name, the installed one first.

    ``installed`` are those where they are known already. Raises PluginRefused where installed
    packages cannot be listed.
    """
    points = plugins.installed_plugins() if installed is None else installed
    found: list[Found] = [Installed(point) for point in points]
    return [*found, *(in_folder(folder) if folder is not None else ())]


def in_folder(folder: Path) -> Iterator[Found]:
    """Yield the plugins in a folder by name."""
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return
    for path in paths:
        whole = path.is_dir() and (path / "plugin.py").is_file()
        if path.stem.isidentifier() and (whole or path.suffix == ".py") and path.stem[0] != "_":
            yield InFolder(path)
