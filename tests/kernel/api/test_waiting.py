"""One writer, many registers: each waits its turn, and too much is refused before it does harm."""

import asyncio
from collections.abc import Callable, Iterator
from queue import Empty
from threading import Event
from typing import Any

import pytest
from builders import loops
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from cashwrap.api.app import make_app
from cashwrap.api.till_thread import TillThread
from cashwrap.api.visitor import VISITOR, Visitor
from cashwrap.api.waiting import WAITING_MAX_EACH, Rows, TooBusy
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

Client = TestClient[Any]


def taken(rows: Rows[tuple[str, int]]) -> list[tuple[str, int]]:
    found = []
    try:
        while True:
            found.append(rows.take())
    except Empty:
        return found


@given(st.lists(st.sampled_from("abcd"), max_size=60))
def test_each_is_done_in_its_order_and_nobody_waits_for_a_whole_row(who: list[str]):
    """What one asks for stays in order; between two of another's, one of each that waits comes."""
    rows: Rows[tuple[str, int]] = Rows()
    for number, one in enumerate(who):
        rows.put(one, (one, number))
    found = taken(rows)
    for one in set(who):
        own = [number for name, number in found if name == one]
        assert own == sorted(own)
    assert sorted(found) == sorted((one, number) for number, one in enumerate(who))
    waiting = {one: who.count(one) for one in who}
    for first in range(len(found)):
        ahead = [name for name, _ in found[first:]]
        for one in {name for name in ahead if name != ahead[0]}:
            assert ahead[: ahead.index(one)].count(ahead[0]) == 1
        waiting[ahead[0]] -= 1


def test_one_row_does_not_fill_the_line():
    """Somebody may have so many waiting; the others still may."""
    rows: Rows[int] = Rows()
    for each in range(WAITING_MAX_EACH):
        assert not rows.is_full("a")
        rows.put("a", each)
    assert rows.is_full("a")
    assert not rows.is_full("b")
    assert len(rows) == WAITING_MAX_EACH


@pytest.fixture
def thread(shop: Shop) -> Iterator[TillThread]:
    shop.till.close()
    thread = TillThread(lambda: Till.open(shop.folder, plugins=False, clock=shop.clock, witness=[]))
    thread.start()
    yield thread
    thread.stop()


def test_a_register_that_floods_waits_for_itself(thread: TillThread):
    """Sixty requests of one, then one of another: it is second in turn, not sixty-first."""
    done: list[str] = []

    async def asked(who: str) -> None:
        VISITOR.set(Visitor(who=who))
        await thread.run(lambda _: done.append(who))

    async def run() -> None:
        busy = Event()
        thread.do(lambda _: bool(busy.wait(30)))  # type: ignore[arg-type,return-value]
        flood = [asyncio.create_task(asked("a")) for _ in range(60)]
        await asyncio.sleep(0)
        other = asyncio.create_task(asked("b"))
        await asyncio.sleep(0)
        busy.set()
        await asyncio.gather(*flood, other)

    loops.run(run())
    assert done.index("b") <= 1
    assert done.count("a") == 60


def test_too_many_are_refused_and_do_nothing(thread: TillThread):
    """Beyond its limit a register is told how long to wait; the others are done all the same."""
    done: list[int] = []

    async def asked(number: int, who: str = "a") -> str:
        VISITOR.set(Visitor(who=who))
        try:
            await thread.run(lambda _: done.append(number))
        except TooBusy as busy:
            return busy.code if busy.left_ms >= 100 else "too short"
        return "done"

    async def run() -> list[str]:
        busy = Event()
        thread.do(lambda _: bool(busy.wait(30)))  # type: ignore[arg-type,return-value]
        tasks = [asyncio.create_task(asked(each)) for each in range(WAITING_MAX_EACH + 9)]
        tasks.append(asyncio.create_task(asked(-1, "b")))
        await asyncio.sleep(0)
        busy.set()
        return list(await asyncio.gather(*tasks))

    told = loops.run(run())
    assert told.count("api.busy") == 9
    assert told[-1] == "done"
    assert sorted(done) == [-1, *range(WAITING_MAX_EACH)]


def test_a_full_line_is_told_before_the_body_is_read(thread: TillThread):
    """The gate answers 503 with the time to wait; the request has changed nothing."""
    app = make_app(thread, key="k" * 43, hosts=["testserver.local"])
    with TestClient(app) as client:
        client.headers["X-Cashwrap-Device"] = "k" * 43
        client.post("/api/v1/session", json={})
        thread.busy_ms = lambda _: 250  # type: ignore[method-assign]
        gate = make_app(thread, key="k" * 43, hosts=["testserver.local"])
        with TestClient(gate) as full:
            answer = full.post("/api/v1/sales", content=b"{", headers=dict(client.headers))
    assert (answer.status_code, answer.json()["code"]) == (503, "api.busy")
    assert answer.json()["retry_after_ms"] == 250
    assert answer.headers["retry-after"] == "1"


def test_waiting_stands_in_the_metrics(api: Client):
    """How long the line is, and how long requests waited in it."""
    text = api.get("/metrics").text
    assert "cashwrap_queue_length 0" in text
    assert "cashwrap_queue_wait_seconds_count" in text
    assert 'cashwrap_queue_wait_seconds_bucket{le="+Inf"}' in text


def test_what_waits_is_done_before_the_end(shop: Shop):
    """Told to end, the thread does all that came before; what comes after is refused."""
    shop.till.close()
    thread = TillThread(lambda: Till.open(shop.folder, plugins=False, witness=[]))
    thread.start()
    done: list[int] = []
    add: Callable[[int], Callable[[Till], None]] = lambda each: lambda _: done.append(each)  # noqa: E731
    for each in range(20):
        thread.do(add(each))
    thread.stop()
    assert done == list(range(20))
