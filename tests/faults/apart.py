"""Processes of their own: for a share of the work, or for what may not come back."""

import contextlib
import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

from cashwrap.store import opening

T = TypeVar("T")
Lines = list[str]
Tell = Callable[[str], object]
_MEMORY_DISK = "/dev/shm"


def memory_root() -> str | None:
    """Return where files never wait for a disk, or None for the usual place.

    What a process wrote outlives it on any file system.
    """
    return _MEMORY_DISK if os.access(_MEMORY_DISK, os.W_OK) else None


def beside(work: Callable[..., T], shares: Sequence[tuple[object, ...]]) -> list[T]:
    """Return what ``work`` gives for each share, one process for each; here where it is but one."""
    if len(shares) == 1:
        return [work(*shares[0])]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(shares), mp_context=context) as pool:
        return [one.result() for one in [pool.submit(work, *share) for share in shares]]


def in_child(work: Callable[[Tell], None]) -> Lines:
    """Run in a process of its own; return the lines that it told, ``died`` last if it did."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)

        def tell(text: str) -> None:
            os.write(writing, text.encode() + b"\n")

        try:
            work(tell)
        except BaseException as error:
            frames = traceback.extract_tb(error.__traceback__)
            where = " > ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames)
            tell(f"died {type(error).__name__}: {error} ({where})".replace("\n", " "))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read().decode().splitlines()
    _, status = os.waitpid(process, 0)
    return [*told, *([f"died of signal {status}"] if status else [])]


@contextlib.contextmanager
def no_probe() -> Iterator[None]:
    """Open without reading the file in a child first: the till is itself a child here."""
    probe, opening.probe = opening.probe, lambda *given, **named: None
    try:
        yield
    finally:
        opening.probe = probe
