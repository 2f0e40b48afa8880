"""Whole sales by WeChat Pay on a real till, over HTTP, to the fen."""

import os
import signal
import subprocess
import sys
import time

import pytest

from cashwrap.till import Till


def done(counter):
    return lambda: not counter.till.open_sales()


@pytest.mark.req("R176")
def test_a_sale_is_paid_by_the_customers_code(counter):
    """One code, one order, paid: the sale is complete and the provider has the money."""
    sale = counter.sale(2)
    payment = sale.payments.scan(counter.code())
    assert (payment.state, payment.charged_minor) == ("approved", 700)
    assert counter.gateway.taken(payment.id) == 700
    assert counter.till.receipt(sale.id).number == "S001-T1-000001"
    assert counter.till.store.verify().fault is None


@pytest.mark.parametrize(
    "code", ["AUTH_CODE_INVALID", "AUTHCODEEXPIRE", "NOT_ENOUGH", "RULE_LIMIT"]
)
def test_a_no_lets_the_customer_pay_another_way(counter, code):
    """A code that is too old, or no money: nothing was taken, cash is."""
    counter.gateway.plan.append(code)
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    assert payment.state == "declined"
    sale.pay_cash(350)
    assert counter.till.takings().payable_minor == 350
    assert counter.gateway.taken(payment.id) == 0


@pytest.mark.req("R176")
def test_the_till_waits_while_the_customer_types_the_password(counter):
    """USERPAYING is asked about every five seconds, until it is paid."""
    counter.gateway.plan.append("password")
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    assert payment.state == "pending"
    counter.steps(seconds=12)
    asked = [path for method, path, _ in counter.gateway.asked if method == "GET"]
    assert len(asked) == 2
    counter.gateway.pay(payment.id)
    counter.steps(done(counter))
    assert counter.till.takings().payable_minor == counter.gateway.taken(payment.id) == 350


@pytest.mark.req("R176")
@pytest.mark.parametrize("fault", ["lose", "unsigned", "wrong_signature", "wrong_key", "serial",
                                   "old", "rubbish"])  # fmt: skip
def test_an_answer_that_cannot_be_trusted_is_asked_for_again(counter, fault):
    """The customer paid; who said so is not sure: the till asks, and the sale is paid once."""
    counter.gateway.faults.append(fault)
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    assert payment.state == "unknown"
    counter.steps(done(counter))
    assert counter.till.takings().payable_minor == counter.gateway.taken(payment.id) == 350
    assert [method for method, path, _ in counter.gateway.asked if path.endswith("codepay")] == [
        "POST"
    ]


@pytest.mark.parametrize("fault", ["lost_request", "500"])
def test_an_order_that_never_arrived_is_given_up_for_good(counter, fault):
    """Not found is no verdict: the till waits its time, reverses, and only then is it not paid."""
    counter.gateway.faults.append(fault)
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    counter.until(payment, "cancelled")
    sale.pay_cash(350)
    assert counter.gateway.taken(payment.id) == 0


def test_who_does_not_pay_in_time_is_reversed(counter):
    """After 45 seconds the till reverses the order, and the money is asked for in cash."""
    counter.gateway.plan.append("password")
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    counter.until(payment, "cancelled")
    assert counter.gateway.orders[payment.id].state == "REVOKED"
    sale.pay_cash(350)
    assert counter.till.takings().payable_minor == 350


def test_no_order_is_reversed_in_its_first_fifteen_seconds(counter):
    """The cashier gives up at once; the provider is asked to reverse it when it may be."""
    counter.gateway.plan.append("password")
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    sale.payments.give_up()
    counter.steps(seconds=14)
    assert not [path for _, path, _ in counter.gateway.asked if path.endswith("reverse")]
    counter.until(payment, "cancelled")
    assert counter.gateway.orders[payment.id].state == "REVOKED"


def test_a_reversal_without_an_answer_is_asked_for_until_it_has_one(counter):
    """The first is lost and the second not signed: cancelled is said after one that is."""
    counter.gateway.plan.append("password")
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    sale.payments.give_up()
    counter.steps(seconds=14)
    counter.gateway.faults.extend(["lost_request", "", "unsigned"])
    counter.until(payment, "cancelled")
    reversals = [path for _, path, _ in counter.gateway.asked if path.endswith("reverse")]
    assert len(reversals) >= 2
    assert counter.gateway.taken(payment.id) == 0


def test_who_pays_in_the_last_moment_gets_the_money_back(counter):
    """The password came while the till was giving up: the order is reversed, nobody pays twice."""
    counter.gateway.plan.append("password")
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    sale.payments.give_up()
    counter.gateway.pay(payment.id)
    counter.until(payment, "cancelled")
    assert counter.gateway.taken(payment.id) == 0
    sale.pay_cash(350)
    assert counter.till.takings().payable_minor == 350


def test_money_that_was_taken_after_all_is_refunded_by_itself(counter):
    """Nobody could reach the provider, a person said not paid; it was: it goes back."""
    counter.gateway.faults.extend(["lose", "500"])
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    sale.payments.declare(payment.id, False, "顾客说没付", staff="lin")
    counter.until(payment, "refunded")
    assert counter.gateway.taken(payment.id) == 0


SELLING = """
import sys
from cashwrap.till import Till
till = Till.open(sys.argv[1], witness=[])
sale = till.new_sale()
sale.scan("6901234567892")
print("asking", flush=True)
sale.payments.scan("134567890123456789")
"""


@pytest.mark.req("R176")
def test_a_till_that_was_killed_before_the_answer_asks_first(counter):
    """SIGKILL between the request and its answer: the next till finds the payment, once."""
    counter.till.close()
    counter.gateway.faults.append("slow:30")
    folder = counter.shop.folder
    with subprocess.Popen([sys.executable, "-c", SELLING, folder], stdout=subprocess.PIPE) as child:
        end_s = time.monotonic() + 60
        while not counter.gateway.orders:
            assert time.monotonic() < end_s
            assert child.poll() is None
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
    with Till.open(folder, witness=[]) as till:
        (order,) = counter.gateway.orders.values()
        while till.open_sales():
            assert time.monotonic() < end_s
            till.step()
        assert till.takings().payable_minor == order.taken == 350
        assert till.store.verify().fault is None


def given_back(counter, number, units):
    """Take back some of what was sold, and give the money for it."""
    back = counter.till.new_sale()
    back.take_back(number, [(1, units)])
    return back.refund()


def test_part_of_a_payment_is_given_back_once(counter):
    """Two of three come back, and the answer is lost: the provider gives back so much, once."""
    sale = counter.sale()
    sale.add("COLA", quantity=2)
    payment = sale.payments.scan(counter.code())
    counter.gateway.faults.extend(["", "lose"])
    done = given_back(counter, counter.till.receipt(sale.id).number, 1)
    assert [one.state for one in done.given] == ["refunding"]
    counter.steps()
    (back,) = counter.payment(payment.id).refunds
    assert (back.state, back.amount_minor) == ("given_back", 350)
    assert counter.gateway.taken(payment.id) == 700
    assert len(counter.gateway.orders[payment.id].refunds) == 1


def test_a_refund_that_the_bank_is_working_on_is_given(counter):
    """PROCESSING: the provider has taken it on, and the customer need not wait for the bank."""
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    counter.gateway.refund_status = "PROCESSING"
    done = given_back(counter, counter.till.receipt(sale.id).number, 1)
    assert [(one.tender, one.amount_minor) for one in done.given] == [("wechat", 350)]
    assert counter.gateway.taken(payment.id) == 0


def test_more_than_the_provider_has_left_is_refused(counter):
    """Somebody gave it back on the provider's page: the till says refused, and nothing goes."""
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    counter.driver.refund("BYHAND", payment.id, 350)
    given_back(counter, counter.till.receipt(sale.id).number, 1)
    (back,) = counter.payment(payment.id).refunds
    assert back.state == "refused"
    assert counter.gateway.taken(payment.id) == 0


def test_one_connection_carries_all_of_it(counter):
    """A payment needs no new connection each time, and a stale one is not written to."""
    for _ in range(3):
        counter.sale().payments.scan(counter.code())
    assert counter.gateway.connections == 1
