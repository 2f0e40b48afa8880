"""A new plugin works and is tested from its first minute."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cashwrap
from cashwrap.cli.main import main
from cashwrap.host.new import PARTS, NameRefused, write_plugin

ROOT = Path(cashwrap.__file__).parents[2]


def python(place, *words):
    """Run Python in a folder, on this tree; return what it printed."""
    paths = [place, ROOT / "kernel", ROOT / "plugins", ROOT / "native"]
    ran = subprocess.run(
        [sys.executable, *words],
        cwd=place,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.parametrize(
    ("parts", "tests"), [((), "9 passed"), (("--with", "all"), "11 passed")], ids=["small", "all"]
)
def test_what_it_writes_passes_its_own_tests(tmp_path, capsys, parts, tests):
    """Its tests run against a real till, and it conforms."""
    assert main(["new-plugin", "loyalty_stamp", "--into", str(tmp_path), *parts]) == 0
    assert "python -m pytest" in capsys.readouterr().out
    place = tmp_path / "loyalty_stamp"
    assert tests in python(place, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_what_it_writes_is_laid_out_and_typed(tmp_path):
    """By ruff as it comes and as it is set up there, and by mypy at its strictest."""
    write_plugin("loyalty_stamp", tmp_path, parts=PARTS)
    place = tmp_path / "loyalty_stamp"
    for words in (["check", "--isolated"], ["check"], ["format", "--check"]):
        python(place, "-m", "ruff", *words, "--no-cache", ".")
    cache = str(tmp_path / "mypy")
    python(place, "-m", "mypy", "--strict", "--cache-dir", cache, "-p", "loyalty_stamp")


def test_it_is_used_by_a_shop_as_it_is(device, tmp_path):
    """Copied into the device's folder, the till finds it with all that it adds."""
    write_plugin("loyalty_stamp", tmp_path)
    (device.shop.folder / "plugins").mkdir()
    (tmp_path / "loyalty_stamp/loyalty_stamp").rename(device.shop.folder / "plugins/loyalty_stamp")
    (info,) = device.open().host.infos()
    assert (info.name, info.version, info.state) == ("loyalty_stamp", "0.1.0", "active")
    assert info.rights == ("receipt", "veto")


@pytest.mark.parametrize(
    ("name", "meant"), [("Loyalty-Stamp", "loyalty_stamp"), ("LoyaltyStamp", "loyalty_stamp")]
)
def test_a_name_that_cannot_be_has_one_near_it_that_can(name, meant, tmp_path):
    """Capitals and dashes are how people write names."""
    with pytest.raises(NameRefused, match=f"as in {meant}$"):
        write_plugin(name, tmp_path)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_used_by_a_shop(part, device, tmp_path):
    """Its manifest asks for what it brings, and for no more."""
    write_plugin("loyalty_stamp", tmp_path, parts=[part])
    (device.shop.folder / "plugins").mkdir()
    (tmp_path / "loyalty_stamp/loyalty_stamp").rename(device.shop.folder / "plugins/loyalty_stamp")
    (info,) = device.open().host.infos()
    assert (info.state, info.reason) == ("active", "")
    assert {*PARTS[part].hooks} < {*info.hooks}


@pytest.mark.parametrize(
    "name", ["json", "pytest", "Loyalty", "1st", "a-b", "", "x", "class", "sale", "stock", "../x"]
)
def test_names_that_cannot_be_are_refused(name, tmp_path):
    """Before anything is written; a room of the kernel is taken."""
    with pytest.raises(NameRefused):
        write_plugin(name, tmp_path, ["sale"])
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path):
    """A folder that is there stays as it is."""
    (tmp_path / "mine").mkdir()
    with pytest.raises(NameRefused, match="there already"):
        write_plugin("mine", tmp_path)
    assert list((tmp_path / "mine").iterdir()) == []
