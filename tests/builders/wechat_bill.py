"""A statement of WeChat Pay as it comes: 27 columns, backticks, two lines of sums."""

from decimal import Decimal

TITLES = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
SUM_TITLES = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
SUMS_OF = ("应结订单金额", "退款金额", "充值券退款金额", "手续费", "订单金额", "申请退款金额")
RATE = Decimal("0.006")


def line(day, order, **more):
    """Return a line's cells by their titles."""
    cells = dict.fromkeys(TITLES.split(","), "")
    cells |= {
        "交易时间": f"{day} 10:00:00",
        "商户号": "1900000109",
        "微信订单号": order.provider_id,
        "商户订单号": order.no,
        "交易类型": "MICROPAY",
        "交易状态": "SUCCESS",
        "货币种类": "CNY",
        "代金券金额": "0.00",
        "充值券退款金额": "0.00",
        "商品名称": "街角小店, 茶",
        "费率": "0.60%",
        "微信退款单号": "0",
        "商户退款单号": "0",
        **dict.fromkeys(("应结订单金额", "退款金额", "订单金额", "申请退款金额"), "0.00"),
    }
    return {**cells, **more}


def lines_of(orders, day):
    """Return the lines of orders; one that was reversed after it was paid is among them."""
    found = []
    for order in orders:
        if order.state in ("SUCCESS", "REFUND", "REVOKED"):
            total = f"{Decimal(order.total) / 100:.2f}"
            state = "REVOKED" if order.state == "REVOKED" else "SUCCESS"
            fee = f"{Decimal(total) * RATE:.5f}"
            found.append(
                line(day, order, 交易状态=state, 应结订单金额=total, 订单金额=total, 手续费=fee)
            )
        for back in order.refunds.values():
            amount = f"{Decimal(back.amount) / 100:.2f}"
            found.append(
                line(
                    day, order, 交易状态="REFUND", 微信退款单号="50000", 商户退款单号=back.id,
                    退款金额=amount, 申请退款金额=amount, 退款类型="ORIGINAL", 退款状态=back.status,
                    手续费=f"-{Decimal(amount) * RATE:.5f}",
                )
            )  # fmt: skip
    return found


def bill_of(lines):
    """Return the file with these lines and their sums."""
    sums = [str(sum((Decimal(one[name]) for one in lines), Decimal(0))) for name in SUMS_OF]
    rows = [TITLES, *("`" + ",`".join(one.values()) for one in lines)]
    rows += [SUM_TITLES, "`" + ",`".join([str(len(lines)), *sums])]
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


def bill_text(orders, day):
    return bill_of(lines_of(orders, day))
