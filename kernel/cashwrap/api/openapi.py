"""The OpenAPI document: what Litestar derives from the routes, put in order for people."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import msgspec
from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.types import Method

from cashwrap import __version__
from cashwrap.api.examples import EXAMPLES
from cashwrap.api.field_words import PARAMETERS, field_words
from cashwrap.api.live_state import MESSAGES
from cashwrap.api.problems import MEDIA_TYPE, Problem, status_of
from cashwrap.api.shift_routes import DrawerView
from cashwrap.api.struct_schemas import words_of
from cashwrap.api.tags import TAGS

PATH = "/api/v1/schema"
METHODS = ("get", "post", "put", "patch", "delete")
Json: TypeAlias = dict[str, Any]

ABOUT = """\
The till of a shop, for programs in any language on the same machine or a paired device.

Amounts are whole minor units of the currency (`*_minor`), quantities thousandths (`*_milli`), rates
millionths (`*_ppm`), moments milliseconds since 1970 UTC (`*_ms`), days yyyymmdd. Refusals are
problem documents: match their `code`. `Idempotency-Key` on a request that changes something makes
it be done once, however often it is sent.
"""
WORDS = {
    400: "what was sent is no JSON, or no HTTP as it should be",
    401: "the device or the session is not known",
    403: "not allowed, or an approval is needed (then `act` says what for)",
    404: "there is no such thing",
    409: "refused in this state of things; nothing was changed",
    413: "the body is too large",
    415: "the body is of another media type",
    421: "the till is not asked for by its name",
    422: "the request is not of the form that the route takes",
    429: "too many at once: wait `retry_after_ms`",
    500: "a fault of a plugin or of cashwrap's own; the log says more",
    503: "the till is closing, busy, or its disk has failed",
}
ALWAYS = {
    400: ("api.bad_json", "api.headers", "api.path", "input.invalid"),
    401: ("api.device", "api.no_session"),
    403: ("api.origin",),
    413: ("api.too_large",),
    415: ("api.media_type",),
    421: ("api.host",),
    422: ("input.invalid",),
    429: ("api.too_many",),
    500: ("api.fault",),
    503: ("api.busy", "api.stopping", "till.closed"),
}
RENAMED = {
    "api_sale_bodies_LineChange": "LineChangeBody",
    "doctor_model_Finding": "DoctorFinding",
    "promotions_lint_model_Finding": "RuleFinding",
    "sale_holds_model_LineChange": "HeldLineChange",
}


def openapi_config(pages: JsonRenderPlugin, *more: Any) -> OpenAPIConfig:
    """Return how the document is made and where it stands."""
    return OpenAPIConfig(
        title="cashwrap",
        version=__version__,
        description=ABOUT,
        path=PATH,
        render_plugins=[*more, pages],
        use_handler_docstrings=True,
        operation_id_creator=operation_id,
        tags=[Tag(name=name, description=words) for name, words in TAGS.items()],
        components=Components(
            security_schemes={
                "device": SecurityScheme(
                    type="apiKey",
                    name="X-Cashwrap-Device",
                    security_scheme_in="header",
                    description="The key of the file `api.key`, or of a paired device.",
                ),
            }
        ),
        security=[{"device": []}],
    )


class DocumentRoute(JsonRenderPlugin):
    """The document as JSON."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: Json) -> bytes:
        """Return it."""
        return msgspec.json.encode(document(request.app))


def operation_id(handler: HTTPRouteHandler, method: Method, path: list[Any]) -> str:
    """Return a name for a program: that of the controller or tag, then what is done.

    A route of a plugin is named by its path.
    """
    room, _, done = handler.fn.__qualname__.rpartition(".")
    if room.isidentifier():
        return f"{_snake(room.removesuffix('Routes'))}_{done}"
    if (tag := next(iter(handler.tags or ()), "")) in TAGS:
        return f"{tag}_{done}"
    fixed = [part for part in path if isinstance(part, str) and part not in ("api", "v1")]
    return "_".join([*fixed, method.lower()]).replace("-", "_")


def document(app: Litestar) -> Json:
    """Return the document of an application; it is made when it is first asked for."""
    made: Json | None = app.state.get("document")
    if made is None:
        made = _made(app.openapi_schema.to_schema())
        app.state["document"] = made
    return made


def operations(made: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield (method, path, operation) in the order of tags and paths."""
    order = {tag["name"]: at for at, tag in enumerate(made.get("tags", ()))}

    def place(one: tuple[str, str, Json]) -> tuple[int, str, int]:
        method, path, operation = one
        tag = (operation.get("tags") or [""])[0]
        return order.get(tag, len(order)), path, METHODS.index(method)

    found = [
        (method, path, item[method])
        for path, item in made["paths"].items()
        for method in METHODS
        if method in item
    ]
    yield from sorted(found, key=place)


@cache
def codes_of() -> dict[str, list[str]]:
    """Return the codes that can come of each route, by its operation id (see `make docs`)."""
    raw = files("cashwrap.api").joinpath("codes.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, list[str]])


def _made(schema: Json) -> Json:
    made: Json = msgspec.json.decode(_renamed(msgspec.json.encode(schema)))
    made["components"]["schemas"]["Problem"] = _problem()
    made["components"]["schemas"] |= {"LiveMessage": _live_message(), "DrawerView": _drawer()}
    made["components"]["responses"] = {
        _common(status): _refusal(status, codes) for status, codes in ALWAYS.items()
    }
    for name, shape in made["components"]["schemas"].items():
        shape["title"] = name
    for method, _, operation in operations(made):
        _word(operation, method)
        _answers(operation)
        if example := EXAMPLES.get(operation["operationId"]):
            operation["requestBody"]["content"]["application/json"]["example"] = example
    return made


def _renamed(raw: bytes) -> bytes:
    for name, better in RENAMED.items():
        raw = raw.replace(f'"{name}"'.encode(), f'"{better}"'.encode())
        raw = raw.replace(f'schemas/{name}"'.encode(), f'schemas/{better}"'.encode())
    return raw


def _word(operation: Json, method: str) -> None:
    """Make of a docstring a summary and what more there is to say."""
    summary, _, more = words_of(operation.get("description")).partition("\n\n")
    operation["summary"] = " ".join(summary.split()).rstrip(".")
    operation["description"] = more
    operation["parameters"] = _parameters(operation, method)
    operation.pop("deprecated", None)


def _parameters(operation: Json, method: str) -> list[Json]:
    """Return what is asked with; a look has no need of a command's id."""
    found = operation.get("parameters") or ()
    kept = [one for one in found if method != "get" or one["name"] != "Idempotency-Key"]
    for one in kept:
        one.pop("deprecated", None)
        told = one.get("description") or PARAMETERS.get(one["name"]) or field_words(one["name"])
        if told:
            one["description"] = told
    return kept


def _answers(operation: Json) -> None:
    """Say at a route what refusals look like, and which can come."""
    by_status: dict[int, list[str]] = {status: list(codes) for status, codes in ALWAYS.items()}
    for code in codes_of().get(operation["operationId"], ()):
        by_status.setdefault(status_of(code), []).append(code)
    if "requestBody" not in operation:
        by_status.pop(413), by_status.pop(415)
    for status in sorted({404, 409, 500, *by_status}):
        codes = tuple(sorted(dict.fromkeys(by_status.get(status, ()))))
        told: Json = {"$ref": f"#/components/responses/{_common(status)}"}
        if codes != ALWAYS.get(status):
            told = _refusal(status, codes)
        operation["responses"][str(status)] = told


def _refusal(status: int, codes: tuple[str, ...]) -> Json:
    """Return what a refusal looks like, and which codes it can have."""
    said = ": " + ", ".join(f"`{code}`" for code in codes) if codes else ""
    return {
        "description": f"{WORDS[status]}{said}",
        "content": {MEDIA_TYPE: {"schema": {"$ref": _ref("Problem")}}},
        **({"x-codes": list(codes)} if codes else {}),
    }


def _common(status: int) -> str:
    return f"Refused{status}"


def _problem() -> Json:
    _, parts = msgspec.json.schema_components([Problem])
    schema: Json = parts["Problem"]
    schema["description"] = words_of(Problem.__doc__)
    schema["properties"]["issues"] = {"type": "array", "items": {"$ref": _ref("Issue")}}
    schema["properties"]["act"] = {"$ref": _ref("ActBody")}
    for field in ("issues", "act", "retry_after_ms"):
        schema["properties"][field].pop("default", None)
    return schema


def _drawer() -> Json:
    _, parts = msgspec.json.schema_components([DrawerView])
    return {**parts["DrawerView"], "description": words_of(DrawerView.__doc__)}


def _live_message() -> Json:
    """Return what each message of the live updates looks like, by its type."""
    shapes = []
    for kind, (body, words) in MESSAGES.items():
        ref = {"$ref": _ref(body.removesuffix("[]"))}
        shape = {"type": "array", "items": ref} if body.endswith("[]") else ref
        shapes.append(
            {
                "type": "object",
                "description": words,
                "required": ["type", "register", "body"],
                "properties": {
                    "type": {"const": kind},
                    "register": {"type": "string", "description": '"" for all of them.'},
                    "body": shape,
                },
            }
        )
    return {"description": "A text of `WS /api/v1/live`.", "oneOf": shapes}


def _ref(name: str) -> str:
    return f"#/components/schemas/{name}"


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")
