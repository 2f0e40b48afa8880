"""Check a rule set before it goes live: what is dead, what is in whose way, which carts go wrong.

The rules themselves are looked at first, then carts are priced with the real engine: a counted
number of them, in a fixed order, so that the same rules and goods give the same findings anywhere.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec.structs import replace

from cashwrap.money import Currency
from cashwrap.promotions.candidates import CandidateSource
from cashwrap.promotions.lint.carts import united, units_of
from cashwrap.promotions.lint.conflicts import BESIDE_MONEY, OF_A_KIND_MAX, conflicts
from cashwrap.promotions.lint.cover import Coverage
from cashwrap.promotions.lint.dead import dead_rules, finding
from cashwrap.promotions.lint.looks import Looker, Sighting
from cashwrap.promotions.lint.model import Finding, LintReport, Severity, Shelf, ShelfItem
from cashwrap.promotions.lint.price import Pricer
from cashwrap.promotions.lint.search import Search
from cashwrap.promotions.lint.shown import with_cart
from cashwrap.promotions.lint.steps import step_faults
from cashwrap.promotions.lint.words import Money, said
from cashwrap.promotions.rules import Rule, RuleSet

BUDGET, BY_SHOWN = 20_000, 3
SUPERFLUOUS = ("dead.dominated", "dead.duplicate", "dead.shadowed")
ALWAYS_NOTES = frozenset({"inversion.order_reversed", "inversion.two_sales"})


def check_rules(
    rules: RuleSet,
    shelf: Shelf,
    *,
    budget: int = BUDGET,
    margin_ppm: int = 0,
    currency: Currency | None = None,
    plugins: Mapping[str, CandidateSource] | None = None,
) -> LintReport:
    """Return everything that whoever wrote the rules should know.

    ``shelf`` is a shop's goods (`cashwrap.whatif.shelf`), or made up from the rules
    (`lint_shelf.made_up_shelf`). ``budget`` is how many carts may be priced. ``margin_ppm`` is
    the least margin in the net price; what falls below it is a finding.
    """
    on = sorted((rule for rule in rules.rules if rule.enabled), key=lambda rule: rule.id)
    money = (currency or Currency()).amount
    cover = Coverage(on, shelf.items)
    found = dead_rules(on, shelf, cover, money)
    dead = {one.rules[0] for one in found if one.code not in ("dead.store", "dead.unknown")}
    live = [rule for rule in on if rule.id not in dead]
    for rule in live:
        found += step_faults(rule, cover, money)
    found += conflicts(rules, live, shelf, cover)
    told = {one.rules[0] for one in found if one.code in SUPERFLUOUS}
    search = _searched(rules, live, shelf, cover, budget, margin_ppm, plugins or {})
    found = [search.shown(one, shelf) for one in found]
    found += search.findings(money, told)
    return LintReport(tuple(found), search.carts, budget, search.unreached())


def _searched(
    rules: RuleSet,
    live: Sequence[Rule],
    shelf: Shelf,
    cover: Coverage,
    budget: int,
    margin_ppm: int,
    plugins: Mapping[str, CandidateSource],
) -> "_Searched":
    pricer = Pricer(rules, _standing(cover), budget, plugins)
    looker = Looker(pricer, {rule.id: rule for rule in rules.rules}, margin_ppm)
    priced = [rule for rule in live if not isinstance(rule.benefit, BESIDE_MONEY)]
    search = Search(priced, looker, cover, shelf.occasion)
    search.run()
    return _Searched(rules, priced, search, looker, plugins)


def _standing(cover: Coverage) -> list[ShelfItem]:
    found = {item.goods.sku: item for item in cover.all_picks()}
    return [found[sku] for sku in sorted(found)]


class _Searched:
    """A search that has ended, and what it comes to in words."""

    def __init__(
        self,
        rules: RuleSet,
        priced: Sequence[Rule],
        search: Search,
        looker: Looker,
        plugins: Mapping[str, CandidateSource],
    ) -> None:
        self.carts = looker.pricer.spent
        self._plugins = plugins
        self._rules = rules
        self._priced = priced
        self._search = search
        self._looker = looker

    def unreached(self) -> tuple[str, ...]:
        """Return the rules for which no cart was priced."""
        return tuple(rule.id for rule in self._priced if rule.id not in self._search.tried)

    def shown(self, finding: Finding, shelf: Shelf) -> Finding:
        """Return a finding about the rules alone with a cart that shows it."""
        looker = self._looker
        return with_cart(finding, self._search, looker.pricer, looker.rules, shelf.occasion)

    def findings(self, money: Money, told_before: Collection[str]) -> Iterator[Finding]:
        """Yield what was seen, the worst of each kind first, then other rules that never gave."""
        by_code: dict[str, list[Sighting]] = {}
        for sighting in self._search.sightings.values():
            by_code.setdefault(sighting.code, []).append(sighting)
        for code in sorted(by_code):
            worst = sorted(by_code[code], key=lambda one: (-one.worth_minor, one.rules))
            seen: dict[tuple[object, ...], Finding] = {}
            for sighting in worst[:OF_A_KIND_MAX]:
                told = self._told(self._search.smallest(sighting), money)
                seen.setdefault((told.rules, told.message["en"]), told)
            yield from seen.values()
        yield from self._never_gave(told_before)

    def _told(self, seen: Sighting, money: Money) -> Finding:
        carts, figures = _Telling(self._looker, seen, money).told()
        pricer = self._looker.pricer
        shown = tuple(pricer.shown(pricer.price(cart, seen.occasion)) for cart in carts)
        return Finding(
            code=seen.code,
            severity=self._severity(seen),
            rules=seen.rules,
            message=said(seen.code, rules=", ".join(seen.rules), **figures),
            carts=shown,
            occasion=seen.occasion,
        )

    def _severity(self, seen: Sighting) -> Severity:
        """Return how bad it is: one threshold reached by one rule is what thresholds do."""
        if seen.code in ALWAYS_NOTES:
            return "note"
        if seen.code == "inversion.adding_lowers" and len(seen.rules) == 1:
            before = self._looker.pricer.price(seen.carts[0], seen.occasion).payable_minor
            return "note" if seen.worth_minor * 4 <= before else "warning"
        return "warning"

    def _never_gave(self, told_before: Collection[str]) -> Iterator[Finding]:
        """Yield rules that gave nothing though all of their carts were priced."""
        known = {*self._search.gave, *told_before}
        if self._search.is_complete:
            never = [r for r in self._priced if r.id in self._search.tried and r.id not in known]
            yield from map(self._beaten, never[:OF_A_KIND_MAX])

    def _beaten(self, rule: Rule) -> Finding:
        """Return the finding about a rule that never gave, with a cart where it would alone."""
        single = replace(self._rules, rules=(replace(rule, group=""),), groups={})
        pricer, rows = self._looker.pricer, self._search.tried[rule.id]
        alone = Pricer(single, pricer.items, len(rows), self._plugins)
        would = [row for row in rows if alone.price(*row).saving_minor]
        shown = [pricer.price(*row) for row in would]  # priced before, so these cost nothing
        by = sorted({name for tried in shown for name in tried.rules})[:BY_SHOWN]
        told = finding(
            "dead.never_applied",
            rule,
            "warning" if would else "note",
            tried=len(would) or len(rows),
            by=f": {', '.join(by)}" if by else "",
        )
        smallest = sorted(shown, key=lambda tried: (units_of(tried.cart), tried.cart))[:1]
        carts = tuple(pricer.shown(tried) for tried in smallest)
        return replace(told, carts=carts, rules=(rule.id, *by))


class _Telling:
    """The carts to show for a sighting, and the figures of its words."""

    def __init__(self, looker: Looker, seen: Sighting, money: Money) -> None:
        self._looker = looker
        self._seen = seen
        self._money = money

    def told(self) -> tuple[list[tuple[tuple[int, int], ...]], dict[str, object]]:
        """Return them."""
        seen, money = self._seen, self._money
        carts, more = list(seen.carts), ((seen.place, 1),)
        match seen.code:
            case "inversion.adding_lowers":
                carts.append(united(carts[0], more))
                before, after = self._payable(carts)
                return carts, {"sku": self._sku(), "before": before, "after": after}
            case "inversion.order_reversed":
                carts += [united(cart, more) for cart in seen.carts]
                named = ("cheap", "dear", "cheap_after", "dear_after")
                figures = dict(zip(named, self._payable(carts), strict=True))
                return carts, {"sku": self._sku(), **figures}
            case "inversion.two_sales":
                carts.append(united(*carts))
                pricer = self._looker.pricer
                parts = [pricer.price(cart, seen.occasion).payable_minor for cart in carts]
                apart = money(parts[0] + parts[1])
                return carts, {"apart": apart, "together": money(parts[2])}
            case "cost.below" | "cost.thin":
                return carts, self._margin()
            case "free.goods":
                return carts, {"sku": self._sku()}
            case _:
                return carts, {}

    def _payable(self, carts: Sequence[tuple[tuple[int, int], ...]]) -> list[str]:
        price, occasion = self._looker.pricer.price, self._seen.occasion
        return [self._money(price(cart, occasion).payable_minor) for cart in carts]

    def _sku(self) -> str:
        item = self._looker.pricer.items[self._seen.place]
        return f"{item.goods.sku} {item.name}".strip() if item.name != item.goods.sku else item.name

    def _margin(self) -> dict[str, object]:
        seen, pricer = self._seen, self._looker.pricer
        tried = pricer.price(seen.carts[0], seen.occasion)
        item, units = pricer.items[seen.place], dict(tried.cart)[seen.place]
        off = sum(minor for _, row in tried.cells for place, minor in row if place == seen.place)
        net = item.net_of(item.unit_minor * units - off)
        cost = (item.cost_minor or 0) * units
        tenths = (net - cost) * 1000 // max(net, 1)
        least = self._looker.margin_ppm // 1000
        return {
            "sku": self._sku(),
            "net": self._money(net),
            "cost": self._money(cost),
            "margin": f"{tenths // 10}.{tenths % 10} %",
            "least": f"{least // 10}.{least % 10} %",
        }
