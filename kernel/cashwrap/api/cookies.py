"""What the till's cookies are called.

Browsers do not tell ports apart: two tills on one machine would take each other's cookies, so the
port is in the name. Over TLS ``__Host-`` keeps other names of the domain, and pages that came
without TLS, from planting one.
"""

from http.cookies import CookieError, SimpleCookie

from litestar.types import Scope

DEVICE, SESSION = "cashwrap_device", "cashwrap_session"
YEAR_SECONDS = 31_536_000
_USUAL = (None, 0, 80, 443)


def is_secure(scope: Scope) -> bool:
    """Return whether a request came over TLS."""
    return scope.get("scheme") in ("https", "wss")


def name_of(cookie: str, scope: Scope) -> str:
    """Return what a cookie is called at the place that a request was sent to."""
    server = scope.get("server")
    port = server[1] if server else None
    named = cookie if port in _USUAL else f"{cookie}_{port}"
    return f"__Host-{named}" if is_secure(scope) else named


def cookie_of(cookie: str, scope: Scope, header: bytes) -> str:
    """Return what a request's Cookie header has under a name, "" for nothing."""
    try:
        found = SimpleCookie(header.decode("latin-1")).get(name_of(cookie, scope))
    except CookieError:
        return ""
    return "" if found is None else found.value


def set_cookie(cookie: str, value: str, scope: Scope) -> bytes:
    """Return the header that leaves a cookie for a year, for this site alone and for no script."""
    secure = "; Secure" if is_secure(scope) else ""
    return (
        f"{name_of(cookie, scope)}={value}; Path=/; HttpOnly; SameSite=Strict; "
        f"Max-Age={YEAR_SECONDS}{secure}"
    ).encode()
