"""Refusals as problem documents (RFC 9457): the kernel's stable codes and words, and a status."""

from pathlib import Path
from time import time_ns
from traceback import extract_tb

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, SerializationException

from cashwrap.api.desk import SaleEnded
from cashwrap.api.logs import Log, Logged
from cashwrap.api.waiting import TooBusy
from cashwrap.api.wire import JsonObject, fields
from cashwrap.errors import BulkRefused, CashwrapError, Issue
from cashwrap.staff.errors import ApprovalNeeded, MustWait
from cashwrap.staff.rights import Act

MEDIA_TYPE = "application/problem+json"
NOTHING: tuple[object, ...] = (None, [], {}, 0, "")

_STATUS = {
    "api.no_session": 401,
    "api.device": 401,
    "api.origin": 403,
    "api.needs_tls": 403,
    "api.busy": 503,
    "api.key_reused": 422,
    "api.stopping": 503,
    "api.too_many": 429,
    "amount.overflow": 422,
    "bulk.refused": 422,
    "catalog.none": 409,
    "draft.unavailable": 503,
    "pairing.code": 403,
    "shift.none": 409,
    "staff.approval_needed": 403,
    "staff.denied": 403,
    "staff.locked": 403,
    "staff.must_wait": 429,
    "staff.not_signed_in": 401,
    "staff.own_act": 403,
    "staff.pin_refused": 422,
    "staff.wrong_pin": 403,
    "stock.location": 422,
    "stock.reservation_unknown": 404,
    "store.history_trimmed": 404,
    "plugin.aside": 503,
    "plugin.failed": 500,
    "till.closed": 503,
    "till.register": 404,
}
_BY_ENDING = {
    "unknown": 404, "invalid": 422, "no_such_line": 404, "no_such_account": 404,
    "no_such_role": 404, "no_such_rule": 404, "unknown_item": 404, "unknown_payment": 404,
    "unknown_driver": 404, "unknown_unit": 404, "order_type": 422, "quantity": 422,
    "price": 422, "reason_needed": 422, "bad_code": 422, "none": 404,
}  # fmt: skip
_BY_ROOM = {"store": 503, "scan": 422}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What went wrong (RFC 9457): ``code`` is what programs match, ``detail`` is for people.

    ``issues`` are all problems of bulk input; ``act`` is what somebody has to approve, for
    ``POST /approvals``; ``retry_after_ms`` how long to wait before the same is asked again.
    ``state`` and ``number`` are how a sale that is over ended, and its receipt. ``values`` are what
    the words name (units end the name: ``due_minor``), for who says them in another language.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    issues: list[Issue] = []
    act: Act | None = None
    retry_after_ms: int = 0
    state: str = ""
    number: int = 0
    values: dict[str, int | str] = {}


def status_of(code: str) -> int:
    """Return the HTTP status of a stable code; a refusal of the state of things is 409."""
    room, _, last = code.partition(".")
    return _STATUS.get(code) or _BY_ENDING.get(last) or _BY_ROOM.get(room) or 409


def refused(_: Request[object, object, State], error: CashwrapError) -> Response[JsonObject]:
    """Answer with a refusal of the kernel."""
    issues = error.issues if isinstance(error, BulkRefused) else []
    act = error.act if isinstance(error, ApprovalNeeded) else None
    wait_ms = error.left_ms if isinstance(error, MustWait | TooBusy) else 0
    return _answer(
        status_of(error.code),
        error.code,
        str(error),
        issues=issues,
        act=act,
        retry_after_ms=wait_ms,
        ended=error if isinstance(error, SaleEnded) else None,
        values=_values(error),
    )


def _values(error: CashwrapError) -> dict[str, int | str]:
    """Return the numbers and short texts that an error was made with, by name."""
    return {
        name: value
        for name, value in vars(error).items()
        if not name.startswith("_") and type(value) in (int, str) and value in error.args
    }


def not_taken(_: Request[object, object, State], error: HTTPException) -> Response[JsonObject]:
    """Answer a request that is none of ours, or not of its form."""
    code = {404: "api.no_such_route", 405: "api.method", 413: "api.too_large"}
    extra = error.extra if isinstance(error.extra, list) else []
    found = [_told(one) for one in extra]
    if isinstance(error.__cause__, SerializationException):
        return _answer(400, "api.bad_json", f"the body is no JSON: {error.detail}")
    status = 422 if error.status_code == 400 and extra else error.status_code
    named = code.get(status, "input.invalid" if status < 500 else "api.fault")
    detail = "; ".join(found) if found else str(error.detail)
    return _answer(status, named, detail, headers=error.headers)


def failed(request: Request[object, object, State], error: Exception) -> Response[JsonObject]:
    """Answer with a fault of our own, without its insides; the log says where it is."""
    log: Log = request.app.state.log
    frame = extract_tb(error.__traceback__)[-1:]
    where = "".join(f"{Path(one.filename).name}:{one.lineno}" for one in frame)
    log.write(Logged(time_ns() // 1_000_000, "fault", error=type(error).__name__, where=where))
    detail = f"an error of cashwrap's own ({type(error).__name__}); the log of the till says more"
    return _answer(500, "api.fault", detail)


def _told(one: object) -> str:
    if not isinstance(one, dict):
        return str(one)
    place = one.get("key") or one.get("source") or "body"
    said = one.get("message")
    return "a JSON body is needed" if said == "'data'" else f"{place}: {said}"


def _answer(
    status: int,
    code: str,
    detail: str,
    *,
    issues: list[Issue] | None = None,
    act: Act | None = None,
    retry_after_ms: int = 0,
    ended: SaleEnded | None = None,
    values: dict[str, int | str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response[JsonObject]:
    sent = dict(headers or {})
    if retry_after_ms:
        sent["Retry-After"] = str(-(-retry_after_ms // 1000))
    problem = Problem(
        type="about:blank",
        title=code.replace("_", " ").replace(".", ": "),
        status=status,
        code=code,
        detail=detail,
        issues=issues or [],
        act=act,
        retry_after_ms=retry_after_ms,
        state=ended.state if ended else "",
        number=ended.number if ended else 0,
        values=values or {},
    )
    told = {name: value for name, value in fields(problem).items() if value not in NOTHING}
    return Response(told, status_code=status, media_type=MEDIA_TYPE, headers=sent)
