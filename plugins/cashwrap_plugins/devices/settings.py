"""``[plugins.devices]``: what stands on the counter, and how it is wired.

A port that is not there is a state, not a mistake: the till sells without its printer.
"""

from typing import Annotated, Literal

import msgspec

from cashwrap.host.fields import setting

from . import settings_names as names

NAME_PATTERN = r"^[a-z][a-z0-9_-]{0,39}$"


Protocol = Literal["toledo_8217", "cas_ap", "st_gs", "cas_22", "yaohua", "sma", "mt_sics"]
Unit = Literal["kg", "g", "斤", "lb"]


Name = Annotated[
    str,
    msgspec.Meta(pattern=NAME_PATTERN),
    setting(
        ("Name", "small letters and digits, as counter"), ("名称", "小写字母和数字，如 counter")
    ),
]
Port = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=200),
    setting(
        ("Port", "where it is wired: /dev/serial/by-id/..., COM3, or host:port"),
        ("接口", "接口：/dev/serial/by-id/...、COM3，或 主机:端口"),
    ),
]
Registers = Annotated[
    tuple[str, ...],
    setting(
        ("Registers", "the registers that it stands at; none named: all of them"),
        ("收银台", "设备所在的收银台；不填表示全部"),
    ),
]
Baud = Annotated[
    int,
    msgspec.Meta(ge=0, le=4_000_000),
    setting(("Baud rate", "0: as the protocol has it"), ("波特率", "0 表示按协议默认")),
]


class ScaleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scale on a serial port.

    ``line`` is data bits, parity and stop bits as on the scale's own setup, "" for the protocol's.
    ``shows`` is the unit on its display; a reading that says another is refused. ``unit`` is what
    goods are sold by.
    """

    name: Name
    port: Port
    protocol: Annotated[
        Protocol,
        setting(
            ("Protocol", "as the scale's manual names it"),
            ("协议", "见电子秤说明书"),
            names=names.SCALES,
        ),
    ]
    baud: Baud = 0
    line: Annotated[
        Literal["", "8N1", "7E1", "7O1", "8E1", "8O1"],
        setting(
            ("Line", "data bits, parity, stop bits"),
            ("串口格式", "数据位、校验、停止位"),
            names=names.LINES,
        ),
    ] = ""
    unit: Annotated[
        Unit,
        setting(
            ("Unit of goods", "the unit that goods are priced by"), ("计价单位", "商品按此单位计价")
        ),
    ] = "kg"
    shows: Annotated[
        Unit | Literal[""],
        setting(
            (
                "Unit shown",
                "the unit on the scale's display; empty: as it says, kg where it says nothing",
            ),
            ("显示单位", "秤上显示的单位；不填则按秤所报，未报按 kg"),
            names=names.SHOWN,
        ),
    ] = ""
    equal: Annotated[
        int,
        msgspec.Meta(ge=0, le=20),
        setting(
            (
                "Equal readings",
                "so many equal ones in a row are a weight; 0: as many as the protocol needs",
            ),
            ("连续相同次数", "连续读到相同重量多少次才算稳定；0 按协议"),
        ),
    ] = 0
    stale_ms: Annotated[
        int,
        msgspec.Meta(ge=100, le=10_000),
        setting(("Too old", "ms after which a reading is none"), ("过期", "多少毫秒后读数作废")),
    ] = 1_000


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A receipt printer, and the drawer that hangs on it."""

    name: Name
    via: Annotated[
        Literal["network", "serial", "file"],
        setting(
            ("Wired by", "network: port 9100; serial; file: a device node as /dev/usb/lp0"),
            ("连接方式", "network 为网口 9100；serial 为串口；file 为设备文件如 /dev/usb/lp0"),
            names=names.VIAS,
        ),
    ]
    port: Port
    baud: Baud = 0
    registers: Registers = ()
    columns: Annotated[
        int,
        msgspec.Meta(ge=24, le=96),
        setting(
            ("Columns", "48 on 80 mm, 32 on 58 mm"), ("每行字数", "80 毫米纸 48，58 毫米纸 32")
        ),
    ] = 48
    dots: Annotated[
        int,
        msgspec.Meta(ge=192, le=1_024, multiple_of=8),
        setting(("Dots", "576 on 80 mm, 384 on 58 mm"), ("点数", "80 毫米纸 576，58 毫米纸 384")),
    ] = 576
    encoding: Annotated[
        Literal["gb18030", "gbk", "big5", "utf-8", "raster"],
        setting(
            ("Encoding", "what it takes text in; raster draws every row and prints any script"),
            ("编码", "打印机的文字编码；raster 为按图打印，任何文字都行"),
            names=names.ENCODINGS,
        ),
    ] = "gb18030"
    profile: Annotated[
        str,
        setting(
            ("Profile", "the model in python-escpos, as TM-T88V; empty: any"),
            ("型号", "python-escpos 的型号名，如 TM-T88V；不填为通用"),
        ),
    ] = ""
    font: Annotated[
        str,
        setting(
            ("Font", "a font file for raster; empty: found"),
            ("字体", "raster 用的字体文件；不填自动找"),
        ),
    ] = ""
    language: Annotated[
        Literal["", "zh-CN", "en", "zh-CN+en"],
        setting(
            ("Language", "empty: the shop's"), ("语言", "不填则用本店的"), names=names.LANGUAGES
        ),
    ] = ""
    qr: Annotated[
        Literal["printer", "raster", "none"],
        setting(
            ("Square code", "who draws it"),
            ("二维码", "printer 由打印机画，raster 按图打印"),
            names=names.CODES,
        ),
    ] = "printer"
    cut: Annotated[
        Literal["full", "partial", "none"],
        setting(
            ("Cut", "how the paper is cut"),
            ("切纸", "full 全切，partial 半切，none 不切"),
            names=names.CUTS,
        ),
    ] = "partial"
    drawer: Annotated[
        Literal["none", "pin2", "pin5"],
        setting(
            ("Drawer", "the pin that opens the drawer"),
            ("钱箱", "钱箱接在哪个引脚"),
            names=names.DRAWERS,
        ),
    ] = "none"
    sensor: Annotated[
        Literal["none", "high", "low"],
        setting(
            ("Drawer's sensor", "whether the drawer tells that it is open, and by which level"),
            ("钱箱感应", "钱箱能否报告开合，以哪种电平表示打开"),
            names=names.SENSORS,
        ),
    ] = "none"
    left_open_s: Annotated[
        int,
        msgspec.Meta(ge=5, le=3_600),
        setting(
            ("Left open", "seconds until an open drawer is told"),
            ("未关提醒", "钱箱打开多少秒后提醒"),
        ),
    ] = 60
    answers: Annotated[
        Literal["auto", "no"],
        setting(
            ("Answers", "auto: it is asked how it does; no: it never answers and is not asked"),
            ("状态应答", "auto 会询问状态；no 表示不应答，也不询问"),
            names=names.ANSWERS,
        ),
    ] = "auto"
    receipts: Annotated[
        Literal["always", "no"],
        setting(
            ("Receipts", "whether each sale is printed"),
            ("小票", "是否每单自动打印"),
            names=names.RECEIPTS,
        ),
    ] = "always"
    reports: Annotated[
        bool, setting(("Z reports", "printed when a shift closes"), ("交班单", "交班时打印"))
    ] = True


class DisplaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer's pole display: two rows of 20, or digits alone (``led8``)."""

    name: Name
    port: Port
    protocol: Annotated[
        Literal["esc_pos", "cd5220", "led8"],
        setting(
            ("Protocol", "as its manual names it"), ("协议", "见客显说明书"), names=names.DISPLAYS
        ),
    ] = "esc_pos"
    baud: Baud = 0
    registers: Registers = ()
    encoding: Annotated[
        Literal["ascii", "gb18030", "gbk", "big5"],
        setting(
            ("Encoding", "ascii: it has no Chinese"),
            ("编码", "ascii 表示不能显示中文"),
            names=names.SIGNS,
        ),
    ] = "ascii"
    idle: Annotated[
        str,
        msgspec.Meta(max_length=40),
        setting(("Welcome", "what it shows between sales"), ("欢迎语", "空闲时显示的文字")),
    ] = ""


class DevicesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of this plugin: ``[plugins.devices]``."""

    scales: Annotated[tuple[ScaleSettings, ...], setting(("Scales", ""), ("电子秤", ""))] = ()
    printers: Annotated[
        tuple[PrinterSettings, ...], setting(("Receipt printers", ""), ("小票打印机", ""))
    ] = ()
    displays: Annotated[
        tuple[DisplaySettings, ...], setting(("Customer displays", ""), ("客显", ""))
    ] = ()
    printer_needed: Annotated[
        bool,
        setting(
            ("Printer needed", "take no money while the receipt printer is known not to print"),
            ("必须能打印", "小票打印机已知不能打印时不收款"),
        ),
    ] = False

    def __post_init__(self) -> None:
        kinds = (self.scales, self.printers, self.displays)
        names = [one.name for kind in kinds for one in kind]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two devices are called {twice[0]!r}: give each its own name")
