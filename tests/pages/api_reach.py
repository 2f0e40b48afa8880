"""Which steps of the Python API each route of the local API takes, read from the routes' source."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from inspect import signature
from pkgutil import walk_packages
from types import FunctionType, ModuleType
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

import cashwrap
from cashwrap.api.openapi import operation_id
from cashwrap.catalog.view import Catalog
from cashwrap.errors import CashwrapError
from cashwrap.pairing.pairing import Pairing
from cashwrap.sale.credits import Credits
from cashwrap.sale.holds.holds import Holds
from cashwrap.sale.payment import Payments
from cashwrap.sale.sale import Sale
from cashwrap.shift.shifts import Shifts
from cashwrap.staff.staff import Staff
from cashwrap.stock.view import Stock
from cashwrap.store.store import Store
from cashwrap.till import Till

KINDS: dict[str, type] = {
    "till": Till, "shop": Till, "sold": Sale, "sale": Sale, "s": Sale, "shifts": Shifts,
    "staff": Staff,
    "stock": Stock, "holds": Holds, "payments": Payments, "credits": Credits, "catalog": Catalog,
    "store": Store, "pairing": Pairing,
}  # fmt: skip
"""What a name stands for in the routes, as a variable or as a property of the till or a sale."""

BESIDE = tuple(
    f"cashwrap.{room}" for room in ("bench", "cli", "demo", "testing", "host.template", "__main__")
)
"""What is not there when a till is served, or is a program's own."""

_WORD = re.compile(r"`?(\w+(?:\.\w+)*)`?")


def handlers(app: Litestar) -> dict[str, HTTPRouteHandler]:
    """Return the routes that stand in the document, by operation id."""
    found: dict[str, HTTPRouteHandler] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.resolve_include_in_schema():
                for method in handler.http_methods:
                    if method != "OPTIONS":
                        found[operation_id(handler, method, list(route.path_components))] = handler
    return found


def steps_of(handler: HTTPRouteHandler) -> set[str]:
    """Return the steps that a route takes, such as ``Sale.scan`` or ``documents.receive``."""
    return {name for name, _ in _reached(_plain(handler.fn), set()) if name}


def codes_of(handler: HTTPRouteHandler) -> list[str]:
    """Return the codes of what the docstrings of a route's steps say that they raise."""
    function = _plain(handler.fn)
    found = (
        {"sale.unknown", "api.sale_ended"} if "sale" in signature(function).parameters else set()
    )
    for _, step in _reached(function, set()):
        found |= _raised(step, frozenset())
    if set(handler.http_methods) - {"GET", "OPTIONS", "HEAD"}:
        found |= {"staff.approval_needed", "staff.denied", "staff.not_signed_in", "api.key_reused"}
    return sorted(found - {"error"})


def _reached(function: FunctionType, seen: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield the public steps that a function names, and those that its helpers in the API do."""
    if function.__qualname__ in seen:
        return
    seen.add(function.__qualname__)
    yield "", function
    room = function.__globals__.get(function.__qualname__.partition(".")[0])
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.Attribute):
            yield from _step(node, function.__globals__)
            mine = (
                getattr(room, node.attr, None) if getattr(node.value, "id", "") == "self" else None
            )
            if isinstance(mine, FunctionType):
                yield from _reached(mine, seen)
        elif isinstance(node, ast.Name):
            helper = function.__globals__.get(node.id)
            if isinstance(helper, FunctionType) and helper.__module__.startswith("cashwrap.api"):
                yield from _reached(helper, seen)
            elif isinstance(helper, FunctionType) and helper.__module__.startswith("cashwrap."):
                yield f"{helper.__module__.rpartition('.')[2]}.{helper.__name__}", helper


def _step(node: ast.Attribute, names: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    base = node.value
    name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
    if isinstance(base, ast.Call):
        name = "till" if getattr(base.func, "attr", "") == "till" else ""
    module = names.get(name)
    if isinstance(module, ModuleType) and isinstance(base, ast.Name):
        found = getattr(module, node.attr, None)
        if isinstance(found, FunctionType):
            yield f"{name}.{node.attr}", found
    elif (kind := KINDS.get(name)) is not None and not node.attr.startswith("_"):
        found = getattr(kind, node.attr, None)
        if inspect.isfunction(found) or isinstance(found, property):
            yield f"{kind.__name__}.{node.attr}", found


def _raised(step: object, seen: frozenset[object]) -> set[str]:
    """Return the codes of the errors that a docstring names behind "Raises"."""
    if step in seen:
        return set()
    _, raises, told = (inspect.getdoc(step) or "").partition("Raises")
    found: set[str] = set()
    for name in _WORD.findall(told if raises else ""):
        if name in errors():
            below = _and_below(errors()[name])
            found |= {kind.code for kind in below if kind.__name__ in errors()}
        elif "." in name and (other := _method(name)) is not None:
            found |= _raised(other, seen | {step})
    return found


def _method(name: str) -> Callable[..., object] | None:
    kind, _, method = name.rpartition(".")
    known = {one.__name__: one for one in KINDS.values()}
    return getattr(known.get(kind), method, None)


@cache
def errors() -> dict[str, type[CashwrapError]]:
    """Return every error that a served till can meet, by the name of its class."""
    for module in walk_packages(cashwrap.__path__, "cashwrap."):
        if not module.name.startswith(BESIDE):
            import_module(module.name)
    found = (kind for kind in _and_below(CashwrapError) if kind.__module__.startswith("cashwrap."))
    return {kind.__name__: kind for kind in found if not kind.__module__.startswith(BESIDE)}


def _and_below(kind: type[CashwrapError]) -> list[type[CashwrapError]]:
    return [kind, *(below for one in kind.__subclasses__() for below in _and_below(one))]


def _tree(function: FunctionType) -> ast.AST:
    return ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))


def _plain(function: Any) -> FunctionType:
    return getattr(function, "__func__", function)
