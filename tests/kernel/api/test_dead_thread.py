"""The till's thread ends before its time: nobody waits for it for ever, and all are told why."""

import asyncio
from threading import Event
from typing import NoReturn

import pytest
from builders import loops

from cashwrap.api import till_thread
from cashwrap.api.app import make_app
from cashwrap.api.job import ApiStopping
from cashwrap.api.till_thread import TillThread
from cashwrap.testing.shop import Shop
from cashwrap.till import Till


class Ended(Exception):
    """What ended the thread."""


def ends(_: Till) -> NoReturn:
    raise Ended


@pytest.fixture
def thread(shop: Shop) -> TillThread:
    """The thread of an open till."""
    shop.till.close()
    made = TillThread(lambda: Till.open(shop.folder, plugins=False, witness=[]))
    made.start()
    return made


def test_no_application_is_made_of_a_till_whose_thread_has_ended(thread: TillThread):
    """What ended the thread is raised to who would serve the till."""
    thread.do(ends)
    with pytest.raises(Ended):
        make_app(thread, key="k" * 43, hosts=["testserver.local"])
    with pytest.raises(Ended):
        thread.stop()


def test_what_a_question_raises_ends_nothing(thread: TillThread):
    """A fault of what is asked on the till's thread is raised where it was asked."""
    with pytest.raises(Ended):
        thread.ask(ends)
    assert thread.ask(lambda till: till.is_training) is False
    thread.stop()


def test_requests_that_wait_are_refused_when_the_thread_ends(thread: TillThread):
    """Who waits, and who comes afterwards, is told that the till is closing."""
    held, told = Event(), Event()
    thread.broken = told.set

    def hold(_: Till) -> None:
        held.wait(30)

    async def asked() -> None:
        thread.do(hold)
        thread.do(ends)
        waits = [asyncio.ensure_future(thread.run(lambda _: 1)) for _ in range(3)]
        await asyncio.sleep(0)
        held.set()
        for each in [*waits, thread.run(lambda _: 1)]:
            with pytest.raises(ApiStopping):
                await asyncio.wait_for(each, 30)

    loops.run(asked())
    with pytest.raises(Ended):
        thread.stop()
    assert told.is_set()


def test_a_till_that_opens_but_cannot_be_served_ends_the_start(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    """A file beside the journal that cannot be read is told at the start; the till is closed."""
    shop.till.close()

    def refuses(_: object) -> NoReturn:
        raise PermissionError("api.commands")

    made = TillThread(lambda: Till.open(shop.folder, plugins=False, witness=[]))
    monkeypatch.setattr(till_thread, "Commands", refuses)
    with pytest.raises(PermissionError):
        made.start()
    Till.open(shop.folder, plugins=False, witness=[]).close()
