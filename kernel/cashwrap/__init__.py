"""Embedded POS kernel: ``from cashwrap import Till``."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cashwrap.errors import CashwrapError
    from cashwrap.hookspecs import hookimpl
    from cashwrap.sale.sale import Sale
    from cashwrap.till import Till

__all__ = ["CashwrapError", "Sale", "Till", "__version__", "hookimpl"]
__version__ = "0.1.0"

_HOMES = {
    "CashwrapError": "cashwrap.errors",
    "Sale": "cashwrap.sale.sale",
    "Till": "cashwrap.till",
    "hookimpl": "cashwrap.hookspecs",
}


def __getattr__(name: str) -> object:
    """Load the public names when they are first asked for, so that plugins start fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cashwrap' has no attribute {name!r}")
    return _without_collecting(_HOMES[name], name)


def _without_collecting(module: str, name: str) -> object:
    """Import a name with the garbage collector paused, whose walks are a seventh of the time.

    Freezing and thawing makes all that is there old, unwalked; what a program froze stays so.
    """
    import gc
    from importlib import import_module

    paused = gc.isenabled()
    gc.disable()
    try:
        return getattr(import_module(module), name)
    finally:
        if paused:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
