"""A receipt printer on the network whose paper, cover and cable are the test's.

It takes ESC/POS bytes, answers ``DLE EOT`` at once and ``GS r`` in its turn, and cuts what it
printed into papers.
"""

import socket
import threading
from contextlib import suppress

DLE_EOT, GS_R = b"\x10\x04", b"\x1dr"
CUTS = (b"\x1dV\x00", b"\x1dV\x01", b"\x1dVA", b"\x1dVB")
KICKS = (b"\x1bp", b"\x10\x14\x01")


class FakePrinter:
    """A printer at ``127.0.0.1:port``; its state may be set at any time.

    ``answers`` False: it prints and never says a word. ``dies_after``: the plug is pulled after so
    many bytes of paper.
    """

    def __init__(self) -> None:
        self.paper_out = self.paper_low = self.cover_open = self.drawer_open = False
        self.answers = True
        self.dies_after = 0
        self.kicks = 0
        self._lock = threading.Lock()
        self._printed = bytearray()
        self._held: list[tuple[socket.socket, bytes]] = []
        self._clients: list[socket.socket] = []
        self._server: socket.socket | None = None
        self.port = 0
        self.switch_on()

    # What the test does

    @property
    def papers(self) -> list[bytes]:
        """Return what was printed, paper by paper, as far as it was cut."""
        with self._lock:
            rest = bytes(self._printed)
        found: list[bytes] = []
        while True:
            ends = [rest.find(cut) for cut in CUTS if cut in rest]
            if not ends:
                return found
            found.append(rest[: min(ends)])
            rest = rest[min(ends) + 3 :].lstrip(b"\x00")

    def texts(self, encoding: str = "gb18030") -> list[str]:
        """Return the papers as text, without what controls the printer."""
        return [_plain(paper, encoding) for paper in self.papers]

    def switch_on(self) -> None:
        """Take connections, at the same port as before."""
        server = socket.create_server(("127.0.0.1", self.port))
        self._server, self.port = server, server.getsockname()[1]
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def switch_off(self) -> None:
        """Pull the plug: connections end, what waits for paper is gone."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()
        with self._lock:
            clients, self._clients = self._clients, []
            self._held.clear()
        for client in clients:
            with suppress(OSError):
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            client.close()

    def new_roll(self) -> None:
        """Put paper in and close the cover: what waited is printed."""
        self.paper_out = self.cover_open = False
        with self._lock:
            held, self._held = self._held, []
        for client, data in held:
            self._print(client, data)

    # What it does

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                with self._lock:
                    self._clients.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(4096):
                self._take(client, data)
        with self._lock:
            gone = client in self._clients
            self._clients = [one for one in self._clients if one is not client]
        if gone:
            client.close()

    def _take(self, client: socket.socket, data: bytes) -> None:
        while (at := data.find(DLE_EOT)) >= 0 and at + 2 < len(data):
            self._answer(client, self._status(data[at + 2]))
            data = data[:at] + data[at + 3 :]
        if KICKS[1] in data:
            self._kick()
            data = data.replace(KICKS[1] + data[data.find(KICKS[1]) + 3 :][:2], b"")
        if not data:
            return
        if self.paper_out or self.cover_open:
            with self._lock:
                self._held.append((client, data))
        else:
            self._print(client, data)

    def _print(self, client: socket.socket, data: bytes) -> None:
        if KICKS[0] in data:
            self._kick()
        asked = data.count(GS_R)
        for number in (b"\x01", b"\x02"):
            data = data.replace(GS_R + number, b"")
        with self._lock:
            self._printed += data
            dies = self.dies_after and len(self._printed) >= self.dies_after
        if dies:
            self.dies_after = 0
            self.switch_off()
            return
        for _ in range(asked):
            self._answer(client, 0x0C if self.paper_low else 0x00)

    def _kick(self) -> None:
        self.kicks += 1
        self.drawer_open = True

    def _status(self, number: int) -> int:
        stopped = self.paper_out or self.cover_open
        bits = {
            1: 0x08 * stopped | 0x04 * self.drawer_open,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out,
            4: 0x60 * self.paper_out | 0x0C * self.paper_low,
        }
        return 0x12 | bits.get(number, 0)

    def _answer(self, client: socket.socket, byte: int) -> None:
        if self.answers:
            with suppress(OSError):
                client.sendall(bytes((byte,)))


def _plain(paper: bytes, encoding: str) -> str:
    """Return what people read on a paper of text."""
    for sign in (
        b"\x1c&",
        b"\x1c.",
        b"\x1b@",
        b"\x1bE\x00",
        b"\x1bE\x01",
        b"\x1ba\x00",
        b"\x1ba\x01",
    ):
        paper = paper.replace(sign, b"")
    return paper.decode(encoding, "replace")
