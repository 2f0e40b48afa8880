"""A price's proof as a page that a shopkeeper and an auditor can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli.proof_words import WORDS
from cashwrap.promotions import rules as model

if TYPE_CHECKING:
    from cashwrap.cli.output import Output
    from cashwrap.promotions.model import (
        AppliedRule,
        Hint,
        PriceProof,
        RejectedRule,
        Reward,
        Use,
    )
    from cashwrap.promotions.rules import Off, Rule, RuleSet

_WITH_OFF = model.Each | model.Group | model.SetPrice | model.Bundle | model.BuyGet


class Teller(NamedTuple):
    """How a proof is told: in which language, money, and with which names of goods by line."""

    language: str
    money: Callable[[int], str]
    goods: Mapping[int, str]
    rules: Mapping[str, Rule]

    def word(self, key: str, **values: object) -> str:
        """Return a text of the page."""
        return WORDS[self.language][key].format(**values)

    def name(self, rule: str) -> str:
        """Return a rule's name for people, with its id."""
        known = self.rules.get(rule)
        name = known.name.get(self.language, "") if known is not None else ""
        if known is not None and not name:
            name = next(iter(known.name.values()), "")
        return f"{name} ({rule})" if name else rule


def tell(proof: PriceProof, teller: Teller, out: Output, hints: Sequence[Hint] = ()) -> None:
    """Print the whole page but its verdicts."""
    _tell_lines(proof, teller, out)
    out.say(f"\n{teller.word('applied')}")
    for each in proof.applied:
        out.say(f"  {teller.name(each.rule)}  [{each.layer}]  {teller.money(-each.saving_minor)}")
        for use in each.uses:
            for text in told_use(each, use, teller):
                out.say(f"    {text}")
    if not proof.applied:
        out.say(f"  {teller.word('none_applied')}")
    saved = sum(each.saving_minor for each in proof.applied)
    payable = proof.certificate.payable_minor
    total, off = teller.money(payable + saved), teller.money(saved)
    out.say(f"\n{teller.word('payable')}: {total} - {off} = {teller.money(payable)}")
    _block("fees", [f"{teller.name(x.rule)}  {teller.money(x.minor)}" for x in proof.fees],
           teller, out)  # fmt: skip
    _block("rewards", [_reward(each, teller) for each in proof.rewards], teller, out)
    offers = [teller.word("offer", units=x.units, rule=teller.name(x.rule)) for x in proof.offers]
    _block("offers", offers, teller, out)
    _block("hints", [told_hint(hint, teller) for hint in hints], teller, out)
    whys = [f"{teller.name(x.rule)}: {told_why(x, teller)}" for x in proof.rejected]
    _block("rejected", whys, teller, out)
    _block("fault", list(proof.faults), teller, out)


def _tell_lines(proof: PriceProof, teller: Teller, out: Output) -> None:
    heads = ("#", *(teller.word(key) for key in ("lines", "units", "price", "amount")))
    rows = [
        (
            str(x.line),
            teller.goods.get(x.line, x.goods.sku),
            str(x.units),
            teller.money(x.unit_minor),
            teller.money(x.unit_minor * x.units),
        )
        for x in proof.lines
    ]
    total = sum(x.unit_minor * x.units for x in proof.lines)
    rows.append(("", teller.word("sum"), "", "", teller.money(total)))
    out.table(heads, rows, right=(0, 2, 3, 4))


def _block(key: str, texts: Sequence[str], teller: Teller, out: Output) -> None:
    if texts:
        out.say(f"\n{teller.word(key)}")
        for text in texts:
            out.say(f"  {text}")


def told_hint(hint: Hint, teller: Teller) -> str:
    """Return what to add, and what it brings."""
    rule, gain = teller.name(hint.rule), teller.money(hint.gain_minor)
    if hint.add_minor:
        return teller.word("hint_minor", minor=teller.money(hint.add_minor), rule=rule, gain=gain)
    return teller.word("hint_count", units=hint.add_count, rule=rule, gain=gain)


def _units(teller: Teller, count: int) -> str:
    return teller.word("short_unit") if count == 1 else teller.word("short_units", units=count)


def told_why(each: RejectedRule, teller: Teller) -> str:
    """Return why a rule gave nothing."""
    short = [teller.money(each.short_minor)] if each.short_minor else []
    short += [_units(teller, each.short_count)] if each.short_count else []
    key = "consumed_short" if each.reason == "consumed" and short else each.reason
    return teller.word(key, by=teller.name(each.by), short=" + ".join(short))


def _reward(each: Reward, teller: Teller) -> str:
    if each.kind == "coupon":
        text = teller.word("coupon", count=each.count, coupon=teller.name(each.coupon))
    else:
        extra = teller.word("extra", points=each.extra) if each.extra else ""
        times = _plain(each.times_ppm, 1_000_000)
        text = teller.word("points", times=times, base=teller.money(each.base_minor), extra=extra)
    return f"{teller.name(each.rule)}: {text}"


# -- the arithmetic of a use ----------------------------------------------------------------------


def told_use(each: AppliedRule, use: Use, teller: Teller) -> Iterator[str]:
    """Give the lines that tell one use: its sum, and its units."""
    rule = teller.rules.get(each.rule)
    sum_ = _sum(rule, use, teller) if rule is not None else teller.money(use.base_minor)
    coupon = f"  [{teller.word('used_coupon', code=use.coupon)}]" if use.coupon else ""
    yield f"{sum_} = {teller.money(-use.saving_minor)}{coupon}"
    if each.layer in ("order", "coupon", "points"):
        parts = [f"{_goods(u.line, teller)} {teller.money(u.minor)}" for u in use.units if u.minor]
        yield f"  {teller.word('shared', parts=', '.join(parts))}"
        return
    for used in use.units:
        goods = _goods(used.line, teller)
        minor = teller.money(used.minor)
        key = "gets" if used.minor else "needs"
        yield f"  {teller.word(key, goods=goods, units=used.units, minor=minor)}"


def _goods(line: int, teller: Teller) -> str:
    return f"#{line} {teller.goods.get(line, '')}".rstrip()


def _sum(rule: Rule, use: Use, teller: Teller) -> str:
    """Return what a use's saving follows from."""
    benefit, base = rule.benefit, use.base_minor
    if isinstance(benefit, model.Spend):
        step = benefit.steps[use.step]
        at = [teller.money(step.at_minor)] if step.at_minor else []
        at += [_units(teller, step.at_count)] if step.at_count else []
        off = _off(step.off, base, teller)
        off = teller.word("times", off=off, times=use.times) if use.times > 1 else off
        return teller.word("step", base=teller.money(base), step=" + ".join(at) or "0", off=off)
    if isinstance(benefit, model.PayPoints):
        minor = teller.money(use.saving_minor)
        return teller.word("pay_points", points=use.times, minor=minor, base=teller.money(base))
    if isinstance(benefit, model.Candidates):
        return teller.word("plugin", plugin=benefit.plugin)
    if isinstance(benefit, model.Tiers):
        tier = benefit.tiers[use.step]
        units = sum(used.units for used in use.units)
        reached = teller.word("tier", units=units, step=tier.from_count)
        return f"{reached}: {_off(tier.off, base, teller)}"
    if isinstance(benefit, model.Each) and use.times > 1:
        off = _off(benefit.off, base // use.times, teller)
        return teller.word("each", times=use.times, off=off)
    if isinstance(benefit, _WITH_OFF):
        return _off(benefit.off, base, teller)
    return teller.money(base)


def _off(off: Off, base_minor: int, teller: Teller) -> str:
    base = teller.money(base_minor)
    if off.percent_ppm is not None:
        percent = f"{_plain(off.percent_ppm, 10_000)} %"
        return teller.word("of_base", off=percent, base=base)
    if off.amount_minor is not None:
        return teller.word("amount_off", minor=teller.money(off.amount_minor))
    return teller.word("fixed_price", price=teller.money(off.price_minor or 0), base=base)


def _plain(value: int, one: int) -> str:
    """Return value / one without loose zeros, exactly."""
    whole, part = divmod(value, one)
    digits = len(str(one)) - 1
    return f"{whole}" + (f".{part:0{digits}d}".rstrip("0") if part else "")


def by_id(rules: RuleSet | None) -> dict[str, Rule]:
    """Return the rules of a set by their ids."""
    return {rule.id: rule for rule in rules.rules} if rules is not None else {}
