"""What a customer reads: the line, the total, the change."""

import pytest
from builders.pole_display import Display

from cashwrap_plugins.devices.display_protocols import Screen, row, told


@pytest.mark.parametrize("protocol", ["esc_pos", "cd5220"])
@pytest.mark.parametrize("encoding", ["ascii", "gb18030"])
def test_two_rows_stand_where_they_belong(protocol, encoding):
    """Whatever stood there before."""
    display = Display(encoding)
    for upper, lower in (("A" * 20, "B" * 20), ("C" * 20, "D" * 20)):
        display.take(told(Screen(upper, lower), protocol, encoding))
        assert display.text == [upper, lower]


@pytest.mark.parametrize(
    ("left", "right", "encoding", "shown"),
    [
        ("Cola", "3.50", "ascii", "Cola            3.50"),
        ("Café crème très long", "3.50", "ascii", "Cafe creme tres 3.50"),
        ("可口可乐 330ml", "3.50", "gb18030", "可口可乐 330ml  3.50"),
        ("可口可乐大瓶装特价", "12.50", "gb18030", "可口可乐大瓶装 12.50"),
        ("可口可乐 330ml", "3.50", "ascii", "330ml           3.50"),
        ("", "3.50", "ascii", "                3.50"),
    ],
)
def test_a_row_has_a_text_that_is_cut_and_an_amount_that_is_not(left, right, encoding, shown):
    """Never within a sign; what the display has no sign of goes."""
    assert row(left, right, encoding) == shown


def test_a_display_of_digits_shows_the_amount_and_lights_its_lamp():
    """Price 1, total 2, change 4."""
    assert told(Screen(digits="6.50", lamp=4), "led8", "ascii") == b"\x0c\x1bs4\x1bQA6.50\r"
    assert told(Screen(digits="1234567890.12"), "led8", "ascii").endswith(b"QA567890.12\r")


def shown_on(port, display, counter, wanted):
    def look():
        display.take(port.receive())
        return wanted in "\n".join(display.text)

    counter.until(look)
    return display.text


SETTINGS = """
[[plugins.devices.displays]]
name = "pole"
port = "{port}"
protocol = "{protocol}"
encoding = "{encoding}"
idle = "Welcome"
"""


@pytest.mark.parametrize("protocol", ["esc_pos", "cd5220"])
def test_a_customer_sees_lines_the_total_and_the_change(counter, port, protocol):
    """As they are rung up, without waiting for anything; and a welcome when a sale is left."""
    at = counter(SETTINGS.format(port=port.path, protocol=protocol, encoding="gb18030"))
    display = Display("gb18030")
    shown_on(port, display, at, "Welcome")
    sale = at.till.new_sale()
    sale.add("COLA")
    assert shown_on(port, display, at, "可口可乐") == [
        row("可口可乐 330ml", "3.50", "gb18030"), row("合计", "3.50", "gb18030")
    ]  # fmt: skip
    line = sale.add("APPLE", "0.5")
    assert shown_on(port, display, at, "红富士")[0] == row("0.5x红富士苹果", "6.40", "gb18030")
    sale.void_line(line.number)
    shown_on(port, display, at, row("合计", "3.50", "gb18030"))
    sale.pay_cash(1_000)
    assert shown_on(port, display, at, "找零")[1] == row("找零", "6.50", "gb18030")
    left = at.till.new_sale()
    left.add("BUN")
    shown_on(port, display, at, "牛角包")
    left.cancel("left")
    shown_on(port, display, at, "Welcome")


def test_a_display_without_chinese_shows_what_it_can(counter, port):
    """Latin letters of the name, else the SKU."""
    at = counter(SETTINGS.format(port=port.path, protocol="esc_pos", encoding="ascii"))
    display = Display()
    sale = at.till.new_sale()
    sale.add("CAKE")
    assert shown_on(port, display, at, "CAKE") == ["CAKE           22.00", "TOTAL          22.00"]


def test_a_display_that_is_plugged_in_again_shows_what_is_due(counter, port):
    """It was pulled out in the middle of a sale."""
    at = counter(SETTINGS.format(port=port.path, protocol="esc_pos", encoding="ascii"))
    sale = at.till.new_sale()
    sale.add("CAKE")
    shown_on(port, Display(), at, "22.00")
    port.unplug()
    at.until(lambda: at.state("pole").state == "lost")
    sale.add("CAKE")
    port.plug()
    shown_on(port, Display(), at, "TOTAL          44.00")
    at.until(lambda: at.state("pole").state == "unknown")
