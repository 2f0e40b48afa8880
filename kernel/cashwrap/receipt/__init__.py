"""Receipt: a structured document and its renderings."""
