"""`cashwrap serve --lan` as a process: TLS to the shop's network, a code from the command line."""

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from cashwrap.api import places
from cashwrap.api.certificate import (
    GOOD_DAYS,
    RENEW_DAYS,
    days_left,
    fingerprint,
    own_certificate,
    utc_now,
)
from cashwrap.api.places import Where
from cashwrap.testing.shop import Shop


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cashwrap", *words, "-f", str(folder), "--json"]
    return subprocess.run(command, capture_output=True, text=True, env=environment(folder))


def environment(folder: Path) -> dict[str, str]:
    state = str(folder.parent / "state")
    return {**os.environ, "XDG_STATE_HOME": state, "PYTHONPATH": os.pathsep.join(sys.path)}


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as two:
        return int(one.getsockname()[1]), int(two.getsockname()[1])


class Lan:
    """A process that serves a shop to its network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.lan_port = free_ports()
        ports = ["--port", str(self.port), "--lan-port", str(self.lan_port)]
        command = [sys.executable, "-m", "cashwrap", "serve", str(folder), "--lan", *ports]
        self.log = (folder.parent / "log").open("w+")
        self.process = subprocess.Popen(
            [*command, "--name", "till.shop.test", "--json"],
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=environment(folder),
        )
        assert self.process.stdout is not None
        self.told = json.loads(self.process.stdout.readline())
        self.trusted = ssl.create_default_context(cafile=str(folder / "lan.pem"))

    def raw(self, text: bytes, *, tls: bool = True) -> bytes:
        """Send bytes to the port of the network; return all that comes."""
        plain = socket.create_connection(("127.0.0.1", self.lan_port), timeout=20)
        talk = self.trusted.wrap_socket(plain, server_hostname="localhost") if tls else plain
        with talk, suppress(ConnectionResetError):
            talk.sendall(text)
            found = b""
            while more := talk.recv(65_536):
                found += more
        return found

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"https://localhost:{self.lan_port}", verify=self.trusted)

    def end(self) -> str:
        """End it; return all that it wrote to its log."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.seek(0)
        text = self.log.read()
        self.log.close()
        return text


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lan]:
    shop = Shop(tmp_path_factory.mktemp("lan") / "shop")
    shop.till.close()
    served = Lan(shop.folder)
    yield served
    if served.process.poll() is None:
        served.end()


def test_it_says_where_and_proves_itself(lan: Lan):
    """The certificate is its own, readable by its owner alone; its fingerprint is printed."""
    path = lan.folder / "lan.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert lan.told["fingerprint"] == fingerprint(path)
    assert lan.told["lan"] == f"https://till.shop.test:{lan.lan_port}"
    assert lan.told["address"].startswith(f"http://127.0.0.1:{lan.port}/?device=")
    shown = ssl.get_server_certificate(("127.0.0.1", lan.lan_port))
    assert shown in path.read_text()


def test_the_network_is_spoken_to_by_tls_only(lan: Lan):
    """No plain HTTP there, and nothing older than TLS 1.2."""
    assert b"HTTP" not in lan.raw(b"GET /pair HTTP/1.1\r\nHost: localhost\r\n\r\n", tls=False)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", lan.lan_port), timeout=20) as plain:
        with pytest.raises(OSError, match=r"(?i)version|protocol|alert|reset|handshake"):
            old.wrap_socket(plain)
    with socket.create_connection(("127.0.0.1", lan.lan_port), timeout=20) as plain:
        with lan.trusted.wrap_socket(plain, server_hostname="localhost") as spoken:
            assert spoken.version() == "TLSv1.3"


@pytest.mark.parametrize("host", ["evil.example", "till.shop.test", "", "127.0.0.1:1", "localhost"])
def test_it_answers_to_its_names_only(lan: Lan, host: str):
    """The names of the network with its port, and the address itself; any other is a rebinding."""
    named = f"{host}:{lan.lan_port}" if host == "till.shop.test" else host
    answer = lan.raw(f"GET /pair HTTP/1.1\r\nHost: {named}\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200" if host == "till.shop.test" else b"HTTP/1.1 421")


@pytest.mark.parametrize(
    "path",
    [
        "/../api.key", "/..%2f..%2fapi.key", "/%2e%2e/%2e%2e/api.key", "/static/../../api.key",
        "/plugins/register/..%2f..%2f..%2fplugin.py", "//etc/passwd", "/..\\..\\api.key",
        "/%00", "/plugins/../../lan.pem",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_pages(lan: Lan, path: str):
    """Static files and pages of plugins end at their folders."""
    key = (lan.folder / "api.key").read_text()
    head = f"GET {path} HTTP/1.1\r\nHost: localhost:{lan.lan_port}\r\nX-Cashwrap-Device: {key}\r\n"
    answer = lan.raw(f"{head}Connection: close\r\n\r\n".encode())
    assert answer.split()[1] in (b"404", b"400", b"405")
    assert key.encode() not in answer


def test_a_body_that_is_too_large_is_not_read(lan: Lan):
    """It is refused by its head; what comes all the same ends the connection."""
    head = f"POST /api/v1/pair HTTP/1.1\r\nHost: localhost:{lan.lan_port}\r\n"
    head += "Content-Type: application/json\r\nConnection: close\r\n"
    assert b"413" in lan.raw(f"{head}Content-Length: 99999999\r\n\r\n".encode()).split()[1]
    chunk = f"{1 << 19:x}\r\n".encode() + b"x" * (1 << 19) + b"\r\n"
    sent = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + 3 * chunk + b"0\r\n\r\n"
    assert lan.raw(sent).split()[1] == b"413"


def test_a_header_that_counts_once_comes_once(lan: Lan):
    """Two Hosts, or two keys, could be read differently by two layers."""
    host = f"Host: localhost:{lan.lan_port}\r\n"
    for twice in (host, "X-Cashwrap-Device: a\r\nX-Cashwrap-Device: b\r\n"):
        head = f"GET /pair HTTP/1.1\r\n{host}{twice}Connection: close\r\n\r\n"
        answer = lan.raw(head.encode())
        assert b"api.headers" in answer or answer.startswith(b"HTTP/1.1 400")


def test_the_command_line_pairs_lists_and_shuts_out(lan: Lan):
    """It asks the till that is served, with the key of its folder."""
    shown = json.loads(run("pair", folder=lan.folder).stdout)
    assert shown["address"] == f"{lan.told['lan']}/pair"
    assert shown["fingerprint"] == lan.told["fingerprint"]
    with lan.client() as device:
        paired = device.post("/pair", data={"code": shown["code"], "name": "厨房平板"})
        assert paired.status_code == 303
        assert device.post("/api/v1/session", json={"staff": "A"}).status_code == 200
        (one,) = json.loads(run("pair", "--list", folder=lan.folder).stdout)["devices"]
        assert one["name"] == "厨房平板"
        assert one["seen_ms"] > 0
        assert run("pair", "--revoke", "厨房平板", folder=lan.folder).returncode == 0
        assert device.get("/api/v1/session").json()["code"] == "api.device"
    gone = run("pair", "--revoke", "厨房平板", folder=lan.folder)
    assert (gone.returncode, json.loads(gone.stdout)["error"]["code"]) == (1, "pairing.unknown")


def test_a_phone_is_paired_in_a_real_browser(lan: Lan, browser):
    """The page without scripts, its cookie and the way on work in Chromium over TLS."""
    shown = json.loads(run("pair", folder=lan.folder).stdout)
    viewport = {"width": 390, "height": 844}
    with browser.new_context(ignore_https_errors=True, viewport=viewport) as phone:
        page = phone.new_page()
        page.goto(f"https://localhost:{lan.lan_port}/")
        assert page.url.endswith("/pair")
        page.fill("#code", "bbbb bbbb")
        page.fill("#name", "手机")
        page.click("button")
        assert "wrong" in page.locator("[role=alert]").inner_text()
        assert page.input_value("#name") == "手机"
        page.goto(f"https://localhost:{lan.lan_port}/pair?code={shown['code']}")
        page.fill("#name", "手机")
        page.click("button")
        page.wait_for_url(f"https://localhost:{lan.lan_port}/")
        (cookie,) = phone.cookies()
        assert cookie["name"] == f"__Host-cashwrap_device_{lan.lan_port}"
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")
        assert page.evaluate("document.cookie") == ""
        assert page.evaluate("fetch('/api/v1/shop').then(answer => answer.status)") == 200
    run("pair", "--revoke", "手机", folder=lan.folder)


def test_its_log_tells_nothing_of_keys_codes_and_names(lan: Lan):
    """Refused requests are in the log, and nothing that they brought; when it ends so does this."""
    with lan.client() as device:
        device.get("/api/v1/shop", params={"device": "SECRET-KEY"})
        device.get("/", params={"device": "SECRET-KEY"})
        device.post("/api/v1/pair", json={"code": "SECRETCODE", "name": "SECRETNAME"})
    key = (lan.folder / "api.key").read_text()
    with httpx.Client(base_url=f"http://127.0.0.1:{lan.port}") as here:
        opened = here.get("/", params={"device": key})
        assert (opened.status_code, opened.headers["referrer-policy"]) == (303, "no-referrer")
        assert key not in opened.headers["location"]
        assert f"cashwrap_device_{lan.port}=" in opened.headers["set-cookie"]
    log = lan.end()
    assert '"status":401' in log
    assert "SECRET" not in log
    assert key not in log


def test_a_till_that_is_not_served_pairs_nobody(lan: Lan):
    """It says what to start; listing and shutting out need no server."""
    if lan.process.poll() is None:
        lan.end()
    refused = run("pair", folder=lan.folder)
    assert json.loads(refused.stdout)["error"]["code"] == "pairing.not_served"
    assert json.loads(run("pair", "--list", folder=lan.folder).stdout)["devices"] == []
    gone = run("pair", "--revoke", "nobody", folder=lan.folder)
    assert json.loads(gone.stdout)["error"]["code"] == "pairing.unknown"


def test_near_its_end_a_certificate_is_renewed_at_the_start_and_devices_stay(tmp_path: Path):
    """A paired device goes on with its key; the start says that its browser will warn once more."""
    shop = Shop(tmp_path / "shop")
    shop.till.close()
    first = Lan(shop.folder)
    assert first.told["renewed"] is False
    shown = json.loads(run("pair", folder=shop.folder).stdout)
    with first.client() as device:
        brought = {"code": shown["code"], "name": "kiosk"}
        key = {"X-Cashwrap-Device": device.post("/api/v1/pair", json=brought).json()["key"]}
    first.end()
    old = own_certificate(shop.folder, [], utc_now() - timedelta(days=GOOD_DAYS - RENEW_DAYS + 9))
    ending = fingerprint(old)
    assert days_left(old, utc_now()) == RENEW_DAYS - 11
    again = Lan(shop.folder)
    try:
        assert (again.told["renewed"], again.told["fingerprint"] != ending) == (True, True)
        with again.client() as device:
            assert device.get("/api/v1/health", headers=key).json()["ok"] is True
    finally:
        again.end()
    assert days_left(shop.folder / "lan.pem", utc_now()) > GOOD_DAYS - 3


def test_two_tills_on_one_machine_have_places_of_their_own(monkeypatch: pytest.MonkeyPatch):
    """Another port is another host and another origin; no bare name lets its page in."""
    monkeypatch.setattr(places, "lan_addresses", lambda: ["192.168.1.5", "fd00::5"])
    one, other = Where(port=8620), Where(port=8630, lan=True)
    assert not set(one.hosts) & set(other.hosts)
    assert "localhost" not in one.hosts
    assert {"192.168.1.5:8631", "[fd00::5]:8631", "localhost:8631"} <= set(other.hosts)
    assert other.lan_origin == "https://192.168.1.5:8631"
