"""Export: a snapshot as the files that import reads back to the same content."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from cashwrap.catalog.cells import guarded, join, moment_text
from cashwrap.catalog.columns import FILES
from cashwrap.catalog.model import Item, ModifierGroup, PriceEntry
from cashwrap.catalog.search import gtin_text
from cashwrap.catalog.view import Catalog
from cashwrap.errors import InvalidInput
from cashwrap.money import Currency, format_quantity
from cashwrap.pricing.model import TaxCode

PAGE = 1000
Cell = str | list[str]
Record = dict[str, Cell]


def export_catalog(catalog: Catalog, target: Path | str, currency: Currency | None = None) -> int:
    """Write a snapshot to a new folder of CSV files, or to one ``.jsonl``; return the records.

    CSV cells that a spreadsheet would take for a formula get a ``'`` before them, which import
    takes off again. Raises InvalidInput where something stands already.
    """
    path = Path(target)
    if path.exists():
        raise InvalidInput(f"{path.name} is there already: choose a new name")
    if path.suffix.lower() == ".jsonl":
        return _jsonl(catalog, path, currency or Currency())
    part = path.with_name(path.name + ".part")
    part.mkdir()
    count = sum(
        _csv(part / f"{name}.csv", records(catalog, kind, currency or Currency()))
        for name, kind in FILES.items()
    )
    os.rename(part, path)
    return count


def _csv(path: Path, rows: Iterator[Record]) -> int:
    first = next(rows, None)
    if first is None:
        return 0
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(first)
        write(_flat(first))
        count = 1
        for row in rows:
            write(_flat(row))
            count += 1
        _durable(file)
    return count


def _flat(row: Record) -> list[str]:
    return [
        guarded(join(cell)) if isinstance(cell, list) else _safe(name, cell)
        for name, cell in row.items()
    ]


def _safe(name: str, cell: str) -> str:
    return cell if name in ("price", "upcharge", "priority") else guarded(cell)


def _jsonl(catalog: Catalog, path: Path, currency: Currency) -> int:
    count = 0
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        for kind in FILES.values():
            for row in records(catalog, kind, currency):
                file.write(msgspec.json.encode({"type": kind, **row}).decode() + "\n")
                count += 1
        _durable(file)
    os.rename(part, path)
    return count


def _durable(file: TextIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def records(catalog: Catalog, kind: str, currency: Currency) -> Iterator[Record]:
    """Yield all records of one type, as cells by column."""
    if kind in _OF_ITEM:
        for item in _items(catalog):
            yield from _of_item(catalog, item, kind, currency)
    elif kind == "modifier":
        for group in catalog.all_modifier_groups():
            yield from _modifiers(group, currency)
    elif kind == "tax":
        for tax in catalog.tax_codes():
            yield from _tax(tax, currency)
    elif kind == "book":
        for book in catalog.books().values():
            yield {
                "code": book.code,
                "layer": book.layer,
                "scope": book.scope,
                "tax_included": _flag(book.tax_included),
                "priority": str(book.priority),
            }
    elif kind == "category":
        for node in catalog.categories():
            yield {"code": node.code, "name": node.name, "parent": node.parent}
    elif kind == "group":
        for page in sorted(catalog.groups(), key=lambda page: page.code):
            yield {
                "code": page.code,
                "name": page.name,
                "position": str(page.position),
                "skus": list(page.skus),
            }


_OF_ITEM = ("item", "pack", "slot", "ingredient", "price")


def _items(catalog: Catalog) -> Iterator[Item]:
    after = ""
    while page := catalog.items(after, PAGE):
        yield from page
        after = page[-1].sku


def _of_item(catalog: Catalog, item: Item, kind: str, currency: Currency) -> Iterator[Record]:
    if kind == "item":
        yield _item(item, currency)
    elif kind == "price":
        yield from (_price(item.sku, entry, currency) for entry in catalog.prices(item.sku))
    elif kind == "pack":
        for pack in item.packs:
            yield {
                "sku": item.sku,
                "unit": pack.unit,
                "quantity": format_quantity(pack.base_quantity_milli),
                "gtins": [gtin_text(gtin) for gtin in pack.gtins],
            }
    elif kind == "slot":
        for slot in item.slots:
            for choice in slot.choices:
                yield {
                    "sku": item.sku,
                    "slot": slot.name,
                    "choice": choice.sku,
                    "upcharge": currency.format(choice.upcharge_minor),
                    "at_least": str(slot.at_least),
                    "at_most": str(slot.at_most),
                }
    else:
        for part in item.recipe:
            yield {
                "sku": item.sku,
                "ingredient": part.sku,
                "quantity": format_quantity(part.quantity_milli),
                "waste_ppm": str(part.waste_ppm),
            }


def _item(item: Item, currency: Currency) -> Record:
    return {
        "sku": item.sku,
        "name": item.name,
        "short_name": item.short_name,
        "unit": item.unit,
        "measure": item.measure,
        "tax": item.tax,
        "category": item.category,
        "gtins": [gtin_text(gtin) for gtin in item.gtins],
        "plus": list(item.plus),
        "family": item.family,
        "spec": [f"{axis}={value}" for axis, value in item.spec],
        "axes": [f"{axis}={'/'.join(values)}" for axis, values in item.axes],
        "modifiers": list(item.modifiers),
        "sellable": _flag(item.sellable),
        "stocked": _flag(item.stocked),
        "minimum": currency.format(item.minimum_minor),
        "tags": list(item.tags),
    }


def _price(sku: str, entry: PriceEntry, currency: Currency) -> Record:
    return {
        "sku": sku,
        "book": entry.book,
        "price": currency.format(entry.unit_minor),
        "unit": entry.unit,
        "from": moment_text(entry.from_ms),
        "until": moment_text(entry.until_ms),
    }


def _modifiers(group: ModifierGroup, currency: Currency) -> Iterator[Record]:
    for modifier in group.modifiers:
        yield {
            "group": group.code,
            "group_name": group.name,
            "code": modifier.code,
            "name": modifier.name,
            "price": currency.format(modifier.price_minor),
            "sku": modifier.sku,
            "at_least": str(group.at_least),
            "at_most": str(group.at_most),
        }


def _tax(tax: TaxCode, currency: Currency) -> Iterator[Record]:
    for order_type, components in tax.by_order_type.items():
        for part in components:
            yield {
                "code": tax.code,
                "name": tax.name,
                "order_type": order_type,
                "component": part.code,
                "component_name": part.name,
                "kind": part.kind,
                "rate_ppm": str(part.rate_ppm),
                "fixed": currency.format(part.fixed_minor),
                "included": "" if part.included is None else _flag(part.included),
            }


def _flag(value: bool) -> str:
    return "1" if value else "0"
