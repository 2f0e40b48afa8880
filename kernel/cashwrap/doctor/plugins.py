"""Plugins: each loads, none was set aside, and each has only settings that somebody reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient
from cashwrap.host.device_watch import devices_of
from cashwrap.host.host import Host
from cashwrap.host.looking import without_till
from cashwrap.host.plugin import PluginInfo
from cashwrap.plugins import PluginRefused
from cashwrap.settings import FILE_NAME


def loading(patient: Patient) -> Iterator[Finding]:
    """Every plugin can be loaded, and none was set aside."""
    try:
        host = _host(patient)
    except PluginRefused as error:
        yield bad(
            "plugins.installed",
            Words(str(error), f"无法列出插件:{error}"),
            Words("reinstall them", "请重新安装"),
        )
        return
    for info in host.infos():
        yield _standing(info)
    if not host.plugins:
        yield good("plugins.installed", "none are installed", "没有安装插件")


def _standing(info: PluginInfo) -> Finding:
    check, name = f"plugins.{info.name}", f"{info.name} {info.version}".rstrip()
    if info.state == "refused":
        return bad(
            check,
            Words(f"plugin {name} is left out: {info.reason}", f"插件 {name} 未启用:{info.reason}"),
            Words("update or remove it; the till sells without it", "请更新或卸载;收银不受影响"),
        )
    if info.state == "aside":
        return bad(
            check,
            Words(
                f"plugin {name} was set aside: {info.reason}", f"插件 {name} 已停用:{info.reason}"
            ),
            Words(
                f"repair or update it, then `cashwrap plugins --restore {info.name}`",
                f"修复或更新后运行 cashwrap plugins --restore {info.name}",
            ),
        )
    if info.state == "disabled":
        return good(check, f"{name} is disabled", f"{name} 已在设置中停用")
    return good(check, f"{name} loads", f"{name} 可加载")


def settings(patient: Patient) -> Iterator[Finding]:
    """Settings of plugins are of plugins that are there."""
    for name in sorted(patient.settings.plugins.keys() - _host(patient).plugins.keys()):
        yield look(
            "plugins.settings",
            Words(f"[plugins.{name}] is of no installed plugin", f"没有安装插件 {name}"),
            Words(
                f"install it, or take its part out of {FILE_NAME}",
                f"请安装该插件,或从 {FILE_NAME} 删除其设置",
            ),
        )


_WORDS = {
    "ok": Words("works", "正常"),
    "unknown": Words("did not say how it does", "状态未知"),
    "warn": Words("works, and wants something", "可用,需要处理"),
    "lost": Words("does not answer", "没有应答"),
}


def devices(patient: Patient) -> Iterator[Finding]:
    """The devices of plugins, as the till saw them when it looked last."""
    used = {plugin.name for plugin in _host(patient).active()}
    for one in devices_of(Path(patient.folder)):
        if one.plugin not in used or not one.looked_ms:
            continue
        check, state = f"plugins.{one.plugin}.{one.name}", _WORDS[one.state]
        en, zh = one.title.get("en", one.name), one.title.get("zh-CN", one.name)
        told, told_zh = one.detail.get("en", ""), one.detail.get("zh-CN", "")
        found = Words(
            f"{en} {state.en}" + (f": {told}" if told else ""),
            f"{zh} {state.zh}" + (f":{told_zh or told}" if told_zh or told else ""),
        )
        if one.state == "ok":
            yield good(check, found.en, found.zh)
        else:
            make = bad if one.state == "lost" else look
            yield make(
                check, found,
                Words("look at the device, its cable and its settings", "请检查设备、线缆与设置"),
            )  # fmt: skip


def _host(patient: Patient) -> Host:
    """Return who is there, and who was set aside where the store can be read."""
    host = without_till(patient.folder)
    if patient.looked is not None:
        with patient.looked.read() as reader:
            host.left_out(reader)
    return host


CHECKS = (loading, settings, devices)
