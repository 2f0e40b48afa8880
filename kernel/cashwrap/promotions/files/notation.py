"""How a rule file writes values: JSON or TOML, for examples in the author's own notation."""

import re
from typing import Literal, NamedTuple

import msgspec

from cashwrap.promotions.digest import Plain

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


class Notation(NamedTuple):
    """One of the two notations."""

    kind: Literal["json", "toml"]

    def field(self, name: str, value: Plain) -> str:
        """Return ``"count": 2`` or ``count = 2``."""
        if self.kind == "toml":
            return f"{_key(name)} = {_toml(value)}"
        return f"{_json(name)}: {_json(value)}"

    def value(self, value: Plain) -> str:
        """Return a value as the file writes it."""
        return _toml(value) if self.kind == "toml" else _json(value)


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


def _toml(value: Plain) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return _json(value)


def _key(name: str) -> str:
    return name if _BARE.match(name) else _json(name)
