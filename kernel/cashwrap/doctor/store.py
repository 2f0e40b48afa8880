"""The store: can it be read, is it the one that this device wrote, does it hold together."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import Patient, size
from cashwrap.errors import CashwrapError
from cashwrap.store.engine import RESERVE_SIZE
from cashwrap.store.errors import JournalFault, StoreCopied, StoreMissing, StoreTooNew
from cashwrap.store.layout import FAULT_FILE, SEALS, SEQ
from cashwrap.store.owner import ended_well
from cashwrap.store.rebuild import out_of_date
from cashwrap.store.seals import base_fault
from cashwrap.store.verify import check_chain, check_tail, differing, snapshot_fault
from cashwrap.store.witness import fingerprint

RESTORE = Words(
    "keep the folder as it is; restore the newest backup into a new one (`cashwrap restore`), or "
    "copy what can be proved (`cashwrap salvage`)",
    "请保留此文件夹;用最新备份恢复到新文件夹 (cashwrap restore),"
    "或抢救可证实的部分 (cashwrap salvage)",
)
_ADVICE = {
    StoreMissing.code: Words(
        "name the right folder, make a shop (`cashwrap init`), or restore a backup",
        "请指定正确的文件夹,或新建店铺 (cashwrap init),或恢复备份",
    ),
    StoreTooNew.code: Words("install the newer cashwrap again", "请重新安装较新的 cashwrap"),
}


def readable(patient: Patient) -> Iterator[Finding]:
    """The store can be looked into at all."""
    refused = patient.refused
    if refused is not None:
        found = Words(str(refused), str(refused))
        yield bad("store.readable", found, _ADVICE.get(refused.code, RESTORE))
        return
    identity, head = patient.book.identity, patient.book.head
    name = f"{identity.store} {identity.till}"
    yield good(
        "store.readable",
        f"till {name}: {head.seq} records in epoch {head.epoch}",
        f"收银机 {name}:第 {head.epoch} 纪元,{head.seq} 条记录",
    )


def in_use(patient: Patient) -> Iterator[Finding]:
    """Whether a till has it open, and how the last one ended."""
    if patient.owner:
        yield good(
            "store.in_use",
            f"a till has it open (process {patient.owner})",
            f"收银机正在使用 (进程 {patient.owner})",
        )
    elif ended_well(patient.folder):
        yield good("store.in_use", "closed in good order", "上次正常关闭")
    else:
        yield look(
            "store.in_use",
            Words("the last till on it did not close it", "上次没有正常关闭"),
            Words(
                "open the till: it brings open sales back and asks about payments",
                "请打开收银机:未完成的单会恢复,支付结果会重新查询",
            ),
        )


def fault(patient: Patient) -> Iterator[Finding]:
    """The disk has not failed under the journal."""
    note = patient.store.engine.fault if patient.store else ""
    if not note and (patient.folder / FAULT_FILE).exists():
        note = (patient.folder / FAULT_FILE).read_text("utf-8", errors="replace").strip()
    if not note:
        yield good("store.fault", "the disk never failed under the journal", "磁盘写入正常")
        return
    yield bad(
        "store.fault",
        Words(str(JournalFault(note)), f"磁盘写入流水账失败:{note}"),
        Words(
            "restart the till; when it comes again, replace the disk and restore the newest backup",
            "请重启收银机;再次出现时请更换磁盘并恢复最新备份",
        ),
    )


def place(patient: Patient) -> Iterator[Finding]:
    """The folder is where it was written, and no copy."""
    identity = patient.book.identity
    difference = identity.fingerprint.difference(fingerprint(patient.folder))
    if not difference:
        yield good("store.place", "it is the folder that this device wrote", "是本机写的文件夹")
        return
    error = StoreCopied(str(patient.folder), difference)
    yield bad(
        "store.place",
        Words(str(error), f"文件夹是复制或移动来的 ({difference})"),
        Words(
            "go on with the original; only if it never sells again: `cashwrap adopt`",
            "请用原来的文件夹;只有原来的不再销售时才运行 cashwrap adopt",
        ),
    )


def room(patient: Patient) -> Iterator[Finding]:
    """What is used of the file; the last part of it is kept for closing a shift."""
    engine = patient.book.engine
    used, limit = size(engine.used), size(engine.map_size)
    if engine.used <= engine.map_size - RESERVE_SIZE:
        yield good("store.room", f"{used} of {limit} used", f"已用 {used}/{limit}")
        return
    yield bad(
        "store.room",
        Words(
            f"{used} of {limit} used: nothing more can be sold",
            f"已用 {used}/{limit},无法继续销售",
        ),
        Words("free some space; the shift can still be closed", "请清理磁盘;仍可以交班"),
    )


def views(patient: Patient) -> Iterator[Finding]:
    """No program keeps a view of the tables open, which makes the file grow."""
    if patient.store is None:
        return
    engine = patient.store.engine
    if not engine.views_long and not engine.views_ended:
        yield good("store.views", "no view was kept open", "没有长时间读取")
        return
    yield look(
        "store.views",
        Words(
            f"{engine.views_long} views were kept open for long, {engine.views_ended} were ended",
            f"{engine.views_long} 次读取过久,{engine.views_ended} 次被中止",
        ),
        Words(
            "find the report or plugin that reads for so long, and let it read in parts",
            "请找出读取过久的报表或插件,改为分段读取",
        ),
    )


def tail(patient: Patient) -> Iterator[Finding]:
    """The newest thousand records follow one another, and the last seal is the till's own."""
    book = patient.book
    try:
        check_tail(book, book.identity.public_key, whole=False)
    except CashwrapError as error:
        yield bad("store.tail", Words(str(error), str(error)), RESTORE)
        return
    with book.engine.view() as txn:
        seals = txn.cursor(db=book.engine.dbs[SEALS])
        sealed = SEQ.unpack(seals.key())[0] if seals.last() else 0
    yield good(
        "store.tail",
        f"the newest records hold together, sealed up to {sealed}",
        f"最近的记录完整,封签到第 {sealed} 条",
    )


def whole(patient: Patient) -> Iterator[Finding]:
    """Every record follows the one before, every seal is the till's, every table its rebuild."""
    if not patient.deep:
        return
    book = patient.book
    chain, seals = check_chain(book.engine, book.identity, book.head.seq, all_seals=True)
    wrong = str(chain.fault) if chain.fault else base_fault(book.identity, chain.keys)
    wrong = wrong or str(snapshot_fault(book) or "")
    if wrong:
        yield bad("store.whole", Words(wrong, f"流水账有问题:{wrong}"), RESTORE)
        return
    yield good(
        "store.whole",
        f"{chain.records} records and {seals.seals} seals hold together",
        f"{chain.records} 条记录、{seals.seals} 个封签全部完整",
    )
    yield from _tables(patient)


def _tables(patient: Patient) -> Iterator[Finding]:
    if not patient.projections or not (patient.at_rest or patient.store):
        return
    stale = [one.name for one in out_of_date(patient.book.engine, patient.projections)]
    if stale:
        shown = ", ".join(stale)
        yield look(
            "store.stale",
            Words(f"these tables are of another version: {shown}", f"以下表属于其他版本:{shown}"),
            Words("the next start of the till folds them anew", "收银机下次启动时会自动重建"),
        )
        return
    if patient.store is not None:
        with patient.store.locked():
            names = differing(patient.store, patient.projections)
    else:
        names = differing(patient.book, patient.projections)
    if not names:
        yield good("store.tables", "every table equals its rebuild", "所有表与重建结果一致")
        return
    shown = ", ".join(names)
    yield bad(
        "store.tables",
        Words(f"these tables differ from the journal: {shown}", f"以下表与流水账不符:{shown}"),
        Words("nothing is lost: run `cashwrap rebuild`", "没有丢失:请运行 cashwrap rebuild"),
    )


def told(patient: Patient) -> Iterator[Finding]:
    """What the store has warned of since it was opened."""
    for text in patient.store.warnings if patient.store else ():
        advice = Words("see to it when there is time", "有空时请处理")
        yield look("store.warning", Words(text, text), advice)


CHECKS = (readable, in_use, fault, place, room, views, tail, whole, told)
