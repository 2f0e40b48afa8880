"""Shops and catalogs for the suites."""

import csv
from pathlib import Path

from cashwrap import Till
from cashwrap.bench.shop import NAMES, SETTINGS, gtin_of

SKUS = 100_000


def empty_shop(folder: Path) -> Till:
    """Make a shop without a catalog, and open it."""
    Till.create(folder, SETTINGS, witness=[])
    return Till.open(folder, witness=[])


def catalog_file(path: Path, skus: int) -> Path:
    """Write a catalog to import."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("sku", "name", "gtins", "tax", "price"))
        for number in range(skus):
            name = f"{NAMES[number % len(NAMES)]} {number}"
            rows.writerow((f"SKU{number:07d}", name, gtin_of(number), "vat13", "3.50"))
    return path
