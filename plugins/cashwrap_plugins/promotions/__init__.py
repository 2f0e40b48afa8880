"""Promotions: presets by the names shops know, gifts to choose from, price protection."""
