"""Stored proofs checked again, without a line of the engine that made them."""
