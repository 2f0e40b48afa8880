"""The plain-text rendering."""

import msgspec
import pytest
from builders.receipts import morning, small
from hypothesis import given, settings
from hypothesis import strategies as st

from cashwrap.errors import InvalidInput
from cashwrap.money import INT64_MAX, INT64_MIN, Currency
from cashwrap.pricing.model import Priced, PricedLine, Totals
from cashwrap.receipt.document import build, reprint
from cashwrap.receipt.model import LineText, TenderText
from cashwrap.receipt.text import TextStyle, layout, render_text
from cashwrap.receipt.width import clean, display_width, graphemes

names = st.text(min_size=1, max_size=80) | st.text(
    st.sampled_from("可口乐，。（ aé👩‍🦰🇨🇳①ำ̈\x1b\n"), min_size=1, max_size=80
)
amounts = st.integers(INT64_MIN, INT64_MAX)
styles = st.builds(
    TextStyle,
    columns=st.sampled_from([24, 32, 42, 48]),
    language=st.sampled_from(["zh-CN", "en", "zh-CN+en"]),
    ambiguous_wide=st.booleans(),
)


@st.composite
def inputs(draw):
    """Receipts of arbitrary names and amounts."""
    lines, priced = [], []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        minor = draw(amounts)
        priced.append(PricedLine(number, minor, 0, minor, 0, minor))
        lines.append(
            LineText(
                line=number,
                name=draw(names),
                second_name=draw(names),
                quantity_milli=draw(st.sampled_from([1000, 2000, 532])),
                unit=draw(
                    st.sampled_from(["each", "kg", "一个很长很长很长的单位名称啊啊啊啊啊啊"])
                ),
                unit_minor=draw(amounts),
                notes=(draw(names),),
            )
        )
    total = draw(amounts)
    return small(
        lines=tuple(lines),
        priced=Priced(
            totals=Totals(list_minor=0, payable_minor=total),
            lines=tuple(priced),
            allocations=(),
            taxes=(),
        ),
        tenders=(TenderText(name=draw(names), amount_minor=total),),
        currency=draw(st.sampled_from([Currency(), Currency("JPY", 0), Currency("KWD", 3, "د.ك")])),
        staff=draw(names),
        gift=draw(st.booleans()),
    )


@settings(deadline=None)
@given(given_input=inputs(), style=styles)
def test_every_row_fits_and_amounts_end_at_the_right_edge(given_input, style):
    """No row is wider than the paper, and every amount stands whole at the right edge."""
    receipt = build(given_input)
    rows = [row for row in layout(receipt, style) if row.role != "qr"]
    widths = [display_width(row.text, style.ambiguous_wide) for row in rows]
    assert max(widths) <= style.columns
    for line in receipt.lines:
        if line.amount_minor is not None:
            amount = " " + receipt.currency.format(line.amount_minor)
            assert any(
                f" {row.text}".endswith(amount) and width == style.columns
                for row, width in zip(rows, widths, strict=True)
            )


@given(given_input=inputs(), style=styles)
def test_the_total_row_is_the_payable_amount(given_input, style):
    """The emphasised row with the total ends with payable, to the last digit."""
    receipt = build(given_input)
    rows = [row.text for row in layout(receipt, style) if row.role == "strong"]
    payable_minor = given_input.priced.totals.payable_minor
    total, sign = receipt.currency.format(abs(payable_minor)), "-" * (payable_minor < 0)
    shown = [row for row in rows if row.endswith(total) and sign in row]
    assert bool(shown) is (receipt.totals is not None)


@pytest.mark.req("R5")
@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_name_of_60_chinese_characters_is_printed_whole(columns):
    """A long name wraps by display width and loses no character."""
    name = "超长商品名称" * 10
    receipt = build(small(name))
    assert receipt.lines[0].name == name
    rows = render_text(receipt, TextStyle(columns=columns)).splitlines()
    printed = "".join(row for row in rows if "超" in row or "商品" in row or "名称" in row)
    assert name in printed.replace(" ", "").replace("3.50", "")
    assert all(display_width(row, True) <= columns for row in rows)


@given(name=names, columns=st.integers(24, 60))
def test_names_lose_no_character(name, columns):
    """All the graphemes of a cleaned name are on the paper in order."""
    receipt = build(small(name))
    text = render_text(receipt, TextStyle(columns=columns, ambiguous_wide=False))
    body = text.split("-" * columns)[1].replace("3.50", "")
    wanted = [each for each in graphemes(clean(name).replace("3.50", "")) if each != " "]
    assert [each for row in body.split("\n") for each in graphemes(row) if each != " "] == wanted


def test_the_morning_receipt_reads_as_documented():
    """The example of docs/receipts.md, row by row."""
    text = render_text(build(morning()), TextStyle(columns=32))
    rows = text.splitlines()
    assert "可口可乐 330ml 罐装" in rows
    assert "  3 x 3.50                 10.50" in rows
    assert "  买二送一                 -3.50" in rows
    assert "合计                     ￥48.00" in rows
    assert "找零                        2.00" in rows


@pytest.mark.parametrize(
    ("language", "total"), [("zh-CN", "合计"), ("en", "TOTAL"), ("zh-CN+en", "合计 TOTAL")]
)
def test_languages(language, total):
    """The total is named in the language asked for; bilingual paper also names items twice."""
    text = render_text(build(morning()), TextStyle(columns=42, language=language))
    assert any(row.startswith(f"{total}  ") for row in text.splitlines())
    assert ("Fuji apples" in text) is (language == "zh-CN+en")


@pytest.mark.req("R286")
def test_a_reprint_is_marked_and_counted_at_head_and_foot():
    """The copy's number stands first and last on the paper."""
    rows = render_text(reprint(build(morning()), 2)).splitlines()
    assert rows[0].strip() == rows[-1].strip() == "*** 重印 第2次 ***"


def test_a_gift_receipt_shows_no_price():
    """No amount, tender or tax is on it, but it can still be brought back."""
    receipt = build(morning(gift=True))
    text = render_text(receipt)
    assert not any(money in text for money in ("3.50", "10.50", "48.00", "2.00", "微信", "￥"))
    assert "礼品小票" in text
    assert receipt.lookup.startswith("CW1/S001/T1/1/4711/")


def test_number_and_eight_bytes_of_the_hash_are_printed():
    """The paper names its record and carries the anchor, in words and in the QR code."""
    receipt = build(morning())
    assert f"校验: {' '.join(receipt.anchor[i : i + 4] for i in (0, 4, 8, 12))}" in render_text(
        receipt
    )
    assert [row.text for row in layout(receipt) if row.role == "qr"] == [receipt.lookup]


def test_a_payment_in_doubt_is_said_twice():
    """An answer that never came is shown at the tender and in the marks."""
    tender = TenderText(name="微信支付", amount_minor=350, in_doubt=True)
    text = render_text(build(small(tenders=(tender,))))
    assert "有支付结果待确认" in text
    assert "* 结果待确认" in text


def test_what_is_not_paid_is_due():
    """An open amount stands below the tenders; a bill shown before payment has none."""
    assert "未付" in render_text(build(small()))
    assert "未付" not in render_text(build(small(kind="bill")))


@pytest.mark.parametrize("columns", [0, 23, 201])
def test_paper_too_narrow_or_wide_is_refused(columns):
    """The width is between 24 and 200 columns."""
    with pytest.raises(InvalidInput, match="24 to 200"):
        layout(build(small()), TextStyle(columns=columns))


def test_names_cannot_send_commands_to_the_printer():
    """Control characters of a name never reach the rows."""
    hostile = msgspec.structs.replace(small("可\x1bp\x00乐"), staff="\x1d\x56\x00")
    text = render_text(build(hostile))
    assert not any(char < " " and char != "\n" for char in text)
