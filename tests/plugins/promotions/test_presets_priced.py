"""What each preset does to a cart: one worked case or more for every kind of rule."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from builders.carts import goods, priced

from cashwrap.money import Currency
from cashwrap.promotions.model import BasketLine, HeldCoupon
from cashwrap.promotions.rules import Rule
from cashwrap_plugins.promotions.presets import PRESETS

TEA, CAKE = ("tea", 1_000), ("cake", 600)


def made(code: str, **settings: str) -> tuple[Rule, ...]:
    make = next(preset.make for preset in PRESETS if preset.code == code)
    assert make is not None
    return make(settings, Currency())


def cart(text: str) -> list[BasketLine]:
    """Return lines of ``tea:1000*2 cake:600``; the SKU is its own category too."""
    lines = []
    for word in text.split():
        sku, _, rest = word.partition(":")
        price, _, units = rest.partition("*")
        lines.append(goods(sku, int(price), int(units or 1), categories=(f"c-{sku}",)))
    return lines


MEMBER = {"member": "M1", "tier": "gold"}
AT_SIX = int(datetime(2026, 3, 1, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)

CASES: list[tuple[str, dict[str, str], str, dict[str, object], int]] = [
    ("special-price", {"goods": "tea", "price": "8"}, "tea:1000*2", {}, 1_600),
    ("special-price", {"goods": "tea", "price": "12"}, "tea:1000", {}, 1_000),
    ("percent-off", {"off": "8折"}, "tea:1000 cake:600", {}, 1_280),
    ("amount-off", {"off": "3", "goods": "category:c-tea"}, "tea:1000*2 tiny:200", {}, 1_600),
    ("amount-off", {"off": "3"}, "tiny:200", {}, 0),
    ("timed-discount", {"off": "20%", "hours": "17:00-19:00"}, "tea:1000", {}, 1_000),
    (
        "timed-discount", {"off": "20%", "hours": "17:00-19:00"}, "tea:1000",
        {"opened_ms": AT_SIX, "now_ms": AT_SIX + 7_200_000}, 800,
    ),
    ("member-price", {"goods": "tea", "price": "9"}, "tea:1000", {}, 1_000),
    ("member-price", {"goods": "tea", "price": "9"}, "tea:1000", MEMBER, 900),
    ("tier-discount", {"levels": "gold:12%,silver:5%"}, "tea:1000", MEMBER, 880),
    (
        "tier-discount", {"levels": "gold:12%,silver:5%"}, "tea:1000",
        {"member": "M2", "tier": "silver"}, 950,
    ),
    ("quantity-tiers", {"tiers": "2:5%,3:-2,6:5"}, "tea:1000*2", {}, 1_900),
    ("quantity-tiers", {"tiers": "2:5%,3:-2,6:5"}, "tea:1000*3", {}, 2_400),
    ("quantity-tiers", {"tiers": "2:5%,3:-2,6:5"}, "tea:1000*6", {}, 3_000),
    ("quantity-tiers", {"tiers": "2:5", "marginal": "yes"}, "tea:1000*3", {}, 2_000),
    ("second-half-price", {}, "tea:1000 cake:600 cup:400", {}, 1_700),
    ("second-half-price", {"uses": "1"}, "tea:1000*4", {}, 3_500),
    ("nth-off", {"nth": "3", "off": "100%"}, "tea:1000*3 cake:600", {}, 2_600),
    ("even-price", {"goods": "tea", "price": "7"}, "tea:1000*3", {}, 2_400),
    ("buy-get-free", {"buy_count": "3"}, "tea:1000*3 cake:600", {}, 3_000),
    ("buy-get-free", {"buy_count": "2", "get": "2"}, "tea:1000*4", {}, 2_000),
    ("buy-get-other", {"buy": "tea*2", "goods": "cake"}, "tea:1000*2 cake:600", {}, 2_000),
    ("buy-get-other", {"buy": "tea*2", "goods": "cake"}, "tea:1000*1 cake:600", {}, 1_600),
    ("any-for-price", {"count": "2", "price": "15", "goods": "tea,cake,cup"},
     "tea:1000*2 cup:400", {}, 1_900),
    ("any-for-percent", {"count": "2", "off": "50%"}, "tea:1000*3", {}, 2_000),
    ("bundle", {"parts": "tea;category:c-cake", "price": "12"}, "tea:1000*2 cake:600", {}, 2_200),
    ("pair-off", {"goods": "tea", "other": "cake", "off": "2"}, "tea:1000*2 cake:600*2", {}, 2_800),
    ("spend-both", {"goods": "tea", "spend": "20", "other": "cake", "other_spend": "6", "off": "5"},
     "tea:1000*2 cake:600 cup:400", {}, 2_500),
    ("spend-both", {"goods": "tea", "spend": "20", "other": "cake", "other_spend": "6", "off": "5"},
     "tea:1000*3", {}, 3_000),
    ("spend-off", {"steps": "10:1,20:3"}, "tea:1000", {}, 900),
    ("spend-off", {"steps": "10:1,20:3"}, "tea:1000*2 cake:600", {}, 2_300),
    ("every-off", {"spend": "10", "off": "1"}, "tea:1000*3", {}, 2_700),
    ("every-off", {"spend": "10", "off": "1", "times": "2"}, "tea:1000*3", {}, 2_800),
    ("spend-percent", {"steps": "10:10%", "at_most": "1.50"}, "tea:1000*2", {}, 1_850),
    ("count-off", {"tiers": "2:-1,3:10%"}, "tea:1000*2", {}, 1_900),
    ("count-off", {"tiers": "2:-1,3:10%"}, "tea:1000*3", {}, 2_700),
    ("gift", {"spend": "20", "gifts": "cup,mug"}, "tea:1000*2 cup:400 mug:500", {}, 2_400),
    ("gift", {"spend": "20", "gifts": "cup"}, "tea:1000 cake:600 cup:400", {}, 2_000),
    ("add-on", {"spend": "20", "price": "1", "addons": "cup"}, "tea:1000*2 cup:400*2", {}, 2_500),
    ("coupon-off", {"spend": "10", "off": "2"}, "tea:1000",
     {"coupons": (HeldCoupon("coupon-off", "X"),)}, 800),
    ("coupon-off", {"spend": "10", "off": "2"}, "tea:1000", {}, 1_000),
    ("coupon-percent", {"off": "10%", "at_most": "0.50"}, "tea:1000",
     {"coupons": (HeldCoupon("coupon-percent", "X"),)}, 950),
    ("coupon-cash", {"face": "20"}, "tea:1000", {"coupons": (HeldCoupon("coupon-cash", "X"),)}, 0),
    ("coupon-item", {"goods": "tea", "price": "2"}, "tea:1000*3",
     {"coupons": (HeldCoupon("coupon-item", "X"), HeldCoupon("coupon-item", "Y"))}, 1_400),
    ("platform-voucher", {"face": "5"}, "tea:1000",
     {"coupons": (HeldCoupon("platform-voucher", "X"),)}, 500),
    ("points-pay", {"points": "100", "worth": "1", "share": "50%"}, "tea:1000",
     {**MEMBER, "points": 950, "points_wanted": -1}, 500),
    ("points-pay", {"points": "100", "worth": "1"}, "tea:1000",
     {**MEMBER, "points": 950, "points_wanted": 320}, 700),
    ("points-pay", {"points": "100", "worth": "1"}, "tea:1000", {**MEMBER, "points": 950}, 1_000),
    ("stored-value-price", {"goods": "tea", "price": "9"}, "tea:1000",
     {"tenders": ("stored_value",)}, 900),
    ("stored-value-price", {"goods": "tea", "price": "9"}, "tea:1000", {}, 1_000),
    ("tender-offer", {"tenders": "wechat,alipay", "off": "1", "spend": "10"}, "tea:1000",
     {"tenders": ("alipay",)}, 900),
    ("new-customer", {"off": "3", "spend": "10"}, "tea:1000", {**MEMBER, "facts": ("new",)}, 700),
    ("new-customer", {"off": "3", "spend": "10"}, "tea:1000", MEMBER, 1_000),
    ("staff-discount", {"off": "20%"}, "tea:1000", {"groups": ("staff",)}, 800),
    ("flash-sale", {"goods": "tea", "price": "1", "per_member": "1"}, "tea:1000*2", MEMBER, 200),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "settings", "text", "occasion", "payable_minor"),
    CASES,
    ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)],
)
def test_a_preset_prices_a_cart(
    code: str,
    settings: dict[str, str],
    text: str,
    occasion: dict[str, object],
    payable_minor: int,
) -> None:
    """Worked by hand; the engine and the reference agree on it."""
    assert priced(made(code, **settings), cart(text), **occasion).payable_minor == payable_minor


def test_presets_that_take_nothing_off_goods_are_in_the_proof() -> None:
    """Fees, points and coupons for the next time."""
    rules = (
        *made("service-fee", share="10%"),
        *made("each-fee", price="1", goods="tea"),
        *made("minimum-spend", spend="50"),
        *made("delivery-off", spend="20"),
        *made("points-times", points_times="3"),
        *made("next-coupon", spend="20", off="5"),
    )
    fees = (("delivery", 600),)
    proof = priced(rules, cart("tea:1000*2 cake:600"), **MEMBER, fees=fees).proof
    assert {fee.rule: fee.minor for fee in proof.fees} == {
        "service-fee": 260, "each-fee": 200, "minimum-spend": 2_400, "delivery-off": -600,
    }  # fmt: skip
    assert {reward.rule: (reward.times_ppm, reward.coupon) for reward in proof.rewards} == {
        "points-times": (3_000_000, ""),
        "next-coupon": (0, "next-coupon.coupon"),
    }


def test_a_coupon_for_delivery_takes_off_what_there_is() -> None:
    """Worth 6.00 on a fee of 5.00, and only with the coupon."""
    rules, fees = made("coupon-delivery", face="6"), (("delivery", 500),)
    assert priced(rules, cart("tea:1000"), fees=fees).proof.fees == ()
    held = (HeldCoupon("coupon-delivery", "X"),)
    proof = priced(rules, cart("tea:1000"), fees=fees, coupons=held).proof
    assert [(fee.fee, fee.minor) for fee in proof.fees] == [("delivery", -500)]


def test_every_preset_that_makes_a_rule_is_priced_here() -> None:
    """No preset without a worked case."""
    here = {case[0] for case in CASES} | {
        "coupon-delivery",
        "service-fee", "each-fee", "minimum-spend", "delivery-off", "points-times", "next-coupon",
        "member-day",  # test_member_day.py
        "different-goods",  # test_different.py
    }  # fmt: skip
    assert {preset.code for preset in PRESETS if preset.make} == here
