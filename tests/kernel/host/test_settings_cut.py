"""A kill while plugin settings are written leaves the file as it was, and nothing in the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cashwrap.settings import FILE_NAME
from cashwrap.testing.shop import SETTINGS
from cashwrap.till import Till

OWN = """
import msgspec

class Stamps(msgspec.Struct, forbid_unknown_fields=True):
    spend_minor: int = 1000
"""
KILLED = """
import os, signal, sys
from cashwrap.till import Till

dies = sys.argv[2]
ends = getattr(os, dies)

def die(*given, **more):
    if str(given[0]).endswith(".new") or dies == "fsync":
        os.kill(os.getpid(), signal.SIGKILL)
    return ends(*given, **more)

with Till.open(sys.argv[1], witness=[]) as till:
    manager = till.manage_plugins()
    setattr(os, dies, die)
    manager.set("stamps", {"spend_minor": 7})
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop whose device has one plugin with settings that its owner wrote."""
    monkeypatch.setenv("CASHWRAP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr("cashwrap.plugins.installed_plugins", list)
    Till.create(tmp_path / "shop", SETTINGS + "\n[plugins.stamps]\nspend_minor = 500  # ours\n")
    home = tmp_path / "shop/plugins/stamps"
    home.mkdir(parents=True)
    (home / "plugin.py").write_text(OWN)
    (home / "manifest.toml").write_text('name = "stamps"\nsettings = "plugin:Stamps"\n')
    return tmp_path / "shop"


@pytest.mark.parametrize("at", ["fsync", "chmod", "replace"])
def test_a_kill_before_the_new_file_stands_leaves_the_old_one(folder: Path, at: str):
    """While it is written, and between the two names: the next start sells as before."""
    path = folder / FILE_NAME
    whole = path.read_bytes()
    command = [sys.executable, "-c", KILLED, str(folder), at]
    path_of_all = os.pathsep.join(sys.path)
    died = subprocess.run(command, env={**os.environ, "PYTHONPATH": path_of_all}, check=False)
    assert died.returncode == -9
    assert path.read_bytes() == whole
    with Till.open(folder, witness=[]) as till:
        manager = till.manage_plugins()
        assert manager.settings("stamps").values == {"spend_minor": 500}
        manager.set("stamps", {"spend_minor": 7})
    assert b"spend_minor = 7  # ours" in path.read_bytes()
    assert [one.name for one in folder.iterdir() if one.name.startswith(FILE_NAME)] == [FILE_NAME]


def test_what_a_kill_left_beside_it_keeps_no_looser_mode(folder: Path):
    """The file may hold secrets: a stale one that others could read is not written into."""
    path, stale = folder / FILE_NAME, folder / f"{FILE_NAME}.new"
    path.chmod(0o600)
    stale.write_text("half")
    stale.chmod(0o666)
    held = stale.open("rb")
    with held, Till.open(folder, witness=[]) as till:
        till.manage_plugins().set("stamps", {"spend_minor": 7})
        assert held.read() == b"half"
    assert path.stat().st_mode & 0o777 == 0o600
