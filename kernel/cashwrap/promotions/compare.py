"""What differs between two rule sets: rules that came, went or changed, and in which fields."""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from cashwrap.promotions.digest import Plain, rules_hash
from cashwrap.promotions.rules import Choice, Policy, Rule, RuleSet

Part = Policy | Choice | Rule


class FieldChange(msgspec.Struct, frozen=True):
    """One field by its path, such as ``benefit.steps[0].off``, as JSON text before and after.

    "" stands for a field that is not there, such as that of another kind of benefit.
    """

    path: str
    old: str
    new: str


class Change(msgspec.Struct, frozen=True):
    """What became of one rule (``rule:ID``), group (``group:ID``) or the ``policy``."""

    what: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[FieldChange, ...] = ()


class RulesDifference(msgspec.Struct, frozen=True):
    """Two sets by their hashes, and what differs. Equal sets differ in nothing but their names."""

    old_hash: str
    new_hash: str
    changes: tuple[Change, ...]


def compare_rules(old: RuleSet, new: RuleSet) -> RulesDifference:
    """Return what differs: policy, then groups, then rules, by id, in whatever order."""
    changes = [
        *_compared("", {"policy": old.policy}, {"policy": new.policy}),
        *_compared("group:", old.groups, new.groups),
        *_compared("rule:", _by_id(old), _by_id(new)),
    ]
    return RulesDifference(rules_hash(old), rules_hash(new), tuple(changes))


def _by_id(rules: RuleSet) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules.rules}


def _compared(prefix: str, old: Mapping[str, Part], new: Mapping[str, Part]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None:
            yield Change(prefix + name, "added")
        elif after is None:
            yield Change(prefix + name, "removed")
        elif before != after:
            fields = tuple(_fields("", _plain(before), _plain(after)))
            if fields:
                yield Change(prefix + name, "changed", fields)


def _plain(value: Part) -> Plain:
    plain: Plain = msgspec.json.decode(msgspec.json.encode(value))
    return plain


def _fields(path: str, old: Plain, new: Plain) -> Iterator[FieldChange]:
    """Yield the innermost fields that differ; lists of another length differ as a whole."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            inner = f"{path}.{name}" if path else name
            if name not in old or name not in new:
                yield FieldChange(inner, _text(old, name), _text(new, name))
            else:
                yield from _fields(inner, old[name], new[name])
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _fields(f"{path}[{at}]", before, after)
    else:
        yield FieldChange(path, _json(old), _json(new))


def _text(fields: dict[str, Plain], name: str) -> str:
    return _json(fields[name]) if name in fields else ""


def _json(value: Plain) -> str:
    return msgspec.json.encode(value).decode()
