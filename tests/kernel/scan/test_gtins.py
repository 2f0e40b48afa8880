"""EAN, UPC and ITF numbers, keyed codes and plain text."""

import pickle

import pytest
from biip.gtin import Gtin
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.scan import ScanError, ScanRules, check_digit, check_holds, decode, expand_upce
from cashwrap.scan.errors import CheckDigitWrong, ControlCharacter, EmptyScan, MalformedCode

RULES = ScanRules()
digits = st.text("0123456789", min_size=1, max_size=20)


def read(text, rules=RULES, context="cart"):
    return decode(text, rules, now_ms=1_790_000_000_000, context=context)


@pytest.mark.req("R282")
@pytest.mark.parametrize(
    ("text", "gtin", "symbology"),
    [
        ("6901234567892", 6901234567892, "ean13"),
        ("4006381333931", 4006381333931, "ean13"),  # a published EAN-13 example
        ("9501101530003", 9501101530003, "ean13"),  # GS1 General Specifications, sample GTIN
        ("73513537", 73513537, "ean8"),  # a published EAN-8 example
        ("96385074", 96385074, "ean8"),
        ("036000291452", 36000291452, "upca"),  # the UPC-A of the UPC literature
        ("614141123452", 614141123452, "upca"),
        ("04252614", 42100005264, "upce"),  # 042100005264 with its zeros left out
        ("10614141000415", 10614141000415, "itf14"),  # GS1, case of 614141000418
        ("00614141123452", 614141123452, "itf14"),
        ("]E06901234567892", 6901234567892, "ean13"),
        ("]E0036000291452", 36000291452, "ean13"),
        ("]E496385074", 96385074, "ean8"),
        ("]I110614141000415", 10614141000415, "itf14"),
        ("]E3978020137962412345", 9780201379624, "ean13"),
        ("]E3978020137962412", 9780201379624, "ean13"),
        ("6901234567892\r\n", 6901234567892, "ean13"),
        ("６９０１２３４５６７８９２", 6901234567892, "ean13"),
    ],
)
def test_published_numbers_decode(text, gtin, symbology):
    """Numbers of other people's documents decode to their GTIN and symbology."""
    scan = read(text)
    assert (scan.kind, scan.gtin, scan.symbology) == ("gtin", gtin, symbology)


def test_a_wrong_check_digit_is_refused_with_the_right_one():
    """The message says which digit was expected."""
    with pytest.raises(CheckDigitWrong, match=r"must be 2, got 3") as caught:
        read("6901234567893")
    assert (caught.value.code, caught.value.expected) == ("scan.check_digit", 2)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@given(
    st.sampled_from([7, 11, 12, 13]).flatmap(
        lambda n: st.text("0123456789", min_size=n, max_size=n)
    )
)
def test_every_valid_gtin_decodes_as_biip_reads_it(body):
    """A right check digit gives the GTIN, any other digit is refused."""
    code = body + str(check_digit(body))
    if not int(code):
        with pytest.raises(MalformedCode):
            read(code)
        return
    scan = read(code)
    if scan.symbology != "upce":
        assert scan.gtin == int(Gtin.parse(code).as_gtin_14()) == int(code)
    wrong = body + str((int(code[-1]) + 1) % 10)
    if len(body) != 7:
        with pytest.raises(CheckDigitWrong):
            read(wrong)


@given(digits)
def test_a_check_digit_holds_only_when_it_is_the_computed_one(body):
    """check_digit and check_holds agree on every last digit."""
    right = check_digit(body)
    assert [d for d in range(10) if check_holds(f"{body}{d}")] == [right]


@pytest.mark.parametrize(
    ("short", "full"),
    [  # each row of the zero-suppression table (General Specifications 5.2.2.4.2)
        ("123450", "012000003455"),
        ("123451", "012100003454"),
        ("123452", "012200003453"),
        ("123453", "012300000451"),
        ("123454", "012340000053"),
        ("123455", "012345000058"),
        ("0425261", "042100005264"),
        ("425261", "042100005264"),
        ("04252614", "042100005264"),
        ("2345678", ""),
        ("12345", ""),
        ("abcdef", ""),
    ],
)
def test_upce_expands(short, full):
    """Six, seven or eight digits give the twelve of UPC-A; other number systems do not exist."""
    assert expand_upce(short) == full


def test_eight_digits_that_could_be_both_follow_the_rules():
    """A number that is EAN-8 and UPC-E is EAN-8 unless the store says otherwise."""
    both = next(
        code
        for code in (f"0{n:07d}" for n in range(1000, 99999))
        if check_holds(code) and check_holds(expand_upce(code))
    )
    assert read(both).symbology == "ean8"
    assert read(both, ScanRules(eight_digits="upce")).gtin == int(expand_upce(both))
    assert read(f"]E4{both}", ScanRules(eight_digits="upce")).symbology == "ean8"


@pytest.mark.parametrize("zeros", ["00000000", "000000000000", "0000000000000", "00000000000000"])
def test_all_zeros_are_no_gtin(zeros):
    """Zeros pass the check sum, but nobody owns that number."""
    with pytest.raises(MalformedCode, match="zeros"):
        read(zeros)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4011", "plu"),
        ("10001", "plu"),
        ("SKU-0012", "plu"),
        ("]C0BOX.17", "plu"),
        ("]C0123456789013", "plu"),  # Code 128 promises no GTIN
        ("red apples", "text"),
        ("红富士", "text"),
        ("https://example.com/menu", "text"),
        ("x" * 21, "text"),
        ("12345678901234567", "text"),
    ],
)
def test_short_codes_are_keyed_codes_and_the_rest_is_text(text, kind):
    """What is no GS1 number is left to the catalog, with its data in ``item``."""
    scan = read(text)
    assert (scan.kind, scan.gtin) == (kind, 0)
    assert text.endswith(scan.item)


@pytest.mark.parametrize("text", ["", "  \r\n", "]E0", "]C1\x1d"])
def test_nothing_is_refused(text):
    """A prefix or a line end alone is no scan."""
    with pytest.raises(EmptyScan):
        read(text)


def test_ean_identifier_with_another_length_is_refused():
    """]E0 promises a retail number."""
    with pytest.raises(MalformedCode, match="5 digits"):
        read("]E012345")


@pytest.mark.parametrize("text", ["69\x0012", "\x1b[A", "abc\x7f", "a\u200bb", "a\nb", "a\ud800"])
def test_control_characters_are_refused_with_their_place(text):
    """An unprintable character is named, never passed on."""
    with pytest.raises(ControlCharacter, match=r"U\+[0-9A-F]{4} at position"):
        read(text)


def test_more_than_a_barcode_holds_is_refused():
    """Text longer than the largest QR code is somebody leaning on the keyboard."""
    with pytest.raises(ScanError, match="7089"):
        read("1" * 7090)
    assert read("1" * 7089).kind == "text"
