"""How late it is for what may expire, where somebody set the clock back.

The clock alone would make an old sale young again. The newest receipts say how late it was: the
latest of their times counts where it is later than the clock. Only so many are asked, so that a
clock that was once set forward, and right again, shuts customers out for a while and not for ever.
"""

from cashwrap.sale.projection import ended, sale_of_number, series_totals
from cashwrap.store.store import Store

RECEIPTS = 100


def latest_ms(store: Store, now_ms: int) -> int:
    """Return the later of the clock and the newest receipts' times, wall milliseconds."""
    with store.read() as reader:
        last = series_totals(reader).last_number
        sales = [sale_of_number(reader, last - back) for back in range(min(last, RECEIPTS))]
        ends = [ended(reader, sale) for sale in sales if sale is not None]
    records = [store.journal.get(end.seq) for end in ends if end is not None]
    return max([now_ms, *[each.envelope.wall_ms for each in records if each is not None]])
