"""``/rules``: promotion rules in force, planned, past; checked, published, taken back."""

from typing import NamedTuple

import msgspec
from litestar import Controller, delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from cashwrap.api.beside import beside
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.catalog_bodies import CheckBody, PublishBody, RollbackBody, RulesBody
from cashwrap.api.gate import UPLOAD_SIZE_MAX
from cashwrap.errors import InvalidInput, Issue
from cashwrap.promotions.errors import NoSuchRules
from cashwrap.promotions.lint.model import Finding, LintReport
from cashwrap.promotions.projection import Publication, publication, rules_of
from cashwrap.promotions.rules import RuleSet
from cashwrap.settings import Settings
from cashwrap.store.store import Store
from cashwrap.till import Till


class RulesView(msgspec.Struct, frozen=True):
    """Which rules count now, which will (by time), which did or were called off (newest first)."""

    in_force: Publication | None
    planned: list[Publication]
    past: list[Publication]


class PublicationView(msgspec.Struct, frozen=True):
    """One publication with its rules, as a rule file has them."""

    publication: Publication
    rules: dict[str, object]


class CheckedRules(msgspec.Struct, frozen=True):
    """What is odd about rules, also where nothing of it is wrong.

    ``odd`` are remarks on single rules; ``report`` what was found by pricing carts of this shop's
    goods; ``short`` goods that will run out by what was sold lately.
    """

    odd: list[Issue]
    report: LintReport
    short: list[Finding]


class _Given(NamedTuple):
    """What of a till rules are checked with, beside it."""

    store: Store
    settings: Settings
    now_ms: int


class RuleRoutes(Controller):
    """Promotion rules."""

    path = "/rules"
    tags = ("rules",)

    @get()
    async def overview(self, caller: Asking, desk: AtDesk) -> RulesView:
        """Return which rules are in force, which are planned, and which were."""
        return await desk.ask(_overview)

    @get("/{number:int}")
    async def one(self, number: FromPath[int], caller: Asking, desk: AtDesk) -> PublicationView:
        """Return a publication with its rules."""

        def work(till: Till) -> PublicationView:
            with till.store.read() as reader:
                found = publication(reader, number) if 0 < number < 2**63 else None
                if found is None:
                    raise NoSuchRules(f"no publication {number} is on this till: see GET /rules")
                rules = rules_of(reader, found.rules_hash)
            content = msgspec.to_builtins(rules, str_keys=True)
            return PublicationView(found, content)

        return await desk.ask(work)

    @post("/check", status_code=HTTP_200_OK, request_max_body_size=UPLOAD_SIZE_MAX)
    async def check(self, data: JSONBody[CheckBody], caller: Asking, desk: AtDesk) -> CheckedRules:
        """Look for what is wrong or odd in rules before they go live, as `cashwrap rules check`.

        Faults are a refusal with all of them in ``issues``. The search prices carts of this shop's
        goods beside the till; it is counted, not timed: the same rules and goods get the same
        answer.
        """
        given = await desk.ask(lambda till: _Given(till.store, till.settings, _now_ms(till)))
        return await beside(lambda: _checked(data, given))

    @post("/publish", status_code=HTTP_200_OK, request_max_body_size=UPLOAD_SIZE_MAX)
    async def publish(
        self, data: JSONBody[PublishBody], caller: Asking, desk: AtDesk
    ) -> Publication:
        """Put rules in force, at once or at a time: all of them, or nothing with all faults told.

        Sales that are open keep the rules under which they began.
        """
        rules = await beside(lambda: _read(data))

        def work(till: Till) -> Publication:
            return till.publish_rules(
                rules, effective_at_ms=data.effective_at_ms, staff=caller.staff
            )

        return await desk.once("publish rules", caller, work)

    @post("/rollback", status_code=HTTP_200_OK)
    async def rollback(
        self, data: JSONBody[RollbackBody], caller: Asking, desk: AtDesk
    ) -> RulesView:
        """Go back at once to the rules before those in force, or to a publication; plans stay."""

        def work(till: Till) -> RulesView:
            till.rollback_rules(to=data.to, staff=caller.staff)
            return _overview(till)

        return await desk.once("roll rules back", caller, work)

    @delete("/planned/{number:int}", status_code=HTTP_200_OK)
    async def call_off(self, number: FromPath[int], caller: Asking, desk: AtDesk) -> RulesView:
        """Call off a publication that has not taken effect yet."""

        def work(till: Till) -> RulesView:
            till.cancel_planned_rules(number, staff=caller.staff)
            return _overview(till)

        return await desk.once(f"call off rules {number}", caller, work)


def _overview(till: Till) -> RulesView:
    found = till.rules()
    return RulesView(found.in_force, list(found.planned), list(found.past))


def _now_ms(till: Till) -> int:
    return till.now().wall_ms


def _read(data: RulesBody) -> RuleSet:
    """Return the rules that a request brings. Raises BulkRefused, InvalidInput."""
    from cashwrap.promotions.files.read import parse_rules

    if (data.rules is None) == (not data.text):
        raise InvalidInput("give the rules as an object in `rules`, or as `text`: one of the two")
    text = data.text if data.rules is None else msgspec.json.encode(data.rules).decode()
    return parse_rules(text)


def _checked(data: CheckBody, given: _Given) -> CheckedRules:
    from cashwrap.host.looking import sources_here
    from cashwrap.promotions.files.checks import warnings
    from cashwrap.promotions.lint.check import check_rules
    from cashwrap.whatif.demand import stock_check
    from cashwrap.whatif.shelf import shelf_of

    rules = _read(data)
    shelf = shelf_of(given.store, given.settings, given.now_ms)
    report = check_rules(
        rules,
        shelf,
        budget=data.budget,
        margin_ppm=data.margin_ppm,
        currency=given.settings.currency,
        plugins=sources_here(),
    )
    short = stock_check(rules, given.store, given.settings, given.now_ms, shelf=shelf)
    return CheckedRules(warnings(rules, "rules"), report, short)
