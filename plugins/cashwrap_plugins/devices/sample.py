"""The paper of a test print: what a shop looks at to see that a printer is set up right."""

from cashwrap.money import Currency
from cashwrap.receipt.paper import Paper, Row, TextStyle

from .settings import PrinterSettings


def sample_rows(settings: PrinterSettings, currency: Currency, when: str) -> tuple[Row, ...]:
    """Return rows with both languages, every column, an amount, a square code and a barcode."""
    paper = Paper(TextStyle(columns=settings.columns), currency)
    columns = "".join(str(column % 10) for column in range(1, settings.columns + 1))
    return (
        *paper.centered("测试打印 TEST PRINT", strong=True),
        *paper.left(f"{settings.name}: {settings.encoding}, {settings.columns} x {settings.dots}"),
        *paper.left(when),
        Row(columns),
        *paper.left("中文，。、；：？！（）《》￥①℃ 大杯少冰 珍珠奶茶"),
        *paper.left("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 éñü"),
        *paper.pair("合计 TOTAL", paper.total(123_456), strong=True),
        Row("CASHWRAP TEST", "barcode"),
        Row("https://example.com/?test=1", "qr"),
        paper.rule(),
    )
