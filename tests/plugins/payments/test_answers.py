"""What the driver makes of answers: each says something about this order only, or nothing."""

from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.tender.driver import (
    Approved,
    Cancelled,
    Declined,
    Intent,
    NotFound,
    Pending,
    Unknown,
)
from cashwrap.tender.errors import BadSignature
from cashwrap_plugins.payments.gateway import Answer
from cashwrap_plugins.payments.wechat import WeChatPay

PAID = {
    "mchid": "1", "out_trade_no": "N1", "trade_state": "SUCCESS", "transaction_id": "42",
    "amount": {"total": 350, "currency": "CNY"},
}  # fmt: skip
GIVEN = {
    "out_refund_no": "R1", "out_trade_no": "N1", "status": "SUCCESS", "refund_id": "50",
    "amount": {"refund": 100, "total": 350, "currency": "CNY"},
}  # fmt: skip
INTENT = Intent(
    id="N1",
    sale="S",
    driver="wechat",
    amount_minor=350,
    currency="CNY",
    deadline_ms=1,
    auth_code="1",
)


def driver(*said):
    """Return a driver whose provider says this, one answer after the other."""
    left = [
        Answer(status, body if isinstance(body, bytes) else msgspec.json.encode(body))
        for status, body in said
    ]
    return WeChatPay(SimpleNamespace(ask=lambda *_: left.pop(0)), "1", "wx", "shop", "S001")


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({}, Approved),
        ({"trade_state": "REFUND"}, Approved),
        ({"trade_state": "USERPAYING", "amount": None}, Pending),
        ({"trade_state": "NOTPAY"}, Pending),
        ({"trade_state": "REVOKED"}, Cancelled),
        ({"trade_state": "CLOSED"}, Cancelled),
        ({"trade_state": "PAYERROR"}, Declined),
        ({"trade_state": "NEWSTATE"}, Unknown),
        ({"amount": None}, Unknown),
        ({"mchid": "2"}, Unknown),
        ({"out_trade_no": "N2"}, Unknown),
        ({"amount": {"total": 3.5, "currency": "CNY"}}, Unknown),
        ({"amount": {"total": "350"}}, Unknown),
    ],
)
def test_an_order_says_how_it_stands_if_it_is_the_one(changed, kind):
    """Another merchant's, another order's, no whole fen: nothing is said of this payment."""
    assert type(driver((200, PAID | changed)).query("N1")) is kind
    assert type(driver((200, PAID | changed)).begin(INTENT)) is kind


def test_another_amount_than_was_asked_is_no_answer():
    """The till asks again, and takes what WeChat Pay then says it took."""
    less = PAID | {"amount": {"total": 300, "currency": "CNY"}}
    assert driver((200, less)).begin(INTENT) == Unknown(reason="wrong_amount")
    assert driver((200, less)).query("N1").amount_minor == 300


@pytest.mark.parametrize(
    ("status", "code", "begun", "asked"),
    [
        (400, "AUTH_CODE_INVALID", Declined, Unknown),
        (403, "NOTENOUGH", Declined, Unknown),
        (400, "USERPAYING", Pending, Unknown),
        (500, "SYSTEM_ERROR", Unknown, Unknown),
        (429, "FREQUENCY_LIMITED", Unknown, Unknown),
        (401, "SIGN_ERROR", Unknown, Unknown),
        (400, "OUT_TRADE_NO_USED", Unknown, Unknown),
        (404, "ORDERNOTEXIST", Unknown, NotFound),
        (404, "ORDER_NOT_EXIST", Unknown, NotFound),
        (502, "", Unknown, Unknown),
    ],
)
def test_a_refusal_is_a_no_only_where_it_holds_for_ever(status, code, begun, asked):
    """Both spellings of a code count; what is not known is doubt."""
    assert type(driver((status, {"code": code})).begin(INTENT)) is begun
    assert type(driver((status, {"code": code})).query("N1")) is asked


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ([(200, {"mchid": "1", "out_trade_no": "N1"})], Cancelled),
        ([(200, {"mchid": "1", "out_trade_no": "N2"})], Unknown),
        ([(204, b"")], Unknown),
        ([(404, {"code": "ORDERNOTEXIST"})], NotFound),
        ([(400, {"code": "ORDERREVERSED"})], Cancelled),
        ([(500, {"code": "SYSTEM_ERROR"})], Unknown),
        ([(400, {"code": "REVERSE_EXPIRE"}), (200, PAID)], Approved),
        ([(400, {"code": "INVALID_REQUEST"}), (200, PAID | {"trade_state": "NOTPAY"})], Unknown),
    ],
)
def test_a_reversal_says_how_the_order_stands_after_it(said, kind):
    """One that comes too late for a paid order says that it stays paid: it is refunded then."""
    assert type(driver(*said).cancel("N1")) is kind


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ([(200, GIVEN)], Approved),
        ([(200, GIVEN | {"status": "PROCESSING"})], Approved),
        ([(200, GIVEN | {"status": "CLOSED"})], Declined),
        ([(200, GIVEN | {"status": "ABNORMAL"})], Unknown),
        ([(200, GIVEN | {"out_refund_no": "R2"})], Unknown),
        ([(200, GIVEN | {"out_trade_no": "N2"})], Unknown),
        ([(500, {"code": "SYSTEM_ERROR"})], Unknown),
        ([(403, {"code": "NOT_ENOUGH"}), (404, {"code": "RESOURCE_NOT_EXISTS"})], Declined),
        ([(400, {"code": "INVALID_REQUEST"}), (200, GIVEN)], Approved),
        ([(400, {"code": "INVALID_REQUEST"}), (500, {"code": "SYSTEM_ERROR"})], Unknown),
    ],
)
def test_a_refund_is_refused_only_when_none_is_there(said, kind):
    """A refusal is looked after: where the refund exists already, it was given."""
    assert type(driver((200, PAID), *said).refund("R1", "N1", 100)) is kind


def test_nothing_is_refunded_of_an_order_that_is_not_paid():
    """What it came to has to be known, and is asked for first."""
    assert isinstance(
        driver((200, PAID | {"trade_state": "NOTPAY"})).refund("R1", "N1", 1), Unknown
    )


@given(st.integers(200, 599), st.binary(max_size=60))
def test_whatever_comes_says_nothing_of_a_payment(status, body):
    """Bytes of any kind, with a right signature even, are neither a yes nor a no."""
    assert isinstance(driver((status, body)).begin(INTENT), Unknown)
    assert isinstance(driver((status, body)).query("N1"), Unknown)


@pytest.mark.parametrize("fault", ["unsigned", "wrong_signature", "wrong_key", "serial", "old"])
def test_a_no_that_is_not_signed_is_none(counter, fault):
    """Neither declined nor approved nor not found: whoever sent it was not WeChat Pay."""
    counter.gateway.plan.append("NOT_ENOUGH")
    counter.gateway.faults.extend([fault, fault])
    with pytest.raises(BadSignature):
        counter.driver.begin(msgspec.structs.replace(INTENT, auth_code=counter.code()))
    with pytest.raises(BadSignature):
        counter.driver.query("NEVER")
