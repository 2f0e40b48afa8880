"""What promote.pyx may see of rules and matches."""
from libc.stdint cimport uint64_t

from cashwrap_native.promote_model cimport Rule

cdef class Rules:
    cdef Rule* rules  # by rank
    cdef readonly Py_ssize_t count

cdef class Match:
    cdef bytes sku, rest
    cdef int number  # of the SKU
    cdef int* ranks  # ascending
    cdef uint64_t* parts  # of each: its ranges that cover the goods, as bits
    cdef readonly Py_ssize_t count
