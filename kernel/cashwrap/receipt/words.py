"""The words on a receipt, in each language that it can be printed in."""

from collections.abc import Mapping
from typing import Literal

COLUMNS_MIN, COLUMNS_MAX = 24, 200  # of half-width cells
Language = Literal["zh-CN", "en", "zh-CN+en"]

_WORDS: dict[str, tuple[str, str]] = {
    "sale": ("销售小票", "SALES RECEIPT"),
    "return": ("退货小票", "RETURN RECEIPT"),
    "exchange": ("换货小票", "EXCHANGE RECEIPT"),
    "void": ("作废小票", "VOID RECEIPT"),
    "bill": ("预结单", "BILL"),
    "mark.copy": ("重印 第{n}次", "COPY {n}"),
    "mark.training": ("培训模式 非销售凭证", "TRAINING - NOT A RECEIPT"),
    "mark.gift": ("礼品小票", "GIFT RECEIPT"),
    "mark.void": ("已作废", "VOID"),
    "mark.in_doubt": ("有支付结果待确认", "PAYMENT NOT YET CONFIRMED"),
    "phone": ("电话", "Tel"),
    "tax_id": ("税号", "Tax ID"),
    "number": ("单号", "Receipt"),
    "time": ("时间", "Time"),
    "till": ("收银机", "Till"),
    "staff": ("收银员", "Cashier"),
    "customer": ("会员", "Member"),
    "original": ("原单", "Original"),
    "reason": ("原因", "Reason"),
    "voided_by": ("作废单号", "Voided by"),
    "no_receipt": ("无小票退货", "Without receipt"),
    "discount_back": ("优惠调整", "Discount adjusted"),
    "settled": ("与其他退货结清", "Settled with other returns"),
    "returned": ("退货", "Returned"),
    "reissued": ("补发券", "New coupon"),
    "was": ("原价", "was"),
    "lines": ("件数", "Items"),
    "list": ("小计", "Subtotal"),
    "discount": ("优惠", "Discount"),
    "tax_added": ("税额", "Tax"),
    "rounding": ("抹零", "Rounding"),
    "total": ("合计", "TOTAL"),
    "cash_rounding": ("现金抹零", "Cash rounding"),
    "given": ("收", "Given"),
    "change": ("找零", "Change"),
    "due": ("未付", "DUE"),
    "in_doubt": ("结果待确认", "not yet confirmed"),
    "tax_included": ("含", "incl."),
    "tax_on": ("计税", "on"),
    "record": ("记录", "Record"),
    "saved": ("本单共省", "YOU SAVED"),
    "coupon_used": ("已用券", "Coupon used"),
    "points_used": ("已用积分", "Points used"),
    "points": ("积分", "Points"),
    "next_coupon": ("赠券", "Coupon for you"),
    "hash": ("校验", "Check"),
    "credit": ("退货券", "CREDIT NOTE"),
    "credit_left": ("余额", "Balance"),
    "credit_until": ("有效期至", "Good until"),
    "credit_bearer": ("见券付款，遗失不补", "Good for whoever brings it; keep it safe"),
    "hold": ("挂单凭条", "SUSPENDED SALE"),
    "hold_key": ("凭据", "Held for"),
    "hold_until": ("价格保留至", "Prices hold until"),
    "hold_kept": ("价格保留", "Prices hold"),
    "hold_today": ("取单时按当日价格", "Priced again when you come back"),
    "hold_unpaid": ("未付款，凭此条取单", "Not paid. Bring this slip back"),
}


_TENDERS: dict[str, tuple[str, str]] = {
    "cash": ("现金", "Cash"),
    "card": ("银行卡", "Card"),
    "wechat": ("微信支付", "WeChat Pay"),
    "alipay": ("支付宝", "Alipay"),
    "unionpay": ("云闪付", "UnionPay"),
    "voucher": ("代金券", "Voucher"),
    "stored_value": ("储值", "Stored value"),
    "credit": ("退货券", "Credit note"),
}
_UNITS = {"case": "箱", "box": "盒", "pack": "包", "bottle": "瓶", "bag": "袋", "pair": "双"}


def tender_name(kind: str, language: Language) -> str:
    """Return what a tender is called; one of the shop's own keeps its name."""
    known = _TENDERS.get(kind)
    return kind if known is None else _in(known, language)


def with_unit(quantity: str, unit: str, language: Language) -> str:
    """Return a quantity with its unit; pieces need none. Latin units stand apart, 1箱 does not."""
    name = unit if language == "en" else _UNITS.get(unit, unit)
    if name in ("", "each"):
        return quantity
    return f"{quantity} {name}" if name[0].isascii() else f"{quantity}{name}"


def word(key: str, language: Language) -> str:
    """Return the word for a key; bilingual text has the Chinese word first."""
    return _in(_WORDS[key], language)


def in_language(words: Mapping[str, str], language: Language) -> str:
    """Return the words of a paper's language: both for bilingual paper, any where it has none."""
    chinese = _of(words, "zh") or _of(words, "en")
    english = _of(words, "en") or chinese
    any_other = next(iter(words.values()), "")
    if language == "zh-CN+en" and chinese != english:
        return f"{chinese} {english}"
    return (english if language == "en" else chinese) or any_other


def _of(words: Mapping[str, str], language: str) -> str:
    """Return the words of a language, whatever its region: en for en-GB."""
    return next((said for key, said in words.items() if key.split("-")[0] == language), "")


def _in(words: tuple[str, str], language: Language) -> str:
    chinese, english = words
    if language == "zh-CN":
        return chinese
    return english if language == "en" else f"{chinese} {english}"
