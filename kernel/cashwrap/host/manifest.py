"""What a plugin says of itself in its ``manifest.toml``, and whether it fits this kernel."""

from __future__ import annotations

import operator
import re
import tomllib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Literal

import msgspec

from cashwrap.plugins import PluginRefused

FILE_NAME = "manifest.toml"
KERNEL_API = "1.0"
"""The version of the hooks (docs/hooks.md): its first number changes when an old plugin breaks."""

PRIORITY = 100

RIGHTS = {
    "cashwrap_may": "veto",
    "cashwrap_tender_drivers": "tenders",
    "cashwrap_scales": "devices",
    "cashwrap_taxes": "taxes",
    "cashwrap_price_lists": "prices",
    "cashwrap_rules": "rules",
    "cashwrap_receipt_sections": "receipt",
    "cashwrap_followers": "journal",
    "cashwrap_committed": "journal",
    "cashwrap_cart_changed": "journal",
    "cashwrap_jobs": "jobs",
    "cashwrap_commands": "commands",
    "cashwrap_routes": "routes",
    "cashwrap_pages": "pages",
    "cashwrap_panels": "pages",
    "cashwrap_devices": "devices",
}
"""What a plugin with a manifest has to ask for before it may implement a hook."""

FRONT = "front"
"""What it has to ask for to be the page at the till's own address."""


class Needs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plugin cannot do without.

    ``api`` is the range of kernel APIs that it was written for, ``plugins`` are others by name,
    with a range where it matters (``members>=1.2``), ``hooks`` those that it implements, ``rights``
    what it asks for (`RIGHTS`), ``devices`` what it speaks to. ``acts`` are those that
    ``cashwrap_may`` is asked about: a plugin that leaves out ``add`` costs no scan anything.
    """

    api: str = ">=1,<2"
    plugins: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    acts: tuple[Literal["add", "pay"], ...] = ("add", "pay")


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plugin's manifest. A lower ``priority`` is asked first.

    ``settings`` names the struct of ``[plugins.NAME]``, as ``settings:StampSettings``.
    """

    name: str = ""
    version: str = ""
    title: dict[str, str] = {}
    summary: dict[str, str] = {}
    priority: int = PRIORITY
    settings: str = ""
    needs: Needs = Needs()
    quality: dict[str, str] = {}


def read_manifest(folder: Path | None) -> Manifest | None:
    """Return the manifest in a plugin's folder, None where there is none. Raises PluginRefused."""
    path = None if folder is None else folder / FILE_NAME
    if path is None or not path.is_file():
        return None
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Manifest)
    except (OSError, ValueError) as error:  # a msgspec.ValidationError is a ValueError
        raise PluginRefused(f"{path.parent.name}/{FILE_NAME}: {error}") from error


def check_manifest(name: str, manifest: Manifest, hooks: Collection[str]) -> None:
    """Raise PluginRefused when a manifest is of another plugin, kernel, or asks for too little.

    ``hooks`` are those that the plugin implements.
    """
    if manifest.name and manifest.name != name:
        raise PluginRefused(f"the manifest is of the plugin {manifest.name!r}, not of {name!r}")
    if not fits(KERNEL_API, manifest.needs.api):
        raise PluginRefused(
            f"it was written for kernel API {manifest.needs.api}, this is {KERNEL_API}: "
            "update the plugin, or cashwrap"
        )
    for hook in sorted(hooks):
        right = RIGHTS.get(hook)
        if right is not None and right not in manifest.needs.rights:
            raise PluginRefused(
                f"it implements {hook} without asking: put {right!r} into needs.rights of its "
                f"{FILE_NAME}"
            )


def needed_plugin(need: str) -> tuple[str, str]:
    """Return the name and the range in ``members>=1.2``. Raises PluginRefused."""
    found = re.fullmatch(r"([A-Za-z_]\w*)\s*(.*)", need.strip())
    if found is None:
        raise PluginRefused(f"needs.plugins: {need!r} names no plugin")
    return found[1], found[2]


_COMPARE: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


def fits(version: str, wanted: str) -> bool:
    """Return whether a version is in a range as ``>=1.2,<2``; "" is any. Raises PluginRefused."""
    for part in filter(None, map(str.strip, wanted.split(","))):
        found = re.fullmatch(r"(>=|<=|==|>|<)\s*(\d+(?:\.\d+)*)", part)
        if found is None:
            raise PluginRefused(f"{part!r} is no range of versions: write >=1,<2")
        if not _COMPARE[found[1]](_numbers(version), _numbers(found[2])):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, without zeros at its end: 1.0 is 1."""
    leading = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in leading[0].split(".")] if leading else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
