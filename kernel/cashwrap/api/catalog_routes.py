"""``/catalog``: goods and prices from files or rows, put in force while others sell."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple

import msgspec
from litestar import Controller, Router, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from cashwrap.api.beside import beside
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.catalog_bodies import RowsBody
from cashwrap.api.desk import Desk
from cashwrap.api.gate import UPLOAD_SIZE_MAX
from cashwrap.api.sessions import Caller
from cashwrap.catalog.snapshot import Counts, Snapshot
from cashwrap.errors import CashwrapError, InvalidInput
from cashwrap.money import Currency
from cashwrap.staff.errors import RightDenied
from cashwrap.staff.rights import Act
from cashwrap.store.store import Store
from cashwrap.till import Till

FILES_MAX = 50
ROWS_FILE = "rows.jsonl"

Update = Annotated[
    bool, QueryParameter(description="Merge it by SKU and code onto the catalog in force.")
]
Check = Annotated[bool, QueryParameter(description="Only look for problems; change nothing.")]
Moment = Annotated[
    int,
    QueryParameter(
        ge=0,
        lt=2**62,
        description="From when it counts, milliseconds since 1970 UTC; 0 is at once.",
    ),
]


@dataclass(frozen=True)
class Upload:
    """Files of a catalog: one CSV of items, several CSVs by their names, or JSONL."""

    files: list[UploadFile] = field(default_factory=list)


Files = Annotated[Upload, Body(media_type=RequestEncodingType.MULTI_PART)]


class ImportRunning(CashwrapError):
    """A catalog is being imported already; wait until that is done."""

    code = "api.import_running"

    def __str__(self) -> str:
        return "a catalog is being imported already: wait until that is done, then import this one"


class CatalogView(msgspec.Struct, frozen=True):
    """The catalog in force; ``content_hash`` (SHA-256, hex) is the same on every device."""

    version: int
    content_hash: str
    counts: Counts


class ImportView(msgspec.Struct, frozen=True):
    """What an import did: ``version`` is 0 where it was only checked; ``items`` were read."""

    version: int
    items: int
    content_hash: str
    effective_at_ms: int


class Wanted(NamedTuple):
    """How a catalog is to be taken in."""

    update: bool
    check: bool
    effective_at_ms: int


class _Given(NamedTuple):
    """What of a till a catalog is staged with, beside it."""

    store: Store
    update_of: int | None
    currency: Currency
    tax_codes: frozenset[str]


class CatalogRoutes(Controller):
    """The catalog as a whole."""

    path = "/catalog"
    tags = ("goods",)

    def __init__(self, owner: Router) -> None:
        super().__init__(owner)
        self._importing = asyncio.Lock()

    @get()
    async def in_force(self, caller: Asking, desk: AtDesk) -> CatalogView:
        """Return which catalog is in force."""

        def work(till: Till) -> CatalogView:
            now = till.catalog
            return CatalogView(now.catalog_version, now.content_hash, now.counts)

        return await desk.ask(work)

    @post("/rows", status_code=HTTP_200_OK, request_max_body_size=UPLOAD_SIZE_MAX)
    async def import_rows(
        self,
        data: JSONBody[RowsBody],
        caller: Asking,
        desk: AtDesk,
        update: Update = False,
        check: Check = False,
        effective_at_ms: Moment = 0,
    ) -> ImportView:
        """Import a catalog from rows: all of it, or nothing when anything is wrong with it.

        Every problem is listed at once in ``issues``, by the number of its row. Others sell
        meanwhile; open sales keep their prices.
        """
        with self._folder() as folder:
            lines = b"".join(msgspec.json.encode(row) + b"\n" for row in data.rows)
            (folder / ROWS_FILE).write_bytes(lines)
            wanted = Wanted(update, check, effective_at_ms)
            return await self._taken_in(folder / ROWS_FILE, wanted, caller, desk)

    @post("/files", status_code=HTTP_200_OK, request_max_body_size=UPLOAD_SIZE_MAX)
    async def import_files(
        self,
        data: Files,
        caller: Asking,
        desk: AtDesk,
        update: Update = False,
        check: Check = False,
        effective_at_ms: Moment = 0,
    ) -> ImportView:
        """Import a catalog from files as `cashwrap import` takes them, in one upload.

        One CSV of items, several CSVs by their names (items.csv, prices.csv, ...), or JSONL; also
        in GB18030, as spreadsheets write it. All of it counts, or nothing.
        """
        with self._folder() as folder:
            for one in data.files[:FILES_MAX]:
                (folder / _name(one.filename)).write_bytes(await one.read())
            files = sorted(folder.iterdir())
            if not files:
                raise InvalidInput("upload a file: items.csv, several CSVs, or goods.jsonl")
            source = files[0] if len(files) == 1 else folder
            wanted = Wanted(update, check, effective_at_ms)
            return await self._taken_in(source, wanted, caller, desk)

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        """Give a folder of its own to one import at a time. Raises ImportRunning."""
        if self._importing.locked():
            raise ImportRunning
        with TemporaryDirectory(prefix="cashwrap-") as name:
            yield Path(name)

    async def _taken_in(
        self, source: Path, wanted: Wanted, caller: Caller, desk: Desk
    ) -> ImportView:
        """Stage it in a thread, in small writes between which others sell; then switch to it."""
        async with self._importing:
            given = await desk.ask(lambda till: _given(till, wanted, caller))
            if wanted.check:
                return ImportView(0, await beside(lambda: _checked(source, given)), "", 0)
            staged = await beside(lambda: _staged(source, given))

            def switch(till: Till) -> ImportView:
                when = wanted.effective_at_ms
                done = till.activate_catalog(
                    staged, effective_at_ms=when, source=source.name, staff=caller.staff
                )
                return ImportView(done.version, done.counts.items, done.content_hash, when)

            return await desk.once("catalog", caller, switch)


def _given(till: Till, wanted: Wanted, caller: Caller) -> _Given:
    """Return what it is staged with. Raises RightDenied to who could not put it in force."""
    if till.guarded and till.staff.grant(caller.staff, "goods.publish").how == "denied":
        raise RightDenied(Act("goods.publish", "catalog", "import"), caller.staff)
    return _Given(
        till.store,
        till.catalog.catalog_version if wanted.update else None,
        till.settings.currency,
        frozenset(code.code for code in till.settings.taxes),
    )


def _staged(source: Path, given: _Given) -> Snapshot:
    from cashwrap.catalog.importing import import_catalog

    return import_catalog(
        source,
        given.store.read,
        given.store.stage,
        update_of=given.update_of,
        currency=given.currency,
        tax_codes=given.tax_codes,
    )


def _checked(source: Path, given: _Given) -> int:
    from cashwrap.catalog.importing import check_catalog

    return check_catalog(
        source,
        given.store.read,
        update_of=given.update_of,
        currency=given.currency,
        tax_codes=given.tax_codes,
    )


def _name(given: str) -> str:
    """Return the last part of an uploaded file's name. Raises InvalidInput for what is none."""
    name = given.replace("\\", "/").rpartition("/")[2]
    if not name or name.startswith(".") or len(name.encode(errors="replace")) > 200:
        raise InvalidInput(f"{given!r:.60} is no name of a file: call it items.csv or goods.jsonl")
    return name
