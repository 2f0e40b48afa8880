"""How the kernel's values go over the wire: structs as objects with their field names."""

import msgspec

JsonObject = dict[str, object]


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
    """Return a struct as an object, whatever form it has in the journal."""
    return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
