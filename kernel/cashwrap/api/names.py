"""Names of promotions, in the languages that their rule has them in."""

from collections.abc import Mapping

from cashwrap.promotions.rules import Rule

Names = dict[str, str]  # language -> words


def name_of(named: Mapping[str, Rule], rule: str) -> Names:
    """Return the name of a rule, {} for one that the shop's rules do not have."""
    found = named.get(rule)
    return {} if found is None else dict(found.name)
