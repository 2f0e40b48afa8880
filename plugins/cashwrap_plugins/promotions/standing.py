"""Promotions of one shop, by presets in its settings: in force without being published."""

from collections.abc import Iterator

from msgspec.structs import replace

from cashwrap.errors import BulkRefused, InvalidInput, Issue
from cashwrap.money import Currency
from cashwrap.promotions.rules import Rule

from .options import Standing

PREFIX = "promotions-"


def rules_of(standing: tuple[Standing, ...], currency: Currency) -> Iterator[Rule]:
    """Yield the rules, their ids under this plugin's name. Raises BulkRefused with all faults."""
    from .presets import PRESETS

    presets = {preset.code: preset for preset in PRESETS}
    issues: list[Issue] = []
    found: list[Rule] = []
    for at, one in enumerate(standing):
        preset = presets.get(one.preset)
        if preset is None or preset.make is None:
            told = f"there is no preset {one.preset!r:.40} that makes rules"
            issues.append(Issue(f"standing[{at}].preset", "preset.unknown", told))
            continue
        try:
            made = preset.make({**one.settings, "id": _id_of(one)}, currency)
        except BulkRefused as refused:
            issues += [
                replace(each, source=f"standing[{at}].{each.source}") for each in refused.issues
            ]
            continue
        except InvalidInput as error:
            issues.append(Issue(f"standing[{at}]", "preset.setting", str(error)))
            continue
        found += made
    twice = {rule.id for rule in found if [each.id for each in found].count(rule.id) > 1}
    issues += [
        Issue("standing", "rule.twice", f"{name} is there twice: give one of them an id")
        for name in sorted(twice)
    ]
    if issues:
        raise BulkRefused(issues)
    yield from found


def _id_of(one: Standing) -> str:
    return PREFIX + (one.settings.get("id") or one.preset)
