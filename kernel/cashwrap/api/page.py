"""Where the page of the register is, if one is installed: found, never imported."""

from importlib.util import find_spec
from pathlib import Path

PAGE_PACKAGE = "cashwrap_plugins.register"


def installed_page() -> Path | None:
    """Return the folder of the page's files, or None."""
    try:
        spec = find_spec(PAGE_PACKAGE)
    except ModuleNotFoundError:
        return None
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        static = Path(place) / "static"
        if (static / "index.html").is_file():
            return static
    return None
