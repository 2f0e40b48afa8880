"""Asking the plugins that may forbid something; what they say is for the cashier."""

from __future__ import annotations

from functools import partial

from cashwrap.host.errors import PluginVetoed
from cashwrap.host.host import Host
from cashwrap.host.plugin import Plugin
from cashwrap.host.views import seen
from cashwrap.sale.cart import Cart
from cashwrap.sale.desk import Watched

HOOK = "cashwrap_may"
REASON_MAX = 200


def acts(host: Host) -> frozenset[str]:
    """Return the acts about which some plugin wants to be asked."""
    return frozenset(act for one in host.may_want(HOOK) for act in one.manifest.needs.acts)


def ask(host: Host, act: Watched, cart: Cart, line: int) -> None:
    """Raise PluginVetoed for the first reason that a plugin gives."""
    if not host.wants(HOOK):
        return
    answers = host.ask(HOOK, _taken, partial(_wants, act), act=act, sale=seen(cart), line=line)
    host.tell()
    for plugin, reason in answers:
        if reason is not None:
            raise PluginVetoed(plugin.name, reason)


def _wants(act: Watched, plugin: Plugin) -> bool:
    return act in plugin.manifest.needs.acts


def _taken(answer: object) -> str | None:
    """Return a reason as a cashier reads it. Raises TypeError for what is none."""
    if answer is None:
        return None
    if not isinstance(answer, str) or not answer.strip():
        raise TypeError(f"gave {answer!r:.60}, neither a reason nor None")
    return answer[: REASON_MAX * 2].strip()[:REASON_MAX]
