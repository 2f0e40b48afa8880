"""What this plugin prints on receipts: until when prices are protected, and what was saved."""

from collections.abc import Iterator

from cashwrap.money import Currency
from cashwrap.receipt.model import Section, SectionRow
from cashwrap.sale.events import SaleCompleted

from .options import PluginSettings
from .protection import protected_until


def sections_of(
    sale: SaleCompleted, settings: PluginSettings, currency: Currency, *, gift: bool
) -> Iterator[Section]:
    """Yield the sections that the shop wants on its paper; none on that of returns."""
    if sale.type not in ("sale", "exchange") or not sale.lines:
        return
    if "saved" in settings.receipt and not gift:
        yield from _saved(sale, currency)
    if "protection" in settings.receipt and settings.protection.days:
        yield _protected(sale, settings)


def _saved(sale: SaleCompleted, currency: Currency) -> Iterator[Section]:
    """Yield what each promotion took off, the most first."""
    off: dict[str, int] = {}
    for cell in sale.priced.allocations:
        if cell.rule in sale.rule_names and cell.minor > 0:
            off[cell.rule] = off.get(cell.rule, 0) + cell.minor
    if off:
        order = sorted(off, key=lambda rule: (-off[rule], rule))
        rows = [
            SectionRow(dict(sale.rule_names[rule]), currency.amount(off[rule])) for rule in order
        ]
        title = {"zh-CN": "本次优惠明细", "en": "What you saved"}
        yield Section(title=title, rows=tuple(rows))


def _protected(sale: SaleCompleted, settings: PluginSettings) -> Section:
    day = protected_until(sale.day, settings.protection)
    until = f"{day // 10_000}-{day // 100 % 100:02}-{day % 100:02}"
    return Section(
        title={"zh-CN": "价格保护", "en": "Price protection"},
        rows=(
            SectionRow(
                {
                    "zh-CN": "降价退差，凭小票，截至",
                    "en": "The difference back, with this receipt, until",
                },
                until,
            ),
        ),
    )
