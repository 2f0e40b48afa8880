"""What the shop's tax return needs: net sales and tax by rate, of each day and in all."""

from collections.abc import Iterator

from cashwrap.host.offers import Cell, Days, Report
from cashwrap.sale.events import TaxTotal
from cashwrap.store.tables import Reader

from .store import summed, taxes_between

_RATE = (
    {"zh-CN": "税种", "en": "Tax"},
    {"zh-CN": "税率", "en": "Rate"},
    {"zh-CN": "不含税销售额", "en": "Net sales"},
    {"zh-CN": "税额", "en": "Tax due"},
    {"zh-CN": "价税合计", "en": "With tax"},
)


def by_day(reader: Reader, days: Days) -> Iterator[tuple[Cell, ...]]:
    """Yield day, tax and its sums."""
    for day, taxes in taxes_between(reader, days.first, days.last):
        for tax in taxes:
            yield (day, *_row(tax))


def in_all(reader: Reader, days: Days) -> Iterator[tuple[Cell, ...]]:
    """Yield each tax and its sums over all days."""
    for tax in summed(*(taxes for _, taxes in taxes_between(reader, days.first, days.last))):
        yield _row(tax)


def _row(tax: TaxTotal) -> tuple[Cell, ...]:
    whole = tax.base_minor + tax.tax_minor
    return tax.code, percent_text(tax.rate_ppm), tax.base_minor, tax.tax_minor, whole


def percent_text(rate_ppm: int) -> str:
    """Return a rate as ``13%`` or ``1.5%``."""
    whole, rest = divmod(rate_ppm, 10_000)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".") + "%"


REPORTS = (
    Report(
        name="vat",
        title={"zh-CN": "增值税日报", "en": "VAT by day"},
        columns=({"zh-CN": "日期", "en": "Day"}, *_RATE),
        make=by_day,
        money=(3, 4, 5),
    ),
    Report(
        name="vat-return",
        title={"zh-CN": "增值税申报汇总", "en": "VAT for the return"},
        columns=_RATE,
        make=in_all,
        money=(2, 3, 4),
    ),
)
