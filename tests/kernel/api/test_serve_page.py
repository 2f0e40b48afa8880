"""What docs/serve.md says to type, typed against a served till."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.staff.people import DeviceOwner
from cashwrap.testing.shop import SETTINGS, Shop

PAGE = Path(__file__).resolve().parents[3] / "docs/serve.md"
SIGN_IN = """api $B/session -d '{"staff": "wang", "pin": "4711"}'"""
ITEMS = "sku,name,price\nTEA,Tea,8.00\n"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A till that `cashwrap serve` serves, at which wang is the owner."""
    shop = Shop(tmp_path / "corner-shop", settings=SETTINGS)
    shop.till.staff.enroll("wang", "Wang", role="owner", pin="4711", by=DeviceOwner("opening"))
    shop.till.close()
    (tmp_path / "items.csv").write_text(ITEMS)
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "cashwrap", "serve", str(shop.folder), "--json", "--port"]
    with subprocess.Popen(
        [*command, str(free_port())], stdout=subprocess.PIPE, env={**os.environ, **state}
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["address"]
        process.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_every_request_of_the_page_works(address: str, tmp_path: Path):
    """Each curl, in the order of the page, is answered as done; a sale is sold by six of them."""
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    asking = [block for block in blocks if "$B" in block]
    assert len(asking) >= 3
    script = f"set -e\n{asking[0]}" + "".join(f"{SIGN_IN}\n{block}" for block in asking[1:])
    script = script.replace("http://127.0.0.1:8620", address.partition("/?")[0])
    script = script.replace("curl -s", "curl -s --fail-with-body -w '\\n'")
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-1000:]
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    assert [one["number"] for one in answers if one.get("state") == "completed"] == [1]
    assert [one["version"] for one in answers if "effective_at_ms" in one] == [2, 3]
