"""对账: what the till has of a day's payments against what the provider has, to the fen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from cashwrap.errors import InvalidInput
from cashwrap.host.offers import Cell, Days, Report
from cashwrap.host.own import Own
from cashwrap.store.tables import Reader
from cashwrap.tender.driver import TenderDriver
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import payments_of_driver
from cashwrap.tender.reconcile import Finding, Reconciliation, ledger_lines, reconcile

from .bill import BEIJING

DAYS_MAX = 92  # the provider keeps three months
WORDS: dict[Finding, str] = {
    "matched": "一致 matched",
    "amount_differs": "金额不符 amount differs",
    "only_ours": "仅本机 only here",
    "only_theirs": "仅对方 only there",
}


def reconciliation(own: Own) -> Report:
    """Return the report of a till."""
    return Report(
        name="reconciliation",
        title={"zh-CN": "微信支付对账", "en": "WeChat Pay, reconciled"},
        columns=(
            {"zh-CN": "日期", "en": "Day"},
            {"zh-CN": "结果", "en": "Finding"},
            {"zh-CN": "商户订单号", "en": "Order"},
            {"zh-CN": "商户退款单号", "en": "Refund"},
            {"zh-CN": "本机", "en": "Here"},
            {"zh-CN": "微信", "en": "There"},
            {"zh-CN": "手续费", "en": "Fee"},
        ),
        make=partial(_rows, own),
        money=(4, 5, 6),
    )


def _rows(own: Own, reader: Reader, days: Days) -> Iterator[Sequence[Cell]]:
    """Yield what does not match, then the sums of each day. Raises InvalidInput."""
    from .making import drivers

    for name, driver in drivers(own):
        payments = list(payments_of_driver(reader, name))
        for day in _days(days):
            yield from _day(day, reconciled(name, driver, payments, day))


def reconciled(
    name: str, driver: TenderDriver, payments: Iterable[Payment], day: date
) -> Reconciliation:
    """Return a day of the provider's, which is one of Beijing, on both sides."""
    begins = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    from_ms = int(begins.timestamp()) * 1000
    until_ms = from_ms + 86_400_000
    return reconcile(ledger_lines(payments, name, from_ms, until_ms), driver.settlement(day))


def _day(day: date, both: Reconciliation) -> Iterator[Sequence[Cell]]:
    said = day.isoformat()
    for line in both.lines:
        if line.finding != "matched":
            yield (
                said, WORDS[line.finding], line.intent, line.refund,
                line.ours_minor, line.theirs_minor, line.fee_minor,
            )  # fmt: skip
    matched = f"{WORDS['matched']}: {len(both.of('matched'))}"
    yield said, matched, "合计 total", "", both.ours_minor, both.theirs_minor, both.fee_minor


def _days(days: Days) -> Iterator[date]:
    """Yield each day. Raises InvalidInput for days that are none, or more than there can be."""
    try:
        first, last = (datetime.strptime(str(each), "%Y%m%d").date() for each in days)
    except ValueError:
        raise InvalidInput("say which day: --day 20260301") from None
    if (last - first).days >= DAYS_MAX:
        raise InvalidInput(f"no more than {DAYS_MAX} days at once: the provider keeps no more")
    while first <= last:
        yield first
        first += timedelta(days=1)
