"""Promotions: rules as data, the best joint choice of them, and the proof of the price."""
