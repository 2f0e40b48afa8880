"""What is paid on a sale, what is still due, and what nobody knows yet."""

from typing import TYPE_CHECKING

from cashwrap.money import checked
from cashwrap.sale.desk import Desk
from cashwrap.sale.errors import MoneyWentOut
from cashwrap.sale.vouchers import Voucher, vouchers_of
from cashwrap.tender.payments import Payment

if TYPE_CHECKING:
    from cashwrap.sale.sale import Sale


class Balance:
    """The payments of one sale, those of others that it gives back, and what is left to pay."""

    def __init__(self, desk: Desk, sale: "Sale") -> None:
        self._desk = desk
        self._sale = sale
        self._by_id: dict[str, Payment] = {}
        self._giving: dict[str, Payment] = {}  # of other sales, with refunds for this one

    @property
    def all(self) -> tuple[Payment, ...]:
        """Return every payment that was asked for, in order."""
        return tuple(self._by_id.values())

    @property
    def paid_minor(self) -> int:
        """Return what counts toward the sale so far, below zero where more went out."""
        return sum(payment.paid_minor for payment in self._by_id.values()) - self._given_minor

    @property
    def giving(self) -> tuple[Payment, ...]:
        """Return the payments of other sales that give money back on this one."""
        return tuple(self._giving.values())

    @property
    def due_minor(self) -> int:
        """Return what is still to pay, minor units, below zero what is to be given back.

        Vouchers on the sale pay their part first.
        """
        left = checked(self._asked_minor - self.paid_minor)
        return left - sum(voucher.minor for voucher in self._vouchers())

    @property
    def in_doubt(self) -> tuple[Payment, ...]:
        """Return payments that are without an answer, or with a refund under way."""
        own = [payment for payment in self._by_id.values() if payment.unsettled]
        return (*own, *[each for each in self._giving.values() if self._gives(each)])

    def cash_due(self) -> tuple[int, int]:
        """Return what to ask for in cash for all that is due, and the rounding in it."""
        return self._sale.cart.pricing.cash_due(self.due_minor)

    def refuse_to_forget(self) -> None:
        """Raise MoneyWentOut once money of a return has left, or may have."""
        own = [each.paid_minor for each in self._by_id.values() if each.paid_minor < 0]
        given_minor = self._given_minor - sum(own)
        if given_minor or any(self._gives(each) for each in self._giving.values()):
            raise MoneyWentOut(self._sale.id, given_minor)

    @property
    def _asked_minor(self) -> int:
        """Return what the goods come to, less what came back."""
        return self._sale.totals.payable_minor - self._sale.cart.returned_minor

    @property
    def _given_minor(self) -> int:
        """Return by how much the payments of other sales relieve this one."""
        giving = self._giving.values()
        backs = [back for each in giving for back in each.refunds_of(self._sale.id)]
        return sum(back.counts_minor for back in backs)

    @property
    def _moved(self) -> bool:
        """Return whether money moved that still counts."""
        if any(each.refunds_of(self._sale.id) for each in self._giving.values()):
            return True
        return any(payment.paid_minor for payment in self._by_id.values())

    def _gives(self, payment: Payment) -> bool:
        """Return whether a payment of another sale has a refund for this one under way."""
        return any(back.state == "refunding" for back in payment.refunds_of(self._sale.id))

    def _vouchers(self) -> list[Voucher]:
        """Return vouchers that are to pay; they are recorded before all other payments."""
        promoting = self._sale.cart.promoting
        if promoting is None or self._moved:
            return []
        return vouchers_of(promoting, self._sale.totals.payable_minor)
