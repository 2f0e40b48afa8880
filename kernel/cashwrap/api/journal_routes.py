"""``/journal``: every record in order, for a vendor's own sync; and where that has come to."""

from typing import Annotated

import msgspec
from litestar import Controller, get, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from cashwrap.api.bodies import Body
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.wire import JsonObject, fields
from cashwrap.events import Event, UnknownEvent
from cashwrap.staff.pins import PinSecret
from cashwrap.staff.rights import Act
from cashwrap.store.follower import Follower
from cashwrap.store.records import Record
from cashwrap.till import Till

PREFIX = "api."  # of cursors, so that they are no plugin's

After = Annotated[
    int, QueryParameter(ge=0, lt=2**62, description="The number of the last record that is known.")
]
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
Seq = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]


class CursorBody(Body, frozen=True):
    """The last record that is safe elsewhere."""

    seq: Seq


class CursorView(msgspec.Struct, frozen=True):
    """How far a reader has come, and how many records it is behind."""

    name: str
    seq: int
    behind: int


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """One record. ``body`` has the fields of its kind (docs/events.md), without PINs' secrets.

    ``(store, till, epoch, seq)`` names it for ever; ``hash`` is SHA-256, hex. ``body`` is None
    where it was written by a plugin or version that is not installed here.
    """

    store: str
    till: str
    epoch: int
    seq: int
    kind: str
    version: int
    at_ms: int
    staff: str
    command: str
    device: str
    hash: str
    body: JsonObject | None


class JournalPage(msgspec.Struct, frozen=True):
    """Records in order. Go on with ``after`` = ``next`` until that is ``head``, the newest one."""

    records: list[RecordView]
    next: int
    head: int


class JournalRoutes(Controller):
    """The journal. Reading needs the right ``journal.read``."""

    path = "/journal"
    tags = ("care",)

    @get()
    async def page(
        self, caller: Asking, desk: AtDesk, after: After = 0, limit: Limit = 100
    ) -> JournalPage:
        """Return the records after one, oldest first. They never change: each is read once.

        Numbers have no gaps. What was trimmed is refused with ``store.history_trimmed``: it is
        safe elsewhere.
        """

        def work(till: Till) -> JournalPage:
            who = {"staff": caller.staff, "register": caller.register}
            found = till.journal_page(after, limit, **who)
            last = found[-1].seq if found else after
            return JournalPage([_shown(one) for one in found], last, till.store.head.seq)

        return await desk.ask(work)

    @get("/cursors/{name:str}")
    async def cursor(self, name: FromPath[str], caller: Asking, desk: AtDesk) -> CursorView:
        """Return how far a reader has come; one that is new is at 0."""
        return await desk.ask(lambda till: _cursor(_follower(till, name), name))

    @put("/cursors/{name:str}", status_code=HTTP_200_OK)
    async def move_cursor(
        self, name: FromPath[str], data: JSONBody[CursorBody], caller: Asking, desk: AtDesk
    ) -> CursorView:
        """Remember how far a reader has come, on the disk before it is answered."""

        def work(till: Till) -> CursorView:
            act = Act("journal.read", f"cursor {name}", f"to {data.seq}")
            till.allow(act, caller.staff, caller.register)
            till.use_up(caller.staff, caller.register)
            follower = _follower(till, name)
            if data.seq < follower.done:
                follower.rewind(data.seq)
            else:
                follower.ack(data.seq, now=True)
            return _cursor(follower, name)

        return await desk.ask(work)


def _follower(till: Till, name: str) -> Follower:
    return till.store.follower(PREFIX + name, training=till.is_training)


def _cursor(follower: Follower, name: str) -> CursorView:
    return CursorView(name, follower.done, follower.behind)


def _shown(record: Record) -> RecordView:
    said = record.envelope
    return RecordView(
        store=said.store,
        till=said.till,
        epoch=said.epoch,
        seq=said.seq,
        kind=said.kind,
        version=said.version,
        at_ms=said.wall_ms,
        staff=said.staff,
        command=said.command,
        device=said.device,
        hash=record.hash.hex(),
        body=_body(record),
    )


def _body(record: Record) -> JsonObject | None:
    try:
        body: Event = record.body()
    except UnknownEvent:
        return None
    told = fields(body)
    for name in body.__struct_fields__:
        if isinstance(getattr(body, name), PinSecret):
            told[name] = None
    return told
