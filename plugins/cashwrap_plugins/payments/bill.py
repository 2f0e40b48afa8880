"""WeChat Pay's statement of a day (交易账单): columns by name, sums proved by its last line.

Every cell begins with a backtick, so that a comma in a name is no new cell. Amounts are yuan.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from cashwrap.tender.driver import SettlementLine
from cashwrap.tender.errors import SettlementDamaged

Row = dict[str, str]

BEIJING = timezone(timedelta(hours=8))
COUNT = "总交易单数"
SUMS = {
    "应结订单总金额": "应结订单金额",
    "总交易额": "总金额",
    "订单总金额": "订单金额",
    "退款总金额": "退款金额",
    "总退款金额": "退款金额",
    "申请退款总金额": "申请退款金额",
    "手续费总金额": "手续费",
}
"""Columns of the last line, and those that they are the sums of."""

NO_REFUND = ("FAIL", "CLOSED", "CHANGE")


def lines(data: bytes) -> Iterator[SettlementLine]:
    """Yield a statement's movements. Raises SettlementDamaged before the first."""
    rows = _checked(data)
    return iter(list(_movements(rows)))


def _movements(rows: list[Row]) -> Iterator[SettlementLine]:
    """Yield payments and refunds; an order that was reversed moved nothing in the end."""
    reversed_orders = {row["商户订单号"] for row in rows if row.get("交易状态") == "REVOKED"}
    fees = _Fees()
    for row in rows:
        order = row["商户订单号"]
        if order in reversed_orders:
            continue
        asked, settled = _first(row, "订单金额", "应结订单金额", "总金额"), row.get("应结订单金额")
        back, cost = _first(row, "申请退款金额", "退款金额"), row.get("退款金额")
        at_ms = _at_ms(row.get("交易时间", ""))
        fee = _yuan(row.get("手续费", "0"))
        refund = row.get("商户退款单号", "")
        if refund.strip("0"):
            if row.get("退款状态") not in NO_REFUND:
                kept = fee - (back - (_yuan(cost) if cost else back))
                yield SettlementLine(
                    intent=order, kind="refund", amount_minor=_fen(back), refund=refund,
                    fee_minor=fees.fen(kept), provider_id=row.get("微信退款单号", ""), at_ms=at_ms,
                )  # fmt: skip
        else:
            kept = fee + asked - (_yuan(settled) if settled else asked)
            yield SettlementLine(
                intent=order, kind="payment", amount_minor=_fen(asked), fee_minor=fees.fen(kept),
                provider_id=row.get("微信订单号", ""), at_ms=at_ms,
            )  # fmt: skip


class _Fees:
    """Fees may have parts of a fen; rounded so that they add up to the rounded sum."""

    def __init__(self) -> None:
        self._exact = Decimal(0)
        self._told = 0

    def fen(self, yuan: Decimal) -> int:
        self._exact += yuan * 100
        told = int(self._exact.quantize(Decimal(1), ROUND_HALF_UP))
        self._told, more = told, told - self._told
        return more


def _checked(data: bytes) -> list[Row]:
    """Return the rows of a statement whose last lines say the same as they do."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").strip()
    table = [_cells(line) for line in text.split("\n")]
    ends = [at for at, cells in enumerate(table) if cells[0] == COUNT]
    if len(table) < 3 or ends != [len(table) - 2]:
        raise SettlementDamaged("two lines of sums at its end", f"{len(table)} lines")
    rows = [_row(table[0], cells) for cells in table[1:-2]]
    sums = _row(table[-2], table[-1])
    _same(sums[COUNT], str(len(rows)), COUNT)
    for name, said in sums.items():
        column = SUMS.get(name)
        if column is not None and column in table[0]:
            total = sum((_yuan(row[column]) for row in rows), Decimal(0))
            _same(_yuan(said), total, name)
    return rows


def _cells(line: str) -> list[str]:
    """Return a line's cells; titles have no backticks."""
    if line.startswith("`"):
        return [cell.strip() for cell in line[1:].split(",`")]
    return [cell.strip() for cell in line.split(",")]


def _row(titles: list[str], cells: list[str]) -> Row:
    if len(titles) != len(cells) or (titles[0] != COUNT and "商户订单号" not in titles):
        raise SettlementDamaged(f"{len(titles)} cells of known names", f"{len(cells)} cells")
    return dict(zip(titles, cells, strict=True))


def _same(said: object, found: object, name: str) -> None:
    if said != found:
        raise SettlementDamaged(f"{name} {said}", f"{found} in its lines")


def _first(row: Row, *names: str) -> Decimal:
    """Return the first of these columns that the layout has, 0 without any."""
    return next((_yuan(row[name]) for name in names if row.get(name)), Decimal(0))


def _yuan(text: str) -> Decimal:
    try:
        yuan = Decimal(text or "0")
    except InvalidOperation:
        yuan = Decimal("NaN")
    if not yuan.is_finite():
        raise SettlementDamaged("an amount in yuan", repr(text[:20]))
    return yuan


def _fen(yuan: Decimal) -> int:
    fen = yuan * 100
    if fen != int(fen) or fen < 0:
        raise SettlementDamaged("an amount in whole fen", str(yuan))
    return int(fen)


def _at_ms(text: str) -> int:
    try:
        at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        raise SettlementDamaged("a time of Beijing", repr(text[:20])) from None
    return int(at.timestamp()) * 1000
