"""`cashwrap serve` as a person starts it: a process, an address, an orderly end, a sudden one."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import httpx
import pytest

from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.till import Till


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Serving:
    """A process that serves a shop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "cashwrap", "serve", str(folder), "--json"]
        state = {"XDG_STATE_HOME": str(folder.parent / "state")}
        self.process = subprocess.Popen(
            [*command, "--port", str(free_port())],
            stdout=subprocess.PIPE,
            env={**os.environ, **state, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self.process.stdout is not None
        self.address = json.loads(self.process.stdout.readline())["address"]

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Give a browser that opened the printed address, and signed in."""
        site, _, _ = self.address.partition("/?")
        with httpx.Client(base_url=site, timeout=30) as client:
            assert client.get(self.address).status_code == 303
            assert client.post("/api/v1/session", json={"staff": "A"}).status_code == 200
            yield client

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shop = Shop(tmp_path / "shop", settings=SETTINGS)
    shop.till.close()
    return shop.folder


@pytest.fixture
def serving(folder: Path) -> Iterator[Serving]:
    served = Serving(folder)
    yield served
    if served.process.poll() is None:
        served.end(signal.SIGKILL)


def sold(client: httpx.Client) -> int:
    sale = f"/api/v1/sales/{client.post('/api/v1/sales', json={}).json()['id']}"
    client.post(f"{sale}/lines", json={"sku": "COLA"})
    return int(client.post(f"{sale}/pay/cash", json={"tendered_minor": 350}).json()["number"])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_when_it_is_told_to(serving: Serving, how: signal.Signals):
    """Told by a service manager or by Ctrl-C it closes the till: the next start finds it clean."""
    with serving.client() as client:
        assert sold(client) == 1
    assert serving.end(how) == 0
    with Till.open(serving.folder, witness=[], plugins=False) as till:
        assert till.store.was_clean
        assert till.takings().sales == 1


def test_what_was_answered_survives_a_kill(serving: Serving):
    """Four registers sell until the process is killed: every number that was answered is there."""
    answered: list[int] = []

    def sell(_: int) -> None:
        with serving.client() as client:
            while len(answered) < 30:
                try:
                    answered.append(sold(client))
                except (httpx.HTTPError, KeyError):
                    return

    with ThreadPoolExecutor(4) as pool:
        selling = [pool.submit(sell, each) for each in range(4)]
        while len(answered) < 20 and not all(each.done() for each in selling):
            sleep(0.01)
        serving.end(signal.SIGKILL)
    with Till.open(serving.folder, witness=[], plugins=False) as till:
        assert answered
        assert max(answered) <= till.takings().receipts
        for number in answered:
            assert till.receipt(till.sale_of_number(number)).totals is not None


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[Serving]]:
    """Two tills of one machine, each served at a port of its own."""
    tills: list[Serving] = []
    try:
        for name in ("one", "other"):
            shop = Shop(tmp_path / name / "shop", settings=SETTINGS)
            shop.till.close()
            tills.append(Serving(shop.folder))
        yield tills
    finally:
        for till in tills:
            till.end(signal.SIGTERM)


def test_two_tills_on_one_machine_share_a_browser_and_nothing_else(two: list[Serving]):
    """A browser sends cookies to every port: each till knows its own device and session by them."""
    sites = [till.address.partition("/?")[0] for till in two]
    keys = [(till.folder / "api.key").read_text() for till in two]
    with httpx.Client(timeout=30) as browser:
        for till, site, staff in zip(two, sites, "AB", strict=True):
            assert browser.get(till.address).status_code == 303
            signed = browser.post(f"{site}/api/v1/session", json={"staff": staff})
            assert signed.status_code == 200
        cookies = [cookie.name for cookie in browser.cookies.jar]
        assert len(cookies) == len(set(cookies)) == 4
        for site, staff in zip(sites, "AB", strict=True):
            assert browser.get(f"{site}/api/v1/session").json()["staff"] == staff
        sale = browser.post(f"{sites[0]}/api/v1/sales", json={}).json()["id"]
        assert browser.get(f"{sites[1]}/api/v1/sales/{sale}").status_code == 404
        for site, key in zip(sites, reversed(keys), strict=True):
            refused = browser.get(f"{site}/api/v1/session", headers={"X-Cashwrap-Device": key})
            assert refused.json()["code"] == "api.device"
        assert browser.delete(f"{sites[0]}/api/v1/session").status_code == 204
        assert browser.get(f"{sites[0]}/api/v1/session").json()["code"] == "api.no_session"
        assert browser.get(f"{sites[1]}/api/v1/session").json()["staff"] == "B"
        page = {"Origin": sites[0], "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}
        crossed = browser.post(f"{sites[1]}/api/v1/sales", json={}, headers=page)
        assert crossed.json()["code"] == "api.origin"


def test_a_session_of_one_till_is_worthless_at_the_other_under_its_name(two: list[Serving]):
    """Whoever copies a cookie under the name of the other till's gains nothing by it."""
    own, other = (till.address.partition("/?")[0].rsplit(":")[-1] for till in two)
    with two[0].client() as browser:
        stolen = {one.name.replace(own, other): one.value for one in browser.cookies.jar}
    site, key = f"http://127.0.0.1:{other}", (two[1].folder / "api.key").read_text()
    with httpx.Client(base_url=site, cookies=stolen, timeout=30) as thief:
        assert thief.get("/api/v1/session").json()["code"] == "api.device"
        known = thief.get("/api/v1/session", headers={"X-Cashwrap-Device": key})
        assert known.json()["code"] == "api.no_session"


def test_the_kernel_alone_brings_no_server():
    """Neither the till nor the command line imports what only serving needs."""
    check = (
        "import sys, cashwrap.till, cashwrap.cli.main, cashwrap.cli.serve; "
        "print([each for each in ('litestar', 'uvicorn') if each in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", check],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert found.stdout.strip() == "[]"
