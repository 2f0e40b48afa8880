"""The smallest world that still shows a difference, and how to write it down."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec
from reference.promotions_worlds import World

from cashwrap.promotions.model import Occasion
from cashwrap.promotions.rules import Policy, Rule

T = TypeVar("T", bound=msgspec.Struct)


def smallest(world: World, differs: Callable[[World], bool]) -> World:
    """Leave out whatever can be left out while the difference stays."""
    shorter = next((w for w in simpler(world) if differs(w)), None)
    while shorter is not None:
        world = shorter
        shorter = next((w for w in simpler(world) if differs(w)), None)
    return world


def simpler(world: World) -> Iterator[World]:
    """Every world with one thing less."""
    rules, lines, occasion = world
    for i in range(len(rules.rules)):
        fewer = rules.rules[:i] + rules.rules[i + 1 :]
        yield world._replace(rules=msgspec.structs.replace(rules, rules=fewer))
    for i in range(len(lines)):
        if len(lines) > 1:
            yield world._replace(lines=lines[:i] + lines[i + 1 :])
        if lines[i].units > 1:
            less = msgspec.structs.replace(lines[i], units=lines[i].units - 1)
            yield world._replace(lines=(*lines[:i], less, *lines[i + 1 :]))
    for i, rule in enumerate(rules.rules):
        for plain in plainer_rules(rule):
            some = (*rules.rules[:i], plain, *rules.rules[i + 1 :])
            yield world._replace(rules=msgspec.structs.replace(rules, rules=some))
    for policy in plainer(rules.policy, Policy()):
        yield world._replace(rules=msgspec.structs.replace(rules, policy=policy))
    for name in rules.groups:
        named = {rule.group for rule in rules.rules} | {g.inside for g in rules.groups.values()}
        if name not in named:
            rest = {key: group for key, group in rules.groups.items() if key != name}
            yield world._replace(rules=msgspec.structs.replace(rules, groups=rest))
    for plain in plainer(occasion, Occasion(occasion.opened_ms, occasion.now_ms)):
        yield world._replace(occasion=plain)
    if list(lines) != sorted(lines, key=lambda line: line.line):
        yield world._replace(lines=tuple(sorted(lines, key=lambda line: line.line)))


def plainer_rules(rule: Rule) -> Iterator[Rule]:
    default = Rule(id=rule.id, layer=rule.layer, benefit=rule.benefit)
    kept = ("coupon",) if rule.layer == "coupon" else ()
    yield from (r for r in plainer(rule, default) if all(getattr(r, k) for k in kept))
    steps = getattr(rule.benefit, "steps", ())
    for i in range(len(steps)):
        if len(steps) > 1:
            fewer = msgspec.structs.replace(rule.benefit, steps=steps[:i] + steps[i + 1 :])
            yield msgspec.structs.replace(rule, benefit=fewer)


def plainer(one: T, default: T) -> Iterator[T]:
    """The struct with one more field at its default."""
    for name in one.__struct_fields__:
        if getattr(one, name) != getattr(default, name):
            yield msgspec.structs.replace(one, **{name: getattr(default, name)})


def told(value: object) -> str:
    """The value as Python that makes it, without what is the default anyway."""
    if isinstance(value, World):
        rules = ",\n    ".join(told(rule) for rule in value.rules.rules)
        lines = ",\n    ".join(told(line) for line in value.lines)
        rest = told(msgspec.structs.replace(value.rules, rules=()))
        return f"{rest}\nrules = [\n    {rules}]\nlines = [\n    {lines}]\n{told(value.occasion)}"
    if isinstance(value, msgspec.Struct):
        fields = [
            f"{field.name}={told(getattr(value, field.name))}"
            for field in msgspec.structs.fields(value)
            if field.required or getattr(value, field.name) != default_of(field)
        ]
        return f"{type(value).__name__}({', '.join(fields)})"
    if isinstance(value, tuple):
        return f"({', '.join(told(one) for one in value)}{',' * (len(value) == 1)})"
    return repr(value)


def default_of(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default
