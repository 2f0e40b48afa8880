"""Free order of groups and of the goods in them; a store's order never touches headquarters'."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cashwrap.catalog.model import Group


def in_order(codes: Sequence[str], order: Sequence[str]) -> tuple[str, ...]:
    """Return ``codes``, those that ``order`` names first and in its order, then the rest."""
    known = set(codes)
    first = [code for code in dict.fromkeys(order) if code in known]
    named = set(first)
    return (*first, *(code for code in codes if code not in named))


def arranged(groups: Iterable[Group], orders: Mapping[str, Sequence[str]]) -> tuple[Group, ...]:
    """Return groups by position, then code, rearranged by a store's orders.

    ``orders[""]`` orders the groups, ``orders[code]`` the SKUs in one of them.
    """
    by_code = {g.code: g for g in sorted(groups, key=lambda g: (g.position, g.code))}
    pages = []
    for code in in_order(list(by_code), orders.get("", ())):
        group = by_code[code]
        own = orders.get(code)
        pages.append(
            msgspec.structs.replace(group, skus=in_order(group.skus, own)) if own else group
        )
    return tuple(pages)
