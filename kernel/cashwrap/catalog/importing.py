"""Bulk import: read everything, report everything that is wrong, or stage a snapshot."""

from collections.abc import Callable, Collection
from pathlib import Path

from cashwrap.catalog.checks import Checks
from cashwrap.catalog.columns import columns
from cashwrap.catalog.draft import Base, Draft, Gatherer
from cashwrap.catalog.errors import NoCatalog
from cashwrap.catalog.issues import Issues
from cashwrap.catalog.snapshot import Reads, Snapshot, Writes, read_snapshot
from cashwrap.catalog.sources import files_of, rows_of
from cashwrap.catalog.staging import prune, stage
from cashwrap.errors import named_path
from cashwrap.money import Currency

Progress = Callable[[int, int], None]
PROGRESS_TOTAL = 1000


def import_catalog(
    source: Path | str,
    reads: Reads,
    writes: Writes,
    *,
    update_of: int | None = None,
    version: int | None = None,
    currency: Currency | None = None,
    tax_codes: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Stage a snapshot from a folder of CSV files, one CSV, or JSONL; activate it with an event.

    Without ``update_of`` the input is the whole catalog; with it, it is merged by SKU and code
    onto that version. Tax codes are checked against those in the input, the base, and
    ``tax_codes``; with none of these, any is taken. ``progress(done, 1000)`` is called now and
    then. Older snapshots than the newest three go, but for those in force or scheduled. Raises
    BulkRefused with everything that is wrong; nothing has changed then.
    """
    path, issues = named_path(source, "a catalog"), Issues()
    base = _base(reads, update_of)
    tell = progress or (lambda done, total: None)
    draft = _read(path, base, issues, currency or Currency(), tell)
    Checks(draft, base, issues, tax_codes).run()
    issues.refuse_if_any()
    expected = 4 * len(draft.items) + 1

    def staged(done: int) -> None:
        tell(500 + 499 * min(done, expected) // expected, PROGRESS_TOTAL)

    prune(reads, writes, besides=update_of)  # before, so that its room is used again
    snapshot = stage(draft, base, reads, writes, version, staged)
    tell(PROGRESS_TOTAL, PROGRESS_TOTAL)
    return snapshot


def check_catalog(
    source: Path | str,
    reads: Reads,
    *,
    update_of: int | None = None,
    currency: Currency | None = None,
    tax_codes: Collection[str] | None = None,
) -> int:
    """Check input as `import_catalog` does, write nothing, and return how many items it holds."""
    issues, base = Issues(), _base(reads, update_of)
    draft = _read(
        named_path(source, "a catalog"),
        base,
        issues,
        currency or Currency(),
        lambda done, total: None,
    )
    Checks(draft, base, issues, tax_codes).run()
    issues.refuse_if_any()
    return len(draft.items)


def _base(reads: Reads, update_of: int | None) -> Base:
    if update_of is not None:
        with reads() as reader:
            if read_snapshot(reader, update_of) is None:
                raise NoCatalog(f"catalog {update_of} is not on this device: nothing to update")
    return Base(reads, update_of)


def _read(path: Path, base: Base, issues: Issues, currency: Currency, progress: Progress) -> Draft:
    schema = columns(currency)
    gatherer = Gatherer(base, issues)
    files = files_of(path, issues)
    total = sum(file.stat().st_size for file, _ in files) or 1
    before = 0
    for file, kind in files:

        def tell(read: int, before: int = before) -> None:
            progress(min(499, (before + read) * 500 // total), PROGRESS_TOTAL)

        for parsed in rows_of(file, kind, schema, issues, tell):
            gatherer.take(parsed)
        before += file.stat().st_size
    return gatherer.finish()
