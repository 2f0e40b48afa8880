"""``cashwrap plugins --restore``, ``--set`` and the like: changes by somebody with the right."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.cli.arguments import UsageError
from cashwrap.cli.output import Output
from cashwrap.cli.people import signed_in

if TYPE_CHECKING:
    from cashwrap.host.managing import Manager
    from cashwrap.host.plugin import PluginInfo

Value = str | int | bool | list["Value"] | dict[str, "Value"]


def change(
    path: Path, what: str, args: argparse.Namespace, out: Output
) -> tuple[str, tuple[PluginInfo, ...]]:
    """Do one change on the shop's till; return whose it was, and all plugins as they are then.

    Where the shop has accounts ``--by`` has to have the right ``plugins.manage``.
    """
    from cashwrap.till import Till

    given = getattr(args, what)
    name = given[0] if what == "set" else given
    with Till.open(path) as till, signed_in(till, args.by) as who:
        register = next(iter(till.settings.registers), "")
        manager = till.manage_plugins(staff=who, register=register)
        if what == "restore":
            manager.restore(name)
        elif what == "set_aside":
            manager.set_aside(name, "")
        elif what == "set":
            _set(manager, name, given[1:])
        else:
            manager.switch(name, on=what == "enable")
        infos = till.host.infos()
    if what in ("set", "enable", "disable"):
        out.say("It takes effect when the till opens next.")
    return name, infos


def _set(manager: Manager, name: str, words: list[str]) -> None:
    """Change the settings that the words name, and keep the others."""
    if not words:
        raise UsageError(f"say what to set: --set {name} KEY=VALUE")
    values = dict(manager.settings(name).values)
    for word in words:
        key, equals, text = word.partition("=")
        if not (key and equals):
            raise UsageError(f"{word!r:.60}: write a setting as KEY=VALUE")
        _put(values, key.split("."), text)
    manager.set(name, values)


def _put(values: dict[str, Value], path: list[str], text: str) -> None:
    """Put one setting in its place; ``protection.days=3`` is in the table ``protection``."""
    for step in path[:-1]:
        below = values.setdefault(step, {})
        if not isinstance(below, dict):
            raise UsageError(f"{'.'.join(path)}: {step} is no table of settings")
        values = below
    if text:
        values[path[-1]] = _value(text)
    else:
        values.pop(path[-1], None)


def _value(text: str) -> Value:
    """Return a value as a settings file has it; what is none is a text."""
    try:
        value: Value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return value
