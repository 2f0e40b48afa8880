"""Markdowns: a file of prices that the shopkeeper drops into the shop's folder."""

import os
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cashwrap_plugins.promotions
from cashwrap.host.acting import plugin_till
from cashwrap.host.serving import Asked, answer, offered
from cashwrap.money import Currency
from cashwrap.settings import Settings
from cashwrap.testing.shop import START_MS, ManualClock, Shop
from cashwrap_plugins.promotions.events import MarkdownsRead
from cashwrap_plugins.promotions.markdowns import (
    Markdown,
    Markdowns,
    as_price_list,
    parse_markdowns,
    read_markdowns,
)
from cashwrap_plugins.promotions.markdowns_command import MARKDOWNS
from cashwrap_plugins.promotions.markdowns_route import MARKDOWNS_ROUTE, MarkdownsView
from cashwrap_plugins.promotions.options import PluginSettings

PLUGIN = Path(cashwrap_plugins.promotions.__file__).parent
ZONE = ZoneInfo("Asia/Shanghai")
HOUR_MS = 3_600_000


def parsed(text: str) -> Markdowns:
    return parse_markdowns(text, "markdowns.csv", Currency(), ZONE)


@pytest.fixture
def drop(tmp_path: Path) -> Callable[[str], Shop]:
    """Open a shop whose folder has this file."""

    def made(text: str, encoding: str = "utf-8") -> Shop:
        shop = Shop(tmp_path / "shop", plugins=[PLUGIN])
        (shop.folder / "markdowns.csv").write_bytes(text.encode(encoding))
        shop.reopen()
        return shop

    return made


def test_the_register_shows_what_counts_and_what_comes(drop):
    """Soonest end first, in the shop's own time; what is over is gone, what is wrong is told."""
    text = (
        "sku,price,from,to\nBUN,5.00,2026-02-01,2026-03-01\nCAKE,8.00,2026-02-01,\n"
        "COLA,2.00,2026-03-05 18:00,2026-03-05 21:00\nTEA-L,7.00,2026-01-01,2026-01-02\nBUN,x,,\n"
    )
    till = drop(text).till
    (plugin,) = [one for one in till.host.plugins.values() if "cashwrap_panels" in one.hooks]
    asked = Asked(None, {}, {}, "", "", "")
    raw = answer(till, plugin.name, MARKDOWNS_ROUTE, asked, msgspec.json.encode)
    told = msgspec.json.decode(raw, type=MarkdownsView)
    rows = [(one.sku, one.since, one.until, one.counts) for one in told.markdowns]
    assert rows == [
        ("BUN", "2026-02-01 00:00", "2026-03-02 00:00", True),
        ("CAKE", "2026-02-01 00:00", "", True),
        ("COLA", "2026-03-05 18:00", "2026-03-05 21:00", False),
    ]
    assert len(told.wrong) == 1
    (panel,) = [panel for _, panel in offered(till.host).panels]
    assert (panel.place, panel.module) == ("more", "markdowns.js")
    till.close()


def price(shop: Shop, sku: str) -> int:
    sale = shop.till.new_sale()
    found = sale.add(sku)
    sale.cancel("a look")
    return found.unit_minor


def test_bread_is_cheaper_in_the_evening(drop):
    """晚市: from 18:00 to 21:00 of this day, and not a minute longer."""
    shop = drop("sku,price,from,to\nBUN,5.00,2026-03-01 18:00,2026-03-01 21:00\n")
    assert price(shop, "BUN") == 900
    shop.clock.pass_ms(8 * HOUR_MS)  # it was 10:00
    assert price(shop, "BUN") == 500
    sale = shop.till.new_sale()
    sale.add("BUN")
    sale.pay_cash(500)
    shop.clock.pass_ms(3 * HOUR_MS)
    assert price(shop, "BUN") == 900
    assert shop.till.takings().payable_minor == 500
    shop.till.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_spreadsheets_of_a_chinese_desk_are_read(drop, encoding):
    """Heads in Chinese, days with slashes, either encoding."""
    shop = drop("商品编码,特价,开始,结束\r\nCAKE,11,2026/3/1,2026/3/2\r\n", encoding)
    assert price(shop, "CAKE") == 1_100
    shop.clock.pass_ms(37 * HOUR_MS)  # the last moment of the second
    assert price(shop, "CAKE") == 1_100
    shop.clock.pass_ms(HOUR_MS)
    assert price(shop, "CAKE") == 2_200
    shop.till.close()


def test_a_wrong_line_is_told_by_its_number_and_the_others_count(drop):
    """Nobody has to find it."""
    shop = drop("sku,price,from,to\nBUN,5.00,,\nCAKE,cheap,,\n,3.00,,\nCOLA,3,2026-02-30,\n")
    assert (price(shop, "BUN"), price(shop, "CAKE")) == (500, 2_200)
    shown = MARKDOWNS.run(plugin_till(shop.till, "promotions"), Namespace())
    shop.till.close()
    assert "markdowns.csv: 1 prices" in shown
    assert "BUN: ¥5.00  now" in shown
    for line, what in [(3, "'cheap'"), (4, "no SKU"), (5, "'2026-02-30' is no time")]:
        assert f"markdowns.csv:{line}: " in shown
        assert what in shown


def test_what_cannot_be_is_refused_line_by_line():
    """Below zero, too many digits, ending before it begins, a file of something else."""
    found = parsed(
        "sku,price,from,to\nA,-1,,\nB,1.005,,\nC,1,2026-03-02,2026-03-01\nD,1,2026-03-01 25:00,\n"
    )
    assert found.rows == ()
    assert [issue.source for issue in found.issues] == [f"markdowns.csv:{n}" for n in (2, 3, 4, 5)]
    (other,) = parsed("name,amount\nx,1\n").issues
    assert other.source == "markdowns.csv:1"


def test_two_prices_at_one_time_are_told():
    """Of the two that begins later counts; prices one after the other are fine."""
    found = parsed("sku,price,from,to\nA,1,2026-03-01,2026-03-03\nA,2,2026-03-02,\nB,1,,\n")
    assert [(issue.source, issue.code) for issue in found.issues] == [
        ("markdowns.csv:3", "markdown.twice")
    ]
    assert parsed("sku,price,from,to\nA,1,2026-03-01,2026-03-01\nA,2,2026-03-02,\n").issues == ()


@given(text=st.text(alphabet="sku,price\n\"'0123456789.-/ :ABC折", max_size=200))
def test_no_file_breaks_the_till(text):
    """Whatever lies there is read or told."""
    found = parsed(text)
    assert all(isinstance(row, Markdown) and row.unit_minor >= 0 for row in found.rows)


def test_without_a_file_nothing_changes(tmp_path):
    """The clock is that of the shop's morning."""
    shop = Shop(tmp_path / "shop", plugins=[PLUGIN])
    assert ManualClock().wall_ms == START_MS
    assert price(shop, "BUN") == 900
    shop.till.close()


def test_a_spreadsheets_last_day_is_no_end():
    """9999-12-31 means for ever, as whoever writes it means it."""
    (row,) = parsed("sku,price,to\nBUN,5,9999-12-31\n").rows
    assert row.until_ms == 0


def test_a_line_that_is_too_long_is_told_and_the_others_count():
    """One line of rubbish costs that line alone."""
    found = parsed(f"sku,price\nBUN,{'x' * 200_000}\nCAKE,5\n")
    assert [row.sku for row in found.rows] == ["CAKE"]
    assert [each.source for each in found.issues] == ["markdowns.csv:2"]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 9), st.integers(0, 9)), max_size=9))
def test_two_prices_at_one_time_are_told_exactly_then(rows):
    """Somebody is told exactly where two lines of the same goods meet."""
    lines = [f"{sku},1,2026-01-0{a},{f'2026-01-0{b}' if b else ''}" for sku, a, b in rows]
    found = parsed("\n".join(["sku,price,from,to", *lines]))
    ends = [row.until_ms or 1 << 62 for row in found.rows]
    meet = any(
        one.sku == other.sku and one.from_ms < ends[b] and other.from_ms < ends[a]
        for b, other in enumerate(found.rows)
        for a, one in enumerate(found.rows[:b])
    )
    assert meet == any(each.code == "markdown.twice" for each in found.issues)


def test_many_lines_of_the_same_goods_keep_no_till_waiting():
    """100,000 lines of one thing are read in a moment: each is looked at once."""
    found = parsed("sku,price\n" + "BUN,1\n" * 100_000)
    assert len(found.rows) == 100_000
    assert len(as_price_list(found.rows, "S1").entries["BUN"]) == 100_000


@pytest.mark.parametrize("name", ["../secret.csv", "/dev/zero", "~/x.csv", "a\0b", "C:x.csv"])
def test_the_file_lies_in_the_shops_folder(name):
    """No setting makes the till read anything else, or wait for it when it opens."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"markdowns": name}, PluginSettings)


def test_a_pipe_is_no_file_of_markdowns(tmp_path):
    """A till does not wait for what never ends."""
    os.mkfifo(tmp_path / "markdowns.csv")
    found = read_markdowns(tmp_path / "markdowns.csv", Settings())
    assert [each.code for each in found.issues] == ["markdown.file"]


@pytest.mark.parametrize(
    ("rows", "costs"),
    [
        ("BUN,12.00,,", 900),
        ("BUN,9.00,,", 900),
        ("BUN,8.99,,", 899),
        ("BUN,12.00,2026-02-02,\nBUN,5.00,2026-02-01,", 500),
    ],
)
def test_no_markdown_raises_a_price(drop, rows, costs):
    """The lower of markdown and shelf is charged, whatever the file says."""
    shop = drop(f"sku,price,from,to\n{rows}\n")
    assert price(shop, "BUN") == costs
    shop.till.close()


def test_a_markdown_above_the_shelf_is_told_by_its_line(drop):
    """Command, page and journal say what it costs on the shelf, and that it does not count."""
    shop = drop("sku,price,from,to\nBUN,12.00,,\nCAKE,8.00,,\nNOSUCH,1.00,,\n")
    shown = MARKDOWNS.run(plugin_till(shop.till, "promotions"), Namespace())
    above = "markdowns.csv:2: BUN costs ¥9.00 on the shelf: ¥12.00 is more, and does not count"
    unknown = "markdowns.csv:4: there are no goods 'NOSUCH'"
    assert above in shown
    assert unknown in shown
    told = page(shop)
    assert [one.sku for one in told.markdowns] == ["CAKE"]
    assert told.wrong == [above, unknown]
    shop.till.work()
    (read,) = journaled(shop)
    assert (read.prices, read.wrong) == (3, (above, unknown))
    shop.till.close()


def test_a_file_that_changed_counts_within_a_minute(drop):
    """While the till sells: an open line keeps its price, the next costs what it costs now."""
    shop = drop("sku,price,from,to\nBUN,5.00,,\n")
    shop.till.work()
    sale = shop.till.new_sale()
    sale.add("BUN")
    (shop.folder / "markdowns.csv").write_text("sku,price\nBUN,4.00\nCAKE,1.00\n")
    shop.clock.pass_ms(60_000)
    shop.till.work()
    assert (sale.add("BUN").unit_minor, sale.add("CAKE").unit_minor) == (400, 100)
    assert sale.totals.payable_minor == 500 + 400 + 100
    (shop.folder / "markdowns.csv").unlink()
    shop.clock.pass_ms(60_000)
    shop.till.work()
    assert price(shop, "BUN") == 900
    assert [(read.prices, bool(read.digest)) for read in journaled(shop)] == [
        (1, True), (2, True), (0, False),
    ]  # fmt: skip
    sale.pay_cash(1_000)
    shop.till.close()


def test_a_file_that_stays_is_journaled_once(drop):
    """Also over restarts; one that changed while the till was shut is journaled when it opens."""
    shop = drop("sku,price,from,to\nBUN,5.00,,\n")
    for _ in range(3):
        shop.till.work()
        shop.clock.pass_ms(60_000)
        shop.reopen()
    assert len(journaled(shop)) == 1
    (shop.folder / "markdowns.csv").write_text("sku,price\nBUN,4.00\n")
    shop.reopen()
    shop.till.work()
    assert [read.prices for read in journaled(shop)] == [1, 1]
    assert price(shop, "BUN") == 400
    shop.till.close()


def page(shop: Shop) -> MarkdownsView:
    asked = Asked(None, {}, {}, "", "", "")
    raw = answer(shop.till, "promotions", MARKDOWNS_ROUTE, asked, msgspec.json.encode)
    return msgspec.json.decode(raw, type=MarkdownsView)


def journaled(shop: Shop) -> list[MarkdownsRead]:
    bodies = [record.body() for record in shop.till.store.records()]
    return [body for body in bodies if isinstance(body, MarkdownsRead)]
