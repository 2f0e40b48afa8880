"""A shop with a scale on a serial line, gifts, and goods that are elsewhere."""

import os
import pty
import shutil
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashwrap.demo.people import EARLY, MANAGER, PINS
from cashwrap.stock.documents import Amount, Received, receive, waste
from cashwrap.till import Till

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "new_scale"
BUN = "B004"
LONG_CART = 130


class Line:
    """The scale's end of a serial line: it says again and again what lies on it."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        settings = termios.tcgetattr(self._slave)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(self._slave, termios.TCSANOW, settings)
        self.path = os.ttyname(self._slave)
        self.shows = "ST,GS,+  0.000kg"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._say, daemon=True)
        self._thread.start()

    def _say(self) -> None:
        while not self._over.wait(0.02):
            termios.tcflush(self._slave, termios.TCIFLUSH)  # nobody reads what is old
            if self.shows:
                os.write(self._master, f"{self.shows}\n".encode())

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture(scope="session")
def line() -> Iterator[Line]:
    found = Line()
    yield found
    found.close()


@pytest.fixture
def scale(line: Line) -> Line:
    """The scale, with nothing on it."""
    line.shows = "ST,GS,+  0.000kg"
    return line


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, line: Line, kit) -> Iterator[str]:
    """The address of the served shop; its scale is the example of the documentation."""
    folder = tmp_path_factory.mktemp("sell") / "shop"
    kit.make(folder, LONG_CART)
    plugin = folder / "plugins" / "new_scale"
    shutil.copytree(EXAMPLE, plugin)
    code = (plugin / "plugin.py").read_text("utf-8")
    (plugin / "plugin.py").write_text(code.replace("/dev/ttyUSB0", line.path), "utf-8")
    with Till.open(folder, witness=[]) as till:
        till.staff.sign_in(MANAGER, PINS[MANAGER])
        till.publish_rules(Path(__file__).with_name("rules.toml"), staff=MANAGER)
        _spread(till)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    log = folder.parent / "log"
    with log.open("w") as out:
        command = [sys.executable, "-u", "-c", kit.program, str(folder), port]
        program = subprocess.Popen(command, stdout=out, stderr=out, env=_installed(folder.parent))
    yield kit.told(log, program)
    program.terminate()
    program.wait(20)


def _installed(place: Path) -> dict[str, str]:
    from builders.entry_points import installed

    path = [str(installed(place / "installed")), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}


def _spread(till: Till) -> None:
    """No plain bun is left here; another store and the warehouse have some."""
    own = till.settings.own_location
    left = till.ask_stock(lambda stock: stock.on_hand(BUN, own))
    if left > 0:
        gone = [Amount(BUN, left)]
        till.move_stock(lambda stock: waste(stock, "W-2", gone, own, "stale"), staff=MANAGER)
    for place, milli in (("store:B", 4000), ("warehouse:W1", 7000)):
        goods = [Received(BUN, milli, 100)]
        till.move_stock(
            lambda stock, goods=goods, place=place: receive(
                stock, f"GR {place}", goods, "supplier:S", place
            ),
            staff=MANAGER,
        )


@pytest.fixture
def till(browser, shop: str, kit) -> Iterator[Callable[..., object]]:
    """Open the register's page; at the end no sale is left open."""
    windows = []

    def opened(size=(1366, 768), who: str = EARLY, *, touch: bool = False, language: str = "en"):
        viewport = {"width": size[0], "height": size[1]}
        window = browser.new_context(viewport=viewport, reduced_motion="reduce", has_touch=touch)
        window.add_init_script(
            f"localStorage.getItem('language') || localStorage.setItem('language', '{language}')"
        )
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(20_000)
        found = kit.register(page)
        page.goto(shop)
        found.sign_in(who)
        return found

    yield opened
    if windows:
        kit.clear(windows[0].request, shop)
    for window in windows:
        window.close()
