"""Load a served till over loopback: sales a second, time of each request, flushes a commit.

    python benches/api_load.py                      1, 4 and 16 registers, 5 s each
    python benches/api_load.py --registers 8 --seconds 20

The till is the real one on a real disk, in a process of its own; each register begins a sale, scans
five times, takes cash, and begins anew. Clients and till share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from time import perf_counter, perf_counter_ns, sleep
from urllib.request import Request, urlopen

GTIN = "6901234567892"
with socket.create_server(("127.0.0.1", 0)) as free:
    PORT = free.getsockname()[1]


class Connection:
    """A client that keeps its connection; just enough HTTP not to be what is measured."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.cookie = ""
        self.spent_us: dict[str, list[int]] = defaultdict(list)

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT)

    async def post(self, name: str, path: str, body: dict[str, object]) -> dict[str, object]:
        raw = json.dumps(body).encode()
        head = (
            f"POST /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n"
            f"X-Cashwrap-Device: {self.key}\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        )
        began = perf_counter_ns()
        self.writer.write(head.encode() + raw)
        answered = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = dict(line.split(": ", 1) for line in answered.lower().split("\r\n")[1:-2])
        text = await self.reader.readexactly(int(headers.get("content-length", "0")))
        self.spent_us[name].append((perf_counter_ns() - began) // 1000)
        status = int(answered.split(" ", 2)[1])
        assert status < 300, (path, status, text)
        if "set-cookie" in headers:
            self.cookie = answered.split("set-cookie: ")[1].split(";")[0]
        return dict(json.loads(text)) if text else {}


async def signed_in(key: str, registers: int) -> list[Connection]:
    """Return a client at each register; beyond ten the till takes two sign-ins a second."""
    clients = []
    for number in range(registers):
        client = Connection(key)
        await client.open()
        await client.post("sign in", "/session", {"register": f"R{number}"})
        clients.append(client)
        await asyncio.sleep(0.55)
    return clients


async def sell(client: Connection, until: float) -> None:
    """Sell until the time is up."""
    while perf_counter() < until:
        sale = (await client.post("begin", "/sales", {}))["id"]
        for _ in range(5):
            await client.post("scan", f"/sales/{sale}/scan", {"code": GTIN})
        await client.post("pay", f"/sales/{sale}/pay/cash", {"tendered_minor": 1750})
    client.writer.close()


async def load(key: str, registers: int, seconds: float) -> dict[str, list[int]]:
    clients = await signed_in(key, registers)
    until = perf_counter() + seconds
    await asyncio.gather(*(sell(client, until) for client in clients))
    spent: dict[str, list[int]] = defaultdict(list)
    for client in clients:
        for name, times in client.spent_us.items():
            spent[name] += times
    return spent


def metric(key: str, name: str) -> int:
    """Return one figure of ``/metrics``."""
    asked = Request(f"http://127.0.0.1:{PORT}/metrics", headers={"X-Cashwrap-Device": key})
    with urlopen(asked) as answer:
        lines = answer.read().decode().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def report(key: str, registers: int, seconds: float) -> None:
    commits, groups = metric(key, "cashwrap_commits"), metric(key, "cashwrap_flushes")
    spent = asyncio.run(load(key, registers, seconds))
    sales = len(spent["pay"])
    commits = metric(key, "cashwrap_commits") - commits
    groups = metric(key, "cashwrap_flushes") - groups
    requests = sum(map(len, spent.values()))
    print(
        f"{registers:>2} registers: {sales / seconds:7.0f} sales/s {requests / seconds:7.0f} "
        f"requests/s, {groups / max(commits, 1):.2f} flushes a commit"
    )
    for name in ("scan", "pay"):
        times = sorted(spent[name])
        p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        print(f"     {name:<5} p50 {p50 / 1000:6.2f} ms   p99 {p99 / 1000:6.2f} ms")


def make_shop(folder: Path, registers: int) -> None:
    from cashwrap.till import Till

    names = ", ".join(f'"R{each}"' for each in range(registers))
    Till.create(folder, f"registers = [{names}]", witness=[])
    (folder / "items.csv").write_text(f"sku,name,gtins,price\nCOLA,可乐,{GTIN},3.50\n")
    with Till.open(folder, witness=[]) as till:
        till.import_catalog(folder / "items.csv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registers", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--seconds", type=float, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("CASHWRAP_BENCH_DIR", ".")) as name:
        folder = Path(name) / "shop"
        make_shop(folder, max(args.registers))
        serving = subprocess.Popen(
            [sys.executable, "-m", "cashwrap", "serve", str(folder), "--port", str(PORT)],
            stdout=subprocess.DEVNULL,
        )
        try:
            while not (folder / "api.key").exists():
                if serving.poll() is not None:
                    sys.exit("the till is not served")
                sleep(0.05)
            sleep(2)
            key = (folder / "api.key").read_text()
            for registers in args.registers:
                report(key, registers, args.seconds)
        finally:
            serving.terminate()
            serving.wait()


if __name__ == "__main__":
    main()
