"""Payment codes are not goods, goods are not payment codes, and no card number is kept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.scan import (
    PaymentCodeRule,
    ScanError,
    ScanRules,
    ScanRulesRefused,
    check_digit,
    decode,
    without_cards,
)
from cashwrap.scan import store_codes as ready
from cashwrap.scan.errors import GoodsAtPayment, PaymentCodeInCart
from cashwrap.scan.masking import could_be_card

RULES = ScanRules(store_codes=ready.CHINA)


def read(text, context="cart", rules=RULES):
    return decode(text, rules, now_ms=1_790_000_000_000, context=context)


@pytest.mark.req("R282")
@pytest.mark.parametrize(
    ("code", "provider"),
    [
        ("134567890123456789", "wechat"),
        ("100000000000000000", "wechat"),
        ("159999999999999999", "wechat"),
        ("2512345678901234", "alipay"),
        ("281234567890123456", "alipay"),
        ("301234567890123456789012", "alipay"),
        ("]Q1281234567890123456", "alipay"),
        ("]C0134567890123456789", "wechat"),
    ],
)
def test_a_payment_code_pays_and_is_refused_in_the_cart(code, provider):
    """The same digits are taken at payment, masked, and refused among goods."""
    scan = read(code, "payment")
    assert (scan.kind, scan.provider) == ("payment_code", provider)
    assert code[-10:] not in scan.raw
    assert scan.item == ""
    with pytest.raises(PaymentCodeInCart) as caught:
        read(code)
    assert code[-6:] not in str(caught.value)


@pytest.mark.parametrize(
    "code",
    ["6901234567892", "96385074", "2110001005008", "(01)09501101530003", "]C100106141412345678908"],
)
def test_goods_are_refused_at_payment(code):
    """A pack scanned while a payment code is awaited pays nothing."""
    with pytest.raises(GoodsAtPayment):
        read(code, "payment")


def test_vouchers_pass_at_payment():
    """Coupons, keyed codes and other wallets' links are for the tenders to judge."""
    assert read("GIFT-2026-001", "payment").kind == "plu"
    assert read("https://qr.95516.com/00010000/62", "payment").kind == "text"


@pytest.mark.parametrize("prefix", ["17", "09", "24", "31"])
def test_other_prefixes_are_no_payment_codes(prefix):
    """Just outside the ranges the digits are a long number and nothing more."""
    assert read(prefix + "0" * 16).kind == "text"


@given(st.integers(0, 10**15 - 1))
def test_eighteen_digits_of_both_kinds_go_by_context_and_check_digit(middle):
    """In the cart a store code with a right check digit wins; at payment the payment code."""
    body = f"26{middle:015d}"
    right = check_digit(body)
    assert read(f"{body}{right}").kind == "store_code"
    assert read(f"{body}{right}", "payment").kind == "payment_code"
    with pytest.raises(PaymentCodeInCart):
        read(f"{body}{(right + 1) % 10}")
    with pytest.raises(PaymentCodeInCart):
        read(f"{body}{right}", rules=ScanRules())


def test_wallets_are_configuration():
    """Another wallet is one more row."""
    rules = ScanRules(payment_codes=(PaymentCodeRule("unionpay", 62, 62, 19, 19),))
    assert read("6212345678901234567", "payment", rules).provider == "unionpay"
    assert read("134567890123456789", "cart", rules).kind == "text"


def test_an_ean_symbol_is_never_a_payment_code():
    """An EAN-13 with a five-digit add-on has 18 digits too, but its identifier says what it is."""
    code = "1000000000009"
    assert read(f"]E3{code}12345").gtin == int(code)
    with pytest.raises(PaymentCodeInCart):
        read(f"{code}12345")
    assert read("]E3211000100500812").kind == "store_code"


def test_a_payment_code_must_be_longer_than_any_gtin():
    """A rule that would take goods for payments is refused."""
    with pytest.raises(ScanRulesRefused, match="15 digits"):
        ScanRules(payment_codes=(PaymentCodeRule("wallet", 69, 69, 13, 13),))


CARDS = [
    "4111111111111111", "5555555555554444", "378282246310005", "6011111111111117",
    "3530111333300000", "30569309025904", "2223003122003222", "6200000000000005",
]  # fmt: skip


@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize("around", ["{}", "]C0{}", "x{}y", "1 {}", "{} 12/28", ";{}=2812", "?q={}"])
@pytest.mark.parametrize("context", ["cart", "payment"])
def test_card_numbers_are_masked(number, around, context):
    """Test numbers of the card schemes never come out whole, whatever stands around them."""
    try:
        out = repr(read(around.format(number), context))
    except ScanError as error:
        out = f"{error} {error.args}"
    assert number not in out


@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1111", "4111-1111-1111-1111 05", "1234 4111 1111 1111 1111",
             "3782 822463 10005", "3056 930902 5904", "6222 0212 3456 7890 128"]
)  # fmt: skip
def test_grouped_card_numbers_are_masked(text):
    """Digits grouped as they are embossed are found too."""
    safe = without_cards(text)
    assert "*" in safe
    assert len(safe) == len(text)


@given(st.text("0123456789 -", max_size=40))
def test_masking_twice_changes_nothing_more(text):
    """A masked text holds no card number any more."""
    safe = without_cards(text)
    assert without_cards(safe) == safe
    assert not any(could_be_card(run) for run in re.findall(r"[0-9]{13,}", safe))
