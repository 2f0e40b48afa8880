"""What people read about devices, in both languages."""

from typing import Literal

from cashwrap.host.offers import DeviceState, Words

from .weights import Why

WHY: dict[Why, Words] = {
    "moving": {"zh-CN": "还没放稳", "en": "the goods are not at rest"},
    "over": {"zh-CN": "超重，请减轻", "en": "more lies on it than it can weigh: take some off"},
    "under": {
        "zh-CN": "低于零点，请清空秤盘后置零",
        "en": "below zero: empty it and set it to zero",
    },
    "fault": {
        "zh-CN": "电子秤报告故障，请重新开机",
        "en": "it reports a fault: switch it off and on",
    },
    "garbled": {
        "zh-CN": "收到的数据看不懂：检查协议、波特率和线",
        "en": "what it sends cannot be read: look at its protocol, baud rate and cable",
    },
    "unit": {
        "zh-CN": "秤上的单位与设置不同，请切换单位",
        "en": "it shows another unit than the settings say: press its unit key",
    },
}

_STATES: dict[str, Words] = {
    "": {"zh-CN": "正常", "en": "in order"},
    "port": {"zh-CN": "连接不上：{why}", "en": "not connected: {why}"},
    "starting": {"zh-CN": "正在连接", "en": "it is being connected"},
    "silent": {
        "zh-CN": "没有数据：检查电源、线和协议设置",
        "en": "it sends nothing: look at its cable, its power and its protocol",
    },
    "blind": {
        "zh-CN": "可以发送，但设备不回报状态",
        "en": "it takes data, and does not say how it does",
    },
    "paper": {"zh-CN": "缺纸，请换纸", "en": "out of paper: put in a new roll"},
    "paper_low": {"zh-CN": "纸快用完", "en": "the paper is nearly out"},
    "cover": {"zh-CN": "上盖打开，请合上", "en": "its cover is open: close it"},
    "error": {"zh-CN": "打印机报错：{why}", "en": "it reports an error: {why}"},
    "offline": {"zh-CN": "脱机，请按联机键", "en": "it is offline: press its feed or online key"},
    "font": {"zh-CN": "缺少字体：{why}", "en": "a font is missing: {why}"},
    "open": {"zh-CN": "钱箱已打开 {n} 秒，请关上", "en": "open for {n} s: close it"},
    "is_open": {"zh-CN": "打开", "en": "open"},
    "closed": {"zh-CN": "关上", "en": "closed"},
    "no_sensor": {"zh-CN": "不能得知开合", "en": "it has no sensor: open or closed is not known"},
}
_STATES.update({f"scale.{why}": words for why, words in WHY.items()})


def state(
    how: Literal["ok", "warn", "lost", "unknown"], key: str = "", **given: object
) -> DeviceState:
    """Return a state with its words."""
    return DeviceState(how, {lang: text.format(**given) for lang, text in _STATES[key].items()})


MAYBE_TWICE = ("*** 可能重复打印 ***", "*** MAY BE PRINTED TWICE ***")
