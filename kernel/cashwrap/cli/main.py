"""``cashwrap COMMAND ...``: find the command, run it, and put every error in words."""

import sys
from argparse import Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from cashwrap import __version__
from cashwrap.cli import exits
from cashwrap.cli.arguments import Parser, UsageError, common, folder_of
from cashwrap.cli.output import Output
from cashwrap.errors import CashwrapError


class Command(NamedTuple):
    """One command: its line in the list, and the module that has the rest."""

    line: str
    module: str = ""


SECTIONS: dict[str, dict[str, Command]] = {
    "Begin": {
        "demo": Command("ring up a morning in a demo shop, and look around in it"),
        "init": Command("make a new shop in a folder"),
        "import": Command("put a catalog in force: CSV files or JSON lines", "import_"),
        "export": Command("write the catalog in force to files"),
        "rules": Command("promotion rules: check, publish, list, roll back"),
        "staff": Command("people: accounts, roles, PINs, what was approved"),
    },
    "Look": {
        "takings": Command("what a day brought in: tenders, taxes, margin"),
        "receipt": Command("print a receipt by its number"),
        "shift": Command("shifts and drawers: X and Z reports, and their proof"),
        "holds": Command("suspended sales: which wait, why, what became of them"),
        "returns": Command("what came back: why, who took it, which goods"),
        "proof": Command("why a sale cost what it cost, checked again"),
        "find": Command("search the catalog: name, code, pinyin initials"),
        "stock": Command("what is on hand, by place and lot"),
        "report": Command("the reports of plugins, by day"),
        "journal": Command("list the journal: who did what, when, and its hash"),
    },
    "Care": {
        "verify": Command("prove that nobody changed the journal or a backup"),
        "backup": Command("write a verified copy to one file"),
        "restore": Command("put a backup into a folder"),
        "doctor": Command("examine a till: what is wrong, and what to do"),
        "training": Command("who trained; let the simulated terminal misbehave"),
        "rebuild": Command("fold all tables from the journal anew"),
        "compact": Command("give free space in the file back"),
        "trim": Command("remove old records that are safe elsewhere"),
        "adopt": Command("go on selling on a copied or rolled-back folder"),
        "rekey": Command("go on when the till's key is lost"),
        "salvage": Command("copy what can be proved out of a damaged store"),
    },
    "Build on it": {
        "serve": Command("serve the till to pages and programs: HTTP, WebSocket"),
        "pair": Command("let another device drive the served till; list, shut out"),
        "new-plugin": Command("write a new plugin that works and is tested", "new_plugin"),
        "plugins": Command("plugins: versions, hooks, time, faults; bring one back"),
        "events": Command("every kind of event that the journal can hold"),
        "bench": Command("measure this device"),
    },
}
COMMANDS = {name: command for section in SECTIONS.values() for name, command in section.items()}

HEAD = """\
usage: cashwrap COMMAND [ARGUMENTS] [--json] [--debug]

An embedded point-of-sale kernel: from a barcode to a committed, provable sale.
New here? Run `cashwrap demo`, then `cashwrap takings -f demo-shop`.
"""
FOOT = """
`cashwrap COMMAND --help` says what a command does, with an example. The shop is
the current folder, or -f FOLDER, or $CASHWRAP_FOLDER.

Exit codes: 0 done, 1 refused or a check failed, 2 wrong usage,
3 damaged store, 4 store in use, 6 something to look at (docs/cli.md).
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    out = Output(json="--json" in words)
    try:
        code = _run(words, out)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        out.drop()
        return exits.BROKEN_PIPE
    except KeyboardInterrupt:
        out.fail("interrupted", "stopped; what was committed stays, nothing is half done")
        return exits.INTERRUPTED
    except Exception as error:
        if "--debug" in words:
            raise
        return _failed(error, out)


def _failed(error: Exception, out: Output) -> int:
    """Say what went wrong in one or two lines; return the exit code."""
    if isinstance(error, CashwrapError):
        out.fail(error.code, str(error), getattr(error, "issues", ()))
        return exits.exit_code(error.code)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        out.fail("os", f"{where}{error.strerror or error}")
        return exits.REFUSED
    text = f"an error of cashwrap's own ({type(error).__name__}: {error}); --debug shows where"
    out.fail("fault", text)
    return exits.FAULT


def _run(words: list[str], out: Output) -> int:
    if any("\udc80" <= char <= "\udcff" for word in words for char in word):
        raise UsageError("the command line has bytes that are no UTF-8 text")
    flags = [word for word in words if word in ("--json", "--debug")]
    rest = [word for word in words if word not in flags]
    if not rest or rest[0] in ("-h", "--help", "help"):
        if rest[1:2] and rest[1] in COMMANDS:
            return _command(rest[1], ["--help"], out)
        _print_help(out)
        return exits.OK
    if rest[0] in ("-V", "--version", "version"):
        out.say(f"cashwrap {__version__}")
        out.result(version=__version__)
        return exits.OK
    return _command(rest[0], [*rest[1:], *flags], out)


def _command(name: str, words: list[str], out: Output) -> int:
    module = _module(name, words)
    parser = Parser(
        prog=f"cashwrap {name}",
        description=module.ABOUT,
        epilog=module.NEXT,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.configure(parser)
    common(parser)
    try:
        args = parser.parse_args(words)
    except SystemExit:  # --help has printed itself
        return exits.OK
    _mark_training(args, out)
    code: int = module.run(args, out)
    return code


def _module(name: str, words: list[str]) -> Any:
    """Return the module of a command, or what stands for one where a plugin brings it."""
    if name in COMMANDS:
        return import_module(f"cashwrap.cli.{COMMANDS[name].module or name}")
    from cashwrap.cli.of_plugin import find

    found = find(name, words) if name.replace("-", "_").isidentifier() else None
    if found is None:
        raise UsageError(f"there is no command {name!r}{_meant(name)}; see `cashwrap --help`")
    return found


def _mark_training(args: Namespace, out: Output) -> None:
    """Say before anything else that a folder is for training: nothing of it was ever sold."""
    if not hasattr(args, "folder_option"):
        return
    from cashwrap.training.folder import is_marked

    if is_marked(folder_of(args)):
        out.training = True
        out.say("*** 培训模式 TRAINING: nothing here was ever sold ***")


def _meant(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, COMMANDS, n=1)
    return f": did you mean {close[0]!r}?" if close else ""


def _print_help(out: Output) -> None:
    lines = [HEAD]
    for title, commands in SECTIONS.items():
        lines.append(f"{title}:")
        lines.extend(f"  {name:<10} {command.line}" for name, command in commands.items())
        lines.append("")
    out.say("\n".join(lines).rstrip() + "\n" + FOOT.rstrip())
    out.result(commands={name: command.line for name, command in COMMANDS.items()})
