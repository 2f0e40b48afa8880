"""What this plugin adds to a till."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.hookspecs import hookimpl

if TYPE_CHECKING:
    from cashwrap.host.offers import Page

FOLDER = Path(__file__).parent / "static"


@hookimpl
def cashwrap_pages() -> Iterable[Page]:
    """The cashier's page, and beside it the customer's; with the right ``front`` it stands at /."""
    from cashwrap.host.offers import Page

    title = {"zh-CN": "收银台", "en": "Register"}
    return [Page(name="register", title=title, folder=FOLDER, path="/")]
