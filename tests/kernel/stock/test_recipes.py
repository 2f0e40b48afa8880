"""What a sold dish draws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.shelf import Shelf

from cashwrap.catalog.model import Ingredient, Item, Pack
from cashwrap.errors import InvalidInput
from cashwrap.stock.book import DrawPolicy
from cashwrap.stock.errors import MoveRefused, RecipeRefused, UnknownUnit
from cashwrap.stock.recipes import SoldGoods, needs, sellable
from cashwrap.stock.sell import return_to, sell


def catalog(**recipes):
    items = {sku: Item(sku=sku, name=sku, recipe=tuple(parts)) for sku, parts in recipes.items()}
    items["service"] = Item(sku="service", name="service", stocked=False)
    items["cola"] = Item(sku="cola", name="cola", packs=(Pack("case", 24_000), Pack("third", 333)))
    return items.get


def drawn(items, *goods):
    return [(n.line, n.sku, n.quantity_milli, n.waste_milli) for n in needs(goods, items)]


TEA = catalog(
    tea=[Ingredient("milk", 200, 50_000), Ingredient("leaf", 8)],
    boba=[Ingredient("pearls", 50, 20_000), Ingredient("syrup", 30)],
    syrup=[Ingredient("sugar", 600), Ingredient("service", 1_000)],
)


@pytest.mark.req("R104")
def test_two_dishes_draw_their_grams_and_waste():
    """Two cups of 200 ml milk with 5 % waste draw 400 ml and lose 20 ml."""
    assert drawn(TEA, SoldGoods(1, "tea", 2_000)) == [(1, "milk", 400, 20), (1, "leaf", 16, 0)]


@pytest.mark.req("R104")
def test_a_void_before_cooking_restores_and_after_cooking_books_waste():
    """The moves of a dish go back where they came from, or to loss with their cost."""
    shelf = Shelf()
    policy = DrawPolicy(("store:S001",))
    moves = shelf.sold(sell(shelf.stock, [SoldGoods(1, "tea", 2_000)], TEA, policy))
    assert [(m.sku, m.quantity_milli, m.target) for m in moves] == [
        ("milk", 400, "customer"),
        ("milk", 20, "loss"),
        ("leaf", 16, "customer"),
    ]
    assert shelf.stock.on_hand("milk") == -420
    undo = [(move, move.quantity_milli, 0) for move in moves]
    cooked = return_to(shelf.stock, undo[:1], "loss:cooked")
    assert (cooked[0].source, cooked[0].target) == ("customer", "loss:cooked")
    shelf.sold(return_to(shelf.stock, undo))
    assert shelf.stock.on_hand("milk") == shelf.stock.on_hand("leaf") == 0


def test_modifiers_and_nested_recipes_draw_their_leaves():
    """An extra draws one unit per unit sold; a sub-recipe is followed to what is stocked."""
    goods = SoldGoods(3, "tea", 1_000, extras=("boba",))
    assert drawn(TEA, goods)[2:] == [(3, "pearls", 50, 1), (3, "sugar", 18, 0)]


def test_what_is_not_stocked_draws_nothing():
    """A service draws nothing, its extras do."""
    assert drawn(TEA, SoldGoods(1, "service", 1_000)) == []
    assert drawn(TEA, SoldGoods(1, "service", 2_000, extras=("cola", "cola"))) == [
        (1, "cola", 2_000, 0),
        (1, "cola", 2_000, 0),
    ]


def test_packs_are_converted():
    """Two cases of 24 draw 48; an unknown pack or an inexact part is refused."""
    assert drawn(TEA, SoldGoods(1, "cola", 2_000, "case")) == [(1, "cola", 48_000, 0)]
    with pytest.raises(UnknownUnit, match="case"):
        drawn(TEA, SoldGoods(1, "tea", 1_000, "case"))
    with pytest.raises(InvalidInput, match="thousandth"):
        drawn(TEA, SoldGoods(1, "cola", 1, "third"))


def test_an_unknown_sku_is_drawn_as_it_stands():
    """Goods in hand that the catalog does not know still leave the shelf."""
    assert drawn(TEA, SoldGoods(1, "mystery", 500)) == [(1, "mystery", 500, 0)]


@pytest.mark.req("R6")
def test_a_dish_can_be_sold_as_often_as_its_scarcest_ingredient_allows():
    """2.1 l of milk and 100 g of leaf are 10 cups; without leaf it is sold out; cola is itself."""
    shelf = {"milk": 2_100, "leaf": 100, "cola": 7_000, "a": 3_000}
    assert sellable("tea", TEA, shelf.__getitem__) == 10_000
    assert sellable("tea", TEA, {**shelf, "leaf": 7}.__getitem__) == 0
    assert sellable("tea", TEA, {**shelf, "leaf": -1}.__getitem__) < 0
    assert sellable("cola", TEA, shelf.__getitem__) == 7_000
    cycle = catalog(a=[Ingredient("b", 1)], b=[Ingredient("a", 1)])
    assert sellable("a", cycle, shelf.__getitem__) == 3_000


def test_recipes_that_cannot_be_meant_are_refused():
    """A cycle, a nest too deep and a quantity below zero are refused with their path."""
    cycle = catalog(a=[Ingredient("b", 1)], b=[Ingredient("a", 1)])
    with pytest.raises(RecipeRefused, match="a > b > a draws from itself"):
        drawn(cycle, SoldGoods(1, "a", 1_000))
    deep = catalog(**{f"d{n}": [Ingredient(f"d{n + 1}", 1_000)] for n in range(30)})
    with pytest.raises(RecipeRefused, match="deeper"):
        drawn(deep, SoldGoods(1, "d0", 1_000))
    wide = catalog(**{f"w{n}": [Ingredient(f"w{n + 1}", 1_000)] * 3 for n in range(15)})
    with pytest.raises(RecipeRefused, match="more than"):
        drawn(wide, SoldGoods(1, "w0", 1_000))
    with pytest.raises(RecipeRefused, match="below zero"):
        drawn(catalog(a=[Ingredient("b", -1)]), SoldGoods(1, "a", 1_000))
    with pytest.raises(MoveRefused, match="above zero"):
        drawn(TEA, SoldGoods(1, "tea", 0))


@given(
    sold=st.integers(1, 10**7),
    outer=st.integers(0, 10**5),
    inner=st.integers(0, 10**5),
    waste=st.tuples(st.integers(0, 999_999), st.integers(0, 999_999)),
)
def test_nested_quantities_round_once(sold, outer, inner, waste):
    """Net and total of a nested leaf are the exact products, rounded half up once."""
    items = catalog(a=[Ingredient("b", outer, waste[0])], b=[Ingredient("c", inner, waste[1])])
    net = (2 * sold * outer * inner + 10**6) // (2 * 10**6)
    scale = 10**18
    total_exact = sold * outer * inner * (10**6 + waste[0]) * (10**6 + waste[1])
    total = (2 * total_exact + scale) // (2 * scale)
    expected = [(1, "c", net, total - net)] if total else []
    assert drawn(items, SoldGoods(1, "a", sold)) == expected
