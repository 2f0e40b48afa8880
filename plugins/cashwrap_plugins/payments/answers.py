"""What WeChat Pay sends and gets, as far as the till uses it (API v3, direct merchants)."""

import msgspec


class Amount(msgspec.Struct, frozen=True):
    """An order's amount, in fen. What coupons of the provider paid of it is in it."""

    total: int
    currency: str = "CNY"


class Payer(msgspec.Struct, frozen=True):
    """Who pays: the code on the customer's phone."""

    auth_code: str


class Store(msgspec.Struct, frozen=True):
    """The shop's own number for itself."""

    out_id: str


class Scene(msgspec.Struct, frozen=True):
    """Where it is paid."""

    store_info: Store


class PayRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v3/pay/transactions/codepay``."""

    appid: str
    mchid: str
    description: str
    out_trade_no: str
    payer: Payer
    amount: Amount
    scene_info: Scene


class ReverseRequest(msgspec.Struct, frozen=True):
    """``POST /v3/pay/transactions/out-trade-no/{no}/reverse``."""

    appid: str
    mchid: str


class Reversed(msgspec.Struct, frozen=True):
    """The answer to it."""

    mchid: str
    out_trade_no: str


class Transaction(msgspec.Struct, frozen=True):
    """An order as it stands; an order that is not paid has no amount."""

    mchid: str
    out_trade_no: str
    trade_state: str
    transaction_id: str = ""
    amount: Amount | None = None


class RefundAmount(msgspec.Struct, frozen=True):
    """What goes back of an order's total."""

    refund: int
    total: int
    currency: str = "CNY"


class RefundRequest(msgspec.Struct, frozen=True):
    """``POST /v3/refund/domestic/refunds``."""

    out_trade_no: str
    out_refund_no: str
    amount: RefundAmount


class Refunded(msgspec.Struct, frozen=True):
    """A refund as it stands."""

    out_refund_no: str
    out_trade_no: str
    status: str
    amount: RefundAmount
    refund_id: str = ""


class Bill(msgspec.Struct, frozen=True):
    """Where a day's statement is, and its digest."""

    download_url: str
    hash_value: str
    hash_type: str = "SHA1"


class Refusal(msgspec.Struct, frozen=True):
    """What every answer but a 2xx says."""

    code: str = ""
