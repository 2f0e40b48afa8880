"""``cashwrap plugins``: which plugins are here, what they do and did wrong."""

import argparse
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output, time_text

if TYPE_CHECKING:
    from cashwrap.host.plugin import PluginInfo

ABOUT = """\
List the plugins of a shop: versions, what they add, how long their calls take (p50, p99) in the
till that is served now, else took the last time the till was open, faults, and their state: active,
disabled (by the settings), refused (cannot be loaded here), or aside (failed too often). With a
NAME: everything that is known of it.
Exit code 6: one is refused or aside."""

NEXT = """\
example:
  cashwrap plugins -f corner-shop
  cashwrap plugins loyalty -f corner-shop
  cashwrap plugins --restore loyalty -f corner-shop      asks it again; its tables are made anew
  cashwrap plugins --set loyalty spend_minor=500 --by lin -f corner-shop
  cashwrap plugins --trace 6901234567892 -f corner-shop  each hook call of a sale of these goods

next: [host] in settings.toml disables and orders them (docs/plugins.md)."""

CHANGES = ("restore", "set_aside", "enable", "disable", "set")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="one plugin")
    parser.add_argument("--restore", metavar="NAME", help="ask a plugin again that was set aside")
    parser.add_argument("--set-aside", metavar="NAME", help="ask a plugin no more")
    parser.add_argument("--enable", metavar="NAME", help="use a plugin when the till opens next")
    parser.add_argument("--disable", metavar="NAME", help="use it no more when the till opens next")
    parser.add_argument(
        "--set", nargs="+", metavar=("NAME", "KEY=VALUE"),
        help="change its settings; KEY= alone takes one out",
    )  # fmt: skip
    parser.add_argument(
        "--by", default="", metavar="WHO", help="who changes it; a PIN is asked for"
    )
    parser.add_argument(
        "--trace", nargs="+", metavar="CODE",
        help="ring these goods up in a copy that keeps nothing, and show each hook call",
    )  # fmt: skip
    parser.add_argument("--member", default="", metavar="ID", help="who buys, with --trace")
    folder(parser, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """List them, or change the standing of one."""
    from cashwrap.cli.plugins_seen import Seen, say_whose, seen
    from cashwrap.host.errors import UnknownPlugin

    path = folder_of(args)
    if args.trace:
        from cashwrap.cli.plugins_trace import trace

        return trace(path, args.trace, args.member, out)
    changes = [name for name in CHANGES if getattr(args, name)]
    if len(changes) > 1:
        raise UsageError(f"one at a time: {', '.join(f'--{each}' for each in changes)}")
    if changes:
        from cashwrap.cli.plugins_change import change

        args.name, infos = change(path, changes[0], args, out)
        found = Seen(infos, "none")
    else:
        found = seen(path)
    infos = found.infos
    named = [one for one in infos if one.name == args.name]
    if args.name and not named:
        raise UnknownPlugin(args.name, [one.name for one in infos])
    if args.name:
        _one(named[0], out)
    else:
        _all(infos, out)
    if infos and not changes:
        say_whose(found, path, out)
    told = {"figures": found.figures, "figures_at_ms": found.at_ms}
    out.result(plugins=[_plain(one) for one in (named or infos)], **told)
    wrong = any(one.state in ("refused", "aside") for one in (named or infos))
    return exits.LOOK if wrong else exits.OK


def _all(infos: "tuple[PluginInfo, ...]", out: Output) -> None:
    rows = [
        (one.name, one.version, one.state, str(len(one.hooks)), _most(one, 50), _most(one, 99),
         str(one.faults), one.reason)
        for one in infos
    ]  # fmt: skip
    if rows:
        out.table(("Plugin", "Version", "State", "Hooks", "p50", "p99", "Faults", "Why"), rows)
    else:
        out.say("There are no plugins here.")


def _one(info: "PluginInfo", out: Output) -> None:
    out.say(
        f"{info.name} {info.version}: {info.state}" + (f", {info.reason}" if info.reason else "")
    )
    for words in (info.title.get("en"), info.summary.get("en")):
        if words:
            out.say(words)
    known = {
        "from": info.source,
        "kernel API": info.api,
        "priority": str(info.priority),
        "asks for": ", ".join(info.rights) or "nothing",
        "devices": ", ".join(info.devices),
        "requires": ", ".join(info.requires),
        "settings": ", ".join(f"{key} = {value!r}" for key, value in info.settings.items())
        or ("none are set" if info.has_settings else ""),
        "faults": f"{info.faults} in the journal, {info.slow} slow calls",
    }
    out.table(("", ""), [(key, value) for key, value in known.items() if value])
    spent = {one.hook: one for one in info.spent}
    rows = []
    for hook in sorted({*info.hooks, *spent}):
        one = spent.get(hook)
        calls = str(one.calls) if one else ""
        p50, p99 = (time_text(one.p50_ns), time_text(one.p99_ns)) if one else ("", "")
        rows.append((hook, calls, p50, p99))
    if rows:
        out.table(("Hook", "Calls", "p50", "p99"), rows)


def _plain(info: "PluginInfo") -> dict[str, object]:
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(info)
    return plain


def _most(info: "PluginInfo", percentile: int) -> str:
    """Return the time of the hook that took longest."""
    times = [one.p50_ns if percentile == 50 else one.p99_ns for one in info.spent]
    return time_text(max(times, default=0))
