"""What the journal says about the catalog."""

from cashwrap.catalog.snapshot import Counts, Snapshot
from cashwrap.errors import InvalidInput
from cashwrap.events import Event, event


@event("catalog.activated")
class CatalogActivated(Event, frozen=True, array_like=True, gc=False):
    """A staged snapshot is to be the catalog from ``effective_at_ms`` on (0: at once).

    Activating an older version is the way back. Scheduled activations stay until their time
    comes, an immediate one later than that time replaces them, or they are cancelled.
    """

    catalog_version: int
    content_hash: str
    counts: Counts = Counts()
    effective_at_ms: int = 0
    approver: str = ""


@event("catalog.schedule_cancelled")
class CatalogScheduleCancelled(Event, frozen=True, array_like=True, gc=False):
    """All activations of this version that have not become effective yet are off."""

    catalog_version: int
    approver: str = ""


@event("catalog.groups_arranged")
class GroupsArranged(Event, frozen=True, array_like=True, gc=False):
    """One store's own order: of its groups (``group`` is ""), or of the SKUs in one group.

    What the order does not name follows in headquarters' order; an empty order goes back to it.
    """

    store: str
    order: tuple[str, ...]
    group: str = ""
    approver: str = ""


def activate(snapshot: Snapshot, effective_at_ms: int = 0) -> CatalogActivated:
    """Decide to make a snapshot the catalog. Raises InvalidInput for an incomplete one."""
    if not snapshot.complete or effective_at_ms < 0:
        raise InvalidInput(
            f"catalog {snapshot.version} cannot be activated at {effective_at_ms}: "
            "it must be staged completely, and the time not be negative"
        )
    return CatalogActivated(
        snapshot.version, snapshot.content_hash, snapshot.counts, effective_at_ms
    )
