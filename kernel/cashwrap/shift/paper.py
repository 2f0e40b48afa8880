"""Lay an X or Z report out as rows of fixed width."""

from collections.abc import Callable, Iterator

from cashwrap.business_day import BusinessDays
from cashwrap.receipt.paper import Paper, Row, TextStyle, as_text
from cashwrap.receipt.text import percent
from cashwrap.receipt.words import Language, tender_name
from cashwrap.sale.receipt import shop_of
from cashwrap.settings import Settings
from cashwrap.shift.counting import LOOSE
from cashwrap.shift.model import Declared, InDoubt, ShiftReport, Sums, TenderRow, TenderSum
from cashwrap.shift.words import word

_SALES = ("sales", "returns", "exchanges", "post_voids")
_COUNTED = (("cancelled", "cancelled_minor"), ("suspended", "suspended_minor"))
_ACTS = (
    "resumed",
    "voided_lines",
    "price_overrides",
    "manual_discounts",
    "reprints",
    "drawer_openings",
)


def render_report(
    report: ShiftReport, settings: Settings, style: TextStyle, called: Callable[[str], str] = str
) -> str:
    """Return a report as plain text, each row at most ``style.columns`` wide."""
    return as_text(layout_report(report, settings, style, called))


def layout_report(
    report: ShiftReport, settings: Settings, style: TextStyle, called: Callable[[str], str] = str
) -> list[Row]:
    """Return the rows to print; ``called`` gives the name of somebody's account.

    Raises InvalidInput for a width outside 24..200 columns.
    """
    return list(_ReportPaper(report, settings, style, called).rows())


class _ReportPaper(Paper):
    """One report on one width of paper."""

    def __init__(
        self,
        report: ShiftReport,
        settings: Settings,
        style: TextStyle,
        called: Callable[[str], str],
    ) -> None:
        super().__init__(style, settings.currency)
        self.report = report
        self.called = called
        self.settings = settings
        self.days = BusinessDays(settings.timezone)
        self.taxes_by_code = {tax.code: tax.name for tax in settings.taxes}

    def rows(self) -> Iterator[Row]:
        report = self.report
        yield from self.head()
        yield self.rule()
        if report.hidden:
            yield from self.centered(self.word("hidden"), strong=True)
        else:
            yield from self.sales(report.sums)
        yield from self.drawer()
        yield from self.acts(report.sums)
        yield from self.waiting()
        yield from self.unsettled()
        if not report.hidden:
            yield from self.outside(report.outside)
        yield self.rule()
        yield from self.foot()

    # Blocks, from the top of the paper to its foot.

    def head(self) -> Iterator[Row]:
        report, shop = self.report, shop_of(self.settings)
        yield from self.training(self.report.training)
        yield from self.centered(shop.name, strong=True)
        yield from self.centered(shop.branch)
        title = self.word("z" if report.z else "x")
        yield from self.centered(f"{title} {report.z or ''}".strip(), strong=True)
        yield from self.where(self.settings.store, self.settings.till)
        yield from self.named("shift", f"{report.number} ({self.word(f'state.{report.state}')})")
        yield from self.named("drawer", report.drawer)
        yield from self.named("registers", ", ".join(filter(None, report.registers)))
        yield from self.done("opened", report.opened_ms, report.opened_by)
        yield from self.done("closed" if report.z else "made", report.at_ms, report.closed_by)
        yield from self.named("staff", ", ".join(map(self.who, report.sums.staff)))
        first, last = report.sums.first_number, report.sums.last_number
        if first:
            yield from self.named("receipts", f"{first} - {last}" if first != last else f"{first}")

    def sales(self, sums: Sums, *, totals_only: bool = False) -> Iterator[Row]:
        """What was sold and came back, and what it was paid by."""
        for name in _SALES:
            yield from self.counted(name, getattr(sums, name), getattr(sums, f"{name}_minor"))
        yield from self.pair(self.word("total"), self.total(sums.payable_minor), strong=True)
        if not totals_only:
            yield from self.amount("goods_back", -sums.goods_back_minor)
            yield from self.amount("discounts", -sums.discount_minor)
            yield from self.amount("fees", sums.fees_minor)
            yield from self.amount("rounding", sums.rounding_minor)
            yield from self.amount("cash_rounding", sums.cash_rounding_minor)
            yield from self.taxes(sums)
            if sums.tenders:
                yield from self.title("takings")
        for each in sums.tenders:
            yield from self.taken(each)

    def taken(self, each: TenderSum) -> Iterator[Row]:
        name = tender_name(each.tender, self.style.language)
        back = self.money(-each.given_back_minor)
        if not each.count and not each.taken_minor:  # it only went out
            yield from self.pair(f"{name} {self.word('given_back')}", back)
            return
        yield from self.pair(f"{name} ({each.count})", self.money(each.taken_minor))
        if each.given_back_minor:
            yield from self.pair(self.word("given_back"), back, indent=2)

    def taxes(self, sums: Sums) -> Iterator[Row]:
        if sums.taxes:
            yield from self.title("taxes")
        for tax in sums.taxes:
            rate = percent(tax.rate_ppm)
            name = self.taxes_by_code.get(tax.code, tax.code)
            name = name if name.endswith(rate) else f"{name} {rate}"
            yield from self.pair(name, self.money(tax.tax_minor))
            yield from self.left(f"{self.word('tax_on')} {self.money(tax.base_minor)}", indent=2)

    def drawer(self) -> Iterator[Row]:
        """The cash from the float to the count, then what else was counted."""
        report, sums = self.report, self.report.sums
        yield from self.title("cash")
        yield from self.pair(self.word("float"), self.money(report.float_minor))
        if not report.hidden:
            yield from self.pair(self.word("cash_sales"), self.money(sums.net_cash_minor))
        yield from self.counted("paid_in", sums.paid_ins, sums.paid_in_minor)
        yield from self.counted("paid_out", sums.paid_outs, -sums.paid_out_minor)
        yield from self.counted("safe_drops", sums.safe_drops, -sums.safe_drop_minor)
        if report.hidden:
            return
        yield from self.held_against(report.cash)
        if report.declared is not None:
            yield from self.pieces(report.declared)
        for row in report.tenders[1:]:
            if row.counted_minor is not None:
                yield from self.left(tender_name(row.tender, self.style.language))
                yield from self.held_against(row, indent=2)

    def held_against(self, row: TenderRow, indent: int = 0) -> Iterator[Row]:
        """Expected, counted, and which way they differ."""
        expected = self.money(row.expected_minor)
        yield from self.pair(self.word("expected"), expected, indent, strong=not indent)
        if row.counted_minor is None or row.over_minor is None:
            yield from self.pair(self.word("counted"), self.word("not_counted"), indent)
            return
        yield from self.pair(self.word("counted"), self.money(row.counted_minor), indent)
        over = row.over_minor
        key = "even" if over == 0 else "over" if over > 0 else "short"
        yield from self.pair(self.word(key), self.money(over), indent, strong=True)

    def pieces(self, declared: Declared) -> Iterator[Row]:
        for unit, pieces in declared.cash:
            how = self.word("loose") if unit == LOOSE else f"{self.money(unit)} x {pieces}"
            yield from self.pair(how, self.money(unit * pieces), indent=2)
        yield from self.named("counted_by", self.who(declared.staff))
        if declared.times > 1:
            yield from self.named("counted_again", str(declared.times))

    def acts(self, sums: Sums) -> Iterator[Row]:
        """What an owner looks at: cancelled and parked sales, prices by hand, drawer openings."""
        rows = list(self.counts(sums))
        if rows:
            yield from self.title("acts")
            yield from rows

    def counts(self, sums: Sums) -> Iterator[Row]:
        for name, minor in _COUNTED:
            yield from self.counted(name, getattr(sums, name), getattr(sums, minor))
        for name in _ACTS:
            count = getattr(sums, name)
            if count:
                yield from self.pair(self.word(name), str(count))

    def outside(self, sums: Sums) -> Iterator[Row]:
        """What happened at the drawer while nobody answered for it."""
        rows = list(self.counts(sums))
        if sums.tenders or sums.first_number:
            rows = [*self.sales(sums, totals_only=True), *rows]
        if rows:
            yield from self.title("outside")
            yield from rows

    def waiting(self) -> Iterator[Row]:
        """Sales that are suspended: all in sum, and each that was since the shift began."""
        report = self.report
        if report.waiting_count:
            yield self.rule()
        yield from self.counted("waiting", report.waiting_count, report.waiting_minor)
        for one in report.waiting:
            amount = "" if report.hidden else self.money(one.total_minor)
            yield from self.pair(f"{one.code} {self.time(one.at_ms)[:16]}", amount, indent=2)

    def unsettled(self) -> Iterator[Row]:
        """Money that is in doubt or on open sales, and what became of that of earlier Zs."""
        report = self.report
        if report.in_doubt:
            yield from self.title("in_doubt")
        for doubt in report.in_doubt:
            yield from self.doubt(doubt)
        if report.sums.decided:
            yield from self.title("decided")
        for one in report.sums.decided:
            of_z = self.word("of_z").replace("{n}", str(one.z))
            what = f"{tender_name(one.tender, self.style.language)} {self.word(one.outcome)} {of_z}"
            yield from self.pair(what, self.money(one.amount_minor))
            yield from self.left(one.refund or one.payment, indent=2)
        if report.open_sales:
            yield from self.title("open_sales")
        for sale in report.open_sales:
            yield from self.pair(sale.sale, self.money(sale.paid_minor))

    def doubt(self, doubt: InDoubt) -> Iterator[Row]:
        name = tender_name(doubt.tender, self.style.language)
        name += f" {self.word('refund')}" if doubt.refund else ""
        name += f" {self.word('of_z').replace('{n}', str(doubt.z))}" if doubt.z else ""
        yield from self.pair(name, self.money(doubt.amount_minor), strong=True)
        yield from self.left(doubt.refund or doubt.payment, indent=2)
        yield from self.left(doubt.sale, indent=2)
        asked = f"{self.word('asked')} {self.time(doubt.asked_ms)}"
        waited = f"{self.word('age')} {self.age(self.report.at_ms - doubt.asked_ms)}"
        yield from self.left(f"{asked}, {waited}", indent=2)

    def foot(self) -> Iterator[Row]:
        report = self.report
        if not report.hidden:
            grand = self.total(report.grand_sales_minor)
            yield from self.pair(self.word("grand"), grand, strong=True)
        yield from self.named("records", f"{report.first_seq} - {report.last_seq}")
        groups = [report.journal_hash[at : at + 4] for at in range(0, 64, 4)]
        yield from self.named("hash", " ".join(groups))
        if report.z:
            yield Row("")
            yield from self.named("signature", "_" * 12)
        yield from self.training(self.report.training)

    # Pieces that every block is made of.

    def word(self, key: str) -> str:
        """Return the word for a key of this paper."""
        return word(key, self.style.language)

    def title(self, key: str) -> Iterator[Row]:
        yield self.rule()
        yield from self.left(self.word(key))

    def counted(self, key: str, count: int, minor: int) -> Iterator[Row]:
        if count:
            amount = "" if self.report.hidden and not minor else self.money(minor)
            yield from self.pair(f"{self.word(key)} ({count})", amount)

    def done(self, key: str, wall_ms: int, staff: str) -> Iterator[Row]:
        yield from self.named(key, f"{self.time(wall_ms)} {self.who(staff)}".strip())

    def who(self, staff: str) -> str:
        """Return ``安娜 (ana)``: names are not unique, and who answers for money must be."""
        name = self.called(staff)
        return staff if name == staff else f"{name} ({staff})"

    def time(self, wall_ms: int) -> str:
        return self.days.local_time(wall_ms)

    def age(self, ms: int) -> str:
        """Return ``3 h 20 min``; a clock that went backward makes it none."""
        hours, minutes = divmod(max(0, ms) // 60_000, 60)
        language: Language = "zh-CN" if self.style.language == "zh-CN" else "en"
        text = f"{minutes} {word('minutes', language)}"
        return f"{hours} {word('hours', language)} {text}" if hours else text
