"""The name of a rule set: a hash of what it says, the same on every machine and build."""

import hashlib
from functools import cache

import msgspec

from cashwrap.promotions.rules import RuleSet

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
Plain = dict[str, "Plain"] | list["Plain"] | str | int | bool | None


def rules_hash(rules: RuleSet) -> str:
    """Return 16 hex digits of SHA-256 over what the set says.

    Two sets have one hash when they mean the same: the order of rules does not count, and a field
    that is left out counts as its default, so a set keeps its hash under a build that knows more
    fields.
    """
    ordered = msgspec.structs.replace(rules, rules=tuple(sorted(rules.rules, key=lambda r: r.id)))
    return hashlib.sha256(_encode(plain(ordered))).hexdigest()[:16]


def packed(rules: RuleSet) -> bytes:
    """Return the set as the journal keeps it: what its author said, defaults left out."""
    return _encode(plain(rules))


def plain(value: object) -> Plain:
    """Return a struct as dicts and lists, without the fields that stand at their default."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, msgspec.Struct):
        return _said(value)
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    assert isinstance(value, dict)
    return {str(key): plain(each) for key, each in value.items()}


def _said(value: msgspec.Struct) -> dict[str, Plain]:
    said: dict[str, Plain] = {}
    for field, name, default in _fields(type(value)):
        held = getattr(value, field)
        if held is not default and held != default:
            said[name] = plain(held)
    config = value.__struct_config__
    if config.tag_field is not None:
        said[config.tag_field] = str(config.tag)
    return said


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, object], ...]:
    """Return (attribute, name in a file, default) of each field of a struct."""
    return tuple(
        (
            field.name,
            field.encode_name,
            field.default_factory()
            if field.default_factory is not msgspec.NODEFAULT
            else field.default,
        )
        for field in msgspec.structs.fields(kind)
    )
