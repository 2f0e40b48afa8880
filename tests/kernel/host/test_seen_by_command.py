"""`cashwrap plugins` shows how plugins do now where the till is served, and says whose figures."""

import json
import os
import socket
import subprocess
import sys

import httpx
import pytest

from cashwrap.cli.main import main
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.till import Till

PLUGIN = """
from cashwrap import hookimpl

@hookimpl
def cashwrap_may(act):
    return None
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A shop with goods whose device has a plugin that is asked for each step."""
    monkeypatch.setenv("CASHWRAP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr("cashwrap.plugins.installed_plugins", list)
    shop = Shop(tmp_path / "shop", settings=SETTINGS)
    shop.till.close()
    home = shop.folder / "plugins/watchful"
    home.mkdir(parents=True)
    (home / "plugin.py").write_text(PLUGIN)
    (home / "manifest.toml").write_text('name = "watchful"\n[needs]\nrights = ["veto"]\n')
    return shop.folder


@pytest.fixture
def served(folder):
    """Serve the shop from another process; give its address with the key."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
    command = [sys.executable, "-m", "cashwrap", "serve", str(folder), "--json", "--port", port]
    path = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )
    with process:
        try:
            yield json.loads(process.stdout.readline())["address"]
        finally:
            process.terminate()


def said(folder, capsys):
    capsys.readouterr()
    assert main(["plugins", "watchful", "-f", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    calls = {one["hook"]: one["calls"] for one in told["plugins"][0]["spent"]}
    return told["figures"], calls.get("cashwrap_may", 0)


def words(folder, capsys):
    capsys.readouterr()
    main(["plugins", "-f", str(folder)])
    return capsys.readouterr().out


def sold(address):
    site = address.partition("/?")[0]
    with httpx.Client(base_url=site, timeout=30) as client:
        client.get(address)
        client.post("/api/v1/session", json={"staff": "A"})
        sale = f"/api/v1/sales/{client.post('/api/v1/sales', json={}).json()['id']}"
        client.post(f"{sale}/lines", json={"sku": "COLA"})


def test_a_till_that_is_served_is_asked_for_its_figures(folder, request, capsys):
    """Each look has the calls until now; before the first run and after the last it says so."""
    assert said(folder, capsys) == ("none", 0)
    assert "none yet" in words(folder, capsys)
    address = request.getfixturevalue("served")
    sold(address)
    figures, once = said(folder, capsys)
    assert figures == "running"
    assert once > 0
    sold(address)
    assert said(folder, capsys) == ("running", 2 * once)
    assert "the till that runs now" in words(folder, capsys)


def test_after_the_till_has_closed_the_figures_are_of_its_last_run(folder, capsys):
    """They say when it ended; a note of a till that died is no till that runs."""
    with Till.open(folder, witness=[]) as till:
        till.new_sale().add("COLA")
    (folder / "api.served").write_text('{"origin": "http://127.0.0.1:9"}')
    (folder / "api.key").write_text("k" * 43)
    figures, calls = said(folder, capsys)
    assert figures == "last_run"
    assert calls > 0
    assert "last run of the till, which ended at 20" in words(folder, capsys)
