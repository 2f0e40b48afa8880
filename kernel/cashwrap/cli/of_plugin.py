"""Commands of plugins: found by name when the kernel has none of that name."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import FOLDER_VARIABLE, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.errors import CashwrapError

if TYPE_CHECKING:
    from cashwrap.host.offers import Command
    from cashwrap.till import Till


class OfPlugin:
    """A plugin's command, as `cashwrap.cli.main` takes one."""

    def __init__(self, plugin: str, command: Command) -> None:
        self._plugin = plugin
        self._command = command
        self.ABOUT = f"{command.line} (a command of the plugin {plugin})"
        self.NEXT = "The till must not be open in another program meanwhile."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        if self._command.configure is not None:
            self._command.configure(parser)
        if self._command.needs_staff is not None:
            parser.add_argument(
                "--by", default="", metavar="WHO", help="who does it; a PIN is asked for"
            )
        folder(parser, positional=False)

    def run(self, args: argparse.Namespace, out: Output) -> int:
        """Run it on the shop's till."""
        from cashwrap.host.acting import plugin_till
        from cashwrap.host.errors import PluginAside, PluginFailed
        from cashwrap.till import Till

        with Till.open(folder_of(args)) as till:
            if till.host.known(self._plugin).state != "active":
                raise PluginAside(self._plugin, till.host.known(self._plugin).reason)
            with self._somebody(till, args):
                try:
                    said = self._command.run(plugin_till(till, self._plugin), args)
                except CashwrapError:
                    raise
                except Exception as error:  # whatever a plugin may raise
                    told = f"{self._command.name}: {type(error).__name__}: {error}"
                    till.host.fault(till.host.known(self._plugin), "cashwrap_commands", told)
                    raise PluginFailed(self._plugin) from error
        out.say(said)
        out.result(plugin=self._plugin, said=said)
        return exits.OK

    def _somebody(self, till: Till, args: argparse.Namespace) -> AbstractContextManager[str]:
        """Sign in whom the command needs, at its register, for as long as it runs."""
        needed = self._command.needs_staff
        if needed is None or not needed(args):
            return nullcontext("")
        from cashwrap.cli.people import signed_in

        return signed_in(till, args.by, getattr(args, "register", ""))


def find(name: str, words: Sequence[str]) -> OfPlugin | None:
    """Return the command of a plugin of the shop that the words name, None where there is none."""
    from cashwrap.host.looking import without_till
    from cashwrap.host.offers import Command

    looking = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    looking.add_argument("-f", "--folder", default=os.environ.get(FOLDER_VARIABLE) or ".")
    shop, _ = looking.parse_known_args(list(words))
    host = without_till(Path(shop.folder))
    for plugin, command in host.offers("cashwrap_commands", Command):
        if command.name == name:
            return OfPlugin(plugin.name, command)
    return None
