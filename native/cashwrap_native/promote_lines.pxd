"""The lines of a sale, and the canonical order of their units. Header-only."""

from libc.stdint cimport int64_t
from libc.string cimport memcmp

from cashwrap_native.promote_rules cimport Match

cdef struct Line:
    int64_t line, unit, units, listed, least, said_least, quantity, measure
    bint divisible, fixed
    void* match
    # worked out anew for each choice
    int64_t price
    int special, special_count, place


cdef inline int by_bytes(bytes a, bytes b) noexcept:
    cdef Py_ssize_t n = len(a) if len(a) < len(b) else len(b)
    cdef int way = memcmp(<const char*>a, <const char*>b, n)
    if way:
        return way
    return (len(a) > len(b)) - (len(a) < len(b))


cdef inline int order_of(const Line* a, const Line* b) noexcept:
    """The canonical order of units: dearest first, then by all that rules can see of them."""
    cdef int way
    cdef Match x = <Match>a.match, y = <Match>b.match
    if a.price != b.price:
        return 1 if a.price < b.price else -1
    if x is not y:
        way = by_bytes(x.sku, y.sku)
        if way:
            return way
    if a.listed != b.listed:
        return 1 if a.listed > b.listed else -1
    if a.said_least != b.said_least:
        return 1 if a.said_least > b.said_least else -1
    if x is not y:
        way = by_bytes(x.rest, y.rest)
        if way:
            return way
    if a.divisible != b.divisible:
        return 1 if a.divisible else -1
    if a.quantity != b.quantity:
        return 1 if a.quantity > b.quantity else -1
    if a.fixed != b.fixed:
        return 1 if a.fixed else -1
    if a.measure != b.measure:
        return 1 if a.measure > b.measure else -1
    if a.unit != b.unit:
        return 1 if a.unit > b.unit else -1
    return 0


cdef inline bint comes_after(const Line* a, const Line* b) noexcept:
    cdef int way = order_of(a, b)
    return way > 0 or (way == 0 and a.line > b.line)


cdef inline void sort_lines(Line** rows, Py_ssize_t count) noexcept:
    """Sort by insertion: carts are short, and mostly as they were before."""
    cdef Py_ssize_t i, j
    cdef Line* row
    for i in range(1, count):
        row = rows[i]
        j = i
        while j > 0 and comes_after(rows[j - 1], row):
            rows[j] = rows[j - 1]
            j -= 1
        rows[j] = row
