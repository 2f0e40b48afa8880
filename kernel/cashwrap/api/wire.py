"""How the kernel's values go over the wire: structs as objects with their field names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from litestar import Response

T = TypeVar("T")
V = TypeVar("V", bound=msgspec.Struct)
JsonObject = dict[str, object]
_encode = msgspec.json.Encoder().encode


class ByName(Response[T]):
    """An answer in which every struct is an object, whatever form it has in the journal."""

    def render(self, content: Any, media_type: str, enc_hook: Any = None) -> bytes:
        """Return the bytes of the body."""
        return content if isinstance(content, bytes) else encoded(content)


def copied(kind: type[V], of: msgspec.Struct, **own: object) -> V:
    """Return a view with the fields of the same names, and with its own."""
    names = kind.__struct_fields__
    return kind(**{name: own[name] if name in own else getattr(of, name) for name in names})


def encoded(value: object) -> bytes:
    """Return a value as JSON, by field name. What is an object already is not walked through."""
    first = value[0] if isinstance(value, list) and value else value
    if isinstance(first, msgspec.Struct) and is_view(type(first)):
        return _encode(value)
    return _encode(plain(value))


@lru_cache(maxsize=256)
def is_view(kind: type[msgspec.Struct]) -> bool:
    """Return whether a struct and all in it go over the wire as they are."""
    return _as_is(msgspec.inspect.type_info(kind), set())


def _as_is(found: msgspec.inspect.Type, seen: set[type]) -> bool:
    match found:
        case msgspec.inspect.StructType(cls=cls):
            if cls in seen:
                return True
            seen.add(cls)
            config = cls.__struct_config__
            odd = config.array_like or config.omit_defaults or config.tag is not None
            return not odd and all(_as_is(field.type, seen) for field in found.fields)
        case msgspec.inspect.CollectionType():
            return _as_is(found.item_type, seen)
        case msgspec.inspect.TupleType():
            return all(_as_is(one, seen) for one in found.item_types)
        case msgspec.inspect.DictType():
            return _as_is(found.value_type, seen)
        case msgspec.inspect.UnionType():
            return all(_as_is(one, seen) for one in found.types)
        case msgspec.inspect.BytesType() | msgspec.inspect.AnyType():
            return False
        case _:
            return True


def plain(value: object) -> object:
    """Return a kernel value as JSON takes it: structs by field name, bytes as hex, no floats."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, msgspec.Struct):
        return fields(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} does not go over the wire")


def fields(value: msgspec.Struct) -> JsonObject:
    """Return a struct as an object, whatever form it has in the journal; which of several it is
    stands in it.
    """
    told: JsonObject = {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    config = value.__struct_config__
    return told if config.tag_field is None else {config.tag_field: config.tag, **told}
