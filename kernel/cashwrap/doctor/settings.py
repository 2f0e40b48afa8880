"""The settings: can they be read, do they fit the journal, the catalog and the plugins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cashwrap.audit import settings_digest, settings_kept
from cashwrap.catalog import keys
from cashwrap.catalog.errors import NoCatalog
from cashwrap.catalog.projection import current
from cashwrap.catalog.snapshot import decode_item, pages
from cashwrap.catalog.view import open_catalog
from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient
from cashwrap.settings import FILE_NAME, settings_text
from cashwrap.store.disk import SAFE_FLAGS

_SHOWN_MAX = 5


def valid(patient: Patient) -> Iterator[Finding]:
    """The file is one that a till takes."""
    if patient.misset is None:
        yield good("settings.valid", f"{FILE_NAME} is valid", f"{FILE_NAME} 有效")
        return
    yield bad(
        "settings.valid",
        Words(str(patient.misset), f"{FILE_NAME} 有误:{patient.misset}"),
        Words("correct the line; the till does not start before", "请改正该行,改好前无法启动"),
    )


def names(patient: Patient) -> Iterator[Finding]:
    """They are of the store and till whose journal this is."""
    had, got = patient.book.identity, patient.settings
    if (had.store, had.till) == (got.store, got.till):
        return
    yield bad(
        "settings.names",
        Words(
            f"{FILE_NAME} is of {got.store} {got.till}, the journal of {had.store} {had.till}",
            f"{FILE_NAME} 属于 {got.store} {got.till},流水账属于 {had.store} {had.till}",
        ),
        Words("put the right file back", "请放回正确的文件"),
    )


def in_force(patient: Patient) -> Iterator[Finding]:
    """The file is the one that the till runs with."""
    with patient.book.read() as reader:
        kept = settings_kept(reader)
    if kept is None:
        return
    if not (patient.folder / FILE_NAME).exists():
        yield look(
            "settings.in_force",
            Words(f"{FILE_NAME} is missing", f"缺少 {FILE_NAME}"),
            Words("the till brings it back at its next start", "收银机下次启动时会自动恢复"),
        )
    elif patient.owner and settings_digest(settings_text(patient.folder)) != kept.digest:
        yield look(
            "settings.in_force",
            Words(f"{FILE_NAME} was changed after the till started", f"{FILE_NAME} 启动后被改动"),
            Words("restart the till when it is to count", "需要生效时请重启收银机"),
        )


def database(patient: Patient) -> Iterator[Finding]:
    """The database waits for the disk before a sale counts as kept."""
    if patient.store is None:
        return
    flags: Mapping[str, object] = patient.store.engine.env.flags()
    unsafe = [name for name, value in SAFE_FLAGS.items() if flags[name] is not value]
    if not unsafe:
        yield good("settings.database", "the database waits for the disk", "数据库等待落盘")
        return
    shown = ", ".join(f"{name}={flags[name]}" for name in unsafe)
    yield bad(
        "settings.database",
        Words(f"the database runs with {shown}", f"数据库以 {shown} 运行"),
        Words(
            "stop selling: open the store with LMDB's default flags",
            "请停止销售:用 LMDB 默认参数打开",
        ),
    )


def taxes(patient: Patient) -> Iterator[Finding]:
    """Every item's tax code is one of the settings or of the catalog."""
    book = patient.book
    try:
        with book.read() as reader:
            version = current(reader, patient.now.wall_ms).version
        catalog = open_catalog(book.read, patient.now.wall_ms)
    except NoCatalog:
        yield look(
            "settings.catalog",
            Words("no catalog is in force", "还没有商品目录"),
            Words("import one: `cashwrap import`", "请导入商品:cashwrap import"),
        )
        return
    known = {code.code for code in (*patient.settings.taxes, *catalog.tax_codes())}
    prefix = keys.version_prefix(version)
    items = (decode_item(row) for _, row in pages(book.read, keys.ITEMS, prefix))
    lacking: dict[str, str] = {}
    for item in items:
        if item.tax not in known:
            lacking.setdefault(item.tax, item.sku)
    if not lacking:
        yield good("settings.taxes", "every item's tax code is known", "商品税码齐全")
        return
    shown = ", ".join(f"{tax!r} ({sku})" for tax, sku in list(lacking.items())[:_SHOWN_MAX])
    yield bad(
        "settings.taxes",
        Words(f"tax codes of items are missing: {shown}", f"缺少商品税码:{shown}"),
        Words(
            f"add them under [[taxes]] in {FILE_NAME}, or import the catalog again with them",
            f"请在 {FILE_NAME} 的 [[taxes]] 补充,或重新导入带税码的商品",
        ),
    )


CHECKS = (valid, names, in_force, database, taxes)
