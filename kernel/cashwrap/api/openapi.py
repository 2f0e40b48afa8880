"""The OpenAPI document: what Litestar derives from the routes, and the refusals of every one."""

from litestar import Litestar
from litestar.openapi.spec import OpenAPIResponse, Operation, PathItem
from litestar.openapi.spec.enums import OpenAPIType
from litestar.openapi.spec.media_type import OpenAPIMediaType
from litestar.openapi.spec.reference import Reference
from litestar.openapi.spec.schema import Schema

from cashwrap.api import bodies
from cashwrap.api.problems import MEDIA_TYPE

_WORDS = {
    400: "the request is not HTTP as it should be",
    401: "the device or the session is not known",
    403: "not allowed, or an approval is needed (then `act` says what for)",
    404: "there is no such thing",
    409: "refused in this state of things; nothing was changed",
    413: "the body is too large",
    415: "the body is no JSON",
    421: "the till is not asked for by its name",
    422: "the request is not of the form that the route takes",
    429: "too many attempts: wait `retry_after_ms`",
    503: "the till is closing, or its disk has failed",
}
_METHODS = ("get", "post", "put", "patch", "delete")


def document_refusals(app: Litestar) -> None:
    """Say at each route what a refusal looks like."""
    document = app.openapi_schema
    schemas = document.components.schemas
    schemas["Problem"] = _PROBLEM
    for name in schemas.keys() & _closed():
        schemas[name].additional_properties = False
    for path in (document.paths or {}).values():
        for method in _METHODS:
            operation = getattr(path, method)
            if isinstance(path, PathItem) and isinstance(operation, Operation):
                _add(operation)


def _closed() -> set[str]:
    """Return the names of bodies: what they do not name is refused."""
    return {
        name
        for name, kind in vars(bodies).items()
        if isinstance(kind, type) and issubclass(kind, bodies.Body)
    }


def _add(operation: Operation) -> None:
    responses = operation.responses if operation.responses is not None else {}
    for status, words in _WORDS.items():
        content = {
            MEDIA_TYPE: OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Problem"))
        }
        responses[str(status)] = OpenAPIResponse(description=words, content=content)
    operation.responses = responses


_TEXT = Schema(type=OpenAPIType.STRING)
_WHOLE = Schema(type=OpenAPIType.INTEGER)
_PROBLEM = Schema(
    type=OpenAPIType.OBJECT,
    title="Problem",
    description="What went wrong (RFC 9457): `code` is stable, `detail` is for people.",
    required=["type", "title", "status", "code", "detail"],
    properties={
        "type": _TEXT,
        "title": _TEXT,
        "status": _WHOLE,
        "code": _TEXT,
        "detail": _TEXT,
        "issues": Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.OBJECT)),
        "act": Schema(type=OpenAPIType.OBJECT),
        "retry_after_ms": _WHOLE,
    },
)
