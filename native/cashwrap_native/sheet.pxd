"""The sheet of a cart: its rows, what is asked of them, and scratch. Plain C, for siblings only.

Rows stand in order of line number, fees behind the lines. pricing.pyx owns the memory; every array
of rows has room for all of them.
"""

from libc.stdint cimport int64_t

from cashwrap_native.allocate cimport Ranked
from cashwrap_native.fixed cimport wide

cdef enum:
    TAXES = 8
    ROWS = 8192
    PPM = 1000000
    # where taxes are rounded
    PER_UNIT = 0
    PER_LINE = 1
    PER_ORDER = 2
    # how a contained tax is taken out of a price
    FROM_GROSS = 0
    FROM_NET = 1
    NET_MOVES_GROSS = 2
    # kinds of adjustment
    PERCENT = 0
    AMOUNT = 1
    UNIT_PRICE = 2
    CELLS = 3


# (amount * amount_factor + base_quantity * quantity_factor) / divisor, factors below 2**48
cdef struct Formula:
    int64_t amount_factor
    int64_t quantity_factor
    int64_t divisor

cdef struct Plan:
    int count
    int contained  # how many of the taxes are contained in the price
    int absorbs  # the contained tax that takes what rounding leaves, or -1
    int64_t fixed_minor  # contained fixed taxes per base unit
    int64_t base_up  # the discount base is amount * base_up / base_down
    int64_t base_down
    Formula net
    Formula[8] taxes
    bint[8] included

cdef struct Row:
    int64_t line  # > 0; a fee's is -(position + 1)
    int64_t quantity  # thousandths of what the price is for
    int64_t base_quantity  # thousandths of the base unit, for fixed taxes
    int plan
    int64_t gross
    int64_t least  # size below which no discount may bring the amount
    int64_t fixed  # size of the contained fixed taxes
    int64_t amount  # gross - discounts
    bint taxed  # the results below belong to taxed_amount
    bint grouped
    int64_t taxed_amount
    int64_t net
    int64_t tax
    int64_t payable
    int64_t[8] taxes

cdef struct Adjustment:
    int kind
    bint whole  # of the order, not of named lines
    int64_t value
    Py_ssize_t first  # its lines are named[first:last], ascending but for CELLS
    Py_ssize_t last
    int64_t base  # outcome: what it was measured on
    int64_t asked  # outcome: before caps
    int64_t granted  # outcome: sum of its cells

cdef struct Fee:
    bint percent
    bint of_list
    int64_t value
    int plan

cdef struct Sums:
    int64_t gross
    int64_t discount
    int64_t fees
    int64_t added
    int64_t tax
    int64_t rounding
    int64_t payable

# The arithmetic choices of a policy; ``rounding`` fields are those of fixed.pxd.
cdef struct Choices:
    int line_rounding
    int tax_rounding
    int percent_rounding
    int tax_level
    int net_side
    int odd_cents
    int percent_per
    bint percent_of_original
    bint fees_first
    int64_t increment
    int increment_rounding

cdef struct Sheet:
    Choices choices
    const Plan* plans
    Row* rows  # lines, then fees
    Py_ssize_t line_count
    Py_ssize_t fee_count
    Adjustment* adjustments
    Py_ssize_t adjustment_count
    int64_t* named  # line numbers that adjustments name
    int64_t* exact  # of CELLS, beside ``named``: what comes off; -1: shares in the one before
    Fee* fees
    int64_t* cells  # [adjustment][row], what came off
    # scratch, one entry for each row
    int64_t* whole  # what a discount is measured on, before conversion to its base
    int64_t* base
    int64_t* room
    int64_t* share
    int64_t* given  # by position in ``member``
    bint* chosen
    Py_ssize_t* member
    Py_ssize_t group_count
    wide* numerators
    Ranked* ranked
    Sums sums


cdef inline wide size(wide value) noexcept nogil:
    return -value if value < 0 else value


cdef inline Py_ssize_t find_row(const Sheet* sheet, int64_t line) noexcept nogil:
    """Return where a line stands, or would stand."""
    cdef Py_ssize_t low = 0, high = sheet.line_count, middle
    while low < high:
        middle = (low + high) // 2
        if sheet.rows[middle].line < line:
            low = middle + 1
        else:
            high = middle
    return low
