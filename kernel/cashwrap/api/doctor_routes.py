"""``/doctor``: the till examined by a process of its own, while it goes on selling."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from time import time_ns
from typing import Literal

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED

from cashwrap.api.bodies import Body
from cashwrap.api.callers import AnyRequest, Asking, shop
from cashwrap.api.pay_routes import LanguageQuery
from cashwrap.api.sessions import Caller
from cashwrap.doctor.model import Level
from cashwrap.receipt.words import Language
from cashwrap.staff.rights import Act
from cashwrap.till import Till

ExamState = Literal["never", "running", "done", "failed"]


class ExamineBody(Body, frozen=True):
    """``deep`` also proves the whole journal and its tables, which takes a while."""

    deep: bool = False


class Found(msgspec.Struct, frozen=True):
    """What one check says; ``check`` is stable, ``advice`` "" where there is nothing to do."""

    check: str
    level: Level
    found: str
    advice: str


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """The newest examination; ``findings`` are there once it is ``done``.

    ``failed``: the examiner itself ended; ``fault`` says how.
    """

    state: ExamState
    deep: bool = False
    began_ms: int = 0
    ended_ms: int = 0
    worst: Level | None = None
    findings: list[Found] = []
    fault: str = ""


class _Told(msgspec.Struct):
    """What the command line says of an examination."""

    worst: Level
    findings: list[Found]


class Doctor:
    """One examination at a time, by `cashwrap doctor` in a process that a bad disk may end.

    Who asked for the newest one was allowed to, and hears of it without being asked again.
    """

    def __init__(self) -> None:
        self.newest = Examined(state="never")
        self._asked_by: set[tuple[str, str]] = set()
        self._running: asyncio.Task[None] | None = None

    def was_asked_by(self, who: Caller) -> bool:
        """Return whether the newest one is somebody's at their register."""
        return (who.staff, who.register) in self._asked_by

    def begin(self, who: Caller, folder: Path, language: Language, *, deep: bool) -> Examined:
        """Begin one, unless one runs; return how it stands."""
        is_free = self._running is None or self._running.done()
        self._asked_by = (set() if is_free else self._asked_by) | {(who.staff, who.register)}
        if is_free:
            self.newest = Examined(state="running", deep=deep, began_ms=_now_ms())
            self._running = asyncio.create_task(self._run(folder, language))
        return self.newest

    async def stop(self) -> None:
        """End the one that runs, if any: the program ends."""
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    async def _run(self, folder: Path, language: Language) -> None:
        began = self.newest
        command = [sys.executable, "-m", "cashwrap", "doctor", str(folder), "--json"]
        command += ["--language", language, *(["--deep"] if began.deep else [])]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        try:
            said, _ = await process.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()
            raise
        done = msgspec.structs.replace(began, ended_ms=_now_ms())
        try:
            told = msgspec.json.decode(said, type=_Told)
        except (msgspec.DecodeError, UnicodeDecodeError):
            fault = f"the examiner ended with code {process.returncode}"
            self.newest = msgspec.structs.replace(done, state="failed", fault=fault)
            return
        self.newest = msgspec.structs.replace(
            done, state="done", worst=told.worst, findings=told.findings
        )


class DoctorRoutes(Controller):
    """The till's doctor. What it finds is for who has the right ``journal.read``."""

    path = "/doctor"
    tags = ("care",)

    @get()
    async def newest(self, request: AnyRequest, caller: Asking) -> Examined:
        """Return the newest examination since the program began, and whether it still runs."""
        found = _doctor(request)
        if not found.was_asked_by(caller):
            await shop(request).ask(lambda till: _allow(till, caller, "see what was found"))
        return found.newest

    @post(status_code=HTTP_202_ACCEPTED)
    async def examine(
        self,
        data: JSONBody[ExamineBody],
        request: AnyRequest,
        caller: Asking,
        language: LanguageQuery = None,
    ) -> Examined:
        """Begin to examine the till, unless that is going on; ``GET /doctor`` says what is found.

        It is done by another process that only looks: nobody who sells waits for it.
        """

        def asked(till: Till) -> tuple[Path, Language]:
            _allow(till, caller, "examine it all" if data.deep else "examine")
            return Path(till.store.engine.folder), till.settings.receipt.language

        folder, spoken = await shop(request).ask(asked)
        return _doctor(request).begin(caller, folder, language or spoken, deep=data.deep)


def _allow(till: Till, who: Caller, what: str) -> None:
    till.allow(Act("journal.read", "doctor", what), who.staff, who.register)
    till.use_up(who.staff, who.register)


def _doctor(request: AnyRequest) -> Doctor:
    found: Doctor = request.app.state.doctor
    return found


def _now_ms() -> int:
    return time_ns() // 1_000_000
