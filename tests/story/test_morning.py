"""The demo's morning: a shop's sales from half past seven to noon, and what must hold after it."""

import json
from pathlib import Path

import pytest

from cashwrap import Till
from cashwrap.cli.demo import Shown, ring_up
from cashwrap.cli.main import main
from cashwrap.demo.ports import DemoRandomness
from cashwrap.demo.shop import DATA, NotADemoShop, clear
from cashwrap.pricing.check import recheck
from cashwrap.promotions.files.read import read_rules
from cashwrap.promotions.recheck.proof import recheck_proof
from cashwrap.receipt.text import TextStyle, render_text
from cashwrap.sale.coupons import used_codes
from cashwrap.sale.events import SaleCompleted
from cashwrap.stock.moves import cost_of, is_held


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The morning as the demo rings it up."""
    folder = tmp_path_factory.mktemp("morning") / "shop"
    return ring_up(folder, DemoRandomness(fixed_key=True), lambda done, total: None)


@pytest.fixture
def till(morning, monkeypatch, tmp_path):
    """A till on the shop after its morning."""
    monkeypatch.setenv("CASHWRAP_STATE_DIR", str(tmp_path / "state"))
    with Till.open(morning.folder, plugins=False) as opened:
        yield opened


def sales(till: Till) -> list[SaleCompleted]:
    """Return every completed sale, the return among them."""
    bodies = [record.body() for record in till.store.records()]
    return [body for body in bodies if isinstance(body, SaleCompleted)]


def test_morning_is_proved(morning):
    """After the morning the whole journal verifies and every table equals its rebuild."""
    assert morning.proof.ok
    assert morning.proof.records > 600


def test_takings_are_the_sum_of_the_sales(morning, till):
    """The day's sums equal those of its sales; what stays in the till equals what was paid."""
    totals, every = morning.takings.totals, sales(till)
    assert totals.sales == morning.story.counts["sales"] == len(every) - 1
    assert totals.returns == morning.story.counts["returns"] == 1
    assert totals.payable_minor == sum(sale.payable_minor for sale in every)
    assert totals.tax_minor == sum(tax.tax_minor for tax in morning.takings.taxes)
    kept = sum(taking.amount_minor for taking in totals.takings)
    assert kept == totals.payable_minor + totals.rounding_minor
    assert every[-1].grand_sales_minor == totals.payable_minor


def test_receipt_numbers_have_no_gaps(till):
    """Receipts are numbered 1, 2, 3, ...; cancelled sales take no number."""
    assert [sale.number for sale in sales(till)] == list(range(1, 218))


def test_stock_left_is_delivered_less_sold(till):
    """For each item, what came in less what its sales drew is what is on hand."""
    drawn: dict[str, int] = {}
    for sale in sales(till):
        for move in sale.moves:
            way = 1 if is_held(move.source) else -1
            drawn[move.sku] = drawn.get(move.sku, 0) + way * move.quantity_milli

    def check(stock):
        for sku, sold in drawn.items():
            rows = stock.rows(sku)
            came = -sum(r.on_hand_milli for r in rows if r.location.startswith("supplier"))
            assert stock.on_hand(sku) == came - sold

    till.ask_stock(check)


@pytest.mark.req("R7")
def test_set_meals_add_up(till):
    """The parts of a set meal come to its price and its upcharges, to the last cent."""
    meals = 0
    for sale in sales(till):
        gross = {line.line: line.gross_minor for line in sale.priced.lines}
        for meal in sale.lines:
            parts = [part for part in sale.lines if part.parent == meal.line]
            if parts:
                meals += 1
                price = meal.unit_minor + sum(part.upcharge_minor for part in parts)
                assert sum(gross[part.line] for part in parts) == price
    assert meals > 10


def test_cost_is_what_left_the_shelves(morning, till):
    """The cost of goods is the sum of all moves, so the margin is the ledger's."""
    cost = sum(cost_of(sale.moves) for sale in sales(till))
    assert morning.takings.totals.cost_minor == cost


def test_everything_scripted_happened(morning):
    """The morning has all that a demo of a till should show."""
    titles = [note.title for note in morning.story.notes]
    assert titles == [
        "Shift 1", "Expired pack", "Payment code", "New price", "No answer", "Cancelled",
        "Suspended", "Resumed", "Reprint", "Misread label", "Declined", "Card number",
        "Z report 1", "Shift 2", "No sale", "Dented box", "Case", "Return", "Hint",
    ]  # fmt: skip
    counts = morning.story.counts
    assert counts["stopped"] == 3
    assert counts["approvals"] > 3
    assert morning.story.z.cash.over_minor == -150
    assert all(counts[name] > 5 for name in ("weighed", "set meals", "specs changed", "split"))
    assert all(counts[name] > 5 for name in ("lines voided", "undone", "members", "scanned"))


@pytest.mark.req("R22")
def test_every_promotion_of_the_morning_is_proved(morning, till):
    """Each sale's record proves its price: by its sums, and by a second look at its rules."""
    counts, saved, coupons = morning.story.counts, 0, 0
    rules = read_rules(DATA / "rules.toml")
    gave = set()
    for sale in sales(till):
        proof = sale.priced.proof
        assert proof is not None
        assert proof.certificate.proved
        assert recheck(sale.priced) == []
        assert recheck_proof(proof, rules) == []
        gave |= set(sale.rule_names)
        saved += sum(applied.saving_minor for applied in proof.applied)
        coupons += len(used_codes(proof))
    assert gave == {rule.id for rule in rules.rules}
    assert (saved, coupons) == (counts["saved_minor"], counts["coupons used"])
    assert counts["promoted"] > 50
    assert 5 < coupons < counts["coupons shown"]


def test_the_receipt_shown_has_all_kinds_of_promotions(morning):
    """Second at half price, a set, a threshold, a coupon and points, and what was saved."""
    receipt = morning.receipt
    under_lines = {cell.rule for line in receipt.lines for cell in line.discounts}
    assert {"second-half", "coffee-croissant"} <= under_lines
    assert [cell.rule for cell in receipt.totals.order_discounts] == ["spend-40", "SPRING5"]
    assert receipt.savings.saved_minor == receipt.totals.discount_minor
    assert receipt.savings.coupons_used == ("SPRING5",)
    assert [row.times_ppm for row in receipt.savings.rewards] == [2_000_000]
    assert "本单共省" in render_text(receipt)
    assert "YOU SAVED" in render_text(receipt, TextStyle(language="en"))


def test_happy_hour(till):
    """From ten to eleven, and only then, bread costs thirty percent less."""
    prices: dict[tuple[str, bool], set[int]] = {}
    for sale in sales(till):
        happy = _hour(sale.history[0].at_ms) == 10
        for line in sale.lines:
            if line.sku in ("B007", "B009", "B010", "B011") and not line.parent:
                prices.setdefault((line.sku, happy), set()).add(line.unit_minor)
    both = {sku for sku, happy in prices if happy} & {sku for sku, happy in prices if not happy}
    assert both
    for sku in both:
        assert max(prices[(sku, True)]) * 10 == min(prices[(sku, False)]) * 7
    assert all(len(each) == 1 for each in prices.values())


def _hour(at_ms: int) -> int:
    return at_ms // 3_600_000 % 24 + 8


def test_no_card_number_reaches_the_disk(morning):
    """What looks like a card number is masked before it is kept, in the store and in the draft."""
    for name in ("data.mdb", "draft"):
        assert b"6228480402564899" not in (Path(morning.folder) / name).read_bytes()


def test_same_morning_again(morning, tmp_path):
    """With the same key the morning gives the same journal, to the byte."""
    again = ring_up(tmp_path / "shop", DemoRandomness(fixed_key=True), lambda done, total: None)
    assert again.proof.head_hash == morning.proof.head_hash


def test_other_folders_are_left_alone(tmp_path):
    """Only an empty folder or an earlier demo shop is used."""
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(NotADemoShop):
        clear(tmp_path)
    assert main(["demo", str(tmp_path)]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_demo_twice_for_people(tmp_path, monkeypatch, capsys):
    """The demo shows a receipt, the takings, the proof and where to go next; then again."""
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    first = capsys.readouterr().out
    for text in ("珍珠奶茶 大杯", "Takings", "Running low", "Journal verified", "verify demo-shop"):
        assert text in first
    assert all(line == line.rstrip() for line in first.splitlines())
    assert main(["demo", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"]
    assert answer["counts"]["sales"] == 216
