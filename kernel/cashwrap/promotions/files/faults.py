"""Everything that is wrong with the form of a rule file, found at once, in the author's words.

msgspec decodes a sound file; where it refuses one, this walks the same types over the file's data
and goes on after each fault.
"""

import types
import typing
from difflib import get_close_matches
from typing import Annotated, Literal, get_args, get_origin

import msgspec

from cashwrap.errors import Issue
from cashwrap.promotions.digest import Plain
from cashwrap.promotions.files.fields import field_words
from cashwrap.promotions.files.notation import Notation

SHOWN_MAX = 60
Key = tuple[str, str]  # struct and field, as `field_words` has them
NO_KEY: Key = ("", "")
FIELD, MISSING, VALUE = "rules.unknown_field", "rules.missing", "rules.value"


class Walk:
    """One walk over a file's data; ``issues`` is what it found.

    What cannot be read is taken out of the data where it may be left out, and noted in
    ``dropped``, so that the rest can be looked at further.
    """

    def __init__(self, name: str, notation: Notation) -> None:
        self.issues: list[Issue] = []
        self.dropped: list[str] = []
        self._name = name
        self._notation = notation

    def struct(self, value: object, kind: type[msgspec.Struct], path: str) -> None:
        """Note every fault of a table of fields."""
        if not isinstance(value, dict):
            self._note(path, VALUE, self._expected("a table of fields", value, path, NO_KEY))
            return
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        tag = kind.__struct_config__.tag_field
        for name in [name for name in value if name not in fields and name != tag]:
            self._unknown(name, [*fields, *([tag] if tag else [])], path)
            del value[name]
        for name, field in fields.items():
            where, key = _joined(path, name), (kind.__name__, name)
            if name in value:
                before = len(self.issues)
                self.value(value[name], field.type, where, key)
                if path and len(self.issues) > before and not field.required:
                    self._drop(value, name, field.type, where)
            elif field.required:
                text = f"it is missing; {self._example(key)}"
                self._note(where, MISSING, text)

    def value(self, value: object, kind: object, path: str, key: Key) -> None:
        """Note every fault of a value; ``key`` names the field whose example is shown."""
        inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
        if get_origin(inner) in (types.UnionType, typing.Union):
            inner = self._chosen(value, get_args(inner), path, key)
            if inner is None:
                return
        before = len(self.issues)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            if isinstance(value, dict):
                self.struct(value, inner, path)
                return
        elif get_origin(inner) is tuple and isinstance(value, list):
            each = get_args(inner)
            for index, one in enumerate(value if each[1:] == (...,) else ()):
                self.value(one, each[0], f"{path}[{index}]", NO_KEY)
        elif get_origin(inner) is dict and isinstance(value, dict):
            for name, one in value.items():
                self.value(one, get_args(inner)[1], _joined(path, str(name)), NO_KEY)
        if len(self.issues) == before:
            self._leaf(value, kind, path, key)

    def _drop(self, table: dict[str, object], name: str, kind: object, path: str) -> None:
        """Take a field out, unless it can be read now that its own parts are mended."""
        try:
            msgspec.convert(table[name], kind)
        except msgspec.ValidationError:
            del table[name]
            self.dropped.append(path)

    def _chosen(
        self, value: object, kinds: tuple[object, ...], path: str, key: Key
    ) -> object | None:
        """Return which type of a union a value is of, or None after noting that it is of none."""
        structs = [k for k in kinds if isinstance(k, type) and issubclass(k, msgspec.Struct)]
        by_tag = {k.__struct_config__.tag: k for k in structs if k.__struct_config__.tag_field}
        if not by_tag or not isinstance(value, dict):
            rest = [k for k in kinds if k is not type(None)]
            return rest[0] if value is not None and len(rest) == 1 else typing.Union[kinds]  # noqa: UP007
        tag = value.get("kind")
        if tag in by_tag:
            return by_tag[tag]
        names = [str(name) for name in by_tag]
        got = "it is missing" if tag is None else f"got {self._shown(tag)}"
        text = f"expected one of {', '.join(names)}; {got}{_near(tag, names)}; {self._example(key)}"
        self._note(_joined(path, "kind"), VALUE if "kind" in value else MISSING, text)
        return None

    def _leaf(self, value: object, kind: object, path: str, key: Key) -> None:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            self._note(path, VALUE, self._expected(described(kind), value, path, key, kind))

    def _expected(
        self,
        words: str,
        value: object,
        path: str,
        key: Key,
        kind: object = None,
    ) -> str:
        near = _near(value, _choices(kind))
        example = self._example(key)
        more = _unit(path, value) + (f"; {example}" if example else "")
        return f"expected {words}, got {self._shown(value)}{near}{more}"

    def _unknown(self, name: str, known: list[str], path: str) -> None:
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        self._note(_joined(path, name), FIELD, f"there is no field {name!r}: {meant}")

    def _example(self, key: Key) -> str:
        words = field_words().get(key)
        return "" if words is None else f"for example {self._notation.field(key[1], words.example)}"

    def _shown(self, value: object) -> str:
        text = self._notation.value(typing.cast("Plain", value))
        return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}..."

    def _note(self, path: str, code: str, text: str) -> None:
        self.issues.append(Issue(f"{self._name}:{path}" if path else self._name, code, text))


def described(kind: object) -> str:
    """Return in words what a type takes: ``a whole number from 0 to 1000000``."""
    meta: list[msgspec.Meta] = []
    if get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        meta = [one for one in more if isinstance(one, msgspec.Meta)]
    if get_origin(kind) in (types.UnionType, typing.Union):
        return " or ".join(described(one) for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is Literal:
        return f"one of {', '.join(repr(choice) for choice in get_args(kind))}"
    if get_origin(kind) is tuple:
        return _described_list(get_args(kind), meta)
    if get_origin(kind) is dict:
        return "a table of fields"
    words = {int: "a whole number", str: "text", bool: "true or false"}
    if isinstance(kind, type) and kind in words:
        return words[kind] + "".join(_bounds(one) for one in meta)
    return "a table of fields"


def _described_list(each: tuple[object, ...], meta: list[msgspec.Meta]) -> str:
    if each[1:] != (...,):
        return f"a list of {len(each)} texts"
    sizes = "".join(_sizes(one, "entries") for one in meta)
    return f"a list{sizes}, each {described(each[0])}"


def _bounds(meta: msgspec.Meta) -> str:
    low = "" if meta.ge is None else f" from {meta.ge}"
    high = "" if meta.le is None else f" to {meta.le}"
    form = " of letters, digits and _ . : / -" if meta.pattern else ""
    return low + high + form + _sizes(meta, "characters")


def _sizes(meta: msgspec.Meta, what: str) -> str:
    if meta.max_length is None:
        return ""
    return f" of {meta.min_length or 0} to {meta.max_length} {what}"


def _choices(kind: object) -> list[str]:
    if get_origin(kind) is Literal:
        return [str(choice) for choice in get_args(kind)]
    return [name for inner in get_args(kind) for name in _choices(inner)]


def _near(value: object, names: list[str]) -> str:
    near = get_close_matches(value, names, n=1, cutoff=0.5) if isinstance(value, str) else []
    return f": did you mean {near[0]!r}?" if near else ""


def _unit(path: str, value: object) -> str:
    """A number with a point, where the field takes minor units or millionths."""
    if not isinstance(value, float):
        return ""
    if path.endswith("ppm"):
        return "; parts are in millionths: 20 % is 200000"
    return "; money is in minor units: 12.50 is 1250" if path.endswith("minor") else ""


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
