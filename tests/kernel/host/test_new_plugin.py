"""A new plugin works and is tested from its first minute."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cashwrap
from cashwrap.cli.main import main
from cashwrap.host.new import NameRefused, write_plugin

ROOT = Path(cashwrap.__file__).parents[2]


def test_what_it_writes_passes_its_own_tests(tmp_path, capsys):
    """Its tests run against a real till, and it conforms."""
    assert main(["new-plugin", "loyalty_stamp", "--into", str(tmp_path)]) == 0
    assert "python -m pytest" in capsys.readouterr().out
    place = tmp_path / "loyalty_stamp"
    paths = [ROOT / "kernel", ROOT / "plugins", ROOT / "native"]
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "8 passed" in ran.stdout


def test_it_is_used_by_a_shop_as_it_is(device, tmp_path):
    """Copied into the device's folder, the till finds it with all that it adds."""
    write_plugin("loyalty_stamp", tmp_path)
    (device.shop.folder / "plugins").mkdir()
    (tmp_path / "loyalty_stamp/loyalty_stamp").rename(device.shop.folder / "plugins/loyalty_stamp")
    (info,) = device.open().host.infos()
    assert (info.name, info.version, info.state) == ("loyalty_stamp", "0.1.0", "active")
    assert info.rights == ("receipt", "veto")


@pytest.mark.parametrize(
    "name", ["Loyalty", "1st", "a-b", "", "x", "class", "sale", "stock", "../x"]
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
