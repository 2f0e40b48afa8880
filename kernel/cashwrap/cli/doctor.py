"""``cashwrap doctor``: how a till is, and what to do."""

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.language import language, language_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.doctor.model import Finding
    from cashwrap.store.tables import Projection

ABOUT = """\
Examine a till: its store, settings, disk, clock, keys, witness, backups, open sales, payments,
plugins. Each check says good, look or bad, what it found, and what to do. Nothing is changed, and
a till may be selling meanwhile; a store that cannot be opened is looked at from outside.
Exit code 0: all good, 1: something is bad, 6: something to look at."""

NEXT = """\
example:
  cashwrap doctor corner-shop
  cashwrap doctor corner-shop --deep           proves the whole journal and its tables too
  cashwrap doctor corner-shop --all            what is good too

next: docs/runbook.md says for each fault what clerk and owner do."""

_LEVELS = {"en": ("good", "look", "BAD"), "zh-CN": ("正常", "留意", "异常")}
_FAMILIES = {
    "store": ("store", "账本"), "settings": ("settings", "设置"), "disk": ("disk", "磁盘"),
    "clock": ("clock", "时钟"), "keys": ("keys", "密钥"), "witness": ("witness", "见证"),
    "backups": ("backups", "备份"), "sales": ("sales", "销售"), "payments": ("payments", "支付"),
    "plugins": ("plugins", "插件"), "training": ("training", "培训"), "shifts": ("shifts", "班次"),
    "holds": ("holds", "挂单"), "staff": ("staff", "员工"),
}  # fmt: skip
_SUMS = {
    "en": "{good} good, {look} to look at, {bad} bad.",
    "zh-CN": "{good} 项正常,{look} 项留意,{bad} 项异常。",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument("--deep", action="store_true", help="prove the whole journal and tables")
    parser.add_argument("--all", action="store_true", help="show what is good too")
    language(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Examine a till."""
    from cashwrap.doctor import examine
    from cashwrap.doctor.model import worst

    path = folder_of(args)
    spoken = _language(args, path)
    findings = examine(path, deep=args.deep, projections=_projections() if args.deep else ())
    counts = {name: sum(one.level == name for one in findings) for name in ("good", "look", "bad")}
    _table([one for one in findings if args.all or one.level != "good"], spoken, out)
    out.say(_SUMS[spoken].format(**counts))
    out.result(
        worst=worst(findings),
        counts=counts,
        stats=_stats(path),
        findings=[
            {
                "check": one.check,
                "level": one.level,
                "found": one.found.said(spoken),
                "advice": one.advice.said(spoken),
            }
            for one in findings
        ],
    )
    if counts["bad"]:
        return exits.REFUSED
    return exits.LOOK if counts["look"] else exits.OK


def _table(findings: list["Finding"], spoken: str, out: Output) -> None:
    rows = []
    place = 1 if spoken == "zh-CN" else 0
    for one in findings:
        level = _LEVELS[spoken][("good", "look", "bad").index(one.level)]
        family = _FAMILIES.get(one.family, (one.family, one.family))[place]
        rows.append((level, family, one.found.said(spoken)))
        if advice := one.advice.said(spoken):
            rows.append(("", "", f"-> {advice}"))
    if rows:
        out.table(("", "", ""), rows)
        out.say()


def _language(args: argparse.Namespace, path: Path) -> str:
    """Return the language to speak, also where the settings cannot be read."""
    from cashwrap.errors import CashwrapError
    from cashwrap.settings import FILE_NAME, read_settings

    settings = None
    with suppress(CashwrapError):
        settings = read_settings(path) if (path / FILE_NAME).exists() else None
    return language_of(args, settings)


def _projections() -> "list[Projection]":
    from cashwrap.errors import CashwrapError
    from cashwrap.opening import kernel_projections
    from cashwrap.plugins import load_plugins, projections_of

    try:
        return [*kernel_projections(), *projections_of(load_plugins())]
    except CashwrapError:  # another check names the plugin
        return list(kernel_projections())


def _stats(path: Path) -> dict[str, object] | None:
    """Return figures of the store for programs, None where it cannot be looked into."""
    from cashwrap.errors import CashwrapError
    from cashwrap.store.layout import JOURNAL
    from cashwrap.store.look import look_into

    try:
        with look_into(path) as look, look.engine.view() as txn:
            return {
                "store": look.identity.store,
                "till": look.identity.till,
                "epoch": look.head.epoch,
                "last_seq": look.head.seq,
                "records": txn.stat(look.engine.dbs[JOURNAL])["entries"],
                "trimmed_seq": look.identity.base.seq,
                "used_bytes": look.engine.used,
                "file_bytes": look.engine.path.stat().st_size,
            }
    except CashwrapError:
        return None
