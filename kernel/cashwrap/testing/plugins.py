"""A plugin's conformance: a shop's day with it, and what it must not do on any."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter_ns

from msgspec.structs import replace

from cashwrap.errors import CashwrapError
from cashwrap.host.manifest import read_manifest
from cashwrap.host.plugin import PluginInfo
from cashwrap.plugins import PluginRefused
from cashwrap.receipt.text import render_text
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.settings import HostSettings
from cashwrap.testing.offers import offers_wrong
from cashwrap.testing.shop import ITEMS, SETTINGS, ManualClock, Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

BASKETS = (
    (("COLA", 2), ("CAKE", 1)),
    (("BUN", 3),),
    (("TEA-L", 1), ("COLA", 1)),
    (("COLA", 1),),
)
MEMBERS = ("", "M1", "M2", "M1")
CALLS_MEASURED = 3


class TimedClock(ManualClock):
    """A clock that the test moves; what plugins take is measured all the same."""

    @staticmethod
    def ticks_ns() -> int:
        """Return the device's own time."""
        return perf_counter_ns()


def conformance(
    plugin: Path,
    folder: Path,
    *,
    settings: str = SETTINGS,
    items: Sequence[Mapping[str, object]] = ITEMS,
) -> list[str]:
    """Return what is wrong with the plugin in a folder, [] for nothing.

    A shop in ``folder`` sells, takes back, crashes and opens again with it. It has a manifest that
    asks for what it implements, is never set aside, journals no fault and keeps to its time; its
    tables are those that a rebuild gives, and what it offers can be used. Then a second shop lives
    through the same day: prices, taxes and paper must come out the same.
    """
    wrong = _of_manifest(plugin)
    shop = _opened(plugin, folder, settings, items)
    try:
        info = _info(shop, plugin.name)
        if info.state != "active":
            return [*wrong, *_standing(shop, info)]
        first = _day(shop)
        for when, act in _TURNS:
            act(shop, plugin.name)
            wrong += _proved(shop, when)
        wrong += offers_wrong(shop.till, plugin.name)
        wrong += _standing(shop, _info(shop, plugin.name))
    finally:
        shop.till.close()
    if wrong:
        return wrong
    again = _opened(plugin, folder.with_name(f"{folder.name}-again"), settings, items)
    try:
        same = _day(again) == first
    finally:
        again.till.close()
    return [] if same else ["the same day again gave other prices, taxes or paper"]


def _opened(
    plugin: Path, folder: Path, settings: str, items: Sequence[Mapping[str, object]]
) -> Shop:
    drivers = {"card": FakeTerminal()}
    return Shop(
        folder, settings=settings, items=items, drivers=drivers, plugins=[plugin],
        clock=TimedClock(), host="budget_ms = 60_000",  # one slow call may be the machine's
    )  # fmt: skip


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


# A day


def _day(shop: Shop) -> list[object]:
    """Sell, take back, void and leave; return what was journaled of money, and the paper."""
    till = shop.till
    sold = [
        done
        for basket, member in zip(BASKETS, MEMBERS, strict=True)
        if (done := _sold(till, basket, member))
    ]
    if sold:
        _ended(till, lambda sale: _brought_back(sale, sold[0]))
    if len(sold) > 1:
        till.post_void(sold[1], "wrong goods")
    _ended(till, lambda sale: sale.add("COLA"))
    _work(till)
    records = till.store.records()
    sales = [each.body() for each in records if each.envelope.kind == SaleCompleted.kind]
    return [
        (sale.priced, sale.taxes, sale.payable_minor, till.receipt_text(sale.sale))
        for sale in sales
        if isinstance(sale, SaleCompleted)
    ]


def _sold(till: Till, basket: Sequence[tuple[str, int]], member: str) -> str:
    """Sell a basket, and print it in each way; return its id, "" where a plugin forbade it."""
    sale = till.new_sale()
    try:
        if member:
            sale.set_customer(member=member)
        for sku, count in basket:
            sale.add(sku, count)
        sale.void_line(sale.add("CAKE").number)
        if sale.due_minor and len(basket) == 1:
            sale.payments.ask("card", sale.due_minor)
        else:
            sale.pay_cash(sale.due_minor + 100)
    except CashwrapError as refusal:
        _forbidden(refusal)
        sale.cancel("forbidden")
        return ""
    for style in (till.text_style, replace(till.text_style, columns=32, language="en")):
        render_text(till.receipt(sale.id), style)
        render_text(till.reprint(sale.id, gift=True), style)
    return sale.id


def _brought_back(sale: Sale, sold: str) -> None:
    sale.take_back(sold, [(1, 1)], reason="too many")
    sale.refund()


def _ended(till: Till, act: Callable[[Sale], object]) -> None:
    """Do something to a sale, and leave it where it is not over then."""
    sale = till.new_sale()
    try:
        act(sale)
    except CashwrapError as refusal:
        _forbidden(refusal)
    if sale.state == "open":
        sale.cancel("left")


def _forbidden(refusal: CashwrapError) -> None:
    if refusal.code != "plugin.vetoed":
        raise refusal


def _work(till: Till) -> None:
    for _ in range(1_000):  # a follower that fails is asked again and again
        if not till.work():
            return


# What it is afterwards


def _rebuilt(shop: Shop, plugin: str) -> None:
    shop.till.store.rebuild()


def _crashed(shop: Shop, plugin: str) -> None:
    shop.crash()
    _work(shop.till)


def _back_again(shop: Shop, plugin: str) -> None:
    """Set it aside, sell without it, and bring it back."""
    host = shop.till.host
    if _info(shop, plugin).state != "active":
        return
    host.set_aside(plugin, "conformance")
    _sold(shop.till, BASKETS[0], "M1")
    host.restore(plugin)
    _sold(shop.till, BASKETS[3], "M1")


_TURNS: tuple[tuple[str, Callable[[Shop, str], None]], ...] = (
    ("after a day", lambda shop, plugin: None),
    ("after a crash", _crashed),
    ("after a rebuild", _rebuilt),
    ("after it was away for a sale", _back_again),
)


def _proved(shop: Shop, when: str) -> list[str]:
    report = shop.till.store.verify()
    return [f"{when}, its tables differ from their rebuild: {report.projections}"] * (not report.ok)


def _info(shop: Shop, name: str) -> PluginInfo:
    return next(one for one in shop.till.host.infos() if one.name == name)


def _standing(shop: Shop, info: PluginInfo) -> list[str]:
    wrong = []
    if info.state != "active":
        wrong.append(f"it is {info.state}: {info.reason}")
    if info.faults:
        told = " | ".join(_faults(shop, info.name))
        wrong.append(f"it failed {info.faults} times: {told}")
    budget_ms = HostSettings().budget_ms
    for spent in info.spent:
        if spent.calls >= CALLS_MEASURED and spent.p50_ns > budget_ms * 1_000_000:
            took_ms = spent.p50_ns // 1_000_000
            wrong.append(f"{spent.hook} takes {took_ms} ms: a sale waits {budget_ms} ms at most")
    return wrong


def _faults(shop: Shop, plugin: str) -> list[str]:
    """Return what the journal has of its faults, each once."""
    from cashwrap.host.events import PluginFaulted

    records = shop.till.store.records()
    bodies = [each.body() for each in records if each.envelope.kind == PluginFaulted.kind]
    told = [
        f"{body.hook}: {body.what}"
        for body in bodies
        if isinstance(body, PluginFaulted) and body.plugin == plugin
    ]
    return list(dict.fromkeys(told))
