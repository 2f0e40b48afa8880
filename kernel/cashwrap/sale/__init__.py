"""Sale: one basket from its first line to its end."""
