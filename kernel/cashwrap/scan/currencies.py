"""ISO 4217 numeric codes, as GS1 price elements carry them."""

NUMERIC_CODES = {
    "AED": "784", "AUD": "036", "BHD": "048", "BRL": "986", "CAD": "124", "CHF": "756",
    "CLP": "152", "CNY": "156", "COP": "170", "CZK": "203", "DKK": "208", "EGP": "818",
    "EUR": "978", "GBP": "826", "HKD": "344", "HUF": "348", "IDR": "360", "ILS": "376",
    "INR": "356", "JPY": "392", "KES": "404", "KHR": "116", "KRW": "410", "KWD": "414",
    "KZT": "398", "LAK": "418", "MMK": "104", "MNT": "496", "MOP": "446", "MXN": "484",
    "MYR": "458", "NGN": "566", "NOK": "578", "NZD": "554", "PHP": "608", "PKR": "586",
    "PLN": "985", "RON": "946", "RUB": "643", "SAR": "682", "SEK": "752", "SGD": "702",
    "THB": "764", "TRY": "949", "TWD": "901", "UAH": "980", "USD": "840", "VND": "704",
    "ZAR": "710",
}  # fmt: skip
