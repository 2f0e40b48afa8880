"""From a function with well-named settings to a preset: its settings are the function's own.

A preset is a function ``(id, *, settings) -> rules``. What its settings are called, how they are
written and what they default to is read from its signature; `HELP` says what they mean.
"""

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Any

from msgspec.structs import replace

from cashwrap.errors import BulkRefused, InvalidInput, Issue
from cashwrap.money import Currency
from cashwrap.promotions.presets import Preset, Setting
from cashwrap.promotions.rules import Rule, Text, Window

from .settings import COMMON, HELP
from .written import FORMS, shown

Function = Callable[..., Rule | tuple[Rule, ...]]
MADE: list[Preset] = []
"""All presets, in the order in which they are written down."""


def preset(
    code: str,
    *types: int,
    name: tuple[str, str],
    title: tuple[str, str],
    explain: tuple[str, str],
    **example: str,
) -> Callable[[Function], Function]:
    """Make a preset of a function. Texts are (zh-CN, en); ``title`` names the rule it makes."""

    def made(function: Function) -> Function:
        own = [each for each in signature(function).parameters.values() if each.name != "id"]
        taken = {each.name: each for each in (*own, *COMMON)}

        def make(given: Mapping[str, str], currency: Currency) -> tuple[Rule, ...]:
            values = _values(code, taken, given, currency)
            common = {each.name: values.pop(each.name, each.default) for each in COMMON}
            result = function(str(common["id"] or code), **values)
            rules = result if isinstance(result, tuple) else (result,)
            asked = {each.name: values.get(each.name, each.default) for each in own}
            forms = {each.name: each.annotation for each in own}
            name = (common["name"], common["name"]) if common["name"] else title
            texts = {
                language: text.format(**shown(asked, forms, given, currency, language))
                for language, text in _text(name).items()
            }
            return tuple(_finished(rule, texts, common, explain) for rule in rules)

        MADE.append(
            Preset(
                code=code, types=types, name=_text(name), explain=_text(explain),
                settings=tuple(map(_setting, taken.values())), example=dict(example), make=make,
            )
        )  # fmt: skip
        return function

    return made


def elsewhere(code: str, *types: int, name: tuple[str, str], explain: tuple[str, str]) -> None:
    """Note a type that is no price rule, and where the till does it."""
    MADE.append(Preset(code=code, types=types, name=_text(name), explain=_text(explain)))


def _values(
    code: str, taken: Mapping[str, Parameter], given: Mapping[str, str], currency: Currency
) -> dict[str, Any]:
    """Return the settings by name. Raises BulkRefused with all that is wrong."""
    issues = [_unknown(code, name, taken) for name in given if name not in taken]
    values: dict[str, Any] = {}
    for name, parameter in taken.items():
        if name in given:
            try:
                values[name] = FORMS[parameter.annotation].read(given[name], currency)
            except (InvalidInput, OverflowError) as error:
                issues.append(Issue(f"{code}:{name}", "preset.setting", str(error)))
        elif parameter.default is Parameter.empty:
            like = FORMS[parameter.annotation].shown
            text = f"is needed: write {name}={like} ({HELP[name][1]})"
            issues.append(Issue(f"{code}:{name}", "preset.setting", text))
    if issues:
        raise BulkRefused(issues)
    return values


def _unknown(code: str, name: str, taken: Mapping[str, Parameter]) -> Issue:
    from difflib import get_close_matches

    close = get_close_matches(name, taken, n=1)
    meant = f": did you mean {close[0]!r}?" if close else f": it has {', '.join(taken)}"
    return Issue(f"{code}:{name}", "preset.setting", f"there is no setting {name!r}{meant}")


def _finished(rule: Rule, name: Text, common: Mapping[str, Any], explain: tuple[str, str]) -> Rule:
    """Return a rule with its names, windows and stores."""
    return replace(
        rule,
        name=name,
        explain=_text(explain),
        windows=_windows(rule.windows, common),
        scope=replace(rule.scope, stores=tuple(common["stores"])),
    )


def _windows(own: tuple[Window, ...], common: Mapping[str, Any]) -> tuple[Window, ...]:
    """Return the rule's own windows within the days and hours that were asked for."""
    said: dict[str, Any] = {
        "from_": common["since"],
        "until": common["until"],
        "weekdays": tuple(common["weekdays"]),
        "hours": tuple(common["hours"]),
    }
    said = {field: value for field, value in said.items() if value}
    return tuple(replace(window, **said) for window in own or (Window(),)) if said else own


def _setting(parameter: Parameter) -> Setting:
    zh, en = HELP[parameter.name]
    needed = parameter.default is Parameter.empty
    form = FORMS[parameter.annotation].shown
    return Setting(name=parameter.name, form=form, help={"zh-CN": zh, "en": en}, needed=needed)


def _text(words: tuple[str, str]) -> Text:
    return {"zh-CN": words[0], "en": words[1]}
