"""Every mutant."""

from . import mutants_day  # noqa: F401 (it registers its mutants)
from .mutants import MUTANTS, Mutant, hunt, made

__all__ = ["MUTANTS", "Mutant", "hunt", "made"]
