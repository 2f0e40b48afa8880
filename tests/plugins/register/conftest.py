"""A real till, served to a real browser: the demo shop, and Debian's Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from builders.entry_points import installed

from cashwrap.demo import people, shop
from cashwrap.demo.ports import DemoClock, DemoRandomness
from cashwrap.stock.documents import Amount, waste

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SIZES = {"small": (1024, 600), "counter": (1366, 768), "large": (1920, 1080), "phone": (390, 844)}
LONG = "云南高原有机小番茄礼盒装顺丰冷链当日采摘" * 3  # 60 characters
CASHIER, MANAGER = people.EARLY, people.MANAGER

SCANNER = """(code) => {
  const at = document.activeElement || document.body;
  const press = (key) => at.dispatchEvent(
    new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  for (const one of code) press(one);
  press("Enter");
}"""
SERVE = """
import sys
from pathlib import Path

from cashwrap.api.device import device_key
from cashwrap.api.server import Where, serve
from cashwrap.demo.shop import terminals
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

folder, where = Path(sys.argv[1]), Where(port=int(sys.argv[2]))
card = FakeTerminal(["mute_paid"])  # charges, and answers at the fifth call
opened = lambda: Till.open(folder, drivers={**terminals(), "card": card}, witness=[])
serve(opened, folder, where, lambda till: print(where.address(device_key(folder))))
"""


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served demo shop of today."""
    with served(tmp_path_factory.mktemp("register") / "shop") as address:
        yield address


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """What serves a shop of a module's own, with plugins and settings."""
    return served


@contextmanager
def served(
    folder: Path, plugins: Sequence[Path] = (), settings: str = "", goods: int = 0
) -> Iterator[str]:
    """Serve a new demo shop as a program of its own; give its address.

    ``plugins`` are folders that stand in the device's own; ``settings`` go into its settings;
    ``goods`` are sold beside the demo's own, with PLUs from 80001.
    """
    _make(folder, goods)
    for each in plugins:
        shutil.copytree(each, folder / "plugins" / each.name)
    with (folder / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-c", SERVE, str(folder), str(port)]
    log = folder.parent / "log"
    with log.open("w") as out:
        program = subprocess.Popen(command, stdout=out, stderr=out, env=_env(folder.parent))
    try:
        yield _told(log, program)
    finally:
        program.terminate()
        program.wait(20)


def _env(place: Path) -> dict[str, str]:
    """Return the environment of a program that finds this tree's plugins, written to a place."""
    path = [str(installed(place / "installed")), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}


def _make(folder: Path, goods: int = 0) -> None:
    clock = DemoClock(int(time.time() * 1000) - 60_000)
    randomness = DemoRandomness()
    shop.create(folder, clock, randomness)
    with shop.open_till(folder, clock, randomness) as till:
        till.import_catalog(shop.DATA / "catalog")
        more = folder.parent / "more"
        more.mkdir()
        rows = [
            f"G{at:04d},货品 {at:04d} 号,8{at:04d},{1 + at % 9}.50" for at in range(1, goods + 1)
        ]
        rows = ["sku,name,plus,price", f"LONG,{LONG},90001,1.00", *rows]
        (more / "items.csv").write_text("\n".join(rows) + "\n", "utf-8")
        till.import_catalog(more, update=True)
        shop.stock_up(till)
        broken = [Amount("M-CUP-L", 110_000)]  # no large cups are left
        place = till.settings.own_location
        till.move_stock(lambda stock: waste(stock, "W-1", broken, place, "broken"))
        people.enroll(till)


def _told(log: Path, program: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        for word in log.read_text("utf-8").split():
            if "?device=" in word:
                return word
        if program.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the till was not served: {log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What the tests of the day serve a shop of their own with."""
    return SimpleNamespace(
        make=_make,
        told=_told,
        program=SERVE,
        env=_env,
        register=Register,
        pins=people.PINS,
        clear=_clear,
    )


@pytest.fixture
def register(browser, address) -> Iterator[Callable[..., "Register"]]:
    """Open the page of the register in a window of some size, in some language."""
    windows = []

    def opened(size: str = "counter", language: str = "en", theme: str = "light") -> Register:
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        window = browser.new_context(viewport=viewport, reduced_motion="reduce")
        windows.append(window)
        kept = {"language": language, "theme": theme}
        for name, value in kept.items():
            window.add_init_script(f"localStorage.getItem('{name}') || "
                                   f"localStorage.setItem('{name}', '{value}')")  # fmt: skip
        page = window.new_page()
        page.set_default_timeout(20_000)
        found = Register(page)
        page.goto(address)
        return found

    yield opened
    if windows:
        _clear(windows[0].request, address)
    for window in windows:
        window.close()


def _clear(request, address: str, register: str = "") -> None:
    """Leave no open sale to the next test."""
    api = address.split("?")[0] + "api/v1"
    manager = {"staff": MANAGER, "pin": people.PINS[MANAGER]}
    assert request.post(f"{api}/session", data=manager | {"register": register}).ok
    for sale in request.get(f"{api}/sales").json():  # it is ended where it was begun
        assert request.post(f"{api}/session", data=manager | {"register": sale["register"]}).ok
        path = f"{api}/sales/{sale['id']}/cancel"
        ended = request.post(path, data={"reason": "end of the test"})
        assert ended.ok, ended.text()
    assert request.get(f"{api}/sales").json() == []


class Register:
    """The page as a cashier uses it."""

    def __init__(self, page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def sign_in(self, who: str = CASHIER) -> "Register":
        page = self.page
        page.click(f".person:has-text('{who}')")
        page.keyboard.type(people.PINS[who], delay=60)
        page.keyboard.press("Enter")
        page.wait_for_selector(".selling")
        return self

    @property
    def api(self) -> str:
        """The address of the till's API."""
        return self.page.url.split("?")[0].rstrip("/") + "/api/v1"

    def get(self, path: str):
        """What the till's API answers this page."""
        return self.page.evaluate("(path) => fetch(path).then((answer) => answer.json())",
                                  f"/api/v1{path}")  # fmt: skip

    def scan(self, code: str) -> None:
        """Press keys as a scanner does: with no time between them, then Enter."""
        self.page.evaluate(SCANNER, code)

    def approve(self, who: str = MANAGER) -> None:
        """The manager keys in their PIN over the cashier's session."""
        self.page.wait_for_selector(".sheet .pin")
        self.page.keyboard.type(people.PINS[who], delay=60)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".sheet .pin", state="detached")

    def total(self, minor: int) -> None:
        """Wait until the cart's total is painted."""
        self.page.wait_for_selector(f".cart [data-total='{minor}']", state="attached")

    def good(self, name: str) -> None:
        self.page.click(f".good[title='{name}']")

    def group(self, name: str) -> None:
        self.page.click(f".groups button:has-text('{name}')")

    def line(self, name: str):
        return self.page.locator(f".line:has-text('{name}')")

    def confirm(self) -> None:
        self.page.click(".sheet-foot .primary")

    def screen(self, number: int) -> None:
        self.page.click(f".rail button >> nth={number}")

    def paid(self) -> None:
        """Pay in cash, exactly, and go on to the next customer."""
        self.page.keyboard.press("F9")
        self.page.click(".quick .button >> nth=0")
        self.page.wait_for_selector(".done")
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".selling")

    def serious(self) -> list[str]:
        """What axe finds serious or critical on the page as it is."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
