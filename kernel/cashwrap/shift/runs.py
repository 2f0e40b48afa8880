"""Many events at once, for a rebuild: plain sales for cash at one register are summed as a run."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from cashwrap.sale.events import SaleCompleted
from cashwrap.shift.book import Book, tender_sum
from cashwrap.shift.money import on_sale
from cashwrap.shift.parts import SaleInShift
from cashwrap.shift.selling import add_taxes, ended
from cashwrap.store.tables import Told
from cashwrap.tender.events import CashTaken

_CASH, _SOLD = CashTaken.kind, SaleCompleted.kind


def fold_runs(book: Book, told: Sequence[Told], folds: Mapping[str, Callable[..., None]]) -> None:
    """Apply events in order; the rows are then those that each fold by itself would make."""
    run: list[Told] = []
    register = ""
    for one in told:
        envelope, body = one
        kind = envelope.kind
        if kind == _CASH or (kind == _SOLD and cast(SaleInShift, body).type == "sale"):
            at = cast(CashTaken, body).register
            if at != register:
                _sum(book, register, run)
                run, register = [], at
            run.append(one)
            continue
        if run:
            _sum(book, register, run)
            run = []
        folds[kind](book, envelope, body)
    _sum(book, register, run)


def _sum(book: Book, register: str, run: Sequence[Told]) -> None:
    if not run:
        return
    sums = book.happened(register, run[0][0])
    sums.last_seq = run[-1][0].seq
    for staff in dict.fromkeys([envelope.staff for envelope, _ in run]):
        if staff and staff not in sums.staff:
            sums.staff.append(staff)
    cash = [cast(CashTaken, body) for envelope, body in run if envelope.kind == _CASH]
    sold = [cast(SaleInShift, body) for envelope, body in run if envelope.kind == _SOLD]
    kept: dict[str, int] = {}
    for one in cash:
        kept[one.sale] = kept.get(one.sale, 0) + one.tendered_minor - one.change_minor
    if cash:
        found = tender_sum(sums, "cash", "cash")
        found.count += len(cash)
        found.taken_minor += sum(kept.values())
    if sold:
        sums.first_number = sums.first_number or sold[0].number
        sums.last_number, sums.grand_sales_minor = sold[-1].number, sold[-1].grand_sales_minor
        sums.sales += len(sold)
        sums.sales_minor += sum([one.payable_minor for one in sold])
        sums.tax_minor += sum([one.tax_minor for one in sold])
        sums.discount_minor += sum([one.discount_minor for one in sold])
        sums.cash_rounding_minor += sum([one.cash_rounding_minor for one in sold])
        sums.fees_minor += sum([one.fees_minor for one in sold])
        sums.rounding_minor += sum([one.rounding_minor for one in sold])
        sums.voided_lines += sum([one.voided_lines for one in sold])
        add_taxes(sums.taxes, [tax for one in sold for tax in one.taxes])
        for sale in [one.sale for one in sold]:
            kept.pop(sale, None)
            ended(book, sale)
    for sale, minor in kept.items():
        on_sale(book, register, sale, minor)
