"""The store's own codes: price, weight and count inside a barcode."""

import msgspec
import pytest
from biip.checksums import gs1_price_weight_check_digit
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.money import Currency
from cashwrap.scan import (
    ScanRules,
    ScanRulesRefused,
    StoreCodeRule,
    check_digit,
    decode,
    measure_verifier,
)
from cashwrap.scan import store_codes as ready
from cashwrap.scan.errors import CheckDigitWrong, VerifierWrong


def rules(*patterns, **more):
    made = tuple(StoreCodeRule(p) if isinstance(p, str) else p for p in patterns)
    return ScanRules(store_codes=made, **more)


def read(text, scan_rules):
    return decode(text, scan_rules, now_ms=1_790_000_000_000)


@pytest.mark.req("R288")
@pytest.mark.parametrize(
    ("table", "code", "item", "price_minor", "quantity_milli", "count"),
    [
        # China: PLU 10001 at 5.00 yuan; with 0.532 kg
        (ready.CHINA, "2110001005008", "10001", 500, None, 0),
        (ready.CHINA, "261000100500005323", "10001", 500, 532, 0),
        # biip's tables of national rules
        (ready.SWEDEN, "2088060112343", "880601", 1234, None, 0),
        (ready.SWEDEN, "2188060112340", "880601", 12340, None, 0),
        (ready.SWEDEN, "2288060112347", "880601", 123400, None, 0),
        (ready.SWEDEN, "2388060112344", "880601", None, 1234, 0),
        (ready.FINLAND, "2488060112341", "880601", None, 12340, 0),
        (ready.BALTICS, "2511111112349", "111111", None, 123400, 0),
        (ready.GREAT_BRITAIN, "2011122912346", "11122", 1234, None, 0),
        (ready.DENMARK, "2135040039753", "35040", 3975, None, 0),
        (ready.DENMARK, "2712341002251", "12341", None, 225, 0),
        (ready.GERMANY, "2211114002394", "1111", 239, None, 0),
        (ready.GERMANY, "02211114002394", "1111", 239, None, 0),
        (ready.GERMANY, "2511119000129", "1111", None, 12_000, 12),
        (ready.GERMANY, "2811111068708", "1111", None, 6870, 0),
    ],
)
def test_national_forms_decode(table, code, item, price_minor, quantity_milli, count):
    """The ready-made tables read the labels of their countries."""
    scan = read(code, ScanRules(store_codes=table))
    assert (scan.kind, scan.item, scan.gtin) == ("store_code", item, 0)
    assert (scan.price_minor, scan.quantity_milli) == (price_minor, quantity_milli)
    assert scan.count == count


def test_upc_type_2_is_read_from_twelve_or_thirteen_digits():
    """Scanners send UPC-A as it is or with a leading zero."""
    table = ScanRules(store_codes=ready.NORTH_AMERICA)
    body = f"212345{measure_verifier('0599')}0599"
    code = body + str(check_digit(body))
    for text in (code, f"0{code}", f"]E00{code}", f"]e0010 0{code}".replace(" ", "")):
        scan = read(text, table)
        assert (scan.kind, scan.item, scan.price_minor) == ("store_code", "12345", 599)


def test_codes_without_a_rule_are_gtins():
    """A store may number its own goods within 20 to 29 and keep them in the catalog."""
    assert read("2388060112344", ScanRules()).kind == "gtin"
    assert read("2388060112344", rules("21IIIIIPPPPPC")).kind == "gtin"


@pytest.mark.parametrize(("digits", "verifier"), [("2875", 9), ("14685", 6)])
def test_verifiers_of_the_general_specifications(digits, verifier):
    """The worked examples of sections 7.9.3 and 7.9.4."""
    assert measure_verifier(digits) == verifier


@given(st.sampled_from([4, 5]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_verifiers_are_biips(digits):
    """Every 4 and 5 digits have the verifier that biip gives them."""
    assert measure_verifier(digits) == gs1_price_weight_check_digit(digits)


def test_wrong_digits_are_refused_in_order():
    """First the check digit, then the verifier, each with what it should be."""
    table = rules("20IIIIIKPPPPC")
    with pytest.raises(CheckDigitWrong, match="must be 6"):
        read("2011122912347", table)
    with pytest.raises(VerifierWrong, match="must be 9, got 8"):
        read("2011122812349", table)
    ignoring = rules(StoreCodeRule("20IIIIIKPPPPC", verifier="ignored"))
    assert read("2011122812349", ignoring).price_minor == 1234


@given(st.integers(0, 99999), st.integers(0, 99999), st.integers(0, 99999))
def test_every_label_reads_back(item, price, weight):
    """What a scale printed is what the till reads, digit for digit."""
    table = ScanRules(store_codes=ready.CHINA)
    for body in (f"21{item:05d}{price:05d}", f"26{item:05d}{price:05d}{weight:05d}"):
        scan = read(body + str(check_digit(body)), table)
        assert (scan.item, scan.price_minor) == (f"{item:05d}", price)
        assert scan.quantity_milli == (weight if len(body) == 17 else None)


def test_decimals_follow_the_rule_and_the_currency():
    """One price decimal in a currency of two is tens of minor units."""
    table = rules(StoreCodeRule("21IIIIIPPPPPC", price_decimals=1))
    assert read("2110001005008", table).price_minor == 5000
    yen = rules(StoreCodeRule("21IIIIIPPPPPC", price_decimals=0), currency=Currency("JPY", 0, "¥"))
    assert read("2110001005008", yen).price_minor == 500
    pounds = rules("21IIIIIWWWWWC", units=("lb",))
    assert (read("2110001005008", pounds).unit, read("2110001005008", pounds).price_minor) == (
        "lb",
        None,
    )


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("21IIIIIPPPPPPPC", "has 15 places"),
        ("21IIIIIPPPPPP", "one C, at the end"),
        ("21IICIIPPPPPC", "one C, at the end"),
        ("69IIIIIPPPPPC", "must begin with"),
        ("21IIPIIPPPPPC", "side by side"),
        ("211111PPPPPPC", "an item"),
        ("21IIIKKPPPPPC", "one K"),
        ("21IIIKPPPPPPC", "4 or 5 digits"),
        ("21IIIIXPPPPPC", "letters"),
        ("IIIIIIPPPPPWWWWWWC", "two digits"),
        ("6IIIPPPC", "EAN-8 0 or 2"),
    ],
)
def test_a_wrong_pattern_is_refused_with_its_reason(pattern, says):
    """Each rule of the pattern language has its message."""
    with pytest.raises(ScanRulesRefused, match=says):
        rules(pattern)


def test_eight_digit_codes_have_rules_too():
    """EAN-8 with prefix 0 or 2 is a store's own."""
    body = "2123456"
    scan = read(body + str(check_digit(body)), rules("2IIIPPPC"))
    assert (scan.item, scan.price_minor) == ("123", 456)


def test_decimals_that_cannot_be_kept_are_refused():
    """A price with more decimals than the currency, or a weight with more than three."""
    with pytest.raises(ScanRulesRefused, match="JPY has 0"):
        rules("21IIIIIPPPPPC", currency=Currency("JPY", 0, "¥"))
    with pytest.raises(ScanRulesRefused, match="0 to 3"):
        rules(StoreCodeRule("21IIIIIWWWWWC", weight_decimals=4))


def test_all_problems_are_told_at_once():
    """Rules, payment codes and separators are checked together."""
    with pytest.raises(ScanRulesRefused) as caught:
        ScanRules(
            store_codes=(StoreCodeRule("1C"), StoreCodeRule("21IIIIIPPPPPC", price_decimals=3)),
            payment_codes=(msgspec.structs.replace(ScanRules().payment_codes[0], provider=""),),
            separators=("A",),
        )
    sources = {issue.source for issue in caught.value.issues}
    assert sources == {"store_codes[0]", "store_codes[1]", "payment_codes[0]", "separators[0]"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("21IIIIIPPPPPC", "21IIIIIWWWWWC"),
        ("2IIIIIKPPPPC", "02IIIIIPPPPPC"),
        ("2IIIIIIPPPPPC", "21IIIIIPPPPPC"),
    ],
)
def test_rules_that_could_both_fit_are_refused(one, other):
    """A label must never depend on the order of the rules."""
    with pytest.raises(ScanRulesRefused, match="overlaps"):
        rules(one, other)


def test_rules_load_from_settings():
    """A settings file gives the same rules, and the same refusal."""
    loaded = msgspec.json.decode('{"store_codes": [{"pattern": "21IIIIIPPPPPC"}]}', type=ScanRules)
    assert loaded == rules("21IIIIIPPPPPC")
    with pytest.raises(ScanRulesRefused):
        msgspec.json.decode('{"store_codes": [{"pattern": "21"}]}', type=ScanRules)
