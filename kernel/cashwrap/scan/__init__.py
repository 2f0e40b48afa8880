"""Scan: what a barcode or a keyed code means."""

from cashwrap.scan.decode import decode
from cashwrap.scan.digits import check_digit, check_holds, expand_upce, measure_verifier
from cashwrap.scan.errors import (
    BestBeforePassed,
    CheckDigitWrong,
    ExpiredItem,
    GoodsAtPayment,
    PaymentCodeInCart,
    RecalledLot,
    ScanError,
    ScanRulesRefused,
)
from cashwrap.scan.masking import masked, without_cards
from cashwrap.scan.model import ALIPAY, WECHAT, PaymentCodeRule, Scan, ScanRules
from cashwrap.scan.pack import PackPolicy, merge, refuse_reasons, warn_reason
from cashwrap.scan.store_codes import StoreCodeRule

__all__ = [
    "ALIPAY",
    "WECHAT",
    "BestBeforePassed",
    "CheckDigitWrong",
    "ExpiredItem",
    "GoodsAtPayment",
    "PackPolicy",
    "PaymentCodeInCart",
    "PaymentCodeRule",
    "RecalledLot",
    "Scan",
    "ScanError",
    "ScanRules",
    "ScanRulesRefused",
    "StoreCodeRule",
    "check_digit",
    "check_holds",
    "decode",
    "expand_upce",
    "masked",
    "measure_verifier",
    "merge",
    "refuse_reasons",
    "warn_reason",
    "without_cards",
]
