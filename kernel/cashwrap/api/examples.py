"""Examples of requests in the OpenAPI document: a sale, and what its fields alone do not tell."""

EXAMPLES: dict[str, object] = {
    "session_sign_in": {"staff": "wang", "pin": "4711"},
    "sales_begin": {},
    "sales_scan": {"code": "6901234567892"},
    "sales_add": {"sku": "APPLE", "quantity": "0.532"},
    "sales_change_line": {"quantity": 2},
    "sales_override": {"line": 1, "unit_minor": 300, "reason": "dented"},
    "sales_discount": {"percent_ppm": 100_000, "reason": "regular"},
    "sales_suspend": {"reason": "接电话", "key": "", "note": ""},
    "pay_cash": {"tendered_minor": 1000},
    "pay_scan": {"code": "134567890123456789"},
    "returns_take_back": {"receipt": 17, "lines": [{"line": 1}], "reason": "不想要"},
    "returns_refund": {},
    "shift_open": {"float_minor": 20_000},
    "shift_declare": {"cash": {"10000": 2, "5000": 1}, "tenders": {"card": 4_500}},
    "catalog_import_rows": {
        "rows": [{"type": "item", "sku": "WATER", "name": "矿泉水 550ml", "price": "2.00"}]
    },
    "rule_publish": {
        "rules": {
            "rules": [
                {
                    "id": "water-10",
                    "layer": "item",
                    "range": {"skus": ["WATER"]},
                    "benefit": {"kind": "each", "off": {"percent_ppm": 100_000}},
                }
            ]
        }
    },
    "stock_receive": {
        "document": "GR-2026-0117",
        "lines": [{"sku": "WATER", "quantity_milli": 24_000, "cost_minor": 2_400}],
        "source": "supplier:ACME",
    },
    "stock_count": {"sku": "WATER", "counted_milli": 23_000},
    "staff_enroll": {"code": "chen", "name": "陈", "role": "cashier", "pin": "7350"},
}
