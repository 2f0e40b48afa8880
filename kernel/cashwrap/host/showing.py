"""Show open sales that changed to the plugins that want to see them: a customer's display, say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cashwrap.host.host import Host
from cashwrap.host.views import seen

if TYPE_CHECKING:
    from cashwrap.sale.sale import Sale

HOOK = "cashwrap_cart_changed"


def show(host: Host, changed: set[str], open_sales: Iterable[Sale]) -> None:
    """Show each open sale that changed as it is now, once, however often it did."""
    for sale in open_sales:
        if sale.id in changed:
            host.call(HOOK, sale=seen(sale.cart))
    changed.clear()
    host.tell()
