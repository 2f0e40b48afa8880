"""Words and a valid example for every field of the rules, for the schema and for error messages."""

import csv
from functools import cache
from importlib.resources import files

import msgspec

from cashwrap.promotions.digest import Plain


class FieldWords(msgspec.Struct, frozen=True):
    """One field as people read of it, in both languages, and an example that is valid there."""

    zh: str
    en: str
    zh_text: str
    en_text: str
    example: Plain


@cache
def field_words() -> dict[tuple[str, str], FieldWords]:
    """Return the words of each field by (struct, name in a file)."""
    table = (
        files("cashwrap.promotions.files").joinpath("data/fields.csv").read_text(encoding="utf-8")
    )
    words = {}
    for row in csv.DictReader(table.splitlines()):
        struct, _, name = row.pop("field").partition(".")
        example: Plain = msgspec.json.decode(row.pop("example"))
        words[struct, name] = FieldWords(**row, example=example)
    return words
