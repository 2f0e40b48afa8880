"""A plugin's conformance catches plugins that are wrong in one thing each."""

import pytest

from cashwrap.testing.plugins import conformance

GOOD = """
from cashwrap import hookimpl
from cashwrap.host.offers import Command, Job, Panel, Page, React, Report, Route
from cashwrap.pricing.model import TaxCode, TaxComponent
from cashwrap.receipt.model import Section, SectionRow
from cashwrap.sale.events import SaleCompleted

BOTH = {"zh-CN": "件数", "en": "Pieces"}
TABLE = "mutant.counts"


class Counts:
    name, version, tables = "mutant", 1, (TABLE,)
    reads = {SaleCompleted.kind: SaleCompleted}

    def fold(self, writer, envelope, body):
        before = int(writer.get(TABLE, b"n") or 0)
        writer.put(TABLE, b"n", b"%d" % (before + len(body.lines)))  # FOLD


@hookimpl
def cashwrap_projections():
    return [Counts()]


@hookimpl
def cashwrap_may(act, sale):
    return None  # MAY


@hookimpl
def cashwrap_taxes(region):
    extra = TaxComponent(code="x", name="X", rate_ppm=10_000)  # TAX
    return [TaxCode(code="food", name="Food", by_order_type={"": (extra,)})]


@hookimpl
def cashwrap_receipt_sections(sale, reader):
    row = SectionRow(BOTH, str(len(sale.lines)))  # ROW
    return [Section(title=BOTH, rows=(row,))]


@hookimpl
def cashwrap_followers():
    return [React(name="see", kinds=("sale.completed",), do=lambda till, record: see(till, record))]


def see(till, record):
    pass  # SEE


@hookimpl
def cashwrap_jobs():
    return [Job(name="tick", every_minutes=1, run=lambda till: tick(till))]


def tick(till):
    pass  # TICK


@hookimpl
def cashwrap_reports():
    return [Report(name="pieces", title=BOTH, columns=(BOTH,), make=rows)]


def rows(reader, days):
    yield (int(reader.get(TABLE, b"n") or 0),)  # CELLS


@hookimpl
def cashwrap_commands():
    return [Command(name="pieces", line="how many", run=lambda till, args: "", configure=words)]


def words(parser):
    parser.add_argument("--all", action="store_true")  # ARGUMENTS


@hookimpl
def cashwrap_routes():
    return [Route(method="GET", path="/pieces", run=lambda call: say(call), gives=dict[str, int],
                  summary=BOTH)]  # SUMMARY


def say(call):
    return {"pieces": 1}  # SAY
"""
MANIFEST = """
name = "mutant"
version = "1"
title = { "zh-CN" = "件数", en = "Pieces" }

[needs]
rights = ["commands", "jobs", "journal", "receipt", "routes", "taxes", "veto"]
"""

MUTANTS = {
    "the fold reads a clock": (
        "# FOLD",
        "; writer.put(TABLE, b't', b'%d' % __import__('time').perf_counter_ns())",
    ),
    "the fold counts in memory": (
        'before = int(writer.get(TABLE, b"n") or 0)',
        "self.n = before = getattr(self, 'n', 0) + 1",
    ),
    "the fold fails at a return": ("# FOLD", "; assert body.payable_minor >= 0"),
    "the veto raises": ("return None  # MAY", "return sale.lines[0].colour"),
    "the veto has no words": ("return None  # MAY", "return '' if sale.member else None"),
    "the veto answers yes": ("return None  # MAY", "return True"),
    "the veto takes its time": ("return None  # MAY", "__import__('time').sleep(0.06)"),
    "the tax depends on chance": ("rate_ppm=10_000)", "rate_ppm=id(object()) // 16 % 100_000)"),
    "the tax is a float": ("rate_ppm=10_000)", "rate_ppm=1e4)"),
    "the section is text": ("[Section(title=BOTH, rows=(row,))]", "['3 pieces']"),
    "the section reads what is not there": ("str(len(sale.lines)))", "str(len(sale.goods)))"),
    "the follower raises": ("pass  # SEE", "record.body().nothing"),
    "the job raises": ("pass  # TICK", "1 // 0"),
    "the report's row is short": ('(int(reader.get(TABLE, b"n") or 0),)  # CELLS', "()"),
    "the report raises": ('b"n") or 0),)  # CELLS', 'b"m")),)'),
    "the report has a float": ('b"n") or 0),)  # CELLS', 'b"n") or 0) / 2,)'),
    "the command's arguments clash": ("# ARGUMENTS", "; parser.add_argument('--all')"),
    "the route fails": ('return {"pieces": 1}  # SAY', "return call.nothing"),
    "the route gives another form": ('return {"pieces": 1}  # SAY', "return {'pieces': 'one'}"),
    "the route speaks one language": ("summary=BOTH)]  # SUMMARY", "summary={'en': 'Pieces'})]"),
}
MANIFESTS = {
    "it asks for less than it does": ('"veto"', '"prices"'),
    "it is of another kernel": ("[needs]", '[needs]\napi = ">=2,<3"'),
    "it has no version": ('version = "1"', ""),
    "it has one language": ('"zh-CN" = "件数", ', ""),
    "it is another's": ('name = "mutant"', 'name = "other"'),
    "it cannot be read": ("[needs]", "[needs"),
}


def written(tmp_path, source=GOOD, manifest=MANIFEST):
    home = tmp_path / "mutant"
    home.mkdir()
    (home / "plugin.py").write_text(source, encoding="utf-8")
    (home / "manifest.toml").write_text(manifest, encoding="utf-8")
    return conformance(home, tmp_path / "shop")


def test_a_good_plugin_conforms(tmp_path):
    """Nothing is found where nothing is."""
    assert written(tmp_path) == []


@pytest.mark.parametrize("fault", MUTANTS)
def test_a_plugin_with_one_fault_is_caught(tmp_path, fault):
    """What is found says where."""
    good, bad = MUTANTS[fault]
    assert GOOD.count(good) == 1
    assert written(tmp_path, GOOD.replace(good, bad)) != []


@pytest.mark.parametrize("fault", MANIFESTS)
def test_a_manifest_with_one_fault_is_caught(tmp_path, fault):
    """It is what an owner reads before the plugin is used."""
    good, bad = MANIFESTS[fault]
    assert MANIFEST.count(good) == 1
    assert written(tmp_path, manifest=MANIFEST.replace(good, bad)) != []
