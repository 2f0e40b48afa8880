"""Promotions: presets by the names shops know, price protection, and a check against stock."""
