"""Checks of a till: what is wrong, and what to do about it."""
