"""Whole sales by WeChat Pay on a real till, over HTTP, to the fen."""


def test_a_sale_is_paid_by_the_customers_code(counter):
    """One code, one order, paid: the sale is complete and the provider has the money."""
    sale = counter.sale(2)
    payment = sale.payments.scan(counter.code())
    assert (payment.state, payment.charged_minor) == ("approved", 700)
    assert counter.gateway.taken(payment.id) == 700
    assert counter.till.receipt(sale.id).number == "S001-T1-000001"
    assert counter.till.store.verify().fault is None


def test_an_answer_that_was_lost_is_found_by_asking(counter):
    """The customer paid, nobody heard it: the till asks, and the sale is paid once."""
    counter.gateway.faults.append("lose")
    sale = counter.sale()
    payment = sale.payments.scan(counter.code())
    assert payment.state == "unknown"
    counter.steps(lambda: not counter.till.open_sales())
    assert counter.till.takings().payable_minor == counter.gateway.taken(payment.id) == 350
