"""Building receipts, looking them up, and sending them without paper."""

import msgspec
import pytest
from builders.receipts import DIGEST, RECORD, morning, small
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.pricing.model import Allocation, Priced, PricedLine, Totals
from cashwrap.receipt import lookup
from cashwrap.receipt.document import build, local_time, reprint
from cashwrap.receipt.electronic import decode, encode, link_claim, parse_link, signed_link
from cashwrap.receipt.model import LineText, Mark, ReceiptRefused, TenderText

replace = msgspec.structs.replace


def test_discounts_stand_at_the_lines_they_came_off():
    """Each cell of the allocation matrix is at its line, with the rule's name."""
    lines = build(morning()).lines
    assert [(cell.name, cell.minor) for cell in lines[0].discounts] == [("买二送一", 350)]
    assert lines[1].discounts == lines[2].discounts == ()


def test_a_set_meal_is_printed_as_one_line():
    """The priced lines of its parts are summed, each rule's discount over all of them too."""
    priced = Priced(
        totals=Totals(list_minor=2500, discount_minor=30, payable_minor=2470),
        lines=(PricedLine(2, 900, 10, 890, 0, 890), PricedLine(3, 1600, 20, 1580, 0, 1580)),
        allocations=(Allocation(2, "p", 10), Allocation(3, "p", 20)),
        taxes=(),
    )
    meal = LineText(line=1, name="套餐", quantity_milli=1000, unit_minor=2500, parts=(2, 3))
    (line,) = build(small(priced=priced, lines=(meal,))).lines
    assert (line.amount_minor, line.payable_minor) == (2500, 2470)
    assert [(cell.rule, cell.minor) for cell in line.discounts] == [("p", 30)]


def test_the_rounding_of_the_total_is_not_a_discount_of_a_line():
    """Its cells in the matrix are for refunds; the paper shows the rounding once."""
    priced = Priced(
        totals=Totals(list_minor=356, rounding_minor=-6, payable_minor=350),
        lines=(PricedLine(1, 356, 0, 356, 0, 356),),
        allocations=(Allocation(1, "rounding", 6),),
        taxes=(),
    )
    receipt = build(small(priced=priced))
    assert receipt.lines[0].discounts == ()
    assert receipt.totals.rounding_minor == -6


def test_taxes_are_summed_over_lines_and_fees():
    """One row per code and rate; its sum is the tax of the totals."""
    receipt = build(morning())
    assert [(row.name, row.base_minor, row.tax_minor) for row in receipt.taxes] == [
        ("增值税", 4256, 550)
    ]
    assert receipt.totals.tax_minor == 550


def test_due_is_what_tenders_leave():
    """Payable less tenders, with the rounding of a cash payment."""
    cash = TenderText(name="现金", amount_minor=340, given_minor=500, change_minor=160)
    totals = build(small(minor=345, tenders=(cash,), tender_rounding_minor=-5)).totals
    assert (totals.due_minor, totals.change_minor) == (0, 160)


def test_local_time_is_the_shops():
    """The printed time is UTC plus the shop's offset, also before 1970 in the west."""
    assert local_time(build(small(wall_ms=0))) == "1970-01-01 08:00:00"
    assert local_time(build(small(wall_ms=0, utc_offset_min=-60))) == "1969-12-31 23:00:00"


def test_marks_in_order():
    """Copy, training, void, then gift or doubt."""
    tender = TenderText(name="微信支付", amount_minor=350, in_doubt=True)
    given_input = small(kind="void", copy=3, training=True, tenders=(tender,))
    assert [mark.kind for mark in build(given_input).marks] == [
        "copy",
        "training",
        "void",
        "in_doubt",
    ]


def test_copies_only_count_up():
    """The same copy number is not given twice."""
    second = reprint(reprint(build(small()), 1), 2)
    assert second.marks == (Mark("copy", 2),)
    with pytest.raises(ReceiptRefused, match="next one is 3"):
        reprint(second, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lines": ()}, "are priced"),
        ({"record": replace(RECORD, digest=b"short")}, "SHA-256"),
        ({"wall_ms": -1}, "no date"),
        ({"wall_ms": 10**18}, "no date"),
        ({"copy": -1}, "first print is 0"),
        (
            {"tenders": (TenderText(name="card", amount_minor=1, account="6222 0212 3456 7890"),)},
            "not masked",
        ),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(changes, message):
    """A receipt is refused before it is built, with what is wrong."""
    with pytest.raises(ReceiptRefused, match=message):
        build(small(**changes))


def test_a_line_described_twice_is_refused():
    """Each priced line has exactly one description."""
    line = LineText(line=1, name="x", quantity_milli=1000, unit_minor=1)
    with pytest.raises(ReceiptRefused):
        build(small(lines=(line, line)))


@given(
    store=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    till=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    epoch=st.integers(0, 10**18 - 1),
    seq=st.integers(0, 10**18 - 1),
)
def test_a_scanned_code_names_the_record_again(store, till, epoch, seq):
    """parse is the inverse of text for any store and till."""
    anchor = DIGEST[:8].hex()
    assert lookup.parse(lookup.text(store, till, epoch, seq, anchor)) == lookup.Lookup(
        store, till, epoch, seq, anchor
    )


@given(st.text())
def test_any_other_scan_is_refused(scanned):
    """What is not a receipt's code is refused with what to do instead."""
    with pytest.raises(ReceiptRefused, match="not the code of a receipt"):
        lookup.parse(scanned)


@pytest.mark.req("R83")
def test_an_e_receipt_holds_the_whole_document():
    """Without paper: the bytes give the same receipt again, and the same bytes."""
    receipt = build(morning())
    data = encode(receipt)
    assert decode(data) == receipt
    assert encode(decode(data)) == data
    assert msgspec.json.decode(data)["schema"] == "cashwrap.receipt/4"


def test_an_e_receipt_of_a_gift_has_no_prices():
    """What is not on the gift receipt is not in its bytes either."""
    data = encode(build(morning(gift=True)))
    assert not any(b'_minor":%d' % minor in data for minor in range(1, 5000))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_e_receipt_are_refused(data):
    """Bad bytes give a refusal, never a traceback of the decoder."""
    with pytest.raises(ReceiptRefused):
        decode(data)


def test_another_schema_is_refused():
    """A receipt of a later schema is not read as if it were ours."""
    data = encode(build(small())).replace(b"receipt/4", b"receipt/9")
    with pytest.raises(ReceiptRefused, match="receipt/9"):
        decode(data)


@pytest.mark.req("R83")
def test_a_signed_link_carries_claim_and_signature():
    """The page gets back the claim, the very bytes that were signed, and the signature."""
    receipt = build(morning())
    signed = link_claim(receipt)
    link = signed_link("https://shop.example/r", signed, b"\xff" * 64)
    claim, same, signature = parse_link(link)
    assert (same, signature) == (signed, b"\xff" * 64)
    assert (claim.seq, claim.payable_minor, claim.anchor) == (4711, 4800, DIGEST[:8])
    assert len(link) < 200


@pytest.mark.parametrize(
    "link", ["", "https://x", "https://x#", "https://x#a.b", "x#é.é", "x#gA.gA"]
)
def test_a_broken_link_is_refused(link):
    """What is not a signed link is refused in words."""
    with pytest.raises(ReceiptRefused):
        parse_link(link)
