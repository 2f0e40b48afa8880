"""May these rules stand together, and as often as they do? Tags, groups, limits, needs, coupons."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from msgspec.structs import replace

from cashwrap.money import INT64_MAX
from cashwrap.promotions.model import Occasion, UnitsUsed, Use
from cashwrap.promotions.occasions import codes_held, left_of
from cashwrap.promotions.recheck.goods import Shelf, covers, measured
from cashwrap.promotions.recheck.order import amount_of
from cashwrap.promotions.rules import Each, Need, Rule, RuleSet, Tiers
from cashwrap.promotions.together import Clash, GivenTo, clashes


def conflicts(rules: RuleSet, applied: Sequence[Rule], given_to: GivenTo) -> Iterator[Clash]:
    """Give every pair of rules that do not go together, and those after the end of the search."""
    for one, other in combinations(applied, 2):
        if clash := clashes(rules, one, other, given_to):
            yield clash
    yield from _stopped(rules, applied)


def _stopped(rules: RuleSet, applied: Sequence[Rule]) -> Iterator[Clash]:
    if rules.policy.choose != "priority":
        return
    chosen = [rule for rule in applied if rule.layer != "price"]
    stops = [rule.priority for rule in chosen if rule.stop_after]
    last = max(stops, default=None)
    late = [rule for rule in chosen if last is not None and rule.priority < last]
    for rule in late:
        yield Clash(rule.id, "applied, though one of a higher priority ends the search")


def uses_of(rule: Rule, uses: Sequence[Use]) -> int:
    """Return how many uses these are, as limits count them: units of Each and Tiers."""
    if not isinstance(rule.benefit, Each | Tiers):
        return len(uses)
    return sum(use.times for use in uses)


def cap_minor(rule: Rule, occasion: Occasion) -> int:
    """Return the most that a rule may take off this order by its limits."""
    left = left_of(rule, occasion).minor
    most = rule.limits.order_minor or INT64_MAX
    return min(most, left) if left >= 0 else most


def limits(rule: Rule, uses: Sequence[Use], occasion: Occasion, shelf: Shelf) -> list[str]:
    """Return the limits of uses that a rule breaks."""
    found = []
    count, left = uses_of(rule, uses), left_of(rule, occasion).uses
    if rule.limits.order_uses and count > rule.limits.order_uses:
        found.append(f"has {count} uses, where an order may have {rule.limits.order_uses}")
    if 0 <= left < count:
        found.append(f"has {count} uses, where {left} were left")
    by_sku: dict[str, int] = {}
    for used in (u for use in uses for u in use.units):
        sku = shelf.line(used.line).goods.sku
        by_sku[sku] = by_sku.get(sku, 0) + used.units
    most = rule.limits.sku_uses
    found += [f"has {n} of {sku}, where {most} may be" for sku, n in by_sku.items() if 0 < most < n]
    return found


def coupons(rule: Rule, uses: Sequence[Use], occasion: Occasion) -> list[str]:
    """Return the codes that the uses must bear, one text for each use."""
    if rule.coupon is None:
        return [""] * len(uses)
    codes = codes_held(rule, occasion)
    texts = []
    for use in uses:
        count = max(0, uses_of(rule, [use]))
        texts.append(" ".join(codes[:count]))
        codes = codes[count:] if len(codes) >= count else ["?"]
    return texts


def needs(rule: Rule, uses: Sequence[Use], shelf: Shelf) -> list[str]:
    """Return the needs of a rule that the sale does not meet, or not often enough."""
    gets = _gets(rule, [u for use in uses for u in use.units if u.role == "get"])
    found = []
    for need in rule.needs:
        minor, count = _there(need, rule, gets, shelf)
        if need.above:
            minor, count = minor - 1, count - 1
        asked = [(minor, need.minor), (count, need.count)]
        times = min((max(0, there) // least for there, least in asked if least), default=1)
        if times < 1 or (need.repeat and uses_of(rule, uses) > times):
            found.append(f"is used {uses_of(rule, uses)} times, but its need is met {times} times")
    return found


def _gets(rule: Rule, units: Sequence[UnitsUsed]) -> list[UnitsUsed]:
    """Return the units to which a rule gives: without those before the first of marginal tiers."""
    benefit = rule.benefit
    before = 0
    if isinstance(benefit, Tiers) and benefit.marginal:
        before = min(tier.from_count for tier in benefit.tiers) - 1
    found = []
    for used in units:
        skipped = min(before, used.units)
        before -= skipped
        found.append(replace(used, units=used.units - skipped))
    return found


def _there(
    need: Need, rule: Rule, gets: Sequence[UnitsUsed], shelf: Shelf
) -> tuple[int, int]:  # fmt: skip
    """Return the money and the units of a need's range on the sale."""
    amounts, count = [], 0
    for part in shelf.parts.values():
        if not covers(need.range, part.line):
            continue
        units, minor = part.units, amount_of(part, shelf, need.measured)
        if need.measured == "price" and rule.layer == "price":
            minor = part.line.unit_minor * units
        if need.measured == "item" and part.served == rule.id:  # its own gifts do not count
            mine = [u for u in gets if u.line == part.line.line]
            given = sum(u.units for u in mine)
            units -= given
            minor -= given * shelf.price[part.line.line] - sum(u.minor for u in mine)
        amounts.append((part.line, minor))
        count += 0 if part.line.divisible and not shelf.policy.weighed_in_groups else units
    return measured(amounts), count
