"""Why a sale cost what it cost, on the command line."""

import json
import subprocess
import sys

import pytest

from cashwrap import Till
from cashwrap.cli.main import main

RULES = """\
name = "spring"
[[rules]]
id = "half"
layer = "item"
name = {zh-CN = "第二件半价", en = "Second at half price"}
benefit = {kind = "group", every = 2, off = {percent_ppm = 500000}}
[[rules]]
id = "ten"
layer = "order"
name = {zh-CN = "满10减1", en = "1 off 10"}
benefit = {kind = "spend", steps = [{at_minor = 1000, off = {amount_minor = 100}}]}
"""


@pytest.fixture
def sold(shop, tmp_path, run):
    """A small shop with rules in force and a sale of two waters and a tea."""
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    assert run("rules", "publish", str(rules), "-f", shop)[0] == 0
    with Till.open(shop) as till:
        sale = till.new_sale(staff="E01")
        sale.add("WATER", 2)
        sale.add("TEA")
        sale.pay_cash(2_000)
    return shop


def test_a_proof_is_told_checked_and_solved_again(sold, run):
    """Every figure follows from the rules, and solving again gives the same bytes."""
    code, answer = run("proof", "last", "-f", sold)
    assert code == 0
    assert (answer["holds"], answer["issues"], answer["solved_again"]) == (True, [], True)
    assert [each["rule"] for each in answer["proof"]["applied"]] == ["half"]
    assert answer["proof"]["rejected"][0]["reason"] in ("short", "consumed")
    assert run("proof", str(answer["number"]), "-f", sold)[1] == answer
    assert run("proof", answer["sale"], "-f", sold)[1] == answer


def test_the_page_is_for_people(sold, capsys):
    """In both languages: goods, rules with their sums, reasons, hashes, verdicts."""
    assert main(["proof", "last", "-f", sold, "--language", "en"]) == 0
    text = capsys.readouterr().out
    assert "Second at half price (half)  [item]" in text
    assert "50 % of" in text
    assert "1 off 10 (ten): " in text
    assert "Checked again: every use, saving and sum follows" in text
    assert "Solved again: the same proof, byte for byte" in text
    assert main(["proof", "last", "-f", sold, "--language", "zh-CN"]) == 0
    text = capsys.readouterr().out
    assert "第二件半价 (half)" in text
    assert "逐字节相同" in text


def test_a_sale_before_any_rules_says_so(sold, run):
    """There is nothing to prove where no rules were in force."""
    code, answer = run("proof", "1", "-f", sold)
    assert (code, answer["proof"], answer["holds"]) == (0, None, True)


def test_a_sale_that_is_not_there_is_refused(sold, run):
    """The refusal says what the last number is."""
    code, answer = run("proof", "99", "-f", sold)
    assert (code, answer["error"]["code"]) == (1, "sale.unknown")
    assert "the last receipt is 3" in answer["error"]["message"]
    assert run("proof", "²", "-f", sold)[0] == 1


MORE_RULES = """\
[[rules]]
id = "double"
layer = "order"
benefit = {kind = "earn_points", times_ppm = 2000000}
[[rules]]
id = "service"
layer = "order"
benefit = {kind = "surcharge", fee = "service", percent_ppm = 100000, tax = "vat13"}
"""


def test_a_discount_by_hand_earns_no_points_and_pays_no_service(sold, tmp_path, run):
    """12.00 less 2.00 by hand: points and service are of 10.00, and the proof says so."""
    rules = tmp_path / "more.toml"
    rules.write_text(MORE_RULES, encoding="utf-8")
    assert run("rules", "publish", str(rules), "-f", sold)[0] == 0
    with Till.open(sold) as till:
        sale = till.new_sale(staff="E01")
        sale.add("TEA", 3)
        sale.discount(amount_minor=200, reason="regular", staff="E01")
        assert sale.totals.payable_minor == 1_100
        sale.pay_cash(1_100)
    code, answer = run("proof", "last", "-f", sold)
    assert (code, answer["holds"], answer["solved_again"]) == (0, True, True), answer
    assert answer["proof"]["by_hand"] == [[1, 200]]
    assert answer["proof"]["rewards"][0]["base_minor"] == 1_000
    assert answer["proof"]["fees"][0]["minor"] == 100


def test_a_till_may_be_open(sold):
    """Looking at a proof disturbs nobody, nor is it kept from looking."""
    words = [sys.executable, "-m", "cashwrap", "proof", "last", "-f", sold, "--json"]
    with Till.open(sold):
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["holds"]


# -- rules explain --------------------------------------------------------------------------------

CART = """\
lines = [{sku = "WATER", units = 1}, {sku = "X", units = 1, price_minor = 650}]
[occasion]
at = "2026-11-11T09:00"
"""


def files(tmp_path, cart=CART):
    rules, written = tmp_path / "rules.toml", tmp_path / "cart.toml"
    rules.write_text(RULES, encoding="utf-8")
    written.write_text(cart, encoding="utf-8")
    return str(rules), str(written)


def test_a_cart_is_explained(tmp_path, run):
    """What applied, what did not, what to add and what it brings."""
    cart = CART.replace('sku = "WATER", units = 1', 'sku = "WATER", price_minor = 200')
    code, answer = run("rules", "explain", *files(tmp_path, cart))
    assert code == 0
    assert [each["rule"] for each in answer["proof"]["applied"]] == ["half"]
    assert {x["rule"]: x["short_minor"] for x in answer["proof"]["rejected"]} == {"ten": 150}
    assert [x["rule"] for x in answer["hints"]] == ["half", "ten"]


def test_a_cart_may_name_goods_of_a_shop(shop, tmp_path, run):
    """Prices and names that a cart does not say are the shop's."""
    code, answer = run("rules", "explain", *files(tmp_path), "--shop", shop)
    assert code == 0
    assert [x["unit_minor"] for x in answer["proof"]["lines"]] == [200, 650]


def test_a_cart_in_json_is_read_too(tmp_path, run):
    """JSON says the same as TOML."""
    cart = json.dumps({"lines": [{"sku": "A", "price_minor": 1_000, "weight_milli": 500}]})
    code, answer = run("rules", "explain", *files(tmp_path, cart), "--all")
    assert code == 0
    assert answer["proof"]["lines"][0]["unit_minor"] == 500
    assert [x["reason"] for x in answer["proof"]["rejected"]] == ["no_units", "short"]


def test_the_explanation_is_for_people(tmp_path, capsys):
    """The hint is in words."""
    cart = CART.replace('sku = "WATER", units = 1', 'sku = "WATER", price_minor = 200')
    args = ["rules", "explain", *files(tmp_path, cart), "--language", "zh-CN"]
    assert main(args) == 0
    text = capsys.readouterr().out
    assert "凑单建议" in text
    assert "还差" in text


@pytest.mark.parametrize(
    ("cart", "why"),
    [
        ("lines = []", "a cart has lines"),
        ("lines = [{sku = 'A', unit = 1}]", "no field 'unit': did you mean 'units'"),
        ("lines = [{sku = 'A'}]", "say price_minor"),
        ("lines = [{sku = 'A', price_minor = 1}]\n[occasion]\nat = 'soon'", "soon"),
        ("lines = [{sku = 'A', price_minor = 1}]\n[occasion]\ntimezone = 'Moon'", "Moon"),
        ("line = 1\nlines = [{sku = 'A', price_minor = 1}]", "is no field"),
        ("lines = [", "this is no TOML"),
    ],
)
def test_a_cart_that_cannot_be_read_is_refused_in_words(tmp_path, run, cart, why):
    """Everything wrong with it is named."""
    code, answer = run("rules", "explain", *files(tmp_path, cart))
    assert code == 1
    assert why in str(answer["error"])
