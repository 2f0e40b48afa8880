"""A shop with three registers and many staff, whose program can be killed and started again."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashwrap.demo.people import MANAGER, PINS
from cashwrap.till import Till

STAFF, STAFF_PIN = [f"员工{number:02d}" for number in range(1, 28)], "6284"
TOP = 'registers = ["R1", "R2", "R3"]\n'
MORE = """
[returns]
without_receipt = "lowest"
reasons = ["质量问题", "买错"]
locations = {damaged = "warehouse:DAMAGED"}

[suspend]
quote = "reprice"
"""


class DayShop:
    """The served shop; `kill` ends its program as a power cut does."""

    def __init__(self, folder: Path, kit) -> None:
        self.folder, self._kit = folder, kit
        self._env = kit.env(folder.parent)
        self._program: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = str(free.getsockname()[1])

    def start(self) -> str:
        """Serve it; return its address with the device's key."""
        command = [sys.executable, "-u", "-c", self._kit.program, str(self.folder), self._port]
        log = self.folder.parent / "log"
        with log.open("w") as out:
            self._program = subprocess.Popen(command, stdout=out, stderr=out, env=self._env)
        self.address = self._kit.told(log, self._program)
        return self.address

    def kill(self) -> None:
        self._program.send_signal(signal.SIGKILL)
        self._program.wait(20)

    def stop(self) -> None:
        self._program.terminate()
        self._program.wait(20)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, kit) -> Iterator[DayShop]:
    folder = tmp_path_factory.mktemp("day") / "shop"
    kit.make(folder)
    settings = folder / "settings.toml"
    settings.write_text(TOP + settings.read_text("utf-8") + MORE, "utf-8")
    with Till.open(folder, witness=[]) as till:
        till.staff.sign_in(MANAGER, PINS[MANAGER], register="R1")
        for code in STAFF:
            till.staff.enroll(code, code, role="cashier", pin=STAFF_PIN, by=MANAGER)
    served = DayShop(folder, kit)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def till(browser, shop: DayShop, kit) -> Iterator[Callable[..., object]]:
    """Open the page of a register in a window of its own."""
    windows = []

    def opened(register: str = "R1", who: str = MANAGER, size=(1366, 768), window=None):
        if window is None:
            viewport = {"width": size[0], "height": size[1]}
            window = browser.new_context(viewport=viewport, reduced_motion="reduce")
            window.add_init_script(
                "if (location.protocol === 'http:') localStorage.setItem('language', 'en')"
            )
            windows.append(window)
        page = window.new_page()
        page.set_default_timeout(20_000)
        found = kit.register(page)
        page.goto(shop.address)
        page.goto(f"{shop.address.split('?')[0]}?register={register}")
        if who:
            sign_in(page, who)
        return found

    yield opened
    if windows:
        kit.clear(windows[0].request, shop.address, "R1")
    for window in windows:
        window.close()


def sign_in(page, who: str) -> None:
    page.click(f".person:has-text('{who}')")
    page.keyboard.type(PINS.get(who, STAFF_PIN), delay=60)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rail")


@pytest.fixture
def again() -> Callable[..., None]:
    """Sign in once more in a window that lost its session."""
    return sign_in


@pytest.fixture
def ask() -> Callable[..., object]:
    """Ask the API in the name of a page."""

    def asked(till, path: str, register: str = "R1"):
        return till.page.evaluate(
            "([path, register]) => fetch('/api/v1' + path, {headers: {'X-Cashwrap-Register':"
            " register}}).then((answer) => answer.json())",
            [path, register],
        )

    return asked


@pytest.fixture
def sell(ask) -> Callable[..., int]:
    """Sell some water in cash; return the number of its receipt."""

    def sold(till, count: int = 1, register: str = "R1") -> int:
        for number in range(1, count + 1):
            till.scan("6900000000106")
            till.total(200 * number)
        till.paid()
        return ask(till, "/receipts?limit=1", register)[0]["number"]

    return sold
