"""Promotion rules that plugins bring: they join the shop's own in what is published.

Which rules those are is a function of the shop's own set and of what the plugins give, and of
nothing else: neither of the order of loading nor of what a plugin did before. In a published set
each has the tag ``plugin:NAME``, so that the shop's own part can be told from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from cashwrap.errors import BulkRefused
from cashwrap.plugins import PluginRefused
from cashwrap.promotions.rules import Rule, RuleSet

if TYPE_CHECKING:
    from cashwrap.host.host import Host
    from cashwrap.host.plugin import Plugin
    from cashwrap.settings import Settings

HOOK = "cashwrap_rules"
TAG = "plugin:"
Joined = tuple[tuple[str, str], ...]
"""Plugins by name, with a hash of the rules that each has in a set."""


class Brought(NamedTuple):
    """The rules of one plugin, and their hash."""

    rules: tuple[Rule, ...]
    digest: str


Given = dict[str, Brought]


def brought(rules: Iterable[Rule]) -> Brought:
    """Return rules with their hash. Raises what a rule that is none raises."""
    from cashwrap.promotions.digest import rules_hash

    those = tuple(rules)
    return Brought(those, rules_hash(RuleSet(rules=those)))


def own_of(rules: RuleSet) -> RuleSet:
    """Return the shop's own part of a set."""
    own = tuple(rule for rule in rules.rules if not _plugin_of(rule))
    return rules if len(own) == len(rules.rules) else replace(rules, rules=own)


def given(host: Host, settings: Settings) -> Given:
    """Return the rules that each plugin that is asked gives, by id; faults are the plugin's.

    What is in them is checked where they join (`joined`).
    """
    found: Given = {}
    for plugin in host.active():
        if HOOK not in plugin.hooks:
            continue
        try:
            rules = _asked(host, plugin, settings)
        except Exception as error:  # whatever a plugin may give
            host.fault(plugin, HOOK, f"{type(error).__name__}: {error}")
            continue
        if rules.rules:
            found[plugin.name] = rules
    return found


def _asked(host: Host, plugin: Plugin, settings: Settings) -> Brought:
    rules = host.offers_of(plugin, HOOK, Rule, store=settings.store, currency=settings.currency)
    for rule in rules:
        if not rule.id.startswith((f"{plugin.name}-", f"{plugin.name}.")):
            raise PluginRefused(f"rule {rule.id!r:.70}: its own begin with {plugin.name + '-'!r}")
        if rule.group:
            raise PluginRefused(f"rule {rule.id!r}: groups are the shop's; leave it in none")
    if not rules:
        return Brought((), "")
    marked = [replace(rule, tags=(f"{TAG}{plugin.name}", *_tags(rule))) for rule in rules]
    return brought(sorted(marked, key=lambda rule: rule.id))


def joined(host: Host, own: RuleSet, by_plugin: Given) -> tuple[RuleSet, Joined]:
    """Return the shop's set with the plugins' rules, and which of them it has.

    A plugin whose rules do not go with the shop's is left out, by a fault of its own.
    """
    from cashwrap.promotions.files.read import checked_rules

    whole, names = own, list[tuple[str, str]]()
    for name in sorted(by_plugin):
        more = replace(whole, rules=(*whole.rules, *by_plugin[name].rules))
        try:
            checked_rules(more, name)
        except BulkRefused as error:
            host.fault(host.known(name), HOOK, " ".join(str(error).split()))
            continue
        whole = more
        names.append((name, by_plugin[name].digest))
    return whole, tuple(names)


def staying(host: Host, rules: RuleSet) -> Given:
    """Return the rules in a set of plugins that are set aside: no price changes by that."""
    found: dict[str, list[Rule]] = {}
    for rule in rules.rules:
        if _is_aside(host, name := _plugin_of(rule)):
            found.setdefault(name, []).append(rule)
    return {name: brought(those) for name, those in found.items()}


def are_due(host: Host, has: Joined, by_plugin: Given) -> bool:
    """Return whether a set has other rules of plugins than it should."""
    known = {name: one for name, one in has if not _is_aside(host, name)}
    return known != {name: one.digest for name, one in by_plugin.items()}


def _is_aside(host: Host, name: str) -> bool:
    plugin = host.plugins.get(name)
    return plugin is not None and plugin.state == "aside"


def _tags(rule: Rule) -> tuple[str, ...]:
    """Return the tags of a rule that are no mark of a plugin."""
    return tuple(tag for tag in rule.tags if not tag.startswith(TAG))


def _plugin_of(rule: Rule) -> str:
    tag = next((tag for tag in rule.tags if tag.startswith(TAG)), "")
    return tag.removeprefix(TAG)
