"""``cashwrap rules presets``: promotions by the names that shops know."""

import argparse
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.promotions.presets import Preset

ABOUT = """\
Promotions by the names that shops know: 满减, 第二件半价, 买三送一, 会员日, ... With a name:
what it does, its settings, and an example."""

NEXT = """\
example:
  cashwrap rules presets
  cashwrap rules presets spend-off
  cashwrap rules preset spend-off steps=100:10,200:25 > rules.toml"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="one preset")


def run(args: argparse.Namespace, out: Output) -> int:
    """Show all presets or one."""
    presets = installed()
    if args.name:
        _one(found(presets, args.name), out)
        return exits.OK
    heads = ("Preset", "名称", "What", "Settings")
    out.table(heads, [_row(preset) for preset in presets.values()])
    if not presets:
        out.say("No plugin that brings presets is installed.")
    out.result(presets=[_fields(preset) for preset in presets.values()])
    return exits.OK


def installed() -> dict[str, "Preset"]:
    """Return the presets of installed plugins by code."""
    from cashwrap.host.looking import presets_here

    return presets_here()


def found(presets: dict[str, "Preset"], name: str) -> "Preset":
    """Return a preset by its code or a name in any language. Raises UsageError."""
    from difflib import get_close_matches

    for preset in presets.values():
        if name == preset.code or name in preset.name.values():
            return preset
    close = get_close_matches(name, presets, n=1)
    meant = f": did you mean {close[0]!r}?" if close else "; see `cashwrap rules presets`"
    raise UsageError(f"there is no preset {name!r}{meant}")


def example(preset: "Preset") -> str:
    """Return the command line of a preset's example."""
    words = [f"{name}={value}" for name, value in preset.example.items()]
    return " ".join(
        ["cashwrap rules preset", preset.code, *(f"'{w}'" if ";" in w else w for w in words)]
    )


def _row(preset: "Preset") -> tuple[str, ...]:
    settings = " ".join(f"{one.name}=" for one in preset.settings if one.needed)
    how = settings if preset.make else "(no rule)"
    return preset.code, preset.name.get("zh-CN", ""), preset.name.get("en", ""), how


def _fields(preset: "Preset") -> dict[str, object]:
    return {
        "code": preset.code,
        "types": preset.types,
        "name": preset.name,
        "explain": preset.explain,
        "is_rule": preset.make is not None,
        "settings": preset.settings,
        "example": preset.example,
    }


def _one(preset: "Preset", out: Output) -> None:
    out.say(f"{preset.code}  {' / '.join(preset.name.values())}")
    for text in preset.explain.values():
        out.say(f"  {text}")
    rows = [
        (f"{one.name}={one.form}", "needed" if one.needed else "", *one.help.values())
        for one in preset.settings
    ]
    if rows:
        out.say("")
        out.table(("Setting", "", "", ""), rows)
        out.say(f"\nexample:\n  {example(preset)}")
    out.result(**_fields(preset))
