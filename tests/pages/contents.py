"""The pages of docs/ that are generated, and how each is made."""

from collections.abc import Callable
from pathlib import Path

from pages.api import api_codes, api_document, serve_page
from pages.demo_picture import demo_picture
from pages.events import events_page
from pages.picture import receipt_picture
from pages.requirements import requirements_page

from cashwrap.promotions.files.schema import schema_text

ROOT = Path(__file__).resolve().parents[2]

PAGES: dict[str, Callable[[], str]] = {
    "docs/events.md": events_page,
    "docs/images/demo.svg": demo_picture,
    "docs/openapi.json": api_document,
    "docs/receipt.svg": receipt_picture,
    "docs/requirements.md": requirements_page,
    "docs/rules.schema.json": schema_text,
    "docs/serve.md": serve_page,
    "kernel/cashwrap/api/codes.json": api_codes,
}
