"""What a plugin offers beside a sale: whether it can be used, as part of its conformance."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from cashwrap.errors import CashwrapError
from cashwrap.host.errors import PluginFailed
from cashwrap.host.offers import Command, Days, Page, Panel, Report, Route
from cashwrap.host.serving import Asked, answer, offered
from cashwrap.promotions.files.read import checked_rules
from cashwrap.promotions.presets import Preset
from cashwrap.promotions.rules import RuleSet
from cashwrap.till import Till

LANGUAGES = ("zh-CN", "en")
EVER = Days(0, 99_999_999)
encoded = msgspec.json.Encoder().encode

T = TypeVar("T")


def offers_wrong(till: Till, name: str) -> list[str]:
    """Return what is wrong with what a plugin offers beside a sale, [] for nothing."""
    wrong: list[str] = []
    for report in _own(till, name, "cashwrap_reports", Report):
        wrong += _tried(f"report {report.name}", _report_wrong, till, report)
    commands = list(_own(till, name, "cashwrap_commands", Command))
    for command in commands:
        wrong += _tried(f"command {command.name}", _command_wrong, till, command)
    if len({command.name for command in commands}) < len(commands):
        wrong.append("it offers two commands of one name")
    for preset in _own(till, name, "cashwrap_rule_presets", Preset):
        wrong += _tried(f"preset {preset.code}", _preset_wrong, till, preset)
    return wrong + list(_served_wrong(till, name))


def _served_wrong(till: Till, name: str) -> Iterator[str]:
    """Yield what is wrong with what pages and programs get; what cannot be is a fault already."""
    served = offered(till.host)
    titled: list[Page | Panel] = [one for plugin, one in served.pages if plugin == name]
    titled += [one for plugin, one in served.panels if plugin == name]
    for one in titled:
        yield from (f"{one.name}: {found}" for found in _words_wrong(one.title))
    for page in (one for plugin, one in served.pages if plugin == name):
        if not (page.folder / "index.html").is_file() and not _panels_only(page, served.panels):
            yield f"page {page.name} has no index.html, and no panel is drawn from it"
    for route in (one for plugin, one in served.routes if plugin == name):
        yield from _tried(f"{route.method} {route.path}", _route_wrong, till, (name, route))


def _panels_only(page: Page, panels: Sequence[tuple[str, Panel]]) -> bool:
    return any((page.folder / panel.module).is_file() for _, panel in panels)


def _route_wrong(till: Till, named: tuple[str, Route]) -> Iterator[str]:
    """Try a route that needs nothing to be said; a refusal in the plugin's own words is fine."""
    name, route = named
    yield from _words_wrong(route.summary)
    if route.method != "GET" or route.names:
        return
    try:
        answer(till, name, route, Asked(None, {}, {}, "", "", ""), encoded)
    except PluginFailed:
        yield "it fails"
    except CashwrapError:
        return


def _own(till: Till, name: str, hook: str, kind: type[T]) -> Iterator[T]:
    return (one for plugin, one in till.host.offers(hook, kind) if plugin.name == name)


def _tried(
    what: str, check: Callable[[Till, T], Iterator[str]], till: Till, one: T
) -> Iterator[str]:
    """Yield what a check finds; what a plugin raises is one finding."""
    try:
        for found in check(till, one):
            yield f"{what}: {found}"
    except Exception as error:  # whatever a plugin may raise
        yield f"{what} failed: {type(error).__name__}: {error}"


def _report_wrong(till: Till, report: Report) -> Iterator[str]:
    for words in (report.title, *report.columns):
        yield from _words_wrong(words)
    if any(at not in range(len(report.columns)) for at in report.money):
        yield f"money {report.money} names columns that there are not"
    with till.store.read() as reader:
        for row in report.make(reader, EVER):
            if len(row) != len(report.columns):
                yield f"a row has {len(row)} cells for {len(report.columns)} columns: {row!r:.80}"
                return
            odd = [cell for cell in row if type(cell) not in (str, int)]
            odd += [row[at] for at in report.money if type(row[at]) is not int]
            if odd:
                yield f"{odd[0]!r:.60} is no text and no whole number, or no money: {row!r:.80}"
                return


def _command_wrong(till: Till, command: Command) -> Iterator[str]:
    if command.configure is not None:
        command.configure(ArgumentParser(add_help=False))
    if not command.line.strip():
        yield "it has no line that says what it does"


def _preset_wrong(till: Till, preset: Preset) -> Iterator[str]:
    for words in (preset.name, preset.explain, *(one.help for one in preset.settings)):
        yield from _words_wrong(words)
    if preset.make is None:
        return
    rules = preset.make(preset.example, till.settings.currency)
    try:
        checked_rules(RuleSet(rules=rules), preset.code)
    except CashwrapError as refused:
        yield f"the rule of its example cannot be published: {refused}"


def _words_wrong(words: object) -> Iterator[str]:
    if not isinstance(words, dict):
        yield f"{words!r:.60} is no text by language"
    elif lacking := [each for each in LANGUAGES if not words.get(each)]:
        yield f"{words!r:.60} has no words in {', '.join(lacking)}"
