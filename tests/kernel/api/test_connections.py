"""The server's patience: what is slow, too large, or too many is ended, and others go on."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from builders import loops

from cashwrap.api import connections
from cashwrap.api.connections import BODY_STEP, HEAD_SIZE_MAX, LOCAL_MAX, PatientProtocol, Room

Talk = Callable[[int], Awaitable[None]]
HEAD = b"POST / HTTP/1.1\r\nHost: till\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer once all of the body is there."""
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    if message["type"] == "http.request":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the server be less patient than it is."""

    def seconds(most: float) -> None:
        monkeypatch.setattr(connections, "HEAD_SECONDS", most)
        monkeypatch.setattr(connections, "BODY_SECONDS", most)

    return seconds


@pytest.fixture
def talking() -> Iterator[Callable[[Talk], None]]:
    """Let a coroutine talk to a server."""

    def talk(what: Talk) -> None:
        async def run() -> None:
            config = uvicorn.Config(app, http=PatientProtocol, lifespan="off", log_level="error")
            server = uvicorn.Server(config)
            config.load()
            server.lifespan = config.lifespan_class(config)
            with socket.create_server(("127.0.0.1", 0)) as listening:
                await server.startup([listening])
                try:
                    await what(listening.getsockname()[1])
                finally:
                    await server.shutdown([listening])

        loops.run(run())

    yield talk
    assert not PatientProtocol.room._by_place  # every place was given back


async def opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def sent(port: int, raw: bytes) -> bytes:
    """Send bytes and return all that comes until the server ends the connection."""
    reader, writer = await opened(port)
    writer.write(raw)
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "part",
    [
        b"",  # nothing at all
        b"GET / HT",  # half a line
        HEAD,  # no end of the head
        HEAD + b"Content-Length: 10\r\n\r\nabc",  # a body that never ends
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
)
def test_who_sends_too_slowly_is_let_go(
    talking: Callable[[Talk], None], hurried: Callable[[float], None], part: bytes
):
    """A request that is not whole in time ends its connection, unanswered (slowloris)."""
    hurried(0.1)

    async def talk(port: int) -> None:
        assert await sent(port, part) == b""

    talking(talk)


def test_a_byte_now_and_then_gains_no_time(
    talking: Callable[[Talk], None], hurried: Callable[[float], None]
):
    """The time is that of the whole head: drops of it do not make it longer."""
    hurried(0.1)

    async def talk(port: int) -> None:
        reader, writer = await opened(port)
        writer.write(HEAD)
        with suppress(ConnectionResetError):
            while not reader.at_eof():
                writer.write(b"X: y\r\n")
                with suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1), 0.02)
        writer.close()

    talking(talk)


def test_a_large_body_that_keeps_coming_is_taken(
    talking: Callable[[Talk], None], hurried: Callable[[float], None]
):
    """Its time is that of each part: an upload over a slow network is no attack."""
    hurried(1.5)

    async def talk(port: int) -> None:
        reader, writer = await opened(port)
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (8 * BODY_STEP))
        for _ in range(8):
            writer.write(b"x" * BODY_STEP)
            await writer.drain()
            await asyncio.sleep(0.25)
        assert (await reader.readline()).startswith(b"HTTP/1.1 204")
        writer.close()

    talking(talk)


def test_a_connection_that_is_kept_is_no_way_around(
    talking: Callable[[Talk], None], hurried: Callable[[float], None]
):
    """After a request that was answered the next one has its time too."""
    hurried(1.5)

    async def talk(port: int) -> None:
        whole = HEAD + b"Content-Length: 0\r\n\r\n"
        answer = await sent(port, whole + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 204")
        assert (await sent(port, whole + b"GET")).count(b"HTTP/1.1") == 1

    talking(talk)


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"X: " + b"x" * HEAD_SIZE_MAX + b"\r\n\r\n",
        HEAD + b"X: x\r\n" * HEAD_SIZE_MAX,
        b"GET /" + b"x" * 3 * HEAD_SIZE_MAX,
        HEAD + b"X: " + b"x" * 5 * HEAD_SIZE_MAX,
    ],
)
def test_a_head_that_is_too_large_is_refused(talking: Callable[[Talk], None], raw: bytes):
    """However it is cut, it is not kept in memory without end."""

    async def talk(port: int) -> None:
        assert b"204" not in await sent(port, raw)

    talking(talk)


@pytest.mark.parametrize(
    "smuggled",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"X: a\r\n b: folded\r\n\r\n",
        b"Content-Length: +1\r\n\r\na",
        b"Bad\x00Name: 1\r\n\r\n",
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_refused(
    talking: Callable[[Talk], None], smuggled: bytes
):
    """Nothing is smuggled in a head or behind a body."""

    async def talk(port: int) -> None:
        answer = await sent(port, HEAD + smuggled)
        assert answer.startswith(b"HTTP/1.1 400")
        assert answer.count(b"HTTP/1.1 ") == 1

    talking(talk)


def test_one_machine_takes_no_other_ones_place():
    """Another machine has so many connections; all together leave the till's own screen its own."""
    room = Room()
    assert all(room.enter("192.168.1.9") for _ in range(32))
    assert not room.enter("192.168.1.9")
    assert room.enter("192.168.1.10")
    for each in range(20, 40):
        while room.enter(f"192.168.1.{each}"):
            pass
    assert not room.enter("192.168.1.99")
    assert all(room.enter("") for _ in range(LOCAL_MAX))
    assert not room.enter("")
    room.leave("192.168.1.9")
    assert room.enter("192.168.1.99")
