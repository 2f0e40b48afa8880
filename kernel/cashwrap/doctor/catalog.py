"""The catalogs: they stand beside the journal, so nothing but their hash proves them."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.catalog.staging import damage
from cashwrap.doctor.model import Finding, Words, bad, good
from cashwrap.doctor.patient import Patient


def whole(patient: Patient) -> Iterator[Finding]:
    """The catalogs in force and planned are those that were put in force, row by row."""
    if not patient.deep:
        return
    wrong = damage(patient.book.read)
    if not wrong:
        yield good("catalog.whole", "every price is as it was imported", "商品与价格和导入时一致")
        return
    shown = "; ".join(wrong)
    yield bad(
        "catalog.whole",
        Words(f"damaged on the disk: {shown}", f"磁盘上的商品资料已损坏:{shown}"),
        Words("import the catalog again (`cashwrap import`)", "请重新导入商品 (cashwrap import)"),
    )


CHECKS = (whole,)
