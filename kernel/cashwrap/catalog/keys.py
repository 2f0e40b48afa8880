"""Tables and keys of the catalog. Every key of a staged table begins with the snapshot's version.

A row is found by one look-up, so the cost of a scan does not grow with the number of SKUs.
"""

import struct

ITEMS = "catalog.items"  # sku -> Item
CODES = "catalog.codes"  # "g" + GTIN (8 bytes) or "p" + PLU -> sku \0 unit
PRICES = "catalog.prices"  # sku -> tuple of PriceEntry
PARTS = "catalog.parts"  # kind letter + code -> the record; "f" family \0 sku -> ""
SEARCH = "catalog.search"  # number (4 bytes) -> packed rows (see search.py)
SNAPSHOTS = "catalog.snapshots"  # nothing more -> Snapshot
STAGED_TABLES = (ITEMS, CODES, PRICES, PARTS, SEARCH, SNAPSHOTS)
ROW_TABLES = (ITEMS, CODES, PRICES, PARTS)

CURRENT = "catalog.current"  # b"current" -> tuple of Activation, see projection.py
LAYOUT = "catalog.layout"  # store \0 group (or nothing) -> tuple of codes or SKUs
CURRENT_KEY = b"current"

BOOK, CATEGORY, GROUP, MODIFIERS, TAX, VARIANT = b"b", b"c", b"g", b"m", b"t", b"f"

_VERSION = struct.Struct(">I")
_GTIN = struct.Struct(">IcQ")
VERSION_MAX = 2**32 - 1


def encoded(text: str) -> bytes:
    """Return the bytes of a name in a key; text that no record can hold is simply not found."""
    return text.encode("utf-8", "surrogatepass")


def version_prefix(version: int) -> bytes:
    """Return what every key of a snapshot begins with."""
    return _VERSION.pack(version)


def gtin_key(version: int, gtin: int) -> bytes:
    """Return the key of a GTIN in `CODES`."""
    return _GTIN.pack(version, b"g", gtin)


def plu_key(version: int, plu: str) -> bytes:
    """Return the key of a PLU in `CODES`."""
    return _VERSION.pack(version) + b"p" + encoded(plu)


def part_key(version: int, kind: bytes, code: str) -> bytes:
    """Return the key of a record in `PARTS`."""
    return _VERSION.pack(version) + kind + encoded(code)


def variant_prefix(version: int, family: str) -> bytes:
    """Return what the keys of a family's variants begin with in `PARTS`."""
    return _VERSION.pack(version) + VARIANT + encoded(family) + b"\0"


def layout_key(store: str, group: str) -> bytes:
    """Return the key of a store's own order of its groups ("" ) or of one group's SKUs."""
    return encoded(store) + b"\0" + encoded(group)
