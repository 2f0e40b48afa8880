"""Promotions on the receipt: their names, what they saved, what they used up and gave."""

import msgspec
import pytest
from builders.receipts import small

from cashwrap.pricing.model import Allocation, FeeAmount, Priced, PricedLine, Totals
from cashwrap.receipt.document import build
from cashwrap.receipt.electronic import decode, encode
from cashwrap.receipt.model import Receipt, RewardRow
from cashwrap.receipt.text import TextStyle, render_text
from cashwrap.receipt.words import in_language

WORDS = {"zh-CN": "第二件半价", "en": "2nd at half price"}
COUPON = {"zh-CN": "5元券", "en": "5 off"}


def promoted(**changes: object) -> Receipt:
    """Return a can with 1.75 off it, 0.50 off the order by a coupon, and a fee taken off."""
    priced = Priced(
        totals=Totals(list_minor=700, discount_minor=225, payable_minor=475),
        lines=(PricedLine(1, 700, 225, 475, 0, 475),),
        allocations=(Allocation(1, "half", 175), Allocation(1, "C5", 50)),
        taxes=(),
        fees=(FeeAmount("pack", 100, 0), FeeAmount("rule:free", -100, 0)),
    )
    values: dict[str, object] = {
        "priced": priced,
        "order_rules": ("C5",),
        "rule_words": {"half": WORDS, "C5": COUPON, "rule:free": {"en": "Free packing"}},
        "fee_names": {"pack": "打包", "rule:free": "Free packing"},
        "coupons_used": ("C5",),
        "points_used": 300,
        "rewards": (
            RewardRow("双倍", "points", 2_000_000, 50, (), {"zh-CN": "双倍", "en": "Double"}),
            RewardRow("返券", "coupon", codes=("26V7TC2XY5TH",)),
        ),
    }
    return build(small(minor=700, **(values | changes)))


def paper(language: str) -> str:
    return render_text(promoted(), TextStyle(columns=42, language=language))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "half", "saved"),
    [
        ("zh-CN", "第二件半价", "本单共省"),
        ("en", "2nd at half price", "YOU SAVED"),
        ("zh-CN+en", "第二件半价 2nd at half price", "本单共省 YOU SAVED"),
    ],
)
def test_promotions_are_named_in_the_language_of_the_paper(
    language: str, half: str, saved: str
) -> None:
    """Both on bilingual paper; a name that there is in one language only is better than none."""
    text = paper(language)
    assert half in text
    assert saved in text
    assert "Free packing" in text


def test_what_was_saved_is_all_that_came_off() -> None:
    """Discounts and what came off fees; coupons and points used are beside it."""
    savings = promoted().savings
    assert savings is not None
    assert (savings.saved_minor, savings.coupons_used, savings.points_used) == (325, ("C5",), 300)
    rows = [" ".join(row.split()) for row in paper("zh-CN").splitlines()]
    for row in ("本单共省 ￥3.25", "已用券 C5", "已用积分 300", "积分: 双倍 x2 +50",
                "赠券: 返券 26V7TC2XY5TH"):  # fmt: skip
        assert row in rows


def test_what_is_of_the_order_stands_once() -> None:
    """The coupon is under the sum of the discounts, not under the line; the other the other way."""
    rows = [" ".join(row.split()) for row in paper("zh-CN").splitlines()]
    assert rows.count("5元券 -0.50") == 1
    assert rows.index("第二件半价 -1.75") < rows.index("小计 7.00") < rows.index("5元券 -0.50")


def test_a_receipt_without_promotions_says_nothing_of_savings() -> None:
    """A discount by hand alone is no promotion, and a gift receipt shows no amounts."""
    assert promoted(rule_words={}, rewards=()).savings is None
    gift = promoted(gift=True)
    assert gift.savings is None
    assert "省" not in render_text(gift)


def test_an_e_receipt_of_before_is_read() -> None:
    """Version 1 knew nothing of promotions; what it says stays."""
    receipt = promoted()
    assert decode(encode(receipt)) == receipt
    old = msgspec.json.decode(encode(receipt))
    old["schema"] = "cashwrap.receipt/1"
    del old["receipt"]["savings"]
    for line in old["receipt"]["lines"]:
        line["discounts"] = [cell[:3] for cell in line["discounts"]]
    read = decode(msgspec.json.encode(old))
    assert read.savings is None
    assert [cell.minor for cell in read.lines[0].discounts] == [175, 50]


def test_any_language_is_better_than_none() -> None:
    """en-GB is English; French alone is what there is."""
    assert in_language({"en-GB": "two", "zh-TW": "二"}, "en") == "two"
    assert in_language({"fr": "deux"}, "zh-CN") == "deux"
    assert in_language({"en": "two"}, "zh-CN+en") == "two"
    assert in_language({}, "en") == ""
