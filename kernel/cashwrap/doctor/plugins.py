"""Plugins: each loads, and each has only settings that somebody reads."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient
from cashwrap.entry_points import EntryPoint
from cashwrap.plugins import PluginRefused, installed_plugins, load_plugins
from cashwrap.settings import FILE_NAME


def loading(patient: Patient) -> Iterator[Finding]:
    """Every installed plugin can be loaded."""
    try:
        points = installed_plugins()
    except PluginRefused as error:
        yield _refused("plugins.installed", error)
        return
    for point in points:
        try:
            load_plugins([point])
        except PluginRefused as error:
            yield _refused(f"plugins.{point.name}", error)
        else:
            version = _version(point)
            yield good(f"plugins.{point.name}", f"{version} loads", f"{version} 可加载")
    if not points:
        yield good("plugins.installed", "none are installed", "没有安装插件")


def _refused(check: str, error: PluginRefused) -> Finding:
    return bad(
        check,
        Words(str(error), f"插件无法加载:{error}"),
        Words("update or remove it: no till starts with it", "请更新或卸载,否则收银机无法启动"),
    )


def _version(point: EntryPoint) -> str:
    from importlib.metadata import packages_distributions, version

    package = point.value.partition(":")[0].partition(".")[0]
    names = packages_distributions().get(package)
    return f"{names[0]} {version(names[0])}" if names else point.value


def settings(patient: Patient) -> Iterator[Finding]:
    """Settings of plugins are of plugins that are there."""
    installed = {point.name for point in installed_plugins()}
    for name in sorted(patient.settings.plugins.keys() - installed):
        yield look(
            "plugins.settings",
            Words(f"[plugins.{name}] is of no installed plugin", f"没有安装插件 {name}"),
            Words(
                f"install it, or take its part out of {FILE_NAME}",
                f"请安装该插件,或从 {FILE_NAME} 删除其设置",
            ),
        )


CHECKS = (loading, settings)
