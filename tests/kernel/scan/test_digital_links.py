"""GS1 Digital Link URIs."""

import contextlib

import pytest
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.scan import ScanError, ScanRules, check_digit, decode
from cashwrap.scan.errors import CheckDigitWrong, ElementError, LinkMalformed

RULES = ScanRules()
SHORT = ScanRules(zero_suppressed_gtins=True)
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def read(text, rules=RULES):
    return decode(text, rules, now_ms=1_790_000_000_000)


@pytest.mark.req("R282")
@pytest.mark.parametrize(
    ("uri", "elements"),
    [
        # examples of the GS1 Digital Link standard, section 4.12
        ("https://id.gs1.org/01/09520123456788", "01 09520123456788"),
        ("https://id.gs1.org/01/09520123456788/22/2A", "01 09520123456788 22 2A"),
        ("https://id.gs1.org/01/09520123456788/10/ABC123", "01 09520123456788 10 ABC123"),
        ("https://id.gs1.org/01/09520123456788/21/12345", "01 09520123456788 21 12345"),
        ("https://id.gs1.org/01/09520123456788/10/ABC1/21/12345?17=180426",
         "01 09520123456788 10 ABC1 21 12345 17 180426"),
        ("https://id.gs1.org/01/09520123456788?3103=000195", "01 09520123456788 3103 000195"),
        ("https://example.com/01/09520123456788?3103=000195&3922=0299&17=201225",
         "01 09520123456788 3103 000195 3922 0299 17 201225"),
        ("https://id.gs1.org/00/952012345678912345", "00 952012345678912345"),
        ("https://id.gs1.org/00/952012345678912345?02=09520123456788&37=25&10=ABC123",
         "00 952012345678912345 02 09520123456788 37 25 10 ABC123"),
        ("https://id.gs1.org/414/9520123456788/254/32a%2Fb", "414 9520123456788 254 32a/b"),
        ("https://example.com/8004/9520614141234567", "8004 9520614141234567"),
        # shapes of the GS1 Barcode Syntax Engine's tests
        ("HTTP://A/01/09520123456788#fragment", "01 09520123456788"),
        ("https://a/b/c/01/09520123456788/22/ABC%2d123?99=ABC&98=XYZ%2f987",
         "01 09520123456788 22 ABC-123 99 ABC 98 XYZ/987"),
        ("https://a/01/09520123456788/22/ABC+123", "01 09520123456788 22 ABC+123"),
        ("https://a/01/09520123456788?singleton&99=ABC;98=XYZ&unknown=666&",
         "01 09520123456788 99 ABC 98 XYZ"),
        ("https://a/01/09520123456788?linkType=gs1:pip", "01 09520123456788"),
        ("https://a/01/09520123456788/", "01 09520123456788"),
        # the rightmost key counts
        ("https://a/00/952012345678912345/01/09520123456788", "01 09520123456788"),
        # biip's tests
        ("https://id.gs1.org/00/106141412345678908?02=00614141123452&37=25&10=ABC123",
         "00 106141412345678908 02 00614141123452 37 25 10 ABC123"),
        ("]Q1https://id.gs1.org/01/00614141123452?foo=bar", "01 00614141123452"),
    ],
)  # fmt: skip
def test_published_links_decode(uri, elements):
    """Links of other people's documents give their elements."""
    flat = elements.split()
    assert read(uri).elements == tuple(zip(flat[::2], flat[1::2], strict=True))


@pytest.mark.parametrize(
    "uri",
    [
        "https://brand.example.com/01/9520123456788",
        "https://brand.example.com/some-extra/pathinfo/01/9520123456788",
        "https://example.com/foo/01/614141123452",
        "https://example.com/01/96385074",
    ],
)
def test_short_gtins_are_taken_only_where_configured(uri):
    """A GTIN without its leading zeros is refused unless the store allows it."""
    with pytest.raises(LinkMalformed, match="must have 14"):
        read(uri)
    assert len(read(uri, SHORT).elements[0][1]) == 14


@pytest.mark.parametrize(
    ("uri", "error", "says"),
    [
        ("https://id.gs1.org/01/09520123456788/15/261231", LinkMalformed, "not 15"),
        ("https://id.gs1.org/01/09520123456788/10/A/22/B", LinkMalformed, "22, 10, 21"),
        ("https://id.gs1.org/01/09520123456788/21/A/10/B", LinkMalformed, "not 21, 10"),
        ("https://id.gs1.org/01/09520123456788/10/A/10/A", LinkMalformed, "not 10, 10"),
        ("https://id.gs1.org/01/09520123456788/235/A/10/B", LinkMalformed, "235"),
        ("https://id.gs1.org/00/106141412345678908/10/ABC", LinkMalformed, "nothing"),
        ("https://a/01/09520123456788?99=XYZ&89=ABC123", LinkMalformed, "(89)"),
        ("https://a/01/09520123456788?31034=000001", LinkMalformed, "(31034)"),
        ("https://a/01/09520123456789", CheckDigitWrong, "must be 8"),
        ("https://a/01/09520123456788?98=XYZ+987", ElementError, "(98)"),
        ("https://a/01/09520123456788?98=%E4%BD%A0", ElementError, "(98)"),
        ("https://a/01/09520123456788?98=A%1D10B", ElementError, "(98)"),
        ("https://a/01/09520123456788?17=261301", ElementError, "261301"),
        ("https://a/01/0952012345678", LinkMalformed, "13 digits"),
    ],
)
def test_links_that_break_the_standard_are_refused(uri, error, says):
    """Wrong order, unknown digits as a name, and values that cannot be are refused."""
    with pytest.raises(error) as caught:
        read(uri)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "uri",
    [
        "Https://id.gs1.org/01/09520123456788",
        "ftp://id.gs1.org/01/09520123456788",
        "https://example.com/foo/123",
        "https://example.com/foo/01/614141123452/123",
        "https://example.com",
        "https:///01/09520123456788",
        "https://id.gs1.org/gtin/09520123456788",
        "https://id.gs1.org/AQnYUc1gmiERBhSUJC5Xpw",
    ],
)
def test_other_links_are_text(uri):
    """A link without a GS1 key, in mixed case or compressed, is nobody's goods."""
    scan = read(uri)
    assert (scan.kind, scan.item) == ("text", uri)


@given(
    st.integers(1, 10**13 - 1),
    st.none() | st.text(SET_82, min_size=1, max_size=20),
    st.none() | st.text(SET_82, min_size=1, max_size=20),
    st.sampled_from(["", "/shop", "/a/b-c"]),
)
def test_generated_links_decode_as_biip_reads_them(number, lot, serial, stem):
    """Percent-encoded values come back whole."""
    gtin = f"{number:013d}"
    gtin += str(check_digit(gtin))
    pairs = [("01", gtin)] + [(ai, v) for ai, v in (("10", lot), ("21", serial)) if v]
    path = "".join(f"/{ai}/" + "".join(f"%{ord(c):02X}" for c in v) for ai, v in pairs[1:])
    uri = f"https://example.com{stem}/01/{gtin}{path}"
    assert read(uri).elements == tuple(pairs)
    theirs = GS1DigitalLinkURI.parse(uri).element_strings
    assert tuple((e.ai.ai, e.value) for e in theirs) == tuple(pairs)


@given(st.text(max_size=60))
def test_any_path_and_query_is_a_scan_or_a_scan_error(tail):
    """No link makes the decoder fall over."""
    for uri in (f"https://a/01/09520123456788{tail}", f"https://a/{tail}", f"http{tail}"):
        with contextlib.suppress(ScanError):
            read(uri)
