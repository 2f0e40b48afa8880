"""What a command prints: text for people, or one JSON object for programs; progress on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import StringIO
from shutil import get_terminal_size
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cashwrap.errors import Issue

Progress = Callable[[int, int], None]
Json = str | int | float | bool | None | Sequence["Json"] | dict[str, "Json"]

TABLE_WIDTH = 120
TOLD_EVERY_S = 10


class Output:
    """Where a command says things. With ``json`` only `result` and `fail` print."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self.training = False  # whether all of it is of a folder for training
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, ValueError):  # a stream that is no file
                stream.reconfigure(  # type: ignore[union-attr]
                    encoding="utf-8" if json else None, errors="backslashreplace"
                )

    def say(self, text: str = "") -> None:
        """Print lines for people."""
        if not self.json:
            print(text)

    def warn(self, text: str) -> None:
        """Print a line for people beside the result."""
        if not self.json:
            print(text, file=sys.stderr)

    def result(self, **fields: object) -> None:
        """Print the JSON object."""
        if self.json:
            marks = {"training": True} if self.training else {}
            print(encoded(fields | marks))

    def fail(self, code: str, message: str, issues: Sequence[Issue] = ()) -> None:
        """Print an error."""
        if not self.json:
            print(f"cashwrap: {message}", file=sys.stderr)
            return
        error: dict[str, object] = {"code": code, "message": message}
        if issues:
            error["issues"] = [
                {"source": one.source, "code": one.code, "message": one.message} for one in issues
            ]
        print(encoded({"error": error}))

    def drop(self) -> None:
        """Let nothing more be written: the reader of stdout has gone."""
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()
    ) -> None:
        """Print a table; the columns in ``right`` are set to the right."""
        if self.json:
            return
        from rich import box
        from rich.table import Table
        from rich.text import Text

        frame = box.SIMPLE_HEAD if self.is_terminal else None
        table = Table(
            box=frame,
            pad_edge=False,
            show_header=any(heads),
            header_style="bold" if frame else "",
        )
        for at, head in enumerate(heads):
            table.add_column(Text(head), justify="right" if at in right else "left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.show(table, TABLE_WIDTH)

    @property
    def is_terminal(self) -> bool:
        """Whether people see stdout as it is printed."""
        return sys.stdout.isatty()

    @property
    def columns(self) -> int:
        """How wide the terminal is."""
        return get_terminal_size().columns

    def show(self, what: RenderableType, width: int) -> None:
        """Print something of rich: as it is on a terminal, else as text without loose ends."""
        from rich.console import Console

        if self.json:
            return
        if self.is_terminal:
            console = Console(highlight=False)
            console.print(what, width=min(console.width, width))
            return
        text = StringIO()
        Console(file=text, width=width, highlight=False, color_system=None).print(what)
        for line in text.getvalue().splitlines():
            print(line.rstrip())

    @contextmanager
    def progress(self, title: str) -> Iterator[Progress]:
        """Show how far long work has come: a bar on a terminal, now and then a line elsewhere."""
        if self.json:
            yield _ignore
        elif sys.stderr.isatty():
            with _bar(title) as tell:
                yield tell
        else:
            yield _teller(title)


def encoded(value: object) -> str:
    """Return JSON text; structs become objects with their fields, bytes hex."""
    import msgspec

    return msgspec.json.encode(plain(value)).decode()


def plain(value: object) -> Json:
    """Return a value as JSON can hold it, structs by the names of their fields."""
    import msgspec

    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        fields: dict[str, Json] = {name: plain(getattr(value, name)) for name in names}
        tag = value.__struct_config__.tag
        return {"type": tag, **fields} if isinstance(tag, str) else fields
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if isinstance(value, int | float | bool | None) else str(value)


def _ignore(done: int, total: int) -> None:
    """Tell nobody."""


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Bar(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def _teller(title: str) -> Progress:
    told = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if total and monotonic() - told >= TOLD_EVERY_S:
            told = monotonic()
            print(f"{title}: {done * 100 // total} %", file=sys.stderr)

    return tell


def time_text(took_ns: int) -> str:
    """Return ``12 us`` or ``3.4 ms``, "" for nothing."""
    if not took_ns:
        return ""
    if took_ns < 1_000_000:
        return f"{-(-took_ns // 1000)} us"
    tenths = took_ns // 100_000
    return f"{tenths // 10}.{tenths % 10} ms"
