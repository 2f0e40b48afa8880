"""Goods that come back: decided from the original sale, counted once, reversed once."""
