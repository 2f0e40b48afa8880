"""Pricing: the one call that turns a cart into totals, allocations and a proof."""
