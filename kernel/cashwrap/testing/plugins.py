"""A plugin's conformance: a shop's day with it, and what it must not do on any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cashwrap.errors import CashwrapError
from cashwrap.host.manifest import read_manifest
from cashwrap.host.plugin import PluginInfo
from cashwrap.plugins import PluginRefused
from cashwrap.testing.shop import ITEMS, SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal


def conformance(
    plugin: Path,
    folder: Path,
    *,
    settings: str = SETTINGS,
    items: Sequence[Mapping[str, object]] = ITEMS,
) -> list[str]:
    """Return what is wrong with the plugin in a folder, [] for nothing.

    A shop in ``folder`` sells, takes back, crashes and opens again with it. It has a manifest that
    asks for what it implements, is never set aside and journals no fault; its tables are those that
    a rebuild gives; and what it forbids, it forbids in words.
    """
    wrong = _of_manifest(plugin)
    terminal = FakeTerminal()
    shop = Shop(
        folder, settings=settings, items=items, drivers={"card": terminal}, plugins=[plugin]
    )
    try:
        _day(shop)
        wrong += _proved(shop, "after a day")
        shop.crash()
        wrong += _proved(shop, "after a crash")
        shop.till.store.rebuild()
        wrong += _proved(shop, "after a rebuild")
        return wrong + _standing(_info(shop, plugin.name))
    finally:
        shop.till.close()


def _of_manifest(plugin: Path) -> list[str]:
    try:
        manifest = read_manifest(plugin)
    except PluginRefused as error:
        return [str(error)]
    if manifest is None:
        return ["it has no manifest.toml"]
    lacking = [part for part in ("name", "version") if not getattr(manifest, part)]
    lacking += [f"title.{each}" for each in ("zh-CN", "en") if each not in manifest.title]
    return [f"its manifest.toml has no {', '.join(lacking)}"] if lacking else []


def _day(shop: Shop) -> None:
    """Sell for cash and by card, to a member and to nobody, take back, void, cancel, wait."""
    till = shop.till
    for number, (sku, member) in enumerate([("COLA", ""), ("BUN", "M1"), ("TEA-L", "M2")]):
        sale = till.new_sale()
        try:
            if member:
                sale.set_customer(member=member)
            sale.add(sku, 2)
            sale.void_line(sale.add("CAKE").number)
            if number % 2:
                sale.payments.ask("card", sale.due_minor)
            else:
                sale.pay_cash(sale.due_minor + 100)
            till.receipt_text(sale.id)
            till.reprint(sale.id, gift=True)
        except CashwrapError as refusal:
            if refusal.code != "plugin.vetoed":
                raise
            sale.cancel("vetoed")
    left = till.new_sale()
    left.add("COLA")
    left.cancel("left")
    while till.work():
        pass


def _proved(shop: Shop, when: str) -> list[str]:
    report = shop.till.store.verify()
    return [f"{when}, its tables differ from their rebuild: {report.projections}"] * (not report.ok)


def _info(shop: Shop, name: str) -> PluginInfo:
    return next(one for one in shop.till.host.infos() if one.name == name)


def _standing(info: PluginInfo) -> list[str]:
    wrong = []
    if info.state != "active":
        wrong.append(f"it is {info.state}: {info.reason}")
    if info.faults:
        wrong.append(f"it failed {info.faults} times")
    return wrong
