"""Which payments give back how much of a return."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cashwrap.ports import Timestamp
from cashwrap.pricing.model import CashRounding
from cashwrap.tender.payments import Payment, Refund
from cashwrap.tender.refunds import Plan, Source, Step, plan, rounded

FEN, JIAO = CashRounding(), CashRounding(10, "down", "cash")
COINS = st.builds(
    CashRounding,
    st.sampled_from([1, 5, 10, 100]),
    st.sampled_from(["half_up", "half_even", "up", "down"]),
    st.just("cash"),
)


def paid(id="A", amount_minor=1_000, kind="card", *, tip_minor=0, rounding_minor=0, **more):
    return Payment(
        id, "S1", more.pop("driver", kind), kind, amount_minor, "CNY", Timestamp(1, 1), 0,
        state="approved", amount_minor=amount_minor, tip_minor=tip_minor,
        charged_minor=amount_minor + tip_minor + rounding_minor, rounding_minor=rounding_minor,
        **more,
    )  # fmt: skip


def cash(id, amount_minor, coins):
    return paid(
        id, amount_minor, "cash", rounding_minor=rounded(amount_minor, coins) - amount_minor
    )


def after(payment: Payment, step: Step, state="given_back") -> Payment:
    """The payment once its step was done, as the journal's fold would have it."""
    back = Refund(
        f"{payment.id}-{len(payment.refunds)}", step.amount_minor, "", state=state, sale="R",
        counts_minor=step.relieves_minor, in_cash=step.how == "cash",
        in_credit=step.how == "credit_note",
    )  # fmt: skip
    return replace(payment, refunds=(*payment.refunds, back))


def planned(payments, due_minor, coins=FEN, reach="any", **more) -> Plan:
    return plan([Source(payments, due_minor)], due_minor, lambda payment: reach, coins, **more)


def shown(found: Plan):
    return [(step.payment.id, step.how, step.amount_minor) for step in found.steps]


def test_cards_give_back_first_then_notes_slips_cash_and_vouchers():
    """The order does not depend on the order in which the tenders paid."""
    payments = [
        paid("V", 100, "voucher", recorded=True),
        paid("M", 200, "cash"),
        paid("B", 300, "other", recorded=True),
        paid("N", 400, "stored_value", driver="credit", recorded=True),
        paid("C", 500),
    ]
    found = planned(payments, 1_500)
    assert [(step.payment.id, step.how) for step in found.steps] == [
        ("C", "driver"), ("N", "credit_restored"), ("B", "beside"), ("M", "cash"), ("V", "beside"),
    ]  # fmt: skip
    assert found.left_minor == 0
    assert all(step.as_it_came for step in found.steps)
    assert shown(planned(payments, 501)) == [("C", "driver", 500), ("N", "credit_restored", 1)]


def test_what_was_given_back_before_is_not_given_back_again():
    """A refund on its way counts as given; a refused one does not; a tip stays."""
    card = paid("C", 500, tip_minor=50)
    for state, amount in (("given_back", 200), ("refunding", 200), ("refused", 500)):
        had = after(card, Step(card, "driver", 300, 300), state)
        assert planned([had], 600) == Plan((Step(had, "driver", amount, amount),), 600 - amount)


@pytest.mark.parametrize(
    ("reach", "due", "steps"),
    [
        ("any", 300, [("C", "driver", 300)]),
        ("whole", 300, [("M", "cash", 300)]),
        ("whole", 900, [("C", "driver", 500), ("M", "cash", 400)]),
        ("nothing", 900, [("M", "cash", 400)]),
    ],
)
def test_a_driver_that_cannot_leaves_it_to_the_next(reach, due, steps):
    """Where a provider gives back whole payments only, or none, the other tenders give first."""
    found = planned([paid("C", 500), paid("M", 400, "cash")], due, reach=reach)
    assert shown(found) == steps
    assert found.left_minor == due - sum(amount for *_, amount in steps)


def test_a_tip_goes_back_only_when_the_whole_sale_is_reversed():
    """Tips stay with who got them; a reversal gives back all that was taken."""
    card = paid("C", 500, tip_minor=50)
    assert shown(planned([card], 500)) == [("C", "driver", 500)]
    assert planned([card], 500, tips=True).steps == (Step(card, "driver", 550, 500, 50),)
    assert planned([card], 499, tips=True).steps == (Step(card, "driver", 499, 499),)
    assert shown(planned([card], 500, reach="whole", tips=True)) == [("C", "driver", 550)]
    assert planned([card], 500, reach="whole").left_minor == 500


def test_money_goes_to_cash_or_a_note_on_request():
    """Whatever paid gives it, cash in coins that there are, the cash payment first."""
    payments = [paid("C", 503), cash("M", 407, JIAO)]
    in_cash = planned(payments, 910, JIAO, to="cash")
    assert shown(in_cash) == [("M", "cash", 400), ("C", "cash", 500)]
    assert [step.rounding_minor for step in in_cash.steps] == [-7, -3]
    assert [step.as_it_came for step in in_cash.steps] == [True, False]
    noted = planned(payments, 910, JIAO, to="credit")
    assert shown(noted) == [("C", "credit_note", 503), ("M", "credit_note", 400)]


def test_each_original_gives_no_more_than_came_back_of_it():
    """Two receipts on one return: neither's card pays for the other's goods."""
    two = [Source([paid("A", 500)], 200), Source([paid("B", 500)], 300)]
    found = plan(two, 450, lambda payment: "any", FEN)
    assert shown(found) == [("A", "driver", 200), ("B", "driver", 250)]
    shared = paid("A", 500)  # both trace back to one payment
    found = plan([Source([shared], 300), Source([shared], 300)], 600, lambda payment: "any", FEN)
    assert found == Plan((Step(shared, "driver", 500, 500),), 100)


PARTS = st.lists(st.integers(1, 400), min_size=1, max_size=8)


@given(parts=PARTS, coins=COINS, ways=st.lists(st.sampled_from(["", "cash", "credit"]), min_size=8))
@pytest.mark.req("R15")
def test_partial_returns_of_a_cash_sale_sum_to_what_was_paid(parts, coins, ways):
    """However a sale comes back, in cash it gives exactly what was taken, in coins that there are.

    After each of them the customer has paid what the rest would have cost in cash.
    """
    payment = cash("M", sum(parts), coins)
    taken = payment.charged_minor
    for part, to in zip(parts, ways, strict=False):
        (step,) = planned([payment], part, coins, to=to).steps
        payment = after(payment, step)
        assert step.relieves_minor == part
        assert step.amount_minor >= 0
        if not any(ways):
            assert payment.refundable_minor == rounded(payment.relievable_minor, coins)
            assert step.amount_minor % coins.increment_minor == 0
    assert payment.relievable_minor == payment.refundable_minor == 0
    assert sum(back.amount_minor for back in payment.refunds) == taken


AMOUNTS = st.integers(1, 600)
KINDS = st.sampled_from(["card", "cash", "voucher", "stored_value"])


@given(
    made=st.lists(
        st.tuples(KINDS, st.integers(1, 600), st.integers(0, 40)), min_size=1, max_size=4
    ),
    parts=PARTS,
    coins=COINS,
    ways=st.lists(st.sampled_from(["", "cash", "credit"]), min_size=8),
    reach=st.sampled_from(["any", "whole", "nothing"]),
)
@pytest.mark.req("R15")
def test_no_tender_gives_more_than_it_brought(made, parts, coins, ways, reach):
    """Any returns, any way: each payment gives at most what it took, and all is accounted for."""
    payments = {}
    for number, (kind, amount, tip) in enumerate(made):
        id = f"P{number}"
        if kind == "cash":
            payments[id] = cash(id, amount, coins)
        else:
            tip = tip if kind == "card" else 0
            payments[id] = paid(id, amount, kind, tip_minor=tip, recorded=kind == "voucher")
    for part, to in zip(parts, ways, strict=False):
        before = sum(each.relievable_minor for each in payments.values())
        found = planned(list(payments.values()), part, coins, reach, to=to)
        moved = sum(step.relieves_minor for step in found.steps)
        assert moved + found.left_minor == part
        assert moved <= before
        if to:
            assert moved == min(part, before)
        for step in found.steps:
            payments[step.payment.id] = after(payments[step.payment.id], step)
    for each in payments.values():
        assert each.relievable_minor >= 0
        assert each.refundable_minor >= (each.tip_minor if each.kind == "card" else 0)
