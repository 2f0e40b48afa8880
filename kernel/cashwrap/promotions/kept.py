"""What is kept of rule sets beside the journal, so that a till starts without building them."""

COMPILED = "rules.compiled"  # hash -> Compiled; staged, made anew where it is missing
STAGED_TABLES = (COMPILED,)
