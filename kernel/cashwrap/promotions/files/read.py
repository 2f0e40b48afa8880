"""Reading rule files: JSON or TOML in, one checked rule set out, or all that is wrong at once."""

import re
from pathlib import Path

import msgspec

from cashwrap.errors import BulkRefused, Issue, named_path
from cashwrap.promotions.files.checks import faults, faults_between
from cashwrap.promotions.files.faults import VALUE, Walk
from cashwrap.promotions.files.notation import Notation
from cashwrap.promotions.files.schema import SCHEMA_FIELD
from cashwrap.promotions.files.written import ENCODING, data_of, text_of
from cashwrap.promotions.rules import FORMAT, Choice, Each, Off, Rule, RuleSet

NEWER = "rules.newer"
_RULE = re.compile(r":rules\[(?P<index>\d+)\](?P<rest>.*)$")


def read_rules(source: Path | str) -> RuleSet:
    """Return the rule set of a file (``.json`` or ``.toml``), by its path or as its text.

    Text is what has a line break or begins with a brace; all else is a path. Raises BulkRefused
    with every fault: where it stands in the file, what was expected, what was got, and an example.
    """
    if isinstance(source, str) and ("\n" in source or source.lstrip()[:1] == "{"):
        return parse_rules(source)
    path = named_path(source, "a rule file")
    return parse_rules(text_of(path), path.name)


def parse_rules(text: str, name: str = "rules") -> RuleSet:
    """Return the rule set in a text; ``name`` stands before each place. Raises BulkRefused."""
    data, notation = data_of(text, name)
    return _checked(data, name, notation)


def checked_rules(rules: RuleSet, name: str = "rules") -> RuleSet:
    """Return a set that a program made, held against the same checks. Raises BulkRefused."""
    try:
        data = msgspec.msgpack.decode(msgspec.msgpack.encode(rules))
    except (TypeError, ValueError, OverflowError) as fault:
        text = f"a field holds what no file can: {fault}"
        raise BulkRefused([Issue(name, VALUE, text)]) from None
    return _checked(data, name, Notation("json"))


def _checked(data: object, name: str, notation: Notation) -> RuleSet:
    if isinstance(data, dict):
        data = {key: value for key, value in data.items() if key != SCHEMA_FIELD}
    _refuse(_newer(data, name))
    try:
        rules = msgspec.convert(data, RuleSet)
    except msgspec.ValidationError as fault:
        walk = Walk(name, notation)
        walk.struct(data, RuleSet, "")
        beside = _faults_beside(walk, data, name)
        _refuse([*walk.issues, *beside] or [Issue(name, VALUE, str(fault))], data)
        raise
    _refuse(faults(rules, name), data)
    try:
        msgspec.msgpack.encode(rules)
    except UnicodeEncodeError:
        text = "a text in it holds half a character (a lone surrogate): write it anew"
        _refuse([Issue(name, ENCODING, text)])
    return rules


def _faults_beside(walk: Walk, data: object, name: str) -> list[Issue]:
    """Return what the checks say of rules that can be read, or can once a fault is taken out."""
    given = data.get("rules") if isinstance(data, dict) else None
    issues: list[Issue] = []
    for index, one in enumerate(given if isinstance(given, list) else ()):
        try:
            alone = msgspec.convert({"rules": [one]}, RuleSet)
        except msgspec.ValidationError:
            continue
        for issue in faults(alone, name, among_others=True):
            place = issue.source.replace("rules[0]", f"rules[{index}]", 1)
            if not any(_hangs_together(place, f"{name}:{path}") for path in walk.dropped):
                issues.append(Issue(place, issue.code, issue.message))
    return [*issues, *_faults_between(given, data, name)]


def _faults_between(given: object, data: object, name: str) -> list[Issue]:
    """Return ids that stand twice and groups that are nowhere, of unreadable rules too."""
    if not isinstance(given, list) or not isinstance(data, dict):
        return []
    groups = data.get("groups", {})
    known = {key: Choice() for key in groups} if isinstance(groups, dict) else None
    rules = []
    for index, one in enumerate(given):
        said = one if isinstance(one, dict) else {}
        id_, group = said.get("id"), said.get("group")
        rules.append(
            Rule(
                id=id_ if isinstance(id_, str) else f"\0{index}",  # of no other rule
                layer="item",
                benefit=Each(off=Off(amount_minor=0)),
                group=group if isinstance(group, str) and known is not None else "",
            )
        )
    return faults_between(RuleSet(groups=known or {}, rules=tuple(rules)), name)


def _hangs_together(place: str, dropped: str) -> bool:
    """Whether a fault may only be there because a field was taken out."""
    return place.startswith(dropped) or dropped.startswith(place)


def _refuse(issues: list[Issue], data: object = None) -> None:
    if issues:
        raise BulkRefused([_with_id(issue, data) for issue in issues])


def _with_id(issue: Issue, data: object) -> Issue:
    """Return the issue with the id of the rule that it is about, where it has one."""
    found = _RULE.search(issue.source)
    if found is None or found["rest"] == ".id" or not isinstance(data, dict):
        return issue
    rule = data["rules"][int(found["index"])]
    name = rule.get("id") if isinstance(rule, dict) else None
    text = f"{issue.message} (rule {name!r:.70})" if name else issue.message
    return Issue(issue.source, issue.code, text)


def _newer(data: object, name: str) -> list[Issue]:
    written = data.get("format") if isinstance(data, dict) else None
    if not isinstance(written, int) or written <= FORMAT:
        return []
    text = f"the file is of format {written}, this cashwrap reads {FORMAT}: install a newer one"
    return [Issue(f"{name}:format", NEWER, text)]
