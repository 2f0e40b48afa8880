"""The page that shows the OpenAPI document to people: nothing of it comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

from cashwrap.api.openapi import PATH, Json, document, operations

_CODE = re.compile(r"`([^`]+)`")


class ReferencePage(OpenAPIRenderPlugin):
    """Every route with what it takes and answers, and every shape."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: Json) -> bytes:
        """Return the page."""
        return _page(document(request.app)).encode()


class PartOfPage(OpenAPIRenderPlugin):
    """A file that the page loads from the till itself."""

    def __init__(self, name: str, media_type: str) -> None:
        super().__init__(path=f"/{name}", media_type=media_type)  # type: ignore[arg-type]
        self._name = name

    def render(self, request: Request[Any, Any, Any], openapi_schema: Json) -> bytes:
        """Return the file."""
        return files("cashwrap.api").joinpath("reference", self._name).read_bytes()


PARTS = (
    PartOfPage("page.css", "text/css; charset=utf-8"),
    PartOfPage("page.js", "text/javascript; charset=utf-8"),
)


def _page(made: Json) -> str:
    info = made["info"]
    title, words = f"{info['title']} {info['version']}", {t["name"]: t for t in made["tags"]}
    rooms = [
        (tag, list(found))
        for tag, found in groupby(operations(made), lambda one: (one[2].get("tags") or ["more"])[0])
    ]
    shapes = sorted(made["components"]["schemas"].items())
    about = "".join(f"<p>{_marked(part)}</p>" for part in info["description"].split("\n\n"))
    menu = [*((tag, len(found)) for tag, found in rooms), ("shapes", len(shapes))]
    body = "".join(_room(tag, words.get(tag, {}), found, made) for tag, found in rooms)
    cards = "".join(_shape(name, shape) for name, shape in shapes)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)} · API</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{PATH}/page.css">'
        f'<script type="module" src="{PATH}/page.js"></script></head><body>{_menu(title, menu)}'
        f"<main>{about}"
        f'<p>For programs: <a href="{PATH}/openapi.json">openapi.json</a></p>{body}'
        f'<section id="shapes"><h2>Shapes</h2>{cards}</section>'
        '<p class="none quiet">Nothing has all of these words.</p></main></body></html>'
    )


def _menu(title: str, parts: Iterable[tuple[str, int]]) -> str:
    name, _, version = title.partition(" ")
    rows = "".join(
        f'<li><a href="#{escape(part)}">{escape(part)}<span>{count}</span></a></li>'
        for part, count in parts
    )
    return (
        f"<nav><h1>{escape(name)} <small>{escape(version)} · API</small></h1>"
        '<input type="search" placeholder="Find (press /)" aria-label="Find a route or a shape">'
        f"<ul>{rows}</ul></nav>"
    )


def _room(tag: str, words: Json, found: Iterable[tuple[str, str, Json]], made: Json) -> str:
    routes = "".join(_route(*one, made) for one in found)
    lead = f'<p class="lead">{_marked(words.get("description", ""))}</p>'
    return f'<section id="{escape(tag)}"><h2>{escape(tag)}</h2>{lead}{routes}</section>'


def _route(method: str, path: str, operation: Json, made: Json) -> str:
    asked = operation.get("requestBody") or {}
    shapes, common = made["components"]["schemas"], made["components"]["responses"]
    parts = [
        f"<p>{_marked(operation['description'])}</p>" if operation.get("description") else "",
        _list("Asked with", map(_parameter, operation.get("parameters") or ())),
        *(_body(media["schema"], name, shapes) for name, media in _contents(asked)),
        *(_example(media["example"]) for media in _media(asked) if "example" in media),
        _list("Answers", _answers(operation["responses"], common)),
    ]
    name, summary = operation["operationId"], operation.get("summary", "")
    taken = [one["name"] for one in operation.get("parameters") or ()]
    taken += (field for _, media in _contents(asked) for field in _named(media["schema"], shapes))
    found = escape(" ".join((method, path, name, summary, *taken)))
    return (
        f'<details id="{escape(name)}" data-find="{found}">'
        f'<summary><b class="method {method}">{method.upper()}</b><code>{escape(path)}</code>'
        f'<span>{_marked(summary)}</span></summary><div class="inside">{"".join(parts)}</div>'
        "</details>"
    )


def _parameter(one: Json) -> tuple[str, str]:
    needed = ' class="needed"' if one.get("required") else ""
    told = one.get("description") or one["schema"].get("description") or ""
    kind = f'{_kind(one["schema"])} <span class="quiet">in the {one["in"]}</span>'
    return f"<code{needed}>{escape(one['name'])}</code>", f"{kind} {_marked(told)}"


def _body(schema: Json, media_type: str, shapes: Json) -> str:
    """Return what a request carries, field by field."""
    kind = "" if media_type == "application/json" else f" ({escape(media_type)})"
    found = _shape_of(schema, shapes)
    told = f"<p>{_kind(schema)}{kind}. {_marked(found.get('description', ''))}</p>"
    return f"<h3>Body</h3>{told}{_list('', _fields(found))}"


def _shape_of(schema: Json, shapes: Json) -> Json:
    found: Json = shapes.get(schema.get("$ref", "").rpartition("/")[2], schema)
    return found


def _named(schema: Json, shapes: Json) -> Iterable[str]:
    return _shape_of(schema, shapes).get("properties") or ()


def _answers(responses: Json, common: Json) -> Iterator[tuple[str, str]]:
    for status, named in responses.items():
        answer = common[named["$ref"].rpartition("/")[2]] if "$ref" in named else named
        kinds = " ".join(_kind(media["schema"]) for media in _media(answer))
        if int(status) < 300:
            yield f"<b>{status}</b>", kinds or "nothing"
            continue
        told = answer.get("description", "").partition(": `")[0]
        codes = " ".join(f"<code>{escape(code)}</code>" for code in answer.get("x-codes", ()))
        yield (
            f'<span class="quiet">{status}</span>',
            f'<span class="quiet">{_marked(told)}</span> {codes}',
        )


def _example(example: object) -> str:
    text = msgspec.json.format(msgspec.json.encode(example), indent=2).decode()
    return f"<h3>Example</h3><pre>{escape(text)}</pre>"


def _shape(name: str, shape: Json) -> str:
    told = _marked(shape.get("description") or "")
    fields = " ".join(shape.get("properties") or ())
    return (
        f'<details id="{escape(name)}" data-find="{escape(f"{name} {fields}")}">'
        f'<summary><b class="method quiet">shape</b><code>{escape(name)}</code></summary>'
        f'<div class="inside"><p>{told}</p>{_list("", _fields(shape))}</div></details>'
    )


def _fields(shape: Json) -> Iterator[tuple[str, str]]:
    is_body = shape.get("additionalProperties") is False
    needed = frozenset(shape.get("required") or ()) if is_body else frozenset()
    for field, kind in (shape.get("properties") or {}).items():
        mark = " class=needed" if field in needed else ""
        told = _marked(kind.get("description", ""))
        yield (
            f"<code{mark}>{escape(field)}</code>",
            f'{_kind(kind)} <span class="quiet">{told}</span>',
        )


def _contents(told: Json) -> list[tuple[str, Json]]:
    return list((told.get("content") or {}).items())


def _media(told: Json) -> list[Json]:
    return list((told.get("content") or {}).values())


def _kind(schema: Json) -> str:
    """Return in HTML what a value is."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    if "prefixItems" in schema:
        return f"[{', '.join(map(_kind, schema['prefixItems']))}]"
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return " or ".join(map(_kind, schema[several]))
    if "enum" in schema:
        return escape(" | ".join(str(one) or '""' for one in schema["enum"]))
    if "const" in schema:
        return escape(str(schema["const"]))
    if isinstance(schema.get("additionalProperties"), dict):
        return f"by name: {_kind(schema['additionalProperties'])}"
    return escape(str(schema.get("type", "anything")))


def _list(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """Return rows under a title; both sides are HTML already."""
    cells = "".join(f"<dt>{left}</dt><dd>{right}</dd>" for left, right in rows)
    head = f"<h3>{title}</h3>" if title else ""
    return f'{head}<dl class="rows">{cells}</dl>' if cells else ""


def _marked(text: str) -> str:
    """Return Markdown's code as HTML; nothing else is marked here."""
    return _CODE.sub(r"<code>\1</code>", escape(text))
