"""What scales say: for each protocol its line, its frames, and what is asked of it.

Sources: Toledo 8217 as in the scale's service manual; CAS AP-1 protocol (also Ohaus Aviator 7000
service manual p. 36, Gram Zfoc p. 30); CAS CI-600D p. 74 for the 22-byte form; Yaohua XK3190-A23p
p. 26; SMA SCP-0499; Mettler Toledo MT-SICS level 0.
"""

import re
from collections.abc import Callable
from functools import reduce
from operator import xor
from typing import Literal

import msgspec

from .frames import Fixed, Framer, Lines
from .settings import Protocol, Unit
from .weights import Send, Told, Trouble, Weight, Why, weight_of

STX, SOH, ENQ, ACK, DC1 = b"\x02", b"\x01", b"\x05", b"\x06", b"\x11"
_UNITS: dict[bytes, Unit] = {
    b"kg": "kg", b"g": "g", b"lb": "lb", b"jin": "斤", "斤".encode("gbk"): "斤",
}  # fmt: skip


class ScaleProtocol(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of scale speaks.

    ``ask`` is sent for each reading, nothing for a scale that sends by itself. ``equal`` is how
    many equal readings make a weight: more where the frames do not say whether it rests.
    """

    baud: int
    line: Literal["8N1", "7E1", "7O1", "8E1", "8O1"]
    framer: Callable[[], Framer]
    parse: Callable[[bytes], Told | None]
    ask: bytes = b""
    equal: int = 2


# Toledo 8217: STX 01.250 [N] CR, or STX ? status CR where there is no weight.

_TOLEDO = re.compile(rb"\x02 *(\d{1,4}\.\d{1,3})N?")
_TOLEDO_STATUS = re.compile(rb"\x02\?([\x00-\x7f])", re.DOTALL)


def _toledo(frame: bytes) -> Told | None:
    if found := _TOLEDO.fullmatch(frame):
        return weight_of(found[1])
    if found := _TOLEDO_STATUS.fullmatch(frame):
        return Trouble(_toledo_why(found[1][0]))
    return None


def _toledo_why(status: int) -> Why:
    """Return why: bit 0 is motion, 1 over, 2 under capacity."""
    if status & 0b110:
        return "over" if status & 0b010 else "under"
    return "moving" if status & 1 else "fault"


# CAS AP-1: SOH STX S/U/F sign 01.250 kg BCC ETX EOT; BCC is the xor of what stands between.

_CAS_AP = re.compile(
    rb"\x01\x02([SUF])([- +])([ \d]\d\.\d{3}|[ \d]\d{2}\.\d{2})(kg|lb)(.)\x03\x04", re.DOTALL
)


def _cas_ap(frame: bytes) -> Told | None:
    if frame == ACK:
        return Send(DC1)
    found = _CAS_AP.fullmatch(frame)
    if found is None or reduce(xor, frame[2:-3]) != frame[-3]:
        return None
    state, sign, number, unit, _ = found.groups()
    if state == b"F":
        return Trouble("over")
    return weight_of(
        number.strip(), _UNITS[unit], stable=state == b"S", negative=sign == b"-"
    )  # fmt: skip


# Text lines: ST,GS,+  4.876kg at rest, US moving, OL overloaded; NT is a net weight.

_ST_GS = re.compile(
    rb"(ST|US|OL),(?:GS|NT|TR),([+-]) {0,6}(\d{1,6}(?:\.\d{1,4})?) {0,2}(kg|g|lb|jin|\xbd\xef)"
)


def _st_gs(frame: bytes) -> Told | None:
    if frame.startswith((b"OL,GS,", b"OL,NT,")):
        return Trouble("over")
    found = _ST_GS.fullmatch(frame.rstrip(b" "))
    if found is None:
        return None
    state, sign, number, unit = found.groups()
    return weight_of(number, _UNITS[unit], stable=state == b"ST", negative=sign == b"-")


# CAS, 22 bytes: ST,GS, id lamp , 8 digits kg CR LF; id and lamp are any bytes.

_CAS_22 = re.compile(
    rb"(ST|US|OL),(?:GS|NT),..,([ +-]) {0,7}(\d{1,6}(?:\.\d{1,4})?) (kg|lb| g)", re.DOTALL
)


def _cas_22(frame: bytes) -> Told | None:
    found = _CAS_22.fullmatch(frame) if len(frame) == 20 else None
    if found is None:
        return Trouble("over") if len(frame) == 20 and frame.startswith(b"OL,") else None
    state, sign, number, unit = found.groups()
    if state == b"OL":
        return Trouble("over")
    return weight_of(
        number, _UNITS[unit.strip()], stable=state == b"ST", negative=sign == b"-"
    )  # fmt: skip


# Yaohua XK3190, continuous: STX sign 6 digits, decimals, xor in two hex digits, ETX.

_YAOHUA = re.compile(rb"\x02([+-])(\d{6})([0-4])([\dA-F]{2})\x03")


def _yaohua(frame: bytes) -> Told | None:
    found = _YAOHUA.fullmatch(frame)
    if found is None or reduce(xor, frame[1:-3]) != int(found[4], 16):
        return None
    digits = int(found[2])
    return Weight(-digits if found[1] == b"-" else digits, int(found[3]))


# SMA SCP-0499: LF s r n m f weight(10) unit(3) CR.

_SMA = re.compile(rb"\n([ ZOUEIT])\d([GNTgn])([M ])([ -~])([ -.\d]{10})(kg |lb |g  )")
_SMA_STATES: dict[bytes, Trouble] = {b"O": Trouble("over"), b"U": Trouble("under")}
_NUMBER = re.compile(rb" *(-?) *(\d{1,6}(?:\.\d{1,4})?)")


def _sma(frame: bytes) -> Told | None:
    found = _SMA.fullmatch(frame)
    if found is None or found[2] == b"T":
        return None
    state, _, motion, _, number, unit = found.groups()
    if state in b"OUEIT":
        return _SMA_STATES.get(state, Trouble("fault"))
    digits = _NUMBER.fullmatch(number)
    if digits is None:
        return None
    return weight_of(
        digits[2], _UNITS[unit.strip()], stable=motion == b" ", negative=digits[1] == b"-"
    )  # fmt: skip


# MT-SICS: S S 1.25 kg at rest, S D moving, S + and S - out of range, S I busy.

_SICS = re.compile(rb"S ([SD]) {1,10}(-?)(\d{1,6}(?:\.\d{1,4})?) (kg|g|lb)")
_SICS_STATES: dict[bytes, Trouble] = {
    b"S +": Trouble("over"), b"S -": Trouble("under"), b"S I": Trouble("moving"),
    b"ES": Trouble("fault"), b"ET": Trouble("fault"), b"EL": Trouble("fault"),
}  # fmt: skip


def _sics(frame: bytes) -> Told | None:
    found = _SICS.fullmatch(frame)
    if found is None:
        return _SICS_STATES.get(frame)
    state, sign, number, unit = found.groups()
    return weight_of(number, _UNITS[unit], stable=state == b"S", negative=sign == b"-")


PROTOCOLS: dict[Protocol, ScaleProtocol] = {
    "toledo_8217": ScaleProtocol(
        baud=9600, line="7E1", framer=lambda: Lines(12, STX, b"\r"), parse=_toledo, ask=b"W"
    ),
    "cas_ap": ScaleProtocol(
        baud=9600, line="8N1", framer=lambda: Fixed(SOH, 15, ACK), parse=_cas_ap, ask=ENQ
    ),
    "st_gs": ScaleProtocol(baud=9600, line="8N1", framer=lambda: Lines(32), parse=_st_gs),
    "cas_22": ScaleProtocol(baud=9600, line="8N1", framer=lambda: Lines(32), parse=_cas_22),
    "yaohua": ScaleProtocol(
        baud=9600, line="8N1", framer=lambda: Fixed(STX, 12), parse=_yaohua, equal=3
    ),
    "sma": ScaleProtocol(
        baud=9600, line="8N1", framer=lambda: Lines(24, b"\n", b"\r"), parse=_sma, ask=b"\nW\r"
    ),
    "mt_sics": ScaleProtocol(
        baud=9600, line="8N1", framer=lambda: Lines(32), parse=_sics, ask=b"SI\r\n"
    ),
}
