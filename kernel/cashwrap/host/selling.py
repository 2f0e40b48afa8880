"""Selling by a plugin: a web shop's orders, bookings, tables. As by anybody, with rights asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cashwrap.errors import CashwrapError

if TYPE_CHECKING:
    from cashwrap.host.open_till import OpenTill
    from cashwrap.sale.holds.holds import Holds
    from cashwrap.sale.sale import Sale

RIGHT = "sales"
"""What a plugin has to ask for in its manifest."""


class NotASeller(CashwrapError):
    """A plugin would sell that did not ask for it."""

    code = "plugin.not_a_seller"

    def __init__(self, plugin: str) -> None:
        super().__init__(plugin)
        self.plugin = plugin

    def __str__(self) -> str:
        return f"plugin {self.plugin!r} may not sell: put {RIGHT!r} into needs.rights"


class Selling:
    """The sales of a till in the hands of a plugin. Whose act each is has to be said."""

    __slots__ = ("__till",)

    def __init__(self, till: OpenTill) -> None:
        self.__till = till

    def new_sale(
        self,
        order_type: str = "",
        *,
        staff: str,
        register: str = "",
        customer: str = "",
        command: str = "",
    ) -> Sale:
        """Begin a sale; see `Till.new_sale`."""
        return self.__till.new_sale(
            order_type, customer=customer, register=register, staff=staff, command=command
        )

    def sale(self, sale: str) -> Sale:
        """Return an open sale by its id. Raises NoSuchSale."""
        return self.__till.sale(sale)

    @property
    def open_sales(self) -> tuple[Sale, ...]:
        """Return the sales that are open, oldest first."""
        return self.__till.open_sales()

    @property
    def holds(self) -> Holds:
        """Return the suspended sales."""
        return self.__till.holds
