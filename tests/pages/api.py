"""What is written of the local API: its document, the codes of its refusals, tables of serve.md."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from litestar import Litestar
from pages.api_reach import codes_of, errors, handlers

from cashwrap.api.app import make_app
from cashwrap.api.openapi import ALWAYS, WORDS, document, operations
from cashwrap.api.problems import status_of
from cashwrap.api.tags import TAGS
from cashwrap.api.till_thread import TillThread
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

SERVE = Path(__file__).resolve().parents[2] / "docs/serve.md"


@contextmanager
def served() -> Iterator[Litestar]:
    """Give the application of a till without plugins."""
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder) / "shop")
        shop.till.close()
        thread = TillThread(
            lambda: Till.open(
                shop.folder, plugins=False, clock=shop.clock, randomness=shop.randomness, witness=[]
            )
        )
        thread.start()
        try:
            yield make_app(thread, key="k", hosts=["localhost"])
        finally:
            thread.stop()


def api_codes() -> str:
    """Return the codes that can come of each route."""
    with served() as app:
        found = {name: codes_of(handler) for name, handler in handlers(app).items()}
    return json.dumps(dict(sorted(found.items())), indent=1) + "\n"


def api_document() -> str:
    """Return the OpenAPI document, in an order that makes changes easy to see."""
    with served() as app:
        made = document(app)
    return json.dumps(_sorted(made), indent=1, ensure_ascii=False) + "\n"


def serve_page() -> str:
    """Return docs/serve.md with its tables of routes and of codes as they are."""
    with served() as app:
        made = document(app)
    text = SERVE.read_text(encoding="utf-8")
    text = _between(text, "routes", _routes(made))
    return _between(text, "codes", _codes())


def _routes(made: dict[str, Any]) -> str:
    rooms: dict[str, dict[str, list[str]]] = {tag: {} for tag in TAGS}
    for method, path, operation in operations(made):
        room = rooms[operation["tags"][0]]
        room.setdefault(path.removeprefix("/api/v1"), []).append(method.upper())
    rows = [
        f"| {tag} | {TAGS[tag]} | "
        + ", ".join(f"`{' '.join(methods)} {path}`" for path, methods in rooms[tag].items())
        + " |"
        for tag in TAGS
        if rooms[tag]
    ]
    return "\n".join(["| tag | what | routes |", "|---|---|---|", *rows])


def _codes() -> str:
    by_status = {status: set(codes) for status, codes in ALWAYS.items()}
    for code in {kind.code for kind in errors().values()} - {"error"}:
        by_status.setdefault(status_of(code), set()).add(code)
    rows = [
        f"| {status} | {WORDS[status]} | {', '.join(f'`{code}`' for code in sorted(codes))} |"
        for status, codes in sorted(by_status.items())
    ]
    return "\n".join(["| status | what | codes |", "|---|---|---|", *rows])


def _between(text: str, name: str, table: str) -> str:
    """Put a table between the marks of its name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return pattern.sub(lambda _: f"{begin}\n\n{table}\n\n{end}", text)


def _sorted(made: dict[str, Any]) -> dict[str, Any]:
    made = msgspec.json.decode(msgspec.json.encode(made))
    made["paths"] = dict(sorted(made["paths"].items()))
    made["components"]["schemas"] = dict(sorted(made["components"]["schemas"].items()))
    return made
