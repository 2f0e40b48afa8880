"""``cashwrap plugins --trace``: each hook call of one sale, on a till that keeps nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits
from cashwrap.cli.output import Output, time_text
from cashwrap.host.errors import PluginVetoed

if TYPE_CHECKING:
    from cashwrap.host.plugin import PluginInfo
    from cashwrap.host.tracing import Traced
    from cashwrap.sale.sale import Sale
    from cashwrap.till import Till

ANSWER_SHOWN = 48


class Step(NamedTuple):
    """What was done, and the hook calls that it made, in order."""

    did: str
    calls: tuple[Traced, ...]


def trace(folder: Path, codes: Sequence[str], member: str, out: Output) -> int:
    """Ring up goods in a copy of the shop and show each hook call; nothing of it is kept."""
    with beside(folder) as till:
        steps = list(_steps(till, codes, member))
        infos = [one for one in till.host.infos() if one.state != "disabled"]
    rows = [
        (
            step.did if not at else "",
            call.plugin,
            call.hook,
            _microseconds(call),
            _short(call.answer),
        )
        for step in steps
        for at, call in enumerate(step.calls)
    ]
    if rows:
        out.table(("Step", "Plugin", "Hook", "us", "Answer"), rows, right=(3,))
    else:
        out.say("No plugin was asked anything in this sale.")
    _standing(infos, out)
    out.result(
        steps=[{"did": step.did, "calls": step.calls} for step in steps],
        plugins=infos,
    )
    wrong = any(one.state != "active" or one.faults for one in infos)
    return exits.LOOK if wrong else exits.OK


@contextmanager
def beside(folder: Path) -> Iterator[Till]:
    """Give a till with a shop's goods, rules, settings and plugins, in a folder that goes away.

    The shop's own till may sell meanwhile. Its sales, members' balances and people are not there.
    Raises what `look_into` and `Till.open` raise.
    """
    from cashwrap.settings import read_settings, settings_text
    from cashwrap.store.look import look_into
    from cashwrap.till import Till
    from cashwrap.training.goods import bring_goods

    with tempfile.TemporaryDirectory(prefix="cashwrap-trace-") as place, look_into(folder) as look:
        there = Path(place) / "beside" / "shop"  # plugins may lie in a folder beside the shop's
        Till.create(there, settings_text(folder), witness=[])
        _bring_plugins(folder, there, read_settings(folder).host.folder)
        with Till.open(there, witness=[], plugins=False) as filled:  # none is asked about this
            bring_goods(look, filled.store, filled.now().wall_ms)
        with Till.open(there, witness=[]) as till:
            yield till


def _bring_plugins(shop: Path, there: Path, named: str) -> None:
    """Have the copy find the device's own plugins where its settings say."""
    link = Path(os.path.normpath(there / named))
    if named and link.is_relative_to(there.parent) and (shop / named).is_dir():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to((shop / named).resolve(), target_is_directory=True)


def _steps(till: Till, codes: Sequence[str], member: str) -> Iterator[Step]:
    """Yield what is done in one sale: goods, money, paper."""
    register = next(iter(till.settings.registers), "")
    if till.settings.shifts.required:
        till.shifts.open(0, register=register, staff="trace")
    sale = till.new_sale(register=register)
    if member:
        yield _did(till, f"member {member}", lambda: sale.set_customer(member=member))
    for code in codes:
        yield _did(till, code, partial(_ring_up, till, sale, code))
    if sale.lines:
        yield _did(till, "cash", lambda: sale.pay_cash(sale.due_minor))
    if sale.state == "completed":
        yield _did(till, "receipt", lambda: till.receipt_text(sale.id))


def _did(till: Till, did: str, act: Callable[[], object]) -> Step:
    """Do something, and take down which hooks it asked; a veto is one of the answers."""
    with till.host.traced() as calls:
        try:
            act()
        except PluginVetoed as veto:
            did = f"{did}: {veto}"
    return Step(did, tuple(calls))


def _ring_up(till: Till, sale: Sale, code: str) -> None:
    if till.catalog.find_sku(code) is not None:
        sale.add(code)
    else:
        sale.scan(code)


def _standing(infos: Sequence[PluginInfo], out: Output) -> None:
    """Show what the sale cost each plugin, as ``cashwrap plugins`` does."""
    rows = [
        (one.name, spent.hook, str(spent.calls), time_text(spent.p50_ns), time_text(spent.p99_ns))
        for one in infos
        for spent in one.spent
    ]
    if rows:
        out.say()
        out.table(("Plugin", "Hook", "Calls", "p50", "p99"), rows, right=(2, 3, 4))
    for one in infos:
        if one.faults or one.slow or one.state != "active":
            why = f": {one.reason}" if one.reason else ""
            told = f"{one.name} is {one.state}{why}; {one.faults} faults, {one.slow} slow calls"
            out.say(told)


def _short(answer: str) -> str:
    return answer if len(answer) <= ANSWER_SHOWN else f"{answer[:ANSWER_SHOWN]}..."


def _microseconds(call: Traced) -> str:
    return f"{-(-call.took_ns // 1000)}"
