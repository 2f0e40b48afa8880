"""A receipt with everything on it, for tests and for the picture in the docs."""

import hashlib

from cashwrap.pricing.model import (
    Allocation,
    FeeAmount,
    Priced,
    PricedLine,
    TaxAmount,
    Totals,
)
from cashwrap.receipt.model import (
    LineModifier,
    LineText,
    MealComponent,
    ReceiptInput,
    RecordName,
    Shop,
    TenderText,
)

DIGEST = hashlib.sha256(b"a record").digest()
SHOP = Shop(
    name="转角便利店",
    branch="人民路一店",
    address=("人民路 18 号",),
    phone="021-5550 0100",
)
RECORD = RecordName(
    store="S001", till="T1", epoch=1, seq=4711, number="S001-T1-20261122-0042", digest=DIGEST
)
NOON_MS = 1_795_320_000_000


def small(name: str = "可口可乐", minor: int = 350, **changes: object) -> ReceiptInput:
    """Return one line of one piece, nothing paid."""
    values: dict[str, object] = {
        "shop": SHOP,
        "record": RECORD,
        "wall_ms": NOON_MS,
        "priced": Priced(
            totals=Totals(list_minor=minor, payable_minor=minor),
            lines=(PricedLine(1, minor, 0, minor, 0, minor),),
            allocations=(),
            taxes=(),
        ),
        "lines": (LineText(line=1, name=name, quantity_milli=1000, unit_minor=minor),),
    }
    return ReceiptInput(**(values | changes))  # type: ignore[arg-type]


def morning(**changes: object) -> ReceiptInput:
    """Return a breakfast: drinks with a discount, a weighed line, a set meal, two tenders."""
    priced = Priced(
        totals=Totals(
            list_minor=5056,
            discount_minor=350,
            fees_minor=100,
            tax_minor=550,
            rounding_minor=-6,
            payable_minor=4800,
        ),
        lines=(
            PricedLine(1, 1050, 350, 619, 81, 700),
            PricedLine(2, 1506, 0, 1333, 173, 1506),
            PricedLine(3, 2500, 0, 2212, 288, 2500),
        ),
        allocations=(Allocation(1, "p-3for2", 350),),
        taxes=(
            TaxAmount(1, "vat", 130_000, 619, 81, True),
            TaxAmount(2, "vat", 130_000, 1333, 173, True),
            TaxAmount(3, "vat", 130_000, 2212, 288, True),
            TaxAmount(-1, "vat", 130_000, 92, 8, True),
        ),
        fees=(FeeAmount("bag", 100, 8),),
    )
    lines = (
        LineText(
            line=1,
            name="可口可乐 330ml 罐装",
            second_name="Coca-Cola 330 ml can",
            quantity_milli=3000,
            unit_minor=350,
        ),
        LineText(
            line=2,
            name="红富士苹果",
            second_name="Fuji apples",
            quantity_milli=1258,
            unit="kg",
            unit_minor=1197,
            was_unit_minor=1280,
        ),
        LineText(
            line=3,
            name="早餐套餐",
            second_name="Breakfast set",
            quantity_milli=1000,
            unit_minor=2500,
            components=(
                MealComponent("鲜肉包", 2000),
                MealComponent("热豆浆", 1000, 200, (LineModifier("少糖"),)),
            ),
            notes=("打包带走",),
        ),
    )
    tenders = (
        TenderText(name="微信支付", amount_minor=3000, account="****8842", reference="4200001"),
        TenderText(name="现金", amount_minor=1800, given_minor=2000, change_minor=200),
    )
    values: dict[str, object] = {
        "shop": SHOP,
        "record": RECORD,
        "wall_ms": NOON_MS,
        "priced": priced,
        "lines": lines,
        "tenders": tenders,
        "rule_names": {"p-3for2": "买二送一"},
        "tax_names": {"vat": "增值税"},
        "fee_names": {"bag": "购物袋"},
        "staff": "小林",
        "footer": ("谢谢惠顾，欢迎再来",),
    }
    return ReceiptInput(**(values | changes))  # type: ignore[arg-type]
