"""Which values of a plugin's settings are secret: those that its schema marks ``x-secret``.

A field is marked by ``Annotated[str, msgspec.Meta(extra_json_schema={"x-secret": True})]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MARK = "x-secret"
Schema = Mapping[str, Any]


def shown(schema: Schema, values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return values without those that are secret, and the places of these."""
    places: list[str] = []
    seen = _without(schema, schema, dict(values), "", places)
    assert isinstance(seen, dict)  # it was one
    return seen, tuple(places)


def kept(schema: Schema, new: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return new values with the secrets of those before that were left out; None takes one out."""
    filled = _filled(schema, schema, dict(new), dict(before))
    assert isinstance(filled, dict)  # it was one
    return filled


def blanked(schema: Schema, values: Any, at: Schema | None = None) -> None:
    """Put "" in the place of each secret, in a document of tables."""
    at = _resolved(schema, schema if at is None else at)
    if isinstance(values, dict):
        for name in list(values):
            inner = _of(schema, at, name)
            if is_secret(schema, inner):
                values[name] = ""
            else:
                blanked(schema, values[name], inner)
    elif isinstance(values, list):
        for one in values:
            blanked(schema, one, at.get("items", {}) or {})


def _without(schema: Schema, at: Schema, value: Any, place: str, places: list[str]) -> Any:
    at = _resolved(schema, at)
    if isinstance(value, dict):
        seen = {}
        for name, one in value.items():
            inner, there = _of(schema, at, name), f"{place}.{name}" if place else name
            if is_secret(schema, inner):
                places.append(there)
            else:
                seen[name] = _without(schema, inner, one, there, places)
        return seen
    if isinstance(value, list | tuple):
        inner = at.get("items", {}) or {}
        return [
            _without(schema, inner, one, f"{place}[{number}]", places)
            for number, one in enumerate(value)
        ]
    return value


def _filled(schema: Schema, at: Schema, new: Any, before: Any) -> Any:
    at = _resolved(schema, at)
    if isinstance(new, dict):
        old = before if isinstance(before, dict) else {}
        filled = {
            name: _filled(schema, _of(schema, at, name), one, old.get(name))
            for name, one in new.items()
            if one is not None
        }
        left_out = {
            name: one
            for name, one in old.items()
            if name not in new and is_secret(schema, _of(schema, at, name))
        }
        return {**filled, **left_out}
    if isinstance(new, list):
        old_list = before if isinstance(before, list) else []
        inner = at.get("items", {}) or {}
        olds = [*old_list, *[None] * (len(new) - len(old_list))]
        return [_filled(schema, inner, one, old) for one, old in zip(new, olds, strict=False)]
    return new


def is_secret(schema: Schema, at: Schema) -> bool:
    """Return whether a place in a schema is marked as secret."""
    return at.get(MARK) is True or _resolved(schema, at).get(MARK) is True


def _of(schema: Schema, at: Schema, name: str) -> Schema:
    """Return the schema of a field, or of any value of a map."""
    found = at.get("properties", {}).get(name) or at.get("additionalProperties")
    return _resolved(schema, found) if isinstance(found, dict) else {}


def _resolved(schema: Schema, at: Schema) -> Schema:
    """Return what a reference stands for, and the object of a choice between one and nothing."""
    while True:
        if "$ref" in at:
            name = at["$ref"].rpartition("/")[2]
            marks = {key: value for key, value in at.items() if key != "$ref"}
            at = {**schema.get("$defs", {}).get(name, {}), **marks}
        elif "anyOf" in at and not at.get("properties"):
            some = [one for one in at["anyOf"] if one.get("type") != "null"]
            if len(some) != 1:
                return at
            marks = {key: value for key, value in at.items() if key != "anyOf"}
            at = {**some[0], **marks}
        else:
            return at
