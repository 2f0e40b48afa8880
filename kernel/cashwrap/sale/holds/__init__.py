"""Sales that wait: suspended with their quote, found by code or key, resumed once (挂单, 取单)."""
