"""The one kind of entry in the stock ledger."""

import msgspec


class StockMove(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """``quantity_milli`` (> 0, thousandths of the base unit) of one SKU from ``source`` to ``target``.

    ``cost_minor`` is the value that moves with it (total, minor units), fixed when the move is
    decided. ``owner`` is "" for own goods, else "consignment:NAME" or "platform:NAME".
    ``expires`` is yyyymmdd or 0. ``line`` is the sale line that caused the move, or 0.
    """

    sku: str
    quantity_milli: int
    source: str
    target: str
    cost_minor: int = 0
    line: int = 0
    lot: str = ""
    expires: int = 0
    owner: str = ""
