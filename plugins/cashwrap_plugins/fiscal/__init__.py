"""Taxes by the law of the place: VAT of mainland China, and what the shop's tax return needs."""
