"""The words on a receipt, in each language that it can be printed in."""

from typing import Literal

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
    "hash": ("校验", "Check"),
}


def word(key: str, language: Language) -> str:
    """Return the word for a key; bilingual text has the Chinese word first."""
    chinese, english = _WORDS[key]
    if language == "zh-CN":
        return chinese
    return english if language == "en" else f"{chinese} {english}"
