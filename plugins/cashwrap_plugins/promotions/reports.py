"""What price protection cost."""

from collections.abc import Iterator

from cashwrap.host.offers import Cell, Days, Report
from cashwrap.store.tables import Reader

from .store import refunds


def price_protection(reader: Reader, days: Days) -> Iterator[tuple[Cell, ...]]:
    """Yield day, tender and what was refunded by it."""
    for day, sums in refunds(reader, days.first, days.last):
        for tender, refund_minor in sorted(sums.items()):
            yield day, tender, refund_minor


PRICE_PROTECTION = Report(
    name="price-protection",
    title={"zh-CN": "价保退差", "en": "Price protection"},
    columns=(
        {"zh-CN": "日期", "en": "Day"},
        {"zh-CN": "方式", "en": "Tender"},
        {"zh-CN": "退差金额", "en": "Refunded"},
    ),
    make=price_protection,
    money=(2,),
)
