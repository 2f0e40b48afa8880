"""A whole till under clerks, thieves, restarts and clocks, against a model of a few lines."""

import shutil
import tempfile
from pathlib import Path

import pytest
from builders.people import PINS, ROLES, staffed
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cashwrap.staff import pins
from cashwrap.staff.errors import (
    AccountLocked,
    ApprovalNeeded,
    MustWait,
    NothingAsked,
    NotSignedIn,
    OwnAct,
    RightDenied,
    StaffError,
    WrongPin,
)
from cashwrap.staff.people import DeviceOwner
from cashwrap.staff.rights import Act
from cashwrap.testing.shop import Shop

CODES = st.sampled_from(sorted(PINS))
REASONS = st.sampled_from(["change", "look", "note"])
ALL_DAY = "[staff]\nsign_out_minutes = 1440\n"
NEAR_MS = 200  # the clock of the tests goes on by itself when it is read
APPROVES = ("boss", "mia")  # drawer.no_sale is a cashier's only with an approval


class Clerks(RuleBasedStateMachine):
    """The model: wrong PINs in a row and when, who is signed in, and what was approved when."""

    @initialize()
    def open(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(pins, "MEMORY_KIB", 8)
        self.patch.setattr(pins, "PASSES", 1)
        self.folder = Path(tempfile.mkdtemp())
        self.shop = staffed(Shop(self.folder / "shop", settings=ALL_DAY, items=()))
        self.wrong = dict.fromkeys([*PINS, ""], 0)
        self.since = dict.fromkeys([*PINS, ""], 0)
        self.here = ""
        self.asked: dict[str, str] = {}  # reason -> who
        self.good: dict[tuple[str, str], int] = {}  # (reason, who) -> until
        self.opened = 0

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            assert self.shop.till.store.verify().ok
            self.shop.till.close()
            shutil.rmtree(self.folder)
            self.patch.undo()

    # The model

    def now(self) -> int:
        return self.shop.clock.steady_ms

    def waits_until(self, code: str, first: int) -> int:
        over = self.wrong[code] - first
        return self.since[code] + min(30_000 * 2 ** min(over, 5), 900_000) if over >= 0 else 0

    def expected(self, code: str, right: bool) -> set[type[StaffError] | None]:
        """Return how a PIN is answered; where a waiting is about to end, both ways are right."""
        device, own = (self.waits_until(*one) - self.now() for one in (("", 20), (code, 5)))
        found: set[type[StaffError] | None] = set()
        if device > -NEAR_MS:
            found.add(MustWait)
        others = [one for one in APPROVES if one != code and self.wrong[one] < 10]
        if device < NEAR_MS:
            if self.wrong[code] >= 10 and others:
                return found | {AccountLocked}
            if own > -NEAR_MS:
                found.add(MustWait)
            if own < NEAR_MS:
                found.add(None if right else WrongPin)
        return found

    def told(self, code: str, answer: type[StaffError] | None) -> None:
        if answer is WrongPin:
            self.wrong[code] += 1
            self.wrong[""] += 1
            self.since[code] = self.since[""] = self.now()
        elif answer not in (MustWait, AccountLocked):
            self.wrong[code] = self.wrong[""] = 0

    def try_pin(self, code: str, right: bool, step) -> type[StaffError] | None:
        expected = self.expected(code, right)
        answer: type[StaffError] | None = None
        try:
            step(PINS[code] if right else "8520")
        except StaffError as error:
            answer = type(error)
        assert (None if answer is RightDenied else answer) in expected
        self.told(code, answer)
        return answer

    # What people do

    @rule(code=CODES, right=st.booleans())
    def sign_in(self, code: str, right: bool) -> None:
        step = lambda pin: self.shop.till.staff.sign_in(code, pin)  # noqa: E731
        if self.try_pin(code, right, step) is None:
            self.here = code

    @rule(code=CODES, times=st.integers(3, 12))
    def guess(self, code: str, times: int) -> None:
        for _ in range(times):
            self.try_pin(code, False, lambda pin: self.shop.till.staff.sign_in(code, pin))
            self.shop.clock.pass_ms(max(0, self.waits_until(code, 5) - self.now()) + NEAR_MS)

    @rule()
    def sign_out(self) -> None:
        self.shop.till.staff.sign_out()
        self.here = ""

    @rule(reason=REASONS)
    def open_drawer(self, reason: str) -> None:
        before = self.opened
        try:
            self.shop.till.no_sale(reason)
            self.opened += 1
        except NotSignedIn:
            assert not self.here
        except ApprovalNeeded:
            self.asked[reason] = self.here
        if self.here and ROLES[self.here] == "cashier":
            until = self.good.get((reason, self.here), -1)
            if abs(self.now() - until) > NEAR_MS:
                assert (self.opened > before) == (self.now() <= until)
            if self.opened > before or until >= 0:
                self.good.pop((reason, self.here))
        else:
            assert (self.opened > before) == bool(self.here)

    @rule(reason=REASONS, code=CODES, right=st.booleans(), yes=st.booleans())
    def answer(self, reason: str, code: str, right: bool, yes: bool) -> None:
        staff, act = self.shop.till.staff, Act("drawer.no_sale", "", reason)
        asker = self.asked.get(reason)
        if asker is None or asker == code:
            with pytest.raises(NothingAsked if asker is None else OwnAct):
                staff.approve(act, code, PINS[code])
            return
        step = (staff.approve if yes else staff.refuse).__call__
        answer = self.try_pin(code, right, lambda pin: step(act, code, pin))
        if answer is RightDenied:
            assert code not in APPROVES
            assert yes
        elif answer is None:
            del self.asked[reason]
            if yes:
                assert code in APPROVES
                self.good[reason, asker] = self.now() + 120_000

    @rule(code=CODES)
    def unlock(self, code: str) -> None:
        self.shop.till.staff.unlock(code, by=DeviceOwner("test"))
        self.wrong[code] = 0

    # What happens to them

    @rule(ms=st.sampled_from([1_000, 29_000, 60_000, 119_000, 130_000, 900_000]))
    def wait(self, ms: int) -> None:
        self.shop.clock.pass_ms(ms)
        if self.here:
            self.shop.till.staff.guard.session("", None, self.shop.clock.now())

    @rule(hours=st.sampled_from([-9_000, -1, 1, 9_000]))
    def set_clock(self, hours: int) -> None:
        self.shop.clock.jump(hours * 3_600_000)

    @rule(crash=st.booleans())
    def restart(self, crash: bool) -> None:
        began = self.now()
        self.shop.crash() if crash else self.shop.reopen()
        self.since = dict.fromkeys(self.since, began)
        self.here, self.asked, self.good = "", {}, {}

    @rule()
    def rebuild(self) -> None:
        self.shop.till.store.rebuild()
        self.shop.till.staff.refresh()

    @invariant()
    def counts_are_the_model_s(self) -> None:
        people = {one.code: one.wrong for one in self.shop.till.staff.people()}
        assert people == {code: self.wrong[code] for code in PINS}
        assert self.shop.till.staff.signed_in() == self.here


TestClerks = Clerks.TestCase
TestClerks.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
