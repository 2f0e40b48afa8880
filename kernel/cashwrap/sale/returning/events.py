"""What the journal says of goods that came back."""

from cashwrap.events import Event, event
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale.edits import GoodsBack
from cashwrap.sale.events import SaleType


@event("sale.goods_returned")
class GoodsReturned(Event, frozen=True):
    """Goods of one original sale came back on a sale that was completed in the same commit.

    ``of_sale`` and ``of_number`` are "" and 0 without a receipt. ``answer`` is what was decided:
    money, discounts, taxes, coupons, points to take back (``earned``) and to give back
    (``points_restored``), for the original's ``member``. It counts once: what comes back later is
    decided after it. ``part`` counts the originals of one return from 0. ``whole``: nothing of the
    original's goods is left with the customer.
    """

    sale: str
    number: int
    day: int
    type: SaleType
    of_sale: str
    of_number: int
    answer: ReturnAnswer
    goods: tuple[GoodsBack, ...]
    part: int = 0
    reason: str = ""
    note: str = ""
    location: str = ""
    member: str = ""
    whole: bool = False
    approver: str = ""
    register: str = ""
    refund_minor: int = 0
