"""A client that others wrote speaks with the same gateway, so that it and the driver are not wrong
together: each signs its own way, checks its own way, and they see each other's orders."""

import json

import pytest
from builders.wechat_gateway import APP, KEY_ID, MERCHANT, SERIAL, private_pem, public_pem, rsa_key

from cashwrap.tender.driver import Approved

wechatpayv3 = pytest.importorskip("wechatpayv3")


@pytest.fixture
def client(gateway):
    made = wechatpayv3.WeChatPay(
        wechatpay_type=wechatpayv3.WeChatPayType.NATIVE,
        mchid=MERCHANT,
        private_key=private_pem(rsa_key("merchant")).decode(),
        cert_serial_no=SERIAL,
        apiv3_key="k" * 32,
        appid=APP,
        notify_url="https://shop.example/none",
        public_key=public_pem(rsa_key("platform")).decode(),
        public_key_id=KEY_ID,
        timeout=5,
    )
    made._core._gate_way = gateway.url
    return made


def test_it_finds_what_the_till_asked_for(counter, client):
    """An order that the driver began, a refund that it asked for, and the day's bill."""
    payment = counter.sale(2).payments.scan(counter.code())
    status, said = client.query(out_trade_no=payment.id)
    assert status == 200
    assert json.loads(said)["amount"]["total"] == 700
    counter.driver.refund("R1", payment.id, 300)
    status, said = client.query_refund("R1")
    assert (status, json.loads(said)["amount"]["refund"]) == (200, 300)
    status, said = client.trade_bill(bill_date="2026-03-01")
    assert (status, json.loads(said)["hash_type"]) == (200, "SHA1")


def test_the_driver_finds_what_it_asked_for(counter, client):
    """An order that the other client began: the driver reads it, and gives back part of it."""
    request = {
        "appid": APP,
        "mchid": MERCHANT,
        "description": "tea",
        "out_trade_no": "OTHER1",
        "payer": {"auth_code": counter.code()},
        "amount": {"total": 900, "currency": "CNY"},
        "scene_info": {"store_info": {"out_id": "S001"}},
    }
    path = "/v3/pay/transactions/codepay"
    status, _ = client._core.request(path, method=wechatpayv3.type.RequestType.POST, data=request)
    assert status == 200
    stands = counter.driver.query("OTHER1")
    assert isinstance(stands, Approved)
    assert stands.amount_minor == 900
    status, _ = client.refund(
        out_refund_no="R2", out_trade_no="OTHER1",
        amount={"refund": 400, "total": 900, "currency": "CNY"},
    )  # fmt: skip
    assert status == 200
    found = counter.driver.refunded("R2", "OTHER1")
    assert isinstance(found, Approved)
    assert found.amount_minor == 400
