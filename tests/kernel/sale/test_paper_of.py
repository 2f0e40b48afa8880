"""Every record that has paper gives its rows, and others give none."""

from cashwrap.receipt.paper import as_text


def papers(till):
    found = {}
    for record in till.store.records():
        rows = till.paper_of(record)
        if rows:
            found.setdefault(record.envelope.kind, []).append(as_text(rows))
    return found


def test_the_paper_of_a_day(shop):
    """Receipts, their copies, slips of what waits, credit notes, the Z; and nothing else."""
    till = shop.till
    shift = till.shifts.open(float_minor=10_000, staff="lin")
    sale = till.new_sale()
    sale.add("COLA")
    sale.pay_cash(350)
    till.reprint(sale.id)
    till.reprint(sale.id, gift=True)
    waiting, gone = till.new_sale(), till.new_sale()
    for each in (waiting, gone):
        each.add("BUN")
    codes = [each.suspend("接电话").code for each in (waiting, gone)]
    till.holds.resume(codes[1]).sale.cancel("left")
    till.shifts.declare(shift.number, {10_000: 1, 100: 3, 50: 1}, staff="lin")
    till.shifts.close(shift.number, staff="lin")
    found = papers(till)
    assert set(found) == {"sale.completed", "sale.reprinted", "sale.suspended", "shift.closed"}
    assert found["sale.completed"] == [till.receipt_text(sale.id)]
    first, gift = found["sale.reprinted"]
    assert "重印 第1次" in first
    assert "礼品小票" in gift
    assert len(found["sale.suspended"]) == 1
    assert codes[0] in found["sale.suspended"][0]
