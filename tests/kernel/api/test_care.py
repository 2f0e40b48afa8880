"""Looking after a served till: health, metrics, log, and where it listens."""

import io
import re
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cashwrap.api.app import make_app
from cashwrap.api.logs import Log
from cashwrap.api.places import AddressTaken, Where, bound
from cashwrap.api.till_thread import TillThread
from cashwrap.testing.shop import Shop

Client = TestClient[Litestar]


def test_health_is_told_and_nothing_else(api: Client):
    """Anybody on the machine may ask whether the till answers; only a device hears more."""
    key = api.headers.pop("X-Cashwrap-Device")
    assert api.get("/health").json() == {"ok": True}
    assert api.get("/metrics").status_code == 401
    assert api.get("/api/v1/health").status_code == 401
    api.headers["X-Cashwrap-Device"] = key
    assert api.get("/api/v1/health").json()["ok"] is True


def test_metrics_name_routes_not_sales(api: Client):
    """Prometheus gets counts by the pattern of a route, and gauges of the store."""
    sale = api.post("/api/v1/sales", json={}).json()["id"]
    api.get(f"/api/v1/sales/{sale}")
    text = api.get("/metrics").text
    assert 'method="GET",route="/api/v1/sales/{sale}",status="200"} 1\n' in text
    assert "\ncashwrap_open_sales 1\n" in text
    assert 'cashwrap_request_seconds_bucket{le="+Inf"}' in text
    assert sale not in text


def test_the_page_of_the_api_needs_no_network(api: Client):
    """Every route and shape is on it, and nothing of it comes from elsewhere."""
    answer = api.get("/api/v1/schema")
    assert answer.headers["content-type"].startswith("text/html")
    document = api.get("/api/v1/schema/openapi.json").json()
    assert not [path for path in document["paths"] if path not in answer.text]
    ids = set(re.findall(r'id="([^"]+)"', answer.text))
    assert set(document["components"]["schemas"]) <= ids
    linked = set(re.findall(r'(?:href|src)="([^"]+)"', answer.text))
    assert {one for one in linked if one[0] != "/"} <= {f"#{one}" for one in ids} | {"data:,"}
    for other in (one for one in linked if one[0] == "/"):
        assert api.get(other).status_code == 200
    assert "://" not in answer.text


def test_the_log_has_no_personal_data(shop: Shop):
    """What is logged of a request is its route, its status and its time."""
    shop.till.close()
    thread, written = TillThread(shop._opened), io.StringIO()
    thread.start()
    try:
        app = make_app(thread, key="k", hosts=["testserver.local"], log=Log(written, every=True))
        with TestClient(app) as client:
            client.headers["X-Cashwrap-Device"] = "k"
            client.post("/api/v1/session", json={"staff": "Zhang San", "pin": "4711"})
            client.get("/api/v1/receipts/8899")
            client.get("/nowhere/13800001111")
    finally:
        thread.stop()
    lines = written.getvalue()
    assert '"route":"/api/v1/receipts/{number}"' in lines
    assert not [word for word in ("Zhang", "4711", "8899", "1380") if word in lines]


def test_a_taken_address_is_said_before_the_till_is_opened():
    """Two programs at one address: the second says so, and does not touch the shop."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        where = Where(port=other.getsockname()[1])
        with pytest.raises(AddressTaken, match="cannot listen"), bound(where):
            pass


def test_a_unix_socket_is_its_owners_alone(tmp_path: Path):
    """Nobody else may connect, it goes away at the end, and a dead one is replaced."""
    where = Where(socket=str(tmp_path / "till.sock"))
    with bound(where):
        assert stat.S_IMODE((tmp_path / "till.sock").stat().st_mode) == 0o600
        with pytest.raises(AddressTaken), bound(where):
            pass
    assert not (tmp_path / "till.sock").exists()


def test_requests_that_wait_share_a_flush(serving: Callable[[], Client]):
    """Each of many is answered as if it had come alone, and all of it is in the journal."""
    from concurrent.futures import ThreadPoolExecutor

    with serving() as api:
        api.post("/api/v1/session", json={"staff": "A"})

        def sell(number: int) -> int:
            sale = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
            api.post(f"{sale}/lines", json={"sku": "COLA"})
            done = api.post(
                f"{sale}/pay/cash",
                json={"tendered_minor": 350},
                headers={"Idempotency-Key": f"pay {number}"},
            )
            return int(done.json()["number"])

        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(sell, range(40)))
        assert sorted(numbers) == list(range(1, 41))
        assert len(api.get("/api/v1/receipts", params={"limit": 100}).json()) == 40
