"""What siblings may use of allocate.pyx: plain C arrays in, status out, no Python objects."""
from libc.stdint cimport int64_t

from cashwrap_native.fixed cimport wide

cdef enum:
    LARGEST = 0
    FIRST = 1
    LAST = 2

# A row and what its exact share has beyond the whole units, for ranking.
cdef struct Ranked:
    wide rest
    Py_ssize_t index

# Gives out min(amount, sum of caps) by weight; all arrays have ``count`` entries, all values >= 0.
# ``scratch`` has room for ``count``. Returns what was given out.
cdef wide share_out(
    wide amount, const int64_t* weights, const int64_t* caps, int64_t* shares,
    Py_ssize_t count, int odd_cents, Ranked* scratch,
) noexcept nogil

# Rounds numerators[i] / divisor to whole units whose sum is ``total``, by largest remainder.
# Returns whether a share does not fit in int64.
cdef bint settle_overflows(
    wide total, const wide* numerators, wide divisor, int64_t* shares,
    Py_ssize_t count, Ranked* scratch,
) noexcept nogil
