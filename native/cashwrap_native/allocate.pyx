"""Sharing a whole number of minor units out, exactly: largest remainder and partial refunds.

Products use 128 bits, so nothing inside can overflow.
"""
cimport cython
from cpython.number cimport PyNumber_Index
from libc.stdint cimport INT64_MAX, INT64_MIN, int64_t
from libc.stdlib cimport free, malloc, qsort

from cashwrap_native.fixed cimport HALF_UP, DOWN, divide, narrow_overflows, wide

ODD_CENTS = ("largest", "first", "last")


cdef int _by_rest(const void* left, const void* right) noexcept nogil:
    cdef const Ranked* a = <const Ranked*>left
    cdef const Ranked* b = <const Ranked*>right
    if a.rest != b.rest:
        return -1 if a.rest > b.rest else 1
    return -1 if a.index < b.index else 1


cdef wide _room(
    const int64_t* weights, const int64_t* caps, Py_ssize_t count, bint equal
) noexcept nogil:
    cdef Py_ssize_t i
    cdef wide room = 0
    for i in range(count):
        if equal or weights[i] > 0:
            room = room + caps[i]
    return room


cdef bint _all_zero(const int64_t* weights, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        if weights[i] > 0:
            return False
    return True


cdef void _give_odd(
    wide left, const int64_t* caps, int64_t* shares, Ranked* open_rows,
    Py_ssize_t count, int odd_cents,
) noexcept nogil:
    """Place the units that whole shares left over; the rows stand in order of index."""
    cdef Py_ssize_t step, row
    cdef wide room
    if odd_cents == LARGEST:
        qsort(open_rows, count, sizeof(Ranked), _by_rest)
        for step in range(<Py_ssize_t>left):
            shares[open_rows[step].index] += 1
        return
    for step in range(count):
        row = open_rows[step if odd_cents == FIRST else count - 1 - step].index
        room = caps[row] - shares[row]
        if room > left:
            room = left
        shares[row] += <int64_t>room
        left = left - room


cdef wide share_out(
    wide amount, const int64_t* weights, const int64_t* caps, int64_t* shares,
    Py_ssize_t count, int odd_cents, Ranked* scratch,
) noexcept nogil:
    """Fill rows whose share exceeds their cap first, then share the rest by weight.

    The amount fits in int64, so its product with a weight fits in 128 bits.
    """
    cdef Py_ssize_t i
    cdef bint equal = _all_zero(weights, count)
    cdef wide left = _room(weights, caps, count, equal)
    cdef wide given, total, exact, part
    cdef Py_ssize_t open_count = 0, kept, row
    if left > amount:
        left = amount
    given = left
    for row in range(count):
        shares[row] = 0
        if equal or weights[row] > 0:
            scratch[open_count].index = row
            open_count += 1
    while left > 0:
        total = 0
        for i in range(open_count):
            total = total + (1 if equal else weights[scratch[i].index])
        kept = 0
        amount = left
        for i in range(open_count):
            row = scratch[i].index
            exact = amount * (1 if equal else weights[row])
            part = divide(exact, total, DOWN)
            exact = exact - part * total
            if part > caps[row] or (part == caps[row] and exact > 0):
                shares[row] = caps[row]
                left = left - caps[row]
            else:
                shares[row] = <int64_t>part
                scratch[kept].index = row
                scratch[kept].rest = exact
                kept += 1
        if kept < open_count:
            open_count = kept
            continue
        for i in range(open_count):
            left = left - shares[scratch[i].index]
        _give_odd(left, caps, shares, scratch, open_count, odd_cents)
        break
    return given


cdef bint settle_overflows(
    wide total, const wide* numerators, wide divisor, int64_t* shares,
    Py_ssize_t count, Ranked* scratch,
) noexcept nogil:
    """Floor every share, then add one where the fraction is largest until the sum is ``total``.

    A negative total is settled as the mirror image of the positive one.
    """
    cdef Py_ssize_t i
    cdef int sign = -1 if total < 0 else 1
    cdef wide left = total * sign
    cdef wide number, part
    cdef bint overflowed = False
    for i in range(count):
        number = numerators[i] * sign
        part = divide(number, divisor, DOWN)
        if part * divisor > number:
            part = part - 1
        scratch[i].index = i
        scratch[i].rest = number - part * divisor
        overflowed |= narrow_overflows(part * sign, &shares[i])
        left = left - part
    if left > 0:  # at most one for each row that has a fraction: total is the rounded exact sum
        qsort(scratch, count, sizeof(Ranked), _by_rest)
        for i in range(<Py_ssize_t>left):
            overflowed |= narrow_overflows(
                <wide>shares[scratch[i].index] + sign, &shares[scratch[i].index]
            )
    return overflowed


@cython.final
cdef class _Columns:
    """Weights, caps, shares and scratch of one call, freed with it."""

    cdef int64_t* weights
    cdef int64_t* caps
    cdef int64_t* shares
    cdef Ranked* scratch

    def __cinit__(self, Py_ssize_t count):
        self.weights = <int64_t*>malloc((count + 1) * sizeof(int64_t))
        self.caps = <int64_t*>malloc((count + 1) * sizeof(int64_t))
        self.shares = <int64_t*>malloc((count + 1) * sizeof(int64_t))
        self.scratch = <Ranked*>malloc((count + 1) * sizeof(Ranked))
        if not (self.weights and self.caps and self.shares and self.scratch):
            raise MemoryError

    def __dealloc__(self):
        free(self.weights)
        free(self.caps)
        free(self.shares)
        free(self.scratch)


def allocate(
    object amount, object weights not None, object caps = None, str odd_cents not None = "largest"
) -> list:
    """Return shares of ``amount`` in proportion to ``weights``, as a list of the same length.

    The sum is exactly the amount, or the sum of ``caps`` where that is less. Zero weights get
    nothing; if all are zero the split is equal. What a capped row cannot take goes to the others.
    ``odd_cents`` says who gets the units that do not divide: the largest fractions (ties to the
    earlier row), the first rows or the last. A negative amount is the mirror image.
    Raises ValueError for negative weights or caps, or lengths that differ, and OverflowError
    outside int64.
    """
    cdef Py_ssize_t i
    cdef Py_ssize_t count = len(weights)
    cdef _Columns columns = _Columns(count)
    cdef int64_t whole = PyNumber_Index(amount)
    cdef int sign = -1 if whole < 0 else 1
    cdef int odd = ODD_CENTS.index(odd_cents)
    if caps is not None and len(caps) != count:
        raise ValueError(f"{count} weights, but {len(caps)} caps")
    for i in range(count):
        columns.weights[i] = PyNumber_Index(weights[i])
        columns.caps[i] = INT64_MAX if caps is None else PyNumber_Index(caps[i])
        if columns.weights[i] < 0 or columns.caps[i] < 0:
            raise ValueError(f"row {i}: weights and caps must not be negative")
    if whole == INT64_MIN:
        raise OverflowError("the mirror image of the lowest int64 does not fit in int64")
    share_out(
        <wide>whole * sign, columns.weights, columns.caps, columns.shares, count, odd,
        columns.scratch,
    )
    return [sign * columns.shares[i] for i in range(count)]


def refund_share(
    object total, object quantity_total, object quantity_before, object quantity_now
) -> int:
    """Return what the next part of a refund comes to: round(cumulative) - already refunded.

    ``total`` is the whole amount and quantities are of one sign; the parts of any split add up to
    the total exactly. Halves round away from zero.
    Raises ValueError when more comes back than was sold.
    """
    cdef int64_t amount = PyNumber_Index(total), sold = PyNumber_Index(quantity_total)
    cdef int64_t past = PyNumber_Index(quantity_before), now = PyNumber_Index(quantity_now)
    cdef int sign = -1 if sold < 0 else 1
    cdef wide whole = <wide>sold * sign
    cdef wide before = <wide>past * sign
    cdef wide after = before + <wide>now * sign
    cdef int64_t share = 0
    if whole <= 0 or before < 0 or after < before or after > whole:
        raise ValueError(
            f"{quantity_before} + {quantity_now} is not within the {quantity_total} that was sold"
        )
    if narrow_overflows(
        divide(amount * after, whole, HALF_UP) - divide(amount * before, whole, HALF_UP), &share
    ):
        raise OverflowError("the refund does not fit in int64 minor units")
    return share
