"""GS1 element strings, scanned and keyed."""

import pytest
from biip import ParseConfig, ParseError
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as BIIP_AIS
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cashwrap.money import Currency
from cashwrap.scan import ScanError, ScanRules, check_digit, decode
from cashwrap.scan.ai_checks import check_value
from cashwrap.scan.ais import find
from cashwrap.scan.dates import full_date, full_year
from cashwrap.scan.errors import (
    CheckDigitWrong,
    CurrencyRefused,
    DateImpossible,
    ElementError,
    ElementMissing,
    ElementsConflict,
    MeasureTooFine,
    UnitRefused,
    UnknownElement,
)

GS = "\x1d"
NOW_MS = 1_790_000_000_000  # September 2026
RULES = ScanRules()
GTIN = "09501101530003"
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def read(text, rules=RULES):
    return decode(text, rules, now_ms=NOW_MS)


@pytest.mark.req("R282")
@pytest.mark.parametrize(
    ("text", "elements"),
    [
        # GS1 General Specifications: GTIN, use by, lot of the sample pack
        ("]d201095011015300031714070410AB-123", "01 09501101530003 17 140704 10 AB-123"),
        ("]C101095011015300031714070410AB-123", "01 09501101530003 17 140704 10 AB-123"),
        ("(01)09501101530003(17)140704(10)AB-123", "01 09501101530003 17 140704 10 AB-123"),
        # biip's documentation: GTIN, best before, lot
        ("010703206980498815210526100329", "01 07032069804988 15 210526 10 0329"),
        # GS1 General Specifications: DataBar Expanded with weight and price of one pack
        (f"]e001{'90614141000015'}3202000150", "01 90614141000015 3202 000150"),
        # GS1 logistic label: SSCC, and contents with count and lot
        ("]C100106141412345678908", "00 106141412345678908"),
        ("]C10010614141234567890802006141411234523725\x1d10ABC123",
         "00 106141412345678908 02 00614141123452 37 25 10 ABC123"),
        # separators where none is needed, in front and behind
        (f"]d2{GS}0109501101530003{GS}17140704{GS}10AB-123{GS}",
         "01 09501101530003 17 140704 10 AB-123"),
        # GS1 Barcode Syntax Engine: brackets inside a value, escaped when keyed
        (r"(01)09501101530003(10)AB\(12)C", "01 09501101530003 10 AB(12)C"),
    ],
)  # fmt: skip
def test_published_element_strings_decode(text, elements):
    """Strings of other people's documents come apart as they say."""
    flat = elements.split()
    rules = ScanRules(units=("kg", "lb"))
    assert read(text, rules).elements == tuple(zip(flat[::2], flat[1::2], strict=True))


def test_the_scan_carries_lot_serial_and_dates():
    """Lot, serial, expiry, best-before and sell-by have fields of their own."""
    scan = read(f"]Q301{GTIN}10L7{GS}21S9{GS}1726123115261100" + "16261001")
    assert (scan.kind, scan.gtin, scan.lot, scan.serial) == ("gtin", int(GTIN), "L7", "S9")
    assert (scan.expires, scan.best_before, scan.sell_by) == (20261231, 20261130, 20261001)
    assert scan.symbology == "gs1-qr"


@pytest.mark.req("R288")
@pytest.mark.parametrize(
    ("text", "rules", "quantity_milli", "price_minor"),
    [
        ("(01)90614141000015(3103)000532", RULES, 532, None),
        ("(01)90614141000015(3101)000012", RULES, 1200, None),
        ("(01)90614141000015(3105)012300", RULES, 123, None),
        ("(01)90614141000015(3103)000195(3922)0299", RULES, 195, 299),
        ("(01)90614141000015(3103)000195(3932)1560299", RULES, 195, 299),
        ("(01)90614141000015(3103)000195(3921)99", RULES, 195, 990),
        ("(01)90614141000015(3202)000150", ScanRules(units=("lb",)), 1500, None),
        ("(01)90614141000015(3112)000250", ScanRules(units=("kg", "m")), 2500, None),
        ("(01)90614141000015(30)12", RULES, 12_000, None),
        (
            "(01)90614141000015(30)2(3930)392500",
            ScanRules(currency=Currency("JPY", 0, "¥")),
            2000,
            500,
        ),
    ],
)
def test_measures_and_prices_are_exact(text, rules, quantity_milli, price_minor):
    """Decimals of the identifier become thousandths and minor units."""
    scan = read(text, rules)
    assert (scan.quantity_milli, scan.price_minor) == (quantity_milli, price_minor)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("(01)09501101530004", CheckDigitWrong, "must be 3, got 4"),
        ("(01)0950110153000", ElementError, "too short"),
        ("(01)09501101530003(10)" + "x" * 21, ElementError, "21 characters"),
        ("(01)09501101530003(10)a b", ElementError, "set 82"),
        ("(01)09501101530003(17)261301", DateImpossible, "261301"),
        ("(01)09501101530003(17)260229", DateImpossible, "260229"),
        ("(01)09501101530003(7003)2612312460", DateImpossible, "2460"),
        ("(01)90614141000015(3202)000150", UnitRefused, "is in lb"),
        ("(01)90614141000015(3105)012345", MeasureTooFine, "5 decimals"),
        ("(01)90614141000015(3103)000195(3932)9780299", CurrencyRefused, "978"),
        ("(01)09501101530003(02)00614141123452(37)2", ElementsConflict, "(02)"),
        ("(00)106141412345678908(02)00614141123452", ElementMissing, "(37)"),
        ("(00)106141412345678908(37)25", ElementMissing, "(02)"),
        ("(10)ABC", ElementMissing, "(01)"),
        ("(01)09501101530003(10)A(10)B", ElementsConflict, "twice"),
        ("(01)90614141000015(3103)000532(3102)000053", ElementsConflict, "twice"),
        ("(01)09501101530003(89)1", UnknownElement, "(89)"),
        ("(01)09501101530003(3106)000001", UnknownElement, "(3106)"),
        ("]C189123", UnknownElement, "(8912)"),
        ("]d2abc", UnknownElement, "not assigned"),
        ("(01)00000000000000", ElementError, "zeros"),
        ("(8006)095011015300030402", ElementError, "0402"),
    ],
)
def test_elements_that_cannot_be_are_refused(text, error, says):
    """Each refusal names the element and what is wrong with it."""
    with pytest.raises(error) as caught:
        read(text)
    assert says in str(caught.value)


def test_keys_may_stand_on_another_symbol_when_the_store_says_so():
    """With require_keys off a second barcode of a label decodes by itself."""
    assert read("(10)ABC", ScanRules(require_keys=False)).lot == "ABC"


@pytest.mark.parametrize("stand_in", ["|", "<GS>", "~", "è", "\x1e"])
def test_a_wedge_may_send_a_stand_in_for_the_separator(stand_in):
    """A configured text ends a field as GS does."""
    scan = read(f"]C101{GTIN}10AB{stand_in}17261231", ScanRules(separators=(stand_in,)))
    assert (scan.lot, scan.expires) == ("AB", 20261231)


def test_lost_separators_are_found_where_the_length_is_fixed():
    """A fixed-length field ends by itself; a variable one swallows what follows, and says so."""
    lost = ScanRules(separators_lost=True)
    assert read(f"]C101{GTIN}42215610AB", lost).lot == "AB"
    with pytest.raises(ElementError, match="lost a separator"):
        read(f"]C101{GTIN}42215610AB")
    with pytest.raises(ElementError, match="lost a separator"):
        read(f"]C101{GTIN}10ABCDEFGHIJKLMNOPQR17261231", lost)


@pytest.mark.parametrize(
    ("two_digits", "this_year", "full"),
    [(26, 2026, 2026), (76, 2026, 2076), (77, 2026, 1977), (0, 1999, 2000), (49, 2000, 2049),
     (51, 2000, 1951), (50, 2000, 2050), (99, 2049, 2099)],
)  # fmt: skip
def test_the_century_is_the_nearest(two_digits, this_year, full):
    """Years lie from 49 back to 50 ahead (General Specifications 7.12)."""
    assert full_year(two_digits, this_year) == full


@given(st.integers(0, 99), st.integers(1950, 2150))
def test_years_never_leave_the_window(two_digits, this_year):
    """Any two digits mean a year within the window."""
    year = full_year(two_digits, this_year)
    assert year % 100 == two_digits
    assert -49 <= year - this_year <= 50


def test_day_zero_is_the_end_of_the_month():
    """00 as the day is its last one, leap years included."""
    assert full_date("260200", 2026) == 20260228
    assert full_date("280200", 2026) == 20280229
    assert full_date("280200", 2026, day_zero=False) == 0


def test_model_numbers_check_their_two_characters():
    """The sample GMN of the General Specifications holds, a changed one does not."""
    assert read("(8013)1987654Ad4X4bL5ttr2310c2K").kind == "gs1"
    with pytest.raises(ElementError):
        read("(8013)1987654Ad4X4bL5ttr2310c2L")


def test_iban_and_coupon_elements_decode():
    """An IBAN is checked; a coupon number makes the scan a coupon."""
    scan = read("(415)9501101530003(8020)INV-1(8007)GB82WEST12345698765432")
    assert scan.kind == "gs1"
    assert read("(255)9501101530003(3941)0125").kind == "coupon"


values = st.one_of(
    st.text("0123456789", min_size=1, max_size=34), st.text(SET_82, min_size=1, max_size=34)
)
# biip's pattern is looser or older than the General Specifications in these.
LOOSE = {"30", "7004", "8010", "8030", "8005", "4330", "4331", "4332", "4333"}
CHECKED_BY_US = {
    "253", "255", "402", "423", "425", "4307", "4309", "4317", "4324", "4325", "4326", "7003",
    "7006", "7007", "7011", "7250", "7251", "7258", "8003", "8006", "8007", "8008", "8011",
    "8013", "8026", "03", "00", "01", "02",
}  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(sorted(BIIP_AIS)), values)
def test_values_are_taken_and_refused_as_biip_does(ai, value):
    """Length and characters of every identifier agree with biip, one of its own at a time."""
    assume(ai not in LOOSE)
    row = find(ai)
    assert row is not None
    try:
        parsed = GS1ElementString.parse(ai + value)
        theirs = parsed.value == value
        if parsed.gln_error or parsed.gtin_error or parsed.sscc_error:
            theirs = False
    except ParseError:
        theirs = False
    try:
        check_value(ai, row[1], value, 2026)
        ours = True
    except ScanError:
        ours = False
    assert ours == theirs or (theirs and ai in CHECKED_BY_US)


def test_every_identifier_of_biip_is_known():
    """No assigned identifier is missing, and separators are needed where biip needs them."""
    for ai, theirs in BIIP_AIS.items():
        found = find(ai)
        assert found, ai
        assert found[0] == ai
        assert found[1].predefined != theirs.separator_required, ai


lots = st.text(SET_82, min_size=1, max_size=20)
bodies = st.integers(1, 10**13 - 1).map(lambda n: f"{n:013d}")
months = st.tuples(st.integers(0, 99), st.integers(1, 12), st.integers(0, 28))
DATE_AIS = ("11", "13", "15", "16", "17")


@settings(max_examples=300, deadline=None)
@given(
    body=bodies,
    lot=st.none() | lots,
    serial=st.none() | lots,
    weight=st.none() | st.integers(0, 999_999),
    dates=st.dictionaries(st.sampled_from(DATE_AIS), months),
    data=st.data(),
)
def test_generated_messages_decode_as_biip_reads_them(body, lot, serial, weight, dates, data):
    """Any order of elements gives the same pairs here and there, scanned and keyed."""
    pairs = [("10", lot), ("21", serial), ("3103", weight and f"{weight:06d}")]
    pairs += [(ai, "".join(f"{n:02d}" for n in date)) for ai, date in dates.items()]
    pairs = data.draw(st.permutations([(ai, value) for ai, value in pairs if value]))
    pairs = [("01", body + str(check_digit(body))), *pairs]
    text = "".join(ai + value + (GS if ai in ("10", "21") else "") for ai, value in pairs)
    theirs = GS1Message.parse(text, config=ParseConfig()).element_strings
    scan = read(f"]d2{text}")
    assert scan.elements == tuple((e.ai.ai, e.value) for e in theirs) == tuple(pairs)
    assert read(text).elements == scan.elements
    keyed = "".join(f"({ai}){value.replace('(', chr(92) + '(')}" for ai, value in pairs)
    assert read(keyed).elements == scan.elements
    assert scan.quantity_milli == weight or not weight


@pytest.mark.parametrize(
    ("ai", "good", "bad"),
    [
        ("253", "9501101530003DOC", "9501101530004DOC"),
        ("423", "156392", "1563"),
        ("4307", "CN", "C1"),
        ("4309", "02790858483015297971", "19000000003015297971"),
        ("4321", "1", "2"),
        ("4324", "2612319999", "2612312500"),
        ("4326", "261231", "261200"),
        ("4331", "000250-", "000250+"),
        ("7007", "261201261215", "261201261315"),
        ("7011", "2612311200", "2612312400"),
        ("7250", "19900228", "19900229"),
        ("7258", "1/2", "2/1"),
        ("8003", "09501101530003AB", "19501101530003AB"),
        ("8006", "095011015300030102", "095011015300030002"),
        ("8007", "GB82WEST12345698765432", "GB83WEST12345698765432"),
        ("8008", "2612312359", "261231235"),
        ("8010", "0614141#1/A-2", "0614141a"),
        ("8011", "10", "010"),
        ("8013", "1987654Ad4X4bL5ttr2310c2K", "X987654Ad4X4bL5ttr2310c2K"),
        ("8030", "aZ09_-", "a+b"),
    ],
)
def test_contents_with_rules_of_their_own(ai, good, bad):
    """Countries, places, times, pieces, account and model numbers are checked inside."""
    found = find(ai)
    assert found is not None
    check_value(ai, found[1], good, 2026)
    with pytest.raises(ScanError):
        check_value(ai, found[1], bad, 2026)


def test_a_price_in_a_currency_of_no_known_number_is_refused():
    """A store whose currency has no number cannot compare, and says so."""
    text = "(01)90614141000015(3103)000195(3932)1560299"
    with pytest.raises(CurrencyRefused, match="no known number"):
        read(text, ScanRules(currency=Currency("XXX", 2, "")))
    assert (
        read(text, ScanRules(currency=Currency("XXX"), currency_numeric="156")).price_minor == 299
    )


def test_zero_is_a_price_and_a_weight():
    """An unpriced label says 0, which is not the same as saying nothing."""
    scan = read("(01)90614141000015(3103)000000(3922)0")
    assert (scan.price_minor, scan.quantity_milli) == (0, 0)


@pytest.mark.parametrize(
    ("data", "holds"),
    [  # strings of the GS1 Barcode Syntax Engine's tests, GS for FNC1
        ("991234", True),
        ("891234", False),
        ("99~ABC", False),
        ("0112345678901231", True),
        ("01A2345678901231", False),
        ("0112345678901234", False),
        ("01123456789012312", False),
        ("0112345678901231^", True),
        ("011234567890123^", False),
        ("01123456789012345^991234", False),
        ("0112345678901231^991234", True),
        ("2421", True),
        ("242123456^10ABC123", True),
        ("2421234567", False),
        ("81111234^10ABC123", True),
        ("8111123", False),
        ("811112345", False),
        ("800112341234512398^0112345678901231", True),
        ("80011234123451239^0112345678901231", False),
        ("7007211225211231", True),
        ("7007211225", True),
        ("700721122521123", False),
        ("800302112345678900ABC", True),
        ("800302112345678901ABC", False),
        ("800302112345678900^10ABC123", True),
        ("800302112345678900ABCDEFGHIJKLMNOPQ", False),
        ("7230121234567890123456789012345678", True),
        ("72301212345678901234567890123456789", False),
        ("723012", False),
    ],
)
def test_message_syntax_agrees_with_the_syntax_engine(data, holds):
    """Lengths, characters and separators, whatever key the elements belong to."""
    rules = ScanRules(require_keys=False)
    text = "]d2" + data.replace("^", GS)
    if holds:
        assert read(text, rules).elements
    else:
        with pytest.raises(ScanError):
            read(text, rules)


@pytest.mark.parametrize(
    ("text", "holds"),
    [  # associations of the same tests
        ("(400)ABC(99)DEF(400)ABC", True),
        ("(400)ABC(400)ABCD", False),
        ("(01)12345678901231(255)5412345000150", False),
        ("(01)12345678901231(37)123", False),
        ("(3940)1234(3941)9999", False),
        ("(3955)123456(3929)123", False),
        ("(02)12345678901231", False),
        ("(91)XXX(02)12345678901231(92)YYY(37)123(93)ZZZ(00)123456789012345675", True),
        ("(21)ABC123", False),
        ("(21)ABC123(8006)123456789012310510", True),
        ("(01)12345678901231(250)ABC123", False),
        ("(01)12345678901231(21)XYZ999(250)ABC123", True),
        ("(01)12345678901231(3922)12599", False),
        ("(01)12345678901231(3922)12599(30)123", True),
        ("(01)12345678901231(3922)12599(3100)654321", True),
    ],
)
def test_associations_agree_with_the_syntax_engine(text, holds):
    """What must and what may not stand together."""
    if holds:
        assert read(text).elements
    else:
        with pytest.raises((ElementsConflict, ElementMissing)):
            read(text)
