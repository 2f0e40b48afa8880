"""A demo shop to look at, a small shop to change, and a way to run commands."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cashwrap.cli.demo import ring_up
from cashwrap.cli.main import main
from cashwrap.demo.ports import DemoRandomness

ITEMS = """\
sku,name,gtins,tax,price
WATER,矿泉水 550ml,6900000100011,vat13,2.00
TEA,绿茶 500ml,,vat13,4.00
"""

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Witness files go to a folder of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASHWRAP_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        patch.delenv("CASHWRAP_FOLDER", raising=False)
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A demo shop after its morning; tests only look at it."""
    folder = tmp_path_factory.mktemp("demo") / "shop"
    ring_up(folder, DemoRandomness(), lambda done, total: None)
    return str(folder)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with --json and return its exit code and its object."""

    def run_json(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main([*words, "--json"])
        printed = capsys.readouterr()
        assert printed.err == ""
        assert printed.out.count("\n") == 1
        return code, json.loads(printed.out)

    return run_json


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> str:
    """A small shop with two items and two sales."""
    folder = str(tmp_path / "shop")
    catalog = tmp_path / "items.csv"
    catalog.write_text(ITEMS, encoding="utf-8")
    assert run("init", folder, "--name", "小店")[0] == 0
    assert run("import", str(catalog), "-f", folder)[0] == 0
    sell(folder, "WATER")
    sell(folder, "TEA")
    return folder


def sell(folder: str, sku: str) -> None:
    """Sell one of an item for cash."""
    from cashwrap import Till

    with Till.open(folder) as till:
        sale = till.new_sale(staff="E01")
        sale.add(sku)
        sale.pay_cash(1_000)
