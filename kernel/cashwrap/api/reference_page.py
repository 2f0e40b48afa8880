"""The page that shows the OpenAPI document, in plain HTML: nothing is fetched from elsewhere."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
details { border-top: 1px solid #8886; padding: .6rem 0 }
summary { cursor: pointer }
b { display: inline-block; min-width: 4.5rem }
code { font-family: ui-monospace, monospace }
table { border-collapse: collapse; margin: .5rem 0 }
td { padding: .15rem 1rem .15rem 0; vertical-align: top }
"""
_METHODS = ("get", "post", "put", "patch", "delete")


class ReferencePage(OpenAPIRenderPlugin):
    """Every route with what it takes and answers, and every shape."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the page."""
        title = f"{openapi_schema['info']['title']} {openapi_schema['info']['version']}"
        json_route = self.get_openapi_json_route(request)
        body = "".join(_routes(openapi_schema)) + "<h2>Shapes</h2>"
        shapes = openapi_schema["components"]["schemas"]
        body += "".join(_shape(name, shape) for name, shape in sorted(shapes.items()))
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
            f'</title><meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
            f'</head><body><h1>{escape(title)}</h1><p>For programs: <a href="{escape(json_route)}">'
            f"openapi.json</a></p><h2>Routes</h2>{body}</body></html>"
        ).encode()


def _routes(document: Mapping[str, Any]) -> Iterator[str]:
    for path, item in sorted(document["paths"].items()):
        for method in _METHODS:
            if method in item:
                yield _route(method, path, item[method])


def _route(method: str, path: str, operation: Mapping[str, Any]) -> str:
    rows = [
        (one["name"], one["in"], _kind(one["schema"])) for one in operation.get("parameters") or ()
    ]
    rows += [("body", "", kind) for kind in _kinds(operation.get("requestBody") or {})]
    for status, answer in operation["responses"].items():
        told = ", ".join(_kinds(answer))
        rows.append((f"answer {status}", escape(answer.get("description") or ""), told))
    words = operation.get("description") or operation.get("summary") or ""
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> "
        f"</summary><p>{escape(words)}</p>{_table(rows)}</details>"
    )


def _shape(name: str, shape: Mapping[str, Any]) -> str:
    needed = shape.get("required") or ()
    rows = [
        (field, "" if field in needed else "may be left out", _kind(kind))
        for field, kind in (shape.get("properties") or {}).items()
    ]
    words = escape(shape.get("description") or "")
    summary = f"<summary><code>{escape(name)}</code></summary>"
    return f'<details id="{escape(name)}">{summary}<p>{words}</p>{_table(rows)}</details>'


def _kinds(told: Mapping[str, Any]) -> list[str]:
    return [_kind(media["schema"]) for media in (told.get("content") or {}).values()]


def _kind(schema: Mapping[str, Any]) -> str:
    """Return in HTML what a value is."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    if "oneOf" in schema:
        return " or ".join(_kind(one) for one in schema["oneOf"])
    if "enum" in schema:
        return escape(" | ".join(str(one) for one in schema["enum"]))
    if isinstance(schema.get("additionalProperties"), dict):
        return f"by name: {_kind(schema['additionalProperties'])}"
    return escape(str(schema.get("type", "anything")))


def _table(rows: list[tuple[str, str, str]]) -> str:
    """Return a table; the second and third cells are HTML already."""
    cells = (f"<tr><td><code>{escape(a)}</code><td>{b}<td>{c}" for a, b, c in rows)
    return f"<table>{''.join(cells)}</table>"
