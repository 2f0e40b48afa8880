"""Two open sales that want the same goods back."""

import pytest

from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.testing.shop import Shop


def test_goods_that_another_return_took_meanwhile_are_refused_in_words(tmp_path):
    """Once another open return has money on it, this one is told so, whatever it takes back."""
    till = Shop(tmp_path / "shop").till
    sold = till.new_sale()
    sold.add("BUN", 3)
    sold.add("CAKE")
    sold.pay_cash(100_00)
    first, second = till.new_sale(), till.new_sale()
    first.take_back(1, [(1, 2)])
    second.take_back(1, [(1, 2)])
    second.add("CAKE", 2)
    second.pay_cash(1_00)  # a part: money has moved, so its goods count as back
    with pytest.raises(ReturnRefused, match="another sale"):
        first.take_back(1, [(2, 1)])
    till.close()
