"""Hook specifications: the contract that plugins are written against.

A hook is called once when a till opens, or once per command, never per line. It gets read-only
views and returns data; the kernel sorts what it gets by explicit keys, never by load order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.promotions.presets import Preset
    from cashwrap.store.tables import Projection
    from cashwrap.tender.driver import TenderDriver

hookspec = pluggy.HookspecMarker("cashwrap")
hookimpl = pluggy.HookimplMarker("cashwrap")


@hookspec
def cashwrap_projections() -> Iterable[Projection]:  # type: ignore[empty-body]
    """Return the plugin's own tables as folds over the journal, each under the plugin's name.

    They are folded in the same transaction as the events, and rebuilt from the journal.
    """


@hookspec
def cashwrap_tender_drivers() -> Iterable[tuple[str, TenderDriver]]:  # type: ignore[empty-body]
    """Return payment drivers by the tender kind that a cashier chooses, e.g. ``"wechat"``."""


@hookspec
def cashwrap_candidate_sources() -> Iterable[  # type: ignore[empty-body]
    tuple[str, CandidateSource]
]:
    """Return rules of the plugin's own kind, by the name that `Candidates.plugin` says."""


@hookspec
def cashwrap_rule_presets() -> Iterable[Preset]:  # type: ignore[empty-body]
    """Return promotions by the names that shops know, each made from a few settings."""
