"""Debian's Chromium, for tests of pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@contextmanager
def started() -> Iterator[object]:
    """Give Chromium without a screen; without it the test is skipped, but never in CI."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        _absent("playwright is not installed")
    if not Path(CHROMIUM).exists():
        _absent("there is no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _absent(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{why}; CI needs it")
    pytest.skip(why)
