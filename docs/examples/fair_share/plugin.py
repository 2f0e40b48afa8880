"""Scarce goods: at most two units of one SKU with the tag ``scarce`` on one sale."""

from cashwrap import hookimpl

AT_MOST_MILLI = 2_000


@hookimpl
def cashwrap_may(sale):
    """Return why the sale may not be so, also when it is to be paid."""
    milli = {}
    for line in sale.lines:
        if "scarce" in line.tags:
            milli[line.sku] = milli.get(line.sku, 0) + line.quantity_milli
            if milli[line.sku] > AT_MOST_MILLI:
                return f"{line.name}: 每单限购 {AT_MOST_MILLI // 1000} 件"
    return None
