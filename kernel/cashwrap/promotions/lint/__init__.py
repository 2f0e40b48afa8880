"""Checking rule sets before they go live: dead rules, conflicts, carts that go wrong."""
