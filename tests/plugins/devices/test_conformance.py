"""The devices of this plugin pass the suites that every driver has to."""

import re
from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from builders.pole_display import Display

from cashwrap.testing.devices import PrinterConformance, PrinterRig, ScaleConformance, ScaleRig
from cashwrap.testing.displays import DisplayConformance, DisplayRig
from cashwrap.testing.ports import FakePort
from cashwrap_plugins.devices.scales import SerialScale
from cashwrap_plugins.devices.settings import ScaleSettings

DEVICES = Path(__file__).parents[3] / "plugins/cashwrap_plugins/devices"


def rig(folder, protocol, **more):
    port = FakePort(folder)
    scale = SerialScale(
        ScaleSettings(name="counter", port=port.path, protocol=protocol, stale_ms=300)
    )
    scale.start()
    return ScaleRig(scale=scale, port=port, close=scale.stop, **more)


def kilograms(milli):
    return f"{milli // 1000:02}.{milli % 1000:03}".encode()


@pytest.mark.req("R288")
class TestToledo8217(ScaleConformance):
    def rig(self, folder: Path) -> ScaleRig:
        return rig(
            folder, "toledo_8217", asks=b"W", over=b"\x02?\x02\r",
            rests=lambda milli: b"\x02" + kilograms(milli) + b"\r",
            moves=lambda milli: b"\x02?\x01\r",
            broken=lambda milli: b"\x02" + kilograms(milli).replace(b".", b"\xae") + b"\r",
        )  # fmt: skip


def cas_ap(milli, state=b"S"):
    body = state + b" " + kilograms(milli) + b"kg"
    return b"\x01\x02" + body + bytes((reduce(xor, body),)) + b"\x03\x04"


@pytest.mark.req("R288")
class TestCasAp1(ScaleConformance):
    def rig(self, folder: Path) -> ScaleRig:
        return rig(
            folder, "cas_ap", asks=b"\x11", shake=((b"\x05", b"\x06"),), rests=cas_ap,
            moves=lambda milli: cas_ap(milli, b"U"), over=cas_ap(0, b"F"),
            broken=lambda milli: cas_ap(milli).replace(b".", b","),
        )  # fmt: skip


def st_gs(milli, state="ST"):
    return f"{state},GS,+{milli / 1000:7.3f}kg\r\n".encode()


@pytest.mark.req("R288")
class TestTextStream(ScaleConformance):
    def rig(self, folder: Path) -> ScaleRig:
        return rig(
            folder, "st_gs", rests=st_gs, moves=lambda milli: st_gs(milli, "US"),
            over=b"OL,GS,+9999999kg\r\n", broken=lambda milli: st_gs(milli)[3:],
        )  # fmt: skip


def yaohua(milli):
    body = b"+%06d3" % milli
    return b"\x02" + body + b"%02X" % reduce(xor, body) + b"\x03"


@pytest.mark.req("R288")
class TestYaohua(ScaleConformance):
    def rig(self, folder: Path) -> ScaleRig:
        return rig(
            folder, "yaohua", rests=yaohua,
            broken=lambda milli: yaohua(milli).replace(b"4", b"5", 1),
        )  # fmt: skip


@pytest.mark.req("R286")
@pytest.mark.req("R293")
class TestReceiptPrinter(PrinterConformance):
    def rig(self) -> PrinterRig:
        return PrinterRig(
            plugins=(DEVICES,),
            settings=lambda port: (
                f"""
[[plugins.devices.printers]]
name = "front"
via = "network"
port = "127.0.0.1:{port}"
drawer = "pin2"
"""
            ),
        )


class TwoRows(DisplayConformance):
    protocol, encoding = "esc_pos", "ascii"

    def rig(self) -> DisplayRig:
        def settings(port):
            return f"""
[[plugins.devices.displays]]
name = "pole"
port = "{port}"
protocol = "{self.protocol}"
encoding = "{self.encoding}"
idle = "Welcome"
"""

        def shows(heard):
            return "\n".join(Display(self.encoding).take(heard).text)

        return DisplayRig(plugins=(DEVICES,), settings=settings, shows=shows)


class TestEscPosDisplay(TwoRows):
    pass


class TestCd5220Display(TwoRows):
    protocol, encoding = "cd5220", "gb18030"


class TestLed8Display(DisplayConformance):
    def rig(self) -> DisplayRig:
        def settings(port):
            return f"""
[[plugins.devices.displays]]
name = "pole"
port = "{port}"
protocol = "led8"
"""

        def shows(heard):
            last = heard.rpartition(b"\x0c")[2]
            return re.sub(rb"^\x1bs[0-4]\x1bQA|\r$", b"", last).decode("ascii")

        return DisplayRig(plugins=(DEVICES,), settings=settings, shows=shows, one_number=True)
