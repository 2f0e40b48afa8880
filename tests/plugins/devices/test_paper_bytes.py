"""What a printer is sent: Chinese and Latin in any order, codes that read back, a cut."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.money import Currency
from cashwrap.receipt.paper import Row
from cashwrap.receipt.width import clean, display_width
from cashwrap_plugins.devices.escpos import encoded, kick, paper
from cashwrap_plugins.devices.raster import MissingFont, picture
from cashwrap_plugins.devices.sample import sample_rows
from cashwrap_plugins.devices.settings import PrinterSettings

zxingcpp = pytest.importorskip("zxingcpp")
Image = pytest.importorskip("PIL.Image")


def settings(**more):
    return PrinterSettings(name="front", via="network", port="127.0.0.1:9100", **more)


def plain(data):
    return data.replace(b"\x1c&", b"").replace(b"\x1c.", b"")


@pytest.mark.req("R286")
@pytest.mark.parametrize(
    ("text", "encoding", "data"),
    [
        ("A中B", "gb18030", b"A\x1c&\xd6\xd0\x1c.B"),
        ("，。", "gb18030", b"\x1c&\xa3\xac\xa1\xa3\x1c."),  # without a Chinese sign beside them
        (
            "A  ¥5",
            "gb18030",
            b"A \x1c&\xa3\xa4\x1c.5",
        ),  # U+00A5 has no place there but twice as wide
        ("A ¥5", "gb18030", b"A Y5"),
        ("①", "gbk", b"\x1c&\xa2\xd9\x1c."),
        ("中文", "big5", b"\x1c&\xa4\xa4\xa4\xe5\x1c."),
        ("中é", "utf-8", "中é".encode()),
        ("ñ", "gb18030", b"n"),  # it has no place there: the letter without its accent
        ("🙂", "gbk", b"??"),
        ("A\x1b@B", "gb18030", b"A @B"),
    ],
)
def test_text_is_what_the_printer_takes(text, encoding, data):
    """Runs of Chinese between FS & and FS ., whatever stands beside them."""
    assert encoded(text, encoding) == data


def test_a_yen_sign_takes_the_room_that_there_is():
    """Behind the row, where there is none within it."""
    assert encoded("¥5", "gb18030", room=1) == b"\x1c&\xa3\xa4\x1c.5"


@given(text=st.text(max_size=40), encoding=st.sampled_from(["gb18030", "gbk", "big5"]))
def test_no_text_drives_the_printer_or_breaks_the_columns(text, encoding):
    """Two-byte signs take two columns, others one: as wide as the kernel laid it out."""
    row = clean(text)
    data = plain(encoded(row, encoding))
    assert not set(data) & {0x1B, 0x1D, 0x10, 0x0A, 0x0D}
    four = sum(1 for sign in data.decode(encoding) if len(sign.encode(encoding)) == 4)
    assert len(data) - 2 * four == display_width(row, ambiguous_wide=True)


@pytest.mark.parametrize(
    ("how", "end"), [("full", b"\x1dV\x00"), ("partial", b"\x1dV\x01"), ("none", b"\n")]
)
def test_a_paper_begins_anew_and_is_cut(how, end):
    """The printer's state of before does not count."""
    data = paper([Row("A", "strong")], settings(cut=how))
    assert data.startswith(b"\x1b@\x1bE\x01A\n\x1bE\x00")
    assert data.endswith(end)


def test_codes_are_drawn_by_the_printer_or_left_out():
    """QR as model 2 with correction M, Code 128 in set B."""
    data = paper([Row("CW1/a", "qr"), Row("H0{1", "barcode")], settings())
    assert b"\x1d(k\x04\x001A2\x00" in data
    assert b"\x1d(k\x08\x001P0CW1/a" in data
    assert b"\x1dkI\x07{BH0{{1" in data
    assert b"CW1/a" not in paper([Row("CW1/a", "qr")], settings(qr="none"))


@pytest.mark.parametrize(("drawer", "now", "data"), [
    ("pin2", False, b"\x1bp\x0022"), ("pin5", False, b"\x1bp\x0122"),
    ("pin2", True, b"\x10\x14\x01\x00\x01"), ("pin5", True, b"\x10\x14\x01\x01\x01"),
])  # fmt: skip
def test_the_drawer_is_opened_by_a_pulse(drawer, now, data):
    """In its turn, or in real time where the printer cannot print."""
    assert kick(settings(drawer=drawer), now=now) == data


def drawn(data, wide):
    """Return the picture in GS v 0 bands."""
    rows, rest = b"", data
    while (at := rest.find(b"\x1dv0\x00")) >= 0:
        size = int.from_bytes(rest[at + 4 : at + 6], "little")
        high = int.from_bytes(rest[at + 6 : at + 8], "little")
        rows += rest[at + 8 : at + 8 + size * high]
        rest = rest[at + 8 + size * high :]
        assert size * 8 == wide
    return Image.frombytes("1", (wide, len(rows) // (wide // 8)), bytes(x ^ 0xFF for x in rows))


@pytest.mark.req("R286")
@pytest.mark.parametrize(("columns", "dots"), [(48, 576), (32, 384)])
def test_a_drawn_paper_reads_back(columns, dots):
    """Any script on any printer: the codes on it are read again from its bytes."""
    how = settings(encoding="raster", columns=columns, dots=dots)
    try:
        data = paper(sample_rows(how, Currency(), "now"), how)
    except MissingFont:
        pytest.skip("no font with Chinese here")
    found = {code.text for code in zxingcpp.read_barcodes(drawn(data, dots).convert("L"))}
    assert found == {"CASHWRAP TEST", "https://example.com/?test=1"}


def test_rows_of_text_are_as_wide_as_the_paper():
    """Column 48 is at the right edge."""
    how = settings(encoding="raster")
    try:
        image = picture([Row("#" * 48)], how)
    except MissingFont:
        pytest.skip("no font with Chinese here")
    ink = image.point(lambda dot: 255 - dot).getbbox()
    assert image.width == 576
    assert ink[2] > 570


def test_a_font_that_is_missing_is_said():
    """And what to do."""
    with pytest.raises(MissingFont, match="no font"):
        picture([Row("A")], settings(encoding="raster", font="/nowhere/none.ttf"))


def test_a_square_code_may_be_drawn_for_a_printer_of_text():
    """Where the printer knows none."""
    data = paper([Row("CW1/abc", "qr")], settings(qr="raster"))
    at = data.index(b"\x1dv0\x00")
    wide = int.from_bytes(data[at + 4 : at + 6], "little") * 8
    buffer = io.BytesIO()
    drawn(data, wide).convert("L").save(buffer, "png")
    (code,) = zxingcpp.read_barcodes(Image.open(buffer))
    assert code.text == "CW1/abc"
