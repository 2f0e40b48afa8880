"""In which language a command speaks of rules: as asked, else the shop's, else the user's."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cashwrap.settings import Settings

LANGUAGES = ("zh-CN", "en")


def language(parser: argparse.ArgumentParser) -> None:
    """Add ``--language``."""
    text = "default: that of the shop's receipts, without a shop that of the terminal"
    parser.add_argument("--language", choices=LANGUAGES, help=text)


def language_of(args: argparse.Namespace, settings: Settings | None = None) -> str:
    """Return the language to speak."""
    if args.language:
        return str(args.language)
    if settings is not None:
        return "en" if settings.receipt.language == "en" else "zh-CN"
    set_ = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh-CN" if next(filter(None, set_), "").startswith("zh") else "en"
