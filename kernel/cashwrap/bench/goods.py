"""What the made-up shop sells: the key, price and place of its n-th SKU."""

DEPARTMENTS, CATEGORIES, BRANDS = 12, 240, 50


def sku_of(number: int) -> str:
    """Return the key of the n-th SKU."""
    return f"SKU{number:07d}"


def price_of(number: int) -> int:
    """Return the price of the n-th SKU: 1.00 to 99.99."""
    return 100 + number % 9900


def categories_of(number: int) -> tuple[str, str]:
    """Return the category of the n-th SKU and the department above it."""
    category = number % CATEGORIES
    return f"C{category}", f"D{category % DEPARTMENTS}"


def brand_of(number: int) -> str:
    """Return the brand of the n-th SKU, which is one of its tags."""
    return f"brand{number // CATEGORIES % BRANDS}"
