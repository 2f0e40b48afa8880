"""Training: a till beside the till, where everything works and nothing counts."""
