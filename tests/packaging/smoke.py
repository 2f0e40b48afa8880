"""Use an installed cashwrap: import every module, and price a line with the compiled core."""

import importlib
import pkgutil
import sys
from pathlib import Path

# Authors of tests and whoever serves a till have more installed than the kernel needs.
EXTRAS = (
    "escpos",
    "httptools",
    "hypothesis",
    "litestar",
    "PIL",
    "pytest",
    "serial",
    "tomlkit",
    "uvicorn",
    "websockets",
)
PACKAGES = ("cashwrap_native", "cashwrap", "cashwrap_plugins")


def import_all(package: str) -> int:
    """Import every module of a package; return how many there are."""
    root = importlib.import_module(package)
    found = [each.name for each in pkgutil.walk_packages(root.__path__, f"{package}.")]
    names = [name for name in found if not name.endswith("__main__")]
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name not in EXTRAS:
                raise
    return len(names)


def price_three_cans() -> int:
    """Return what 3 cans at 3.50, tax included, come to in minor units."""
    from cashwrap.pricing.engine import Engine
    from cashwrap.pricing.model import PricePolicy, TaxCode, TaxComponent

    vat = TaxCode("vat", "VAT", {"": (TaxComponent("vat", "VAT", rate_ppm=130_000),)})
    cart = Engine(PricePolicy(), [vat]).cart()
    cart.put(1, 350, 3000, "vat")
    return cart.price().payable_minor


def words_of_rules() -> int:
    """Return of how many fields the words are there."""
    from cashwrap.promotions.files.fields import field_words

    return len(field_words())


def pages_of_plugins() -> int:
    """Return how many installed plugins bring a page whose files are there; each has a manifest."""
    from cashwrap.host.finding import Installed
    from cashwrap.host.manifest import read_manifest
    from cashwrap.plugins import installed_plugins

    homes = [Installed(point).home for point in installed_plugins()]
    if not homes or not all(read_manifest(home) for home in homes):
        sys.exit(f"an installed plugin has no manifest: {homes}")
    return sum(home is not None and (home / "static/index.html").is_file() for home in homes)


def main() -> None:
    """Stop with an error when something is missing or the sum is wrong."""
    counts = {package: import_all(package) for package in PACKAGES}
    if not counts["cashwrap_native"]:
        sys.exit("no compiled module was installed")
    if (payable := price_three_cans()) != 1050:
        sys.exit(f"3 cans at 3.50 come to {payable} minor units")
    if not words_of_rules():
        sys.exit("the words of rule files were not installed")
    if not pages_of_plugins():
        sys.exit("no plugin brings its page")
    where = Path(sys.modules["cashwrap"].__path__[0])
    print(f"Python {sys.version.split()[0]}: {counts} from {where}")


if __name__ == "__main__":
    main()
