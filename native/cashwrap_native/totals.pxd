"""From the rows of a sheet to its totals, stage by stage. Header-only, for pricing.pyx."""

from libc.stdint cimport INT64_MAX, int64_t
from libc.string cimport memset

from cashwrap_native.allocate cimport LARGEST, share_out
from cashwrap_native.discounts cimport discount_overflows
from cashwrap_native.fixed cimport divide, narrow_overflows, wide
from cashwrap_native.sheet cimport PPM, Fee, Row, Sheet, size
from cashwrap_native.taxes cimport taxes_overflow


cdef inline bint price_overflows(Sheet* sheet) noexcept nogil:
    """Set amounts, cells, taxes and sums from the lines, adjustments and fees; all or not fresh."""
    cdef Py_ssize_t i
    cdef Py_ssize_t width = sheet.line_count + sheet.fee_count
    cdef bint placed = False
    for i in range(sheet.line_count):
        sheet.rows[i].amount = sheet.rows[i].gross
    memset(sheet.cells, 0, width * sheet.adjustment_count * sizeof(int64_t))
    for i in range(sheet.adjustment_count):
        if sheet.choices.fees_first and sheet.adjustments[i].whole and not placed:
            if fees_overflow(sheet):
                return True
            placed = True
        if discount_overflows(
            sheet, &sheet.adjustments[i], &sheet.cells[i * width],
            width if placed else sheet.line_count,
        ):
            return True
    if not placed and fees_overflow(sheet):
        return True
    if taxes_overflow(sheet, width):
        return True
    return sums_overflow(sheet, width)


cdef inline bint fees_overflow(Sheet* sheet) noexcept nogil:
    """Set the fee rows from the lines as they stand."""
    cdef Py_ssize_t i
    cdef wide of_list = 0, discounted = 0, amount
    cdef Row* row
    cdef Fee* fee
    cdef int64_t one
    for i in range(sheet.line_count):
        of_list = of_list + sheet.rows[i].gross
        discounted = discounted + sheet.rows[i].amount
    for i in range(sheet.fee_count):
        fee = &sheet.fees[i]
        row = &sheet.rows[sheet.line_count + i]
        memset(row, 0, sizeof(Row))
        amount = fee.value
        if fee.percent:
            amount = divide(
                (of_list if fee.of_list else discounted) * fee.value, PPM,
                sheet.choices.line_rounding,
            )
        one = -1000 if amount < 0 else 1000
        row.line = -1 - <int64_t>i
        row.quantity = one
        row.base_quantity = one if amount else 0  # a fee of nothing bears no fixed tax
        row.plan = fee.plan
        if size(amount) > INT64_MAX or fix_overflows(sheet, row):
            return True
        row.gross = <int64_t>amount
        row.amount = row.gross
    return False


cdef inline bint fix_overflows(Sheet* sheet, Row* row) noexcept nogil:
    """Set the size of the contained fixed taxes; return whether it overflows."""
    cdef wide fixed = <wide>sheet.plans[row.plan].fixed_minor * row.base_quantity
    return narrow_overflows(size(divide(fixed, 1000, sheet.choices.tax_rounding)), &row.fixed)


cdef inline bint sums_overflow(Sheet* sheet, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i
    cdef wide gross = 0, discount = 0, fees = 0, tax = 0, added = 0, payable = 0, rounded
    cdef Row* row
    for i in range(count):
        row = &sheet.rows[i]
        if i < sheet.line_count:
            gross = gross + row.gross
        else:
            fees = fees + row.gross
        discount = discount + (<wide>row.gross - row.amount)
        added = added + (<wide>row.payable - row.amount)
        tax = tax + row.tax
        payable = payable + row.payable
    rounded = payable
    if sheet.choices.increment > 1:
        rounded = divide(
            payable, sheet.choices.increment, sheet.choices.increment_rounding
        ) * sheet.choices.increment
    return (
        narrow_overflows(gross, &sheet.sums.gross)
        or narrow_overflows(discount, &sheet.sums.discount)
        or narrow_overflows(fees, &sheet.sums.fees)
        or narrow_overflows(added, &sheet.sums.added)
        or narrow_overflows(tax, &sheet.sums.tax)
        or narrow_overflows(rounded - payable, &sheet.sums.rounding)
        or narrow_overflows(rounded, &sheet.sums.payable)
    )


cdef inline void share_rounding(Sheet* sheet) noexcept nogil:
    """Set ``share`` of every row to the size of its part of the rounding, by payable."""
    cdef Py_ssize_t i
    cdef Py_ssize_t count = sheet.line_count + sheet.fee_count
    cdef wide part
    for i in range(count):
        part = size(sheet.rows[i].payable)
        sheet.base[i] = <int64_t>(part if part <= INT64_MAX else INT64_MAX)
        sheet.room[i] = INT64_MAX
    share_out(
        size(sheet.sums.rounding), sheet.base, sheet.room, sheet.share, count, LARGEST, sheet.ranked
    )
