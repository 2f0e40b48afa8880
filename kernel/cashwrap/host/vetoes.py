"""Asking the plugins that may forbid something; what they say is for the cashier."""

from __future__ import annotations

from cashwrap.host.errors import PluginVetoed
from cashwrap.host.host import Host
from cashwrap.host.views import seen
from cashwrap.sale.cart import Cart
from cashwrap.sale.desk import Watched

HOOK = "cashwrap_may"


def ask(host: Host, act: Watched, cart: Cart, line: int) -> None:
    """Raise PluginVetoed for the first reason that a plugin gives."""
    if not host.wants(HOOK):
        return
    answers = host.call(HOOK, act=act, sale=seen(cart), line=line)
    host.tell()
    for plugin, answer in answers:
        if answer is None:
            continue
        if not isinstance(answer, str) or not answer.strip():
            host.fault(plugin, HOOK, f"gave {answer!r:.60}, neither a reason nor None")
            host.tell()
            continue
        raise PluginVetoed(plugin.name, answer.strip())
