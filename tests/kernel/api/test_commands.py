"""An Idempotency-Key is one act for good: over restarts, and never two different ones."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from cashwrap.api import commands
from cashwrap.api.app import make_app
from cashwrap.api.commands import DAY_MS, FILE_NAMES, Commands, KeyReused
from cashwrap.api.till_thread import TillThread
from cashwrap.sale.events import DrawerOpened, ReceiptReprinted
from cashwrap.staff.people import DeviceOwner
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till

KEY, HOST = "k" * 43, "testserver.local"
ONE, TWO = "1" * 32, "2" * 32
Client = TestClient[Any]
Opened = Callable[[], Client]


@pytest.fixture
def guarded(shop: Shop, serving: Callable[[], Client]) -> Iterator[Client]:
    """A client at a shop with accounts: an owner and a cashier; nobody is signed in."""
    shop.till.staff.enroll("O", "Ono", role="owner", pin="9035", by=DeviceOwner("opening"))
    shop.till.staff.enroll("C", "Chen", role="cashier", pin="4711", by=DeviceOwner("opening"))
    with serving() as client:
        yield client


@pytest.fixture
def restarted(shop: Shop) -> Iterator[Opened]:
    """Give a client of the served till; each call ends the program before and starts it anew."""
    shop.till.close()
    running: list[TillThread] = []
    clients: list[Client] = []

    def end() -> None:
        for client in clients[-1:]:
            client.__exit__(None, None, None)
        for thread in running[-1:]:
            thread.stop()

    def start() -> Client:
        end()
        drivers = {"card": FakeTerminal(["mute_paid"])}
        running.append(
            TillThread(
                lambda: Till.open(
                    shop.folder,
                    drivers=drivers,
                    plugins=False,
                    clock=shop.clock,
                    witness=[],
                )
            )
        )
        running[-1].start()
        clients.append(TestClient(make_app(running[-1], key=KEY, hosts=[HOST])).__enter__())
        clients[-1].headers["X-Cashwrap-Device"] = KEY
        assert clients[-1].post("/api/v1/session", json={"staff": "A"}).status_code == 200
        return clients[-1]

    yield start
    end()


def signed_in(api: Client, staff: str) -> None:
    pin = {"O": "9035", "C": "4711"}[staff]
    assert api.post("/api/v1/session", json={"staff": staff, "pin": pin}).status_code == 200


def sold(api: Client) -> int:
    sale = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
    api.post(f"{sale}/lines", json={"sku": "COLA"})
    return int(api.post(f"{sale}/pay/cash", json={"tendered_minor": 350}).json()["number"])


def kinds(api: Client) -> list[str]:
    """Return the kinds of all records of the till that is served."""
    found: list[str] = api.blocking_portal.call(
        api.app.state["desk"].ask, lambda till: [one.envelope.kind for one in till.store.records()]
    )
    return found


def keyed(key: str) -> Any:
    return {"headers": {"Idempotency-Key": key}}


def test_the_same_key_for_something_else_is_refused(api: Client):
    """Another body, another path or another register: a code of its own, and nothing is done."""
    sale = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
    first = api.post(f"{sale}/lines", json={"sku": "COLA", "quantity": 2}, **keyed("a"))
    again = api.post(f"{sale}/lines", json={"quantity": 2, "sku": "COLA"}, **keyed("a"))
    assert again.json() == first.json()  # the order of names is no matter
    other = api.post(f"{sale}/lines", json={"sku": "COLA", "quantity": 3}, **keyed("a"))
    assert (other.status_code, other.json()["code"]) == (422, "api.key_reused")
    assert api.post("/api/v1/sales", json={}, **keyed("a")).json()["code"] == "api.key_reused"
    assert len(api.get(sale).json()["lines"]) == 1


def test_a_key_is_of_the_person_who_used_it(guarded: Client):
    """The same key and body from the next person at the register are refused, nothing is told."""
    signed_in(guarded, "C")
    sale = guarded.post("/api/v1/sales", json={"customer": "Li"}, **keyed("s")).json()["id"]
    line = f"/api/v1/sales/{sale}/lines", {"sku": "COLA"}
    first = guarded.post(line[0], json=line[1], **keyed("l"))
    drawer = "/api/v1/shift/no-sale", {"reason": "change"}
    signed_in(guarded, "O")
    for path, body, key in (("/api/v1/sales", {"customer": "Li"}, "s"), (*line, "l")):
        other = guarded.post(path, json=body, **keyed(key))
        assert (other.status_code, other.json()["code"]) == (422, "api.key_reused")
        assert sale not in other.text.replace(path, "")
    assert guarded.post(drawer[0], json=drawer[1], **keyed("d")).status_code < 300
    assert len(guarded.get(f"/api/v1/sales/{sale}").json()["lines"]) == 1
    signed_in(guarded, "C")
    assert guarded.post(line[0], json=line[1], **keyed("l")).json()["id"] == first.json()["id"]
    assert guarded.post(drawer[0], json=drawer[1], **keyed("d")).json()["code"] == "api.key_reused"


def test_after_a_restart_a_key_is_still_of_the_same_person(restarted: Opened):
    """Who takes over a register where a program died gets no answer that was not theirs."""
    api = restarted()
    sale = api.post("/api/v1/sales", json={}, **keyed("s")).json()["id"]
    api = restarted()
    assert api.post("/api/v1/sales", json={}, **keyed("s")).json()["id"] == sale
    assert api.post("/api/v1/session", json={"staff": "B"}).status_code == 200
    assert api.post("/api/v1/sales", json={}, **keyed("s")).json()["code"] == "api.key_reused"


def test_a_refused_request_leaves_its_key_free(api: Client):
    """What was not done may be put right under the same key."""
    sale = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
    assert api.post(f"{sale}/lines", json={"sku": "NONE"}, **keyed("a")).status_code == 404
    assert api.post(f"{sale}/lines", json={"sku": "COLA"}, **keyed("a")).status_code == 200


def test_after_a_restart_the_same_key_does_nothing_twice(restarted: Opened):
    """A reprint and an opened drawer have no id in the kernel: that they were done is journaled."""
    api = restarted()
    number = sold(api)
    reprint, drawer = f"/api/v1/receipts/{number}/reprint", "/api/v1/shift/no-sale"
    first = api.post(reprint, json={}, **keyed("p"))
    assert api.post(reprint, json={}, **keyed("p")).json() == first.json()
    assert api.post(drawer, json={"reason": "change"}, **keyed("d")).status_code < 300
    api = restarted()
    for path, body, key in ((reprint, {}, "p"), (drawer, {"reason": "change"}, "d")):
        again = api.post(path, json=body, **keyed(key))
        assert (again.status_code, again.json()["code"]) == (409, "api.already_done")
    assert api.post(reprint, json={"gift": True}, **keyed("p")).json()["code"] == "api.key_reused"
    assert kinds(api).count(ReceiptReprinted.kind) == kinds(api).count(DrawerOpened.kind) == 1
    assert api.post(reprint, json={}, **keyed("q")).status_code == 200
    assert kinds(api).count(ReceiptReprinted.kind) == 2


def test_money_is_given_back_once_over_a_restart(restarted: Opened):
    """Asked again after the sale was paid anew, an old key gives nothing back."""
    api = restarted()
    sale = f"/api/v1/sales/{api.post('/api/v1/sales', json={}).json()['id']}"
    api.post(f"{sale}/lines", json={"sku": "COLA"})
    api.post(f"{sale}/pay/cash", json={"tendered_minor": 100})
    body = {"reason": "wants to pay by card"}
    back = api.post(f"{sale}/give-back", json=body, **keyed("g"))
    assert back.json()["paid_minor"] == 0
    api.post(f"{sale}/pay/cash", json={"tendered_minor": 200})
    api = restarted()
    again = api.post(f"{sale}/give-back", json=body, **keyed("g"))
    assert again.json()["code"] == "api.already_done"
    assert api.get(sale).json()["paid_minor"] == 200


def test_a_kill_leaves_each_act_done_once_or_not_at_all(restarted: Opened):
    """That an act was done is journaled with it, in one: nothing comes between."""
    api = restarted()
    number = sold(api)
    api.post(f"/api/v1/receipts/{number}/reprint", json={}, **keyed("p"))
    api.post("/api/v1/shift/no-sale", json={"reason": "change"}, **keyed("d"))
    events = kinds(api)
    for kind in (ReceiptReprinted.kind, DrawerOpened.kind):
        at = events.index(kind)
        assert events[at + 1] == "command.done"


def test_the_ids_of_two_days_are_kept_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An id stands for its request for a day at least; then its file goes."""
    now_ms = [1_000 * DAY_MS]
    monkeypatch.setattr(commands, "time_ns", lambda: now_ms[0] * 1_000_000)
    kept = Commands(tmp_path)
    kept.note("old", ONE)
    now_ms[0] += DAY_MS - 1
    kept.note("late", ONE)
    kept.close()
    now_ms[0] += DAY_MS
    kept = Commands(tmp_path)
    kept.note("new", ONE)
    for name in ("late", "new"):
        with pytest.raises(KeyReused):
            kept.check(name, TWO)
        kept.check(name, ONE)
    now_ms[0] += DAY_MS
    kept.note("newest", ONE)
    kept.check("late", TWO)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILE_NAMES)
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    kept.close()


def test_a_row_that_a_power_cut_halved_is_left_out(tmp_path: Path):
    """What stands before it counts, and what is written after it does too."""
    kept = Commands(tmp_path)
    kept.note("a", ONE)
    kept.note("b", ONE)
    kept.close()
    path = tmp_path / FILE_NAMES[0]
    path.write_bytes(path.read_bytes()[:-5])
    kept = Commands(tmp_path)
    kept.check("b", TWO)
    kept.note("c", ONE)
    kept.close()
    kept = Commands(tmp_path)
    for name in ("a", "c"):
        with pytest.raises(KeyReused):
            kept.check(name, TWO)
    kept.close()


def test_memory_and_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """So many requests of a day are told apart, and no more."""
    monkeypatch.setattr(commands, "KEPT_MAX", 3)
    kept = Commands(tmp_path)
    for each in range(10):
        kept.note(f"key {each}", ONE)
    kept.check("key 9", TWO)
    with pytest.raises(KeyReused):
        kept.check("key 2", TWO)
    assert (tmp_path / FILE_NAMES[0]).stat().st_size == 8 + 3 * 32
    kept.close()
