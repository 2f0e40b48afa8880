"""Reading bulk input: CSV files, folders of them and JSONL, as parsed rows with their places."""

import csv
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path
from typing import TextIO

import msgspec

from cashwrap.catalog.cells import CellRefused, ListRefused, shown, split, unguarded
from cashwrap.catalog.columns import FILES, Column, Row, Value, needed
from cashwrap.catalog.encoding import detect
from cashwrap.catalog.issues import Issues

FIELD_CHARS_MAX = 1_000_000
Refused = Set[str]
"""The columns of a row whose cells were refused; their values are stand-ins."""
Parsed = tuple[str, str, Row, Refused]  # type, "file:line", values by column
NAMELESS = "\0"
"""What the stand-in for a row's own code begins with, before the row's place."""
Columns = Mapping[str, tuple[Column, ...]]
_decode_line = msgspec.json.Decoder(dict[str, object], float_hook=str).decode
_JSONL = (".jsonl", ".ndjson")


def files_of(source: Path, issues: Issues) -> list[tuple[Path, str]]:
    """Return the files to read, each with its type of record ("" for JSONL).

    A single CSV is ``items`` unless its name says otherwise.
    """
    if source.is_file():
        return _typed(source, source, issues, FILES.get(source.stem, "item"))
    if not source.is_dir():
        issues.add(source.name, "file.missing", "there is no such file or folder")
        return []
    found = []
    for path in sorted(source.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            found.extend(_typed(source, path, issues, FILES.get(path.stem, "")))
    if not found and not issues.kept:
        issues.add(source.name, "file.missing", f"no {', '.join(FILES)}.csv and no .jsonl in it")
    return found


def _typed(source: Path, path: Path, issues: Issues, kind: str) -> list[tuple[Path, str]]:
    if path.suffix.lower() in _JSONL:
        return [(path, "")]
    if path.suffix.lower() == ".csv" and kind:
        return [(path, kind)]
    if path.suffix.lower() == ".csv" or path == source:
        expected = f"expected .jsonl, or one of {', '.join(f'{name}.csv' for name in FILES)}"
        issues.lose(path.name, "file.unknown", expected, kind)
    return []


def rows_of(
    path: Path, kind: str, schema: Columns, issues: Issues, tell: Callable[[int], None]
) -> Iterator[Parsed]:
    """Yield the rows of a file; what is wrong in one becomes an issue and a stand-in.

    ``tell`` is told now and then how many bytes of the file have been read.
    """
    encoding = detect(path, issues)
    if not encoding:
        issues.unread.add(kind)
        return
    with path.open(encoding=encoding, newline="") as file:
        if kind:
            yield from _csv_rows(path.name, file, kind, schema[kind], issues, tell)
        else:
            yield from _json_rows(path.name, file, schema, issues, tell)


def _csv_rows(
    name: str,
    file: TextIO,
    kind: str,
    columns: tuple[Column, ...],
    issues: Issues,
    tell: Callable[[int], None],
) -> Iterator[Parsed]:
    csv.field_size_limit(FIELD_CHARS_MAX)
    reader = csv.reader(file, strict=True)
    try:
        header = next(reader, None)
        heads = _heads(name, kind, header, columns, issues) if header is not None else None
        if header is None:
            issues.add(f"{name}:1", "header.missing", "the file is empty: it needs a header line")
        if not heads:
            issues.unread.add(kind)
            return
        key = columns[0]
        read, line = 0, reader.line_num + 1
        for row in reader:
            where, line = f"{name}:{line}", reader.line_num + 1
            read += sum(map(len, row))
            if len(row) != len(heads):
                if row:
                    text = f"{len(row)} fields, but the header has {len(heads)}"
                    issues.add(where, "row.ragged", text)
                    if heads[0] is key:  # what follows it may have moved
                        yield kind, where, *_ragged(row[0], heads, key)
                continue
            refused: set[str] = set()
            values = _values(where, zip(heads, row, strict=True), refused, issues)
            if refused and key.name in refused:
                values[key.name] = NAMELESS + where
            yield kind, where, values, refused
            if not line & 0xFFF:
                tell(read)
    except csv.Error as fault:
        text = f"not readable as CSV: {fault}"
        issues.lose(f"{name}:{reader.line_num}", "csv.form", text, kind)


def _heads(
    name: str, kind: str, header: list[str], columns: tuple[Column, ...], issues: Issues
) -> list[Column]:
    """Return the columns of a header, none when anything is wrong with it."""
    known = {column.name: column for column in columns}
    heads: list[Column] = []
    wrong: list[tuple[str, str]] = []
    for raw in header:
        text = raw.strip().lower()
        if text not in known:
            wrong.append(("header.unknown", f"{shown(raw)}: expected {', '.join(known)}"))
        elif known[text] in heads:
            wrong.append(("header.twice", f"column {text} stands there twice"))
        else:
            heads.append(known[text])
    for missing in needed(kind, columns) if not wrong else ():
        if known[missing] not in heads:
            wrong.append(("header.missing", f"there is no column {missing}"))
    for code, message in wrong:
        issues.add(f"{name}:1", code, message)
    return [] if wrong else heads


def _values(
    where: str, cells: Iterator[tuple[Column, str]], refused: set[str], issues: Issues
) -> Row:
    """Return the values of one CSV row, after noting all that is wrong in it."""
    values: Row = {}
    for column, raw in cells:
        text = unguarded(raw.strip()) if raw else raw
        values[column.name] = _value(where, column, text, None, refused, issues)
    return values


def _ragged(text: str, heads: list[Column], key: Column) -> tuple[Row, Refused]:
    """Return a row of which only the first cell can be told."""
    values: Row = {column.name: column.empty for column in heads if column.required}
    values[key.name] = unguarded(text.strip())
    return values, {column.name for column in heads[1:]}


def _value(
    where: str,
    column: Column,
    text: str,
    parts: list[str] | None,
    refused: set[str],
    issues: Issues,
) -> Value:
    """Return the value of a cell; of one that is refused, what can stand in for it."""
    if not text and not parts:
        if column.required:
            issues.add(f"{where}:{column.name}", "field.missing", "it must not be empty")
            refused.add(column.name)
        return column.empty
    try:
        if column.one is not None:
            return column.one(text)
        assert column.many is not None
        return column.many(parts if parts is not None else split(text))
    except CellRefused as refusal:
        refused.add(column.name)
        several = refusal if isinstance(refusal, ListRefused) else ListRefused([refusal], ())
        for each in several.refusals:
            issues.add(f"{where}:{column.name}", each.issue_code, each.message)
        return several.kept or column.empty


def _json_rows(
    name: str, file: TextIO, schema: Columns, issues: Issues, tell: Callable[[int], None]
) -> Iterator[Parsed]:
    by_name = {kind: {column.name: column for column in schema[kind]} for kind in schema}
    read = 0
    for number, line in enumerate(file, 1):
        where = f"{name}:{number}"
        read += len(line)
        if not number & 0xFFF:
            tell(read)
        if not line.strip():
            continue
        try:
            record = _decode_line(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
            issues.add(where, "json.form", f"expected one JSON object on the line: {fault}")
            continue
        kind = record.pop("type", "item")
        if not isinstance(kind, str) or kind not in schema:
            issues.add(f"{where}:type", "record.unknown", f"expected one of {', '.join(schema)}")
            continue
        refused: set[str] = set()
        values = _json_values(where, kind, record, by_name[kind], refused, issues)
        yield kind, where, values, refused


def _json_values(
    where: str,
    kind: str,
    record: dict[str, object],
    columns: Mapping[str, Column],
    refused: set[str],
    issues: Issues,
) -> Row:
    values: Row = {}
    for field, given in record.items():
        column = columns.get(field)
        cell = _json_cell(given, many=column is not None and column.many is not None)
        if column is None:
            text = f"{shown(field)}: expected {', '.join(columns)}"
            issues.add(where, "field.unknown", text)
            refused.update(columns.keys() - record.keys())  # it may have been meant for any
        elif cell is None:
            expected = "a list of texts" if column.many else "text or a number"
            issues.add(f"{where}:{field}", "field.form", f"expected {expected}")
            refused.add(field)
            values[field] = column.empty
        else:
            values[field] = _value(where, column, *cell, refused, issues)
    for field in needed(kind, columns.values()):
        if field not in record:
            issues.add(f"{where}:{field}", "field.missing", "it must not be empty")
            refused.add(field)
            values[field] = columns[field].empty
    key = next(iter(columns))
    if key in refused:
        values[key] = NAMELESS + where
    return values


def _json_cell(given: object, *, many: bool) -> tuple[str, list[str] | None] | None:
    """Return a JSON value as the text or list of a cell, or None when it can be neither."""
    if given is None:
        return "", None
    if many and isinstance(given, list):
        texts = [str(part).strip() for part in given if isinstance(part, str | int)]
        return ("", texts) if len(texts) == len(given) and all(texts) else None
    if isinstance(given, bool):
        return ("1" if given else "0"), None
    if isinstance(given, int):
        return str(given) if given.bit_length() < 200 else "overflow", None
    return (given.strip(), None) if isinstance(given, str) else None
