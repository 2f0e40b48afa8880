"""The engine: a checked policy and tax table, from which carts are made."""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import get_args

import msgspec

from cashwrap.errors import Issue
from cashwrap.pricing import taxes as formulas
from cashwrap.pricing.cart import Cart
from cashwrap.pricing.errors import SettingsUnusable
from cashwrap.pricing.model import PricePolicy, TaxCode
from cashwrap.pricing.sheet import Tables, TaxedPpm
from cashwrap_native import pricing as native

NO_TAX = TaxCode(code="", name="", by_order_type={"": ()})
TAX_LEVELS = ("unit", "line", "order")
NET_SIDES = ("gross", "net", "net_moves")
ODD_CENTS = ("largest", "first", "last")
PERCENT_PERS = ("unit", "line", "once")


_encode_source = msgspec.msgpack.Encoder().encode
_decode_source: Callable[[bytes], tuple[PricePolicy, list[TaxCode]]] = msgspec.msgpack.Decoder(
    tuple[PricePolicy, list[TaxCode]]
).decode


KNOWN_MAX = 16
_known: dict[bytes, Tables] = {}
"""Tables that were made and found sound, by their source: a till asks for the same ones often."""


class Engine:
    """Prices carts under one policy and tax table, both checked as a whole here.

    ``source`` holds all of it as bytes. The code "" is free of tax unless the table says otherwise.
    Raises SettingsUnusable with every fault found.
    """

    def __init__(self, policy: PricePolicy, taxes: Iterable[TaxCode]) -> None:
        codes = list(taxes)
        source = _source(policy, codes)
        tables = _known.get(source)
        if tables is None:
            tables = _checked(policy, codes)
            if len(_known) >= KNOWN_MAX:
                _known.clear()
            _known[source] = tables
        self.policy = policy
        self.source = source
        self.policy_hash = tables.policy_hash
        self._tables = tables

    @classmethod
    def from_source(cls, source: bytes) -> "Engine":
        """Return the engine that has this ``source``: the same carts price the same, always."""
        return cls(*_decode_source(source))

    def knowing(self, code: TaxCode) -> "Engine":
        """Return an engine that knows one more tax code. Raises SettingsUnusable."""
        policy, codes = _decode_source(self.source)
        return Engine(policy, [*codes, code])

    def with_codes_of(self, other: "Engine") -> "Engine":
        """Return an engine that also knows the tax codes that only another one knows."""
        policy, codes = _decode_source(self.source)
        known = {code.code for code in codes}
        more = [code for code in _decode_source(other.source)[1] if code.code not in known]
        return Engine(policy, [*codes, *more]) if more else self

    def cart(self, order_type: str = "") -> Cart:
        """Return an empty cart. An order type that a tax code does not name takes its default."""
        return Cart(self._tables, order_type)


def _source(policy: PricePolicy, codes: list[TaxCode]) -> bytes:
    """Return all of it as bytes, none where it has what cannot be written."""
    try:
        return _encode_source((policy, codes))
    except Exception:  # `_faults` says what is wrong with it
        return b""


def _checked(policy: PricePolicy, codes: list[TaxCode]) -> Tables:
    faults = _faults(policy, codes)
    if faults:
        raise SettingsUnusable(faults)
    by_code = {NO_TAX.code: NO_TAX} | {code.code: code for code in codes}
    return _tables(policy, by_code, _hash(policy, codes))


def _faults(policy: PricePolicy, codes: list[TaxCode]) -> list[Issue]:
    found = _shape_faults(policy, "policy")
    if found:
        return found
    seen: set[str] = set()
    for code in codes:
        where = f"tax {code.code!r}"
        shape = _shape_faults(code, where)
        found += shape or formulas.issues(code, policy)
        if code.code in seen:
            found.append(Issue(where, "tax.twice", "the tax code is there twice: remove one"))
        seen.add(code.code)
    if policy.fee_tax and policy.fee_tax not in seen:
        found.append(Issue("policy:fee_tax", "tax.unknown", f"no tax code {policy.fee_tax!r}"))
    if not 1 <= policy.cash_rounding.increment_minor < formulas.FACTOR_MAX:
        why = "increment_minor must be 1 or more: 10 rounds to the jiao"
        found.append(Issue("policy:cash_rounding", "policy.invalid", why))
    return found


def _shape_faults(value: PricePolicy | TaxCode, where: str) -> list[Issue]:
    """Check each field against its declared type, which msgspec does only when it decodes."""
    found = []
    for field in _fields(type(value)):
        try:
            msgspec.convert(msgspec.to_builtins(getattr(value, field.name)), type=field.type)
        except (msgspec.ValidationError, TypeError) as fault:
            choices = get_args(field.type)
            hint = f" (one of {', '.join(map(str, choices))})" if choices else ""
            found.append(Issue(f"{where}:{field.name}", "policy.invalid", f"{fault}{hint}"))
    return found


_fields = cache(msgspec.structs.fields)  # looking at the annotations takes half of the check


def _hash(policy: PricePolicy, codes: list[TaxCode]) -> str:
    table = sorted(codes, key=lambda code: code.code)
    canonical = msgspec.msgpack.encode((policy, table), order="deterministic")
    return hashlib.sha256(canonical).hexdigest()[:16]


def _tables(policy: PricePolicy, codes: dict[str, TaxCode], policy_hash: str) -> Tables:
    order_types = sorted({o for code in codes.values() for o in code.by_order_type})
    plans: list[formulas.PlanSource] = []
    labels: list[tuple[formulas.Label, ...]] = []
    taxed: list[TaxedPpm] = []
    by_order_type: dict[str, dict[tuple[str, bool], int]] = {o: {} for o in order_types}
    kept: dict[tuple[str, str], tuple[int, int, int]] = {}
    for order_type in order_types:
        for code in codes.values():
            default = code.by_order_type[""]
            components = code.by_order_type.get(order_type, default)
            for tax_included in (True, False):
                resolved = formulas.resolve(components, tax_included)
                by_order_type[order_type][code.code, tax_included] = len(plans)
                plans.append(formulas.plan(resolved, policy))
                taxed.append(TaxedPpm(*formulas.in_ppm(resolved)))
                pairs = zip(components, resolved.included, strict=True)
                labels.append(tuple((c.code, c.rate_ppm, inside) for c, inside in pairs))
                if tax_included and components != default:
                    old = formulas.resolve(default, tax_included)
                    kept[order_type, code.code] = formulas.kept_net(old, resolved)
    return Tables(
        policy=policy,
        policy_hash=policy_hash,
        settings=_settings(policy),
        table=native.PlanTable(plans, labels),
        plans=by_order_type,
        kept=kept if policy.tax_change_keeps == "net" else {},
        taxed=taxed,
    )


def _settings(policy: PricePolicy) -> native.Settings:
    on_total = policy.cash_rounding.on == "total"
    return native.Settings(
        line_rounding=native.ROUNDINGS.index(policy.line_rounding),
        tax_rounding=native.ROUNDINGS.index(policy.tax_rounding),
        percent_rounding=native.ROUNDINGS.index(policy.percent_rounding),
        tax_level=TAX_LEVELS.index(policy.tax_level),
        net_side=NET_SIDES.index(policy.inclusive_sum),
        odd_cents=ODD_CENTS.index(policy.odd_cents),
        percent_per=PERCENT_PERS.index(policy.percent_per),
        percent_of_original=policy.percents == "original",
        fees_first=policy.fees_discounted,
        increment=policy.cash_rounding.increment_minor if on_total else 1,
        increment_rounding=native.ROUNDINGS.index(policy.cash_rounding.mode),
    )
