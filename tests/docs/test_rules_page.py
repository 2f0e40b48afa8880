"""docs/rules.md: each example, priced by the engine, comes to what stands beside it."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.files.read import parse_rules
from cashwrap.promotions.model import (
    BasketLine,
    Goods,
    HeldCoupon,
    Left,
    Occasion,
    PriceProof,
    Reward,
)
from cashwrap.promotions.rules import Arithmetic, Policy
from cashwrap.settings import parse_settings
from cashwrap.testing.shop import Shop

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ALL_KINDS = list(range(1, 36))
ROUNDING = 30  # a setting of the till, not a rule


class Example(NamedTuple):
    """One row: a cart under the rules of its section, and what it comes to."""

    kind: int
    toml: str
    cart: str
    occasion: str
    to_pay: str
    besides: str


def examples() -> Iterator[Example]:
    """Yield the rows of all sections."""
    for number, body in re.findall(r"\n### (\d+)\. [^\n]*\n(.*?)(?=\n##)", PAGE, re.DOTALL):
        blocks = re.findall(r"```toml\n(.*?)```", body, re.DOTALL)
        assert len(blocks) == 1, number
        for row in re.findall(r"^\| (\d.*) \|$", body, re.MULTILINE):
            cells = [cell.strip() for cell in row.split("|")]
            yield Example(int(number), blocks[0], *cells)


def goods() -> dict[str, tuple[Goods, int]]:
    """Return the goods of the page and their prices."""
    table = PAGE.split("## The goods of the examples")[1].split("\n\n")[1]
    found = {}
    for row in table.splitlines()[2:]:
        sku, price, categories, tags = (cell.strip() for cell in row.strip("|").split("|"))
        made = Goods(sku, categories=tuple(categories.split()), tags=tuple(tags.split()))
        found[sku] = made, minor(price.split()[0])
    return found


def minor(text: str) -> int:
    """Return 990 for 9.90."""
    return int(text.replace(".", ""))


def lines(cart: str) -> list[BasketLine]:
    """Return the lines of ``2 COLA, 0.500 APPLE``."""
    shelf, found = goods(), []
    for number, part in enumerate(cart.split(", "), 1):
        quantity, sku = part.split()
        one, price = shelf[sku]
        if "." in quantity:
            milli = minor(quantity)
            amount = (price * milli + 500) // 1000
            line = BasketLine(number, one, amount, 1, amount, 0, True, milli)
        else:
            line = BasketLine(number, one, price, int(quantity), price)
        found.append(line)
    return found


def ms(text: str) -> int:
    """Return the moment in Shanghai."""
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp()) * 1000


def occasion(text: str) -> Occasion:
    """Return the occasion of ``member M1; at 2026-03-08T10:00``."""
    monday = ms("2026-03-02T10:00")
    made = Occasion(monday, monday)
    for number, part in enumerate(text.split("; ") if text else ()):
        what, *said = part.split()
        match what:
            case "at":
                made = replace(made, opened_ms=ms(said[0]), now_ms=ms(said[0]))
            case "opened" | "now":
                made = replace(made, **{f"{what}_ms": ms(said[0])})
            case "member" | "tier":
                made = replace(made, **{what: said[0]})
            case "order":
                made = replace(made, order_type=said[0])
            case "group" | "fact":
                made = replace(made, **{f"{what}s": (said[0],)})
            case "paying":
                made = replace(made, tenders=(said[0],))
            case "chosen":
                made = replace(made, chosen=(said[0],))
            case "coupon":
                held = HeldCoupon(said[0], f"code-{number}")
                made = replace(made, coupons=(*made.coupons, held))
            case "points":
                made = replace(made, points=int(said[0]), points_wanted=-1)
            case "left":
                made = replace(made, left=((said[0], Left(uses=int(said[1]))),))
            case "fee":
                made = replace(made, fees=((said[0], int(said[1])),))
            case _:
                raise AssertionError(part)
    return made


def besides(proof: PriceProof) -> str:
    """Return what a proof gives other than money off goods, as the page writes it."""
    found = [f"offer {offer.rule} {offer.units}" for offer in proof.offers]
    found += [f"fee {fee.fee} {fee.minor}" for fee in proof.fees]
    return ", ".join([*found, *(reward(one) for one in proof.rewards)])


def reward(one: Reward) -> str:
    """Return ``points x2 +10`` or ``coupon next-10``."""
    if one.kind == "coupon":
        return f"coupon {one.coupon}"
    return f"points x{one.times_ppm // 1_000_000} +{one.extra}"


EXAMPLES = list(examples())


def test_each_kind_has_its_example() -> None:
    """All 35 kinds stand on the page, each with rules and at least one cart."""
    assert sorted({one.kind for one in EXAMPLES}) == ALL_KINDS


@pytest.mark.parametrize(
    "one",
    [one for one in EXAMPLES if one.kind != ROUNDING],
    ids=lambda one: f"{one.kind}: {one.cart} {one.occasion}".strip(),
)
def test_the_example_comes_to_what_the_page_says(one: Example) -> None:
    """The rules of the page are valid, and the cart comes to the amount beside it."""
    basket = PromotionEngine(parse_rules(one.toml)).basket(occasion(one.occasion))
    for line in lines(one.cart):
        basket.put(line)
    solution = basket.solve()
    assert solution.payable_minor == minor(one.to_pay)
    assert solution.certificate.proved
    assert besides(solution.proof()) == one.besides


def test_rounding_of_the_page_is_a_setting_that_the_till_takes(tmp_path: Path) -> None:
    """抹零: the total goes down to the jiao."""
    [one] = [one for one in EXAMPLES if one.kind == ROUNDING]
    assert parse_settings(one.toml).price.cash_rounding.increment_minor == 10
    item = {"type": "item", "sku": "APPLE", "name": "苹果", "unit": "kg", "measure": "weight"}
    shop = Shop(tmp_path / "shop", settings=one.toml, items=[{**item, "price": "10.00"}])
    sale = shop.till.new_sale()
    sale.add("APPLE", "0.333")
    assert sale.totals.payable_minor == minor(one.to_pay)
    shop.till.close()


def test_the_program_of_the_page_runs(tmp_path: Path) -> None:
    """Two sets are published, and one call goes back to the first."""
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    shop = Shop(tmp_path / "shop")
    exec(found[1], {"till": shop.till})
    shop.till.close()


def test_the_first_file_of_the_page_is_a_rule_file() -> None:
    """What a reader copies first is valid."""
    found = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    assert [rule.id for rule in parse_rules(found[1]).rules] == ["second-half"]


def test_every_setting_of_a_set_and_of_a_rule_is_in_the_table() -> None:
    """docs/promotions.md#settings names each field of the policy and of a rule's arithmetic."""
    page = (Path(__file__).parents[2] / "docs" / "promotions.md").read_text(encoding="utf-8")
    table = page.split("## Settings")[1]
    fields = [f"policy.{name}" for name in Policy.__struct_fields__]
    fields += [f"arithmetic.{name}" for name in Arithmetic.__struct_fields__]
    assert [field for field in fields if f"`{field}`" not in table] == []
    points = re.findall(r"^\| (\d+) \|", table, re.MULTILINE)
    assert points == [str(number) for number in range(1, 18)]
