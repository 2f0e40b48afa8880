"""The day's books against the provider's statement, to the fen."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from builders.wechat_bill import bill_of, line, lines_of
from builders.wechat_gateway import Back, Order
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.errors import CashwrapError
from cashwrap.host.offers import Days
from cashwrap.tender.errors import SettlementDamaged
from cashwrap_plugins.payments.bill import lines

DAY = 20260301


def report(counter, first=DAY, last=DAY):
    (found,) = [
        one
        for _, one in counter.till.host.offers("cashwrap_reports", object)
        if one.name == "reconciliation"
    ]
    with counter.till.store.read() as reader:
        return [list(row) for row in found.make(reader, Days(first, last))]


def given_back(counter, sale, units):
    back = counter.till.new_sale()
    back.take_back(counter.till.receipt(sale.id).number, [(1, units)])
    return back.refund()


@pytest.mark.req("R178")
def test_a_day_of_payments_and_refunds_matches_to_the_fen(counter):
    """Paid, paid and partly given back, reversed, and declined: both books come to the same."""
    counter.sale(2).payments.scan(counter.code())
    sale = counter.sale()
    sale.add("COLA", quantity=2)
    sale.payments.scan(counter.code())
    given_back(counter, sale, 1)
    counter.gateway.plan.extend(["password", "NOT_ENOUGH"])
    left = counter.sale()
    payment = left.payments.scan(counter.code())
    left.payments.give_up()
    counter.gateway.pay(payment.id)
    counter.until(payment, "cancelled")
    left.payments.scan(counter.code())
    (total,) = report(counter)
    assert total[1].endswith(": 3")
    taken = sum(order.taken for order in counter.gateway.orders.values())
    assert total[4] == total[5] == taken == counter.till.takings().payable_minor


@pytest.mark.req("R178")
def test_what_only_one_side_has_is_named_with_its_order(counter):
    """A payment on the provider's page that no till knows, and one of ours that is not there."""
    paid = counter.sale().payments.scan(counter.code())
    counter.gateway.orders["ELSEWHERE"] = Order("ELSEWHERE", 4200, "SUCCESS", "42")
    del counter.gateway.orders[paid.id]
    ours, theirs, total = report(counter)
    assert ours[1:6] == ["仅本机 only here", paid.id, "", 350, 0]
    assert theirs[1:6] == ["仅对方 only there", "ELSEWHERE", "", 0, 4200]
    assert total[4:6] == [350, 4200]


def test_the_command_line_shows_it_while_the_till_sells(counter):
    """`cashwrap report` in yuan, beside an open till; without a day it says what is lacking."""
    counter.sale(2).payments.scan(counter.code())
    wanted = [sys.executable, "-m", "cashwrap", "report", "payments.reconciliation"]
    wanted += ["-f", str(counter.shop.folder)]
    done = subprocess.run([*wanted, "--day", "20260301"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "一致 matched: 1" in done.stdout
    assert "7.00" in done.stdout
    done = subprocess.run(wanted, capture_output=True, text=True)
    assert done.returncode != 0
    assert "--day" in done.stderr


def test_a_damaged_statement_is_refused_as_a_whole(counter):
    """Its SHA-1 is not the one that the signed answer named."""
    counter.sale().payments.scan(counter.code())
    counter.gateway.bill_hash = "0" * 40
    with pytest.raises(SettlementDamaged):
        report(counter)


@pytest.mark.parametrize(
    ("first", "last"), [(0, 99_999_999), (20260132, 20260132), (20260101, DAY + 9999)]
)
def test_the_report_wants_days_that_can_be(counter, first, last):
    """No day, one that no month has, years: a clear answer, and nothing is asked."""
    with pytest.raises(CashwrapError, match="day"):
        report(counter, first, last)


AMOUNTS = st.integers(1, 10_000_000)


@given(st.lists(st.tuples(AMOUNTS, st.lists(st.integers(1, 1_000), max_size=3)), max_size=12))
def test_lines_sum_to_the_sums_of_the_file(orders):
    """Each movement is there with its fee; fees are fen that add up to the rounded total."""
    cells = []
    net, fee = 0, Decimal(0)
    for number, (total, backs) in enumerate(orders):
        order = Order(f"N{number}", total, "SUCCESS", f"42{number}")
        order.refunds = {f"R{number}-{at}": Back(f"R{number}-{at}", minor)
                         for at, minor in enumerate(backs)}  # fmt: skip
        cells += lines_of([order], "2026-03-01")
        net += total - sum(backs)
        fee += sum((Decimal(one["手续费"]) for one in lines_of([order], "2026-03-01")), Decimal(0))
    found = list(lines(bill_of(cells)))
    assert sum(one.amount_minor * (1 if one.kind == "payment" else -1) for one in found) == net
    assert abs(sum(one.fee_minor for one in found) - fee * 100) <= Decimal("0.5")
    assert all((one.kind == "refund") == bool(one.refund) for one in found)


def test_columns_are_found_by_name_in_any_layout():
    """24 columns, without the order's amount: what is settled counts."""
    order = Order("N1", 1000, "SUCCESS", "42")
    row = line("2026-03-01", order, 应结订单金额="10.00", 手续费="0.06000")
    short = {
        name: row[name] for name in row if name not in ("订单金额", "申请退款金额", "费率备注")
    }
    text = bill_of([row]).decode("utf-8-sig").split("\r\n")
    text[0], text[1] = ",".join(short), "`" + ",`".join(short.values())
    (found,) = lines("\n".join(text).encode())
    assert (found.intent, found.amount_minor, found.fee_minor) == ("N1", 1000, 6)


def test_a_coupon_that_the_shop_paid_for_is_a_cost():
    """The order was 10.00 and 9.00 are settled: a yuan less arrives at the bank."""
    row = line("2026-03-01", Order("N1", 1000, "SUCCESS", "42"), 应结订单金额="9.00",
               订单金额="10.00", 手续费="0.05000")  # fmt: skip
    (found,) = lines(bill_of([row]))
    assert (found.amount_minor, found.fee_minor) == (1000, 105)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda text: text.replace("`1,`3.50", "`2,`3.50"),
        lambda text: text.replace(",`3.50,`0.00\r\n", ",`9.99,`0.00\r\n"),
        lambda text: text.rpartition("总交易单数")[0],
        lambda text: text.replace("2026-03-01 10:00:00", "yesterday"),
        lambda text: text.replace("`3.50", "`3.505"),
        lambda text: text.replace("`3.50", "`much"),
        lambda text: text.replace("`3.50", "`NaN"),
        lambda text: text.replace("`3.50", "`Infinity"),
        lambda text: "",
        lambda text: "<html>busy</html>",
    ],
)
def test_a_statement_that_cannot_be_is_damaged(wrong):
    """Sums that are not the lines', cut short, no times, no amounts: nothing of it is believed."""
    order = Order("N1", 350, "SUCCESS", "42")
    cells = line("2026-03-01", order, 应结订单金额="3.50", 订单金额="3.50", 手续费="0.02100")
    text = bill_of([cells]).decode()
    assert wrong(text) != text
    with pytest.raises(SettlementDamaged):
        list(lines(wrong(text).encode()))


def test_the_day_is_one_of_beijing(counter):
    """The driver yields a line's time in ms, and a day without payments has no lines."""
    counter.sale().payments.scan(counter.code())
    (found,) = counter.driver.settlement(date(2026, 3, 1))
    assert found.at_ms == 1_772_330_400_000
    counter.gateway.orders.clear()
    assert list(counter.driver.settlement(date(2026, 3, 1))) == []
