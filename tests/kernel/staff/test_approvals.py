"""Approvals: for one act, one clerk, two minutes, and once."""

from collections.abc import Callable

import pytest
from builders.people import approved, bodies, kinds

from cashwrap.errors import CashwrapError, InvalidInput
from cashwrap.promotions.rules import RuleSet
from cashwrap.staff.errors import (
    ApprovalNeeded,
    NothingAsked,
    OwnAct,
    RightDenied,
    WrongPin,
)
from cashwrap.staff.rights import Act
from cashwrap.staff.roles import Grant
from cashwrap.testing.shop import Shop

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def counter(shop: Shop) -> Shop:
    """The shop with Ana signed in."""
    shop.till.staff.sign_in("ana", "4711")
    return shop


def asked(step: Callable[[], object]) -> Act:
    with pytest.raises(ApprovalNeeded) as needed:
        step()
    return needed.value.act


def test_an_approval_is_for_this_act_once(counter: Shop):
    """The same act again, and any other, needs another approval."""
    till = counter.till
    act = asked(lambda: till.no_sale("change"))
    till.staff.approve(act, "boss", "2580")
    asked(lambda: till.no_sale("other words"))
    till.no_sale("change")
    asked(lambda: till.no_sale("change"))
    (opened,) = bodies(counter, "drawer.opened")
    assert (opened.reason, opened.approver) == ("change", "boss")
    assert kinds(counter)[-2:] == ["drawer.opened", "staff.approval_used"]


def test_it_is_for_who_asked(counter: Shop):
    """Another clerk who does the same needs an approval of their own."""
    till = counter.till
    act = asked(lambda: till.no_sale("change"))
    till.staff.approve(act, "boss", "2580")
    till.staff.sign_in("ben", "9173")
    asked(lambda: till.no_sale("change"))
    till.staff.sign_in("ana", "4711")
    till.no_sale("change")


def test_it_holds_for_two_minutes_of_steady_time(counter: Shop):
    """A wall clock that is set neither ends it nor keeps it."""
    till = counter.till
    for passed_ms, holds in ((119_000, True), (121_000, False)):
        till.staff.approve(asked(lambda: till.no_sale("change")), "boss", "2580")
        counter.clock.pass_ms(passed_ms)
        counter.clock.jump(-86_400_000)
        if holds:
            till.no_sale("change")
        else:
            asked(lambda: till.no_sale("change"))


def test_it_does_not_outlive_the_process(counter: Shop):
    """After a restart it is asked for again."""
    act = asked(lambda: counter.till.no_sale("change"))
    counter.till.staff.approve(act, "boss", "2580")
    till = counter.crash()
    till.staff.sign_in("ana", "4711")
    with pytest.raises(NothingAsked):
        till.staff.approve(act, "boss", "2580")
    asked(lambda: till.no_sale("change"))


def test_an_act_that_fails_after_all_does_not_use_it_up(counter: Shop, monkeypatch):
    """What could not be journaled was not done: the approval is still there."""
    till = counter.till
    till.staff.approve(asked(lambda: till.no_sale("change")), "boss", "2580")

    def broken(*_: object, **__: object) -> None:
        raise CashwrapError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(till.store, "commit", broken)
        with pytest.raises(CashwrapError, match="full"):
            till.no_sale("change")
    till.no_sale("change")
    asked(lambda: till.no_sale("change"))


def test_only_what_was_asked_for_is_approved(counter: Shop):
    """There are no approvals in advance."""
    with pytest.raises(NothingAsked):
        counter.till.staff.approve(Act("drawer.no_sale", "", "later"), "boss", "2580")


def test_nobody_approves_their_own_act(counter: Shop):
    """Also not at another register; the attempt is in the journal."""
    staff = counter.till.staff
    act = asked(lambda: counter.till.no_sale("change"))
    with pytest.raises(OwnAct):
        staff.approve(act, "ana", "4711")
    assert bodies(counter, "staff.refused")[-1].why == "own_act"


def test_an_approver_needs_the_right_within_their_own_limit(counter: Shop):
    """A cashier approves no other's act, a manager only what the manager's role gives."""
    till = counter.till
    act = asked(lambda: till.no_sale("change"))
    with pytest.raises(RightDenied):
        till.staff.approve(act, "ben", "9173")
    assert bodies(counter, "staff.refused")[-1].why == "no_right"
    sale = till.new_sale()
    sale.add("CAKE")
    much = asked(lambda: sale.discount(percent_ppm=600_000, reason="torn"))
    with pytest.raises(RightDenied):
        till.staff.approve(much, "mia", "8246")
    till.staff.approve(much, "boss", "2580")
    sale.discount(percent_ppm=600_000, reason="torn")
    assert sale.totals.payable_minor == 880


def test_an_approver_who_lost_the_right_meanwhile_approved_nothing(counter: Shop):
    """What counts is the right at the moment of the act."""
    till = counter.till
    till.staff.approve(asked(lambda: till.no_sale("change")), "mia", "8246")
    till.staff.sign_in("boss", "2580", register="R1")
    till.staff.disable("mia", by="boss")
    asked(lambda: till.no_sale("change"))


def test_a_wrong_pin_counts_for_the_approver_and_approves_nothing(counter: Shop):
    """Who guesses at the manager's PIN makes the manager's account wait, not their own."""
    till = counter.till
    act = asked(lambda: till.no_sale("change"))
    with pytest.raises(WrongPin):
        till.staff.approve(act, "boss", "2581")
    asked(lambda: till.no_sale("change"))
    wrong = {one.code: one.wrong for one in till.staff.people()}
    assert wrong == {"ana": 0, "ben": 0, "boss": 1, "mia": 0}
    assert bodies(counter, "staff.pin_wrong")[-1].at == "approve"


def test_an_approver_may_say_no(counter: Shop):
    """That is in the journal with who and why, and the act stays refused."""
    till = counter.till
    act = asked(lambda: till.no_sale("change"))
    till.staff.refuse(act, "boss", "2580", "there is change in the safe")
    (said,) = bodies(counter, "staff.refused")
    assert (said.asker, said.by, said.why) == ("ana", "boss", "said_no")
    assert said.reason == "there is change in the safe"
    with pytest.raises(NothingAsked):
        till.staff.approve(act, "boss", "2580")
    asked(lambda: till.no_sale("change"))


def test_a_denied_act_is_in_the_journal_and_nobody_can_approve_it(counter: Shop):
    """Denied is denied, whoever stands by."""
    till = counter.till
    with pytest.raises(RightDenied):
        till.publish_rules(RuleSet())
    (refused,) = bodies(counter, "staff.refused")
    assert (refused.asker, refused.why, refused.act.right) == ("ana", "denied", "goods.publish")
    with pytest.raises(NothingAsked):
        till.staff.approve(refused.act, "boss", "2580")


def test_a_command_given_again_needs_no_second_approval(counter: Shop):
    """It gives the first answer, and does nothing."""
    till = counter.till
    sale = till.new_sale()
    sale.add("CAKE")
    given = approved(
        counter, lambda: sale.discount(percent_ppm=200_000, reason="torn", command="once")
    )
    before = kinds(counter)
    assert sale.discount(percent_ppm=200_000, reason="torn", command="once") == given
    approved(counter, lambda: sale.override_price(1, 2000, "torn", command="price"))
    sale.override_price(1, 2000, "torn", command="price")
    approved(counter, lambda: sale.cancel("gone", command="end"))
    sale.cancel("gone", command="end")
    assert kinds(counter)[len(before) :].count("staff.approved") == 2


def test_an_approved_step_that_is_only_in_the_draft_is_in_the_journal_at_once(counter: Shop):
    """A voided line is journaled with its sale; that somebody approved it does not wait for it."""
    till = counter.till
    till.staff.sign_in("boss", "2580", register="R1")
    till.staff.define_role("cashier", {"sale.void_line": Grant("approval")}, by="boss")
    sale = till.new_sale()
    sale.add("CAKE", 2)
    sale.add("BUN")
    approved(counter, lambda: sale.void_line(2))
    assert kinds(counter)[-1] == "staff.approval_used"
    assert sale.history[-1].approver == "boss"
    approved(counter, lambda: sale.set_quantity(1, 1))
    assert sale.history[-1].approver == "boss"
    asked(lambda: sale.void_line(1))
    counter.crash()
    counter.till.staff.sign_in("ana", "4711")
    again = counter.till.sale(sale.id)
    assert [line.number for line in again.lines] == [1]
    assert again.history[-1].approver == "boss"


@pytest.mark.parametrize("given", ["", "boss"])
def test_a_name_that_a_program_gives_approves_nothing(counter: Shop, given: str):
    """In a shop with accounts the approver is who gave the PIN, whatever the call says."""
    sale = counter.till.new_sale()
    sale.add("CAKE")
    asked(lambda: sale.override_price(1, 100, "torn", approver=given))
    asked(lambda: sale.discount(percent_ppm=900_000, reason="torn", approver=given))
    approved(counter, lambda: sale.override_price(1, 100, "torn", approver="mia"))
    assert bodies(counter, "sale.price_overridden")[-1].approver == "boss"


def test_an_act_that_fails_lends_its_approval_to_no_other(counter: Shop):
    """A cancellation with words that cannot be kept fails before it is asked for."""
    sale = counter.till.new_sale()
    sale.add("CAKE")
    counter.till.staff.approve(asked(lambda: sale.cancel("nobody came")), "boss", "2580")
    with pytest.raises(InvalidInput):
        sale.cancel("\ud800")
    sale.discount(percent_ppm=50_000, reason="torn")
    assert [one.approver for one in bodies(counter, "sale.discount_given")] == [""]
    assert bodies(counter, "staff.approval_used") == []
