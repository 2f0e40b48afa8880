"""Presets: rules that people know by name, made from a few settings. Plugins bring them."""

from collections.abc import Callable, Mapping

import msgspec

from cashwrap.money import Currency
from cashwrap.promotions.rules import Rule, Text

Make = Callable[[Mapping[str, str], Currency], tuple[Rule, ...]]
"""From settings as text to rules. Raises BulkRefused with every setting that is wrong."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a preset. ``form`` is how it is written."""

    name: str
    form: str
    help: Text
    needed: bool = False


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of promotion by the name that shops know it by.

    ``types`` are the rows of docs/rules.md that it covers. Without ``make`` it is no price rule:
    ``explain`` says where the till does it. ``example`` are settings that work.
    """

    code: str
    types: tuple[int, ...]
    name: Text
    explain: Text
    settings: tuple[Setting, ...] = ()
    example: dict[str, str] = {}
    make: Make | None = None
