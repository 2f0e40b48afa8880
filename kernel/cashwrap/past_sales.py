"""What a till's tables know of sales that ended: payments, returns, credit notes, coupons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cashwrap.back_office import BackOffice
from cashwrap.sale.coupons import KnownCoupon, known_coupon
from cashwrap.sale.errors import NoSuchSale
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.projection import ended
from cashwrap.tender.credit import CreditNote, credit_note, credit_of_payment
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import (
    payment_of,
    payments_by_provider,
    payments_given_back_by,
    payments_of_sale,
)

if TYPE_CHECKING:
    from cashwrap.sale.edits import Goods


class PastSales(BackOffice):
    """A store folder that is asked about what was sold on it."""

    def payments_of(self, sale: str) -> list[Payment]:
        """Return the payments of a sale as committed."""
        with self.store.read() as reader:
            return payments_of_sale(reader, sale)

    def payments_given_back_by(self, sale: str) -> list[Payment]:
        """Return the payments of other sales that a return gave back, or is giving back."""
        with self.store.read() as reader:
            return payments_given_back_by(reader, sale)

    def traded_in(self, sale: str) -> tuple[tuple[str, int], ...]:
        """Return the sales whose goods came back on a completed sale, and what for.

        None where it is not known.
        """
        from cashwrap.sale.returning.original import completed_record

        try:
            body = completed_record(self.store, sale).body()
        except NoSuchSale:
            return ()
        assert isinstance(body, SaleCompleted)  # see `completed_record`
        return tuple([(one.of_sale, one.refund_minor) for one in body.returns if one.of_sale])

    def returns_of(self, sale: str) -> tuple[str, ...]:
        """Return the completed sales on which goods of a sale came back."""
        from cashwrap.sale.returning.projection import came_back

        with self.store.read() as reader:
            return tuple([one.sale for one in came_back(reader, sale)])

    def credit_note(self, code: str) -> CreditNote | None:
        """Return a credit note of this till by its code, or None."""
        with self.store.read() as reader:
            return credit_note(reader, code)

    def credit_of_payment(self, payment: str) -> CreditNote | None:
        """Return the credit note that made a payment, or that an act of giving made, or None."""
        with self.store.read() as reader:
            return credit_of_payment(reader, payment)

    def number_of(self, sale: str) -> int:
        """Return the receipt number of a completed sale, 0 for any other."""
        with self.store.read() as reader:
            place = ended(reader, sale)
        return 0 if place is None else place.number

    def sales_paid_as(self, number: str, drivers: Iterable[str]) -> list[str]:
        """Return the sales that were paid with a payment of this number: ours, or its provider's.

        It stands on the receipt, on a terminal's slip and in the customer's wallet.
        """
        with self.store.read() as reader:
            ours = payment_of(reader, number)
            found = [] if ours is None else [ours]
            for driver in drivers:
                found += payments_by_provider(reader, driver, number)
        return list(dict.fromkeys(one.sale for one in found))

    def lowest_minor(self, goods: Goods, since_ms: int) -> int | None:
        """Return the lowest unit price that this till sold goods for since a moment, or None."""
        from cashwrap.sale.returning.lowest import lowest_minor

        return lowest_minor(self.store, goods, since_ms)

    def known_coupon(self, code: str) -> KnownCoupon | None:
        """Return a coupon that this till issued or took, or None."""
        with self.store.read() as reader:
            return known_coupon(reader, code)
