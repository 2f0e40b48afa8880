"""Several returns of the same receipts open at once, cards that do not answer, and crashes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cashwrap.errors import CashwrapError
from cashwrap.promotions.rules import Off, Returns, Rule, RuleSet, Spend, Step
from cashwrap.sale.events import SaleCompleted
from cashwrap.sale.returning.errors import PostVoidRefused, ReturnWaits
from cashwrap.sale.returning.events import GoodsReturned
from cashwrap.sale.sale import Sale
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal

REFUNDS = ("approve", "refund_lost", "refund_busy")
TEN_PERCENT = Rule(
    id="spend",
    layer="order",
    benefit=Spend(steps=(Step(at_minor=6_000, off=Off(amount_minor=1_001)),)),
    returns=Returns(discount="recompute"),
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    terminal = FakeTerminal([REFUNDS[position % 3] for position in range(3_000)])  # type: ignore[misc]
    made = Shop(tmp_path / "shop", drivers={"card": terminal})
    made.till.publish_rules(RuleSet(rules=(TEN_PERCENT,)))
    yield made
    made.till.close()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "take", "take", "take", "remove", "refund", "refund", "crash"]),
        st.integers(0, 3),
        st.integers(1, 3),
        st.integers(1, 3),
    ),
    min_size=4,
    max_size=18,
)


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps=STEPS, on_card=st.booleans())
def test_however_they_cross_each_piece_comes_back_once(
    shop: Shop, steps: list[tuple[str, int, int, int]], on_card: bool
) -> None:
    """Whatever is open at once, refused, in doubt or cut off: no piece and no cent goes out twice,
    and in the end all of it is back."""
    sold = rung_up(shop, on_card)
    open_: list[Sale] = [shop.till.new_sale()]
    for step, which, line, pieces in steps:
        if step == "open":
            open_.append(shop.till.new_sale())
        elif step == "crash":
            shop.crash()
            open_ = list(shop.till.open_sales())
        if not open_:
            open_.append(shop.till.new_sale())
        refused(act, step, open_[which % len(open_)], sold, line, pieces)
        open_ = list(shop.till.open_sales())
        check(shop, sold)
    for sale in shop.till.open_sales():
        end(shop, sale)
    last = shop.till.new_sale()
    if not refused(last.take_back, sold.number):
        end(shop, last)
    else:
        last.cancel()
    refunds, pieces_back = check(shop, sold)
    assert refunds == sold.payable_minor
    assert pieces_back == {1: 3_000, 2: 3_000, 3: 3_000}


def rung_up(shop: Shop, on_card: bool) -> SaleCompleted:
    sale = shop.till.new_sale()
    for sku in ("CAKE", "COLA", "BUN"):
        sale.add(sku, 3)
    if on_card:
        sale.payments.ask("card", 5_000)
    sale.pay_cash(sale.due_minor)
    body = shop.till.record_of(sale.id).body()
    assert isinstance(body, SaleCompleted)
    return body


def act(step: str, sale: Sale, sold: SaleCompleted, line: int, pieces: int) -> None:
    if step == "take":
        sale.take_back(sold.number, [(line, pieces)])
    elif step == "remove" and sale.returns:
        sale.remove_return(sale.returns[0].id)
    elif step == "refund" and sale.returns:
        sale.refund()


def refused(step: Callable[..., object], *given: object) -> bool:
    """Return whether a step is refused, which it may be; a refusal says what to do."""
    try:
        step(*given)
        return False
    except CashwrapError as error:
        return bool(str(error))


def end(shop: Shop, sale: Sale) -> None:
    """Bring an open return to its end: finished, or cancelled where its goods are back already."""
    for _ in range(12):
        if sale.state not in ("open", "tendering"):
            return
        while shop.till.next_step_ms is not None and sale.payments.in_doubt:
            shop.clock.pass_ms(max(1, shop.till.next_step_ms - shop.clock.steady_ms))
            shop.till.step()
        if sale.state in ("open", "tendering") and refused(sale.refund, "cash"):
            if sale.state == "open" and not sale.payments.all:
                refused(sale.refund)
            for one in sale.returns if sale.state == "open" else ():
                if refused(sale.ready_for):
                    sale.remove_return(one.id)
        if sale.state == "open" and not sale.returns:
            sale.cancel()
    assert sale.state in ("completed", "cancelled")


def test_a_return_waits_for_one_whose_card_has_not_answered(tmp_path: Path) -> None:
    """It is decided after that one, so it must not end before it; then it goes through."""
    shop = Shop(tmp_path / "shop", drivers={"card": FakeTerminal(["refund_lost"])})
    sale = shop.till.new_sale()
    sale.add("CAKE", 3)
    sale.payments.ask("card")
    first, second = shop.till.new_sale(), shop.till.new_sale()
    first.take_back(1, [(1, 1)])
    second.take_back(1, [(1, 2)])
    first.refund()
    head = shop.till.store.head.seq
    with pytest.raises(ReturnWaits, match="receipt 1"):
        second.refund()
    with pytest.raises(PostVoidRefused, match="another open sale"):
        shop.till.post_void(1, "all of it")
    assert shop.till.store.head.seq == head
    end(shop, first)
    end(shop, second)
    assert first.state == second.state == "completed"
    assert shop.till.takings().payable_minor == 0
    shop.till.close()


def check(shop: Shop, sold: SaleCompleted) -> tuple[int, dict[int, int]]:
    """No piece twice, no cent beyond what was paid; return what is back."""
    refunds, back = 0, dict.fromkeys((1, 2, 3), 0)
    for record in shop.till.store.records(0):
        if record.envelope.kind != GoodsReturned.kind:
            continue
        body = record.body()
        assert isinstance(body, GoodsReturned)
        if body.of_sale == sold.sale:
            refunds += body.answer.refund_minor
            for each in body.answer.back:
                assert each.before_milli == back[each.line]
                back[each.line] += each.quantity_milli
    assert 0 <= refunds <= sold.payable_minor
    assert all(milli <= 3_000 for milli in back.values())
    return refunds, back
