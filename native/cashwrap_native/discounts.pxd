"""What adjustments take off the rows of a sheet. Header-only, for totals.pxd.

Each is measured on its base, asked for, shared over its rows and cut to what fits.
"""

from libc.stdint cimport INT64_MAX, int64_t

from cashwrap_native.allocate cimport share_out
from cashwrap_native.fixed cimport DOWN, HALF_UP, divide, narrow_overflows, wide
from cashwrap_native.sheet cimport (
    AMOUNT, CELLS, PERCENT, PPM, UNIT_PRICE, Adjustment, Plan, Row, Sheet, find_row, size,
)


cdef inline bint names(Sheet* sheet, Adjustment* adjustment, int64_t line) noexcept nogil:
    cdef Py_ssize_t low = adjustment.first, high = adjustment.last, middle
    while low < high:
        middle = (low + high) // 2
        if sheet.named[middle] < line:
            low = middle + 1
        else:
            high = middle
    return low < adjustment.last and sheet.named[low] == line


cdef inline bint discount_overflows(
    Sheet* sheet, Adjustment* adjustment, int64_t* cells, Py_ssize_t count
) noexcept nogil:
    """Apply one adjustment to the first ``count`` rows and write its cells."""
    cdef Py_ssize_t i
    cdef wide base = 0, asked = 0, granted = 0, share
    cdef Row* row
    if adjustment.kind == CELLS:
        return cells_overflow(sheet, adjustment, cells)
    for i in range(count):
        sheet.chosen[i] = adjustment.whole or names(sheet, adjustment, sheet.rows[i].line)
        sheet.share[i] = 0
        if sheet.chosen[i] and measure_overflows(sheet, adjustment, i):
            return True
    if adjustment.kind == UNIT_PRICE:
        ask_unit_price(sheet, adjustment.value, count, &base, &asked)
    elif adjustment.kind == AMOUNT:
        ask_amount(sheet, adjustment.value, count, &base, &asked)
    elif sheet.choices.percent_per == 2:
        ask_percent_once(sheet, adjustment.value, count, &base, &asked)
    else:
        ask_percent(sheet, adjustment.value, count, &base, &asked)
    for i in range(count):
        if not sheet.share[i]:
            continue
        row = &sheet.rows[i]
        share = sheet.share[i]
        if adjustment.kind != UNIT_PRICE and sheet.base[i] != sheet.whole[i]:
            share = divide(share * sheet.whole[i], sheet.base[i], HALF_UP)
        if row.gross < 0:
            share = -share
        cells[i] = <int64_t>share
        row.amount -= cells[i]
        granted = granted + share
    return (
        narrow_overflows(base, &adjustment.base)
        or narrow_overflows(asked, &adjustment.asked)
        or narrow_overflows(granted, &adjustment.granted)
    )


cdef inline bint measure_overflows(
    Sheet* sheet, Adjustment* adjustment, Py_ssize_t i
) noexcept nogil:
    """Set whole, base and room of a row: sizes, the last two in terms of the discount base."""
    cdef Row* row = &sheet.rows[i]
    cdef const Plan* plan = &sheet.plans[row.plan]
    cdef wide now = size(row.amount), whole, room, base
    whole = now
    if adjustment.kind == PERCENT and sheet.choices.percent_of_original:
        whole = size(row.gross)
    whole = whole - row.fixed
    if whole < 0:
        whole = 0
    room = now - (row.fixed if row.fixed > row.least else row.least)
    if room < 0:
        room = 0
    sheet.whole[i] = <int64_t>whole
    base = whole
    if adjustment.kind < UNIT_PRICE and plan.base_up != plan.base_down:
        base = divide(whole * plan.base_up, plan.base_down, sheet.choices.tax_rounding)
        room = divide(room * base, whole, DOWN) if whole else 0
    return narrow_overflows(base, &sheet.base[i]) or narrow_overflows(room, &sheet.room[i])


cdef inline bint cells_overflow(
    Sheet* sheet, Adjustment* adjustment, int64_t* cells
) noexcept nogil:
    """Take exact amounts off named lines; the parts of a set meal share one in its place."""
    cdef Py_ssize_t i, at, k = adjustment.first
    cdef wide base = 0, asked = 0, granted = 0, minor, share
    cdef Row* row
    while k < adjustment.last:
        minor = sheet.exact[k] if sheet.exact[k] > 0 else 0
        sheet.group_count = 0
        while True:
            at = find_row(sheet, sheet.named[k])
            if at < sheet.line_count and sheet.rows[at].line == sheet.named[k]:
                if measure_overflows(sheet, adjustment, at):
                    return True
                base = base + sheet.rows[at].amount
                sheet.member[sheet.group_count] = at
                sheet.group_count += 1
            k += 1
            if k == adjustment.last or sheet.exact[k] >= 0:
                break
        if not sheet.group_count:
            continue
        at = sheet.member[0]
        asked = asked + (-minor if sheet.rows[at].gross < 0 else minor)
        if sheet.group_count == 1:
            sheet.share[at] = <int64_t>(minor if minor < sheet.room[at] else sheet.room[at])
        else:
            share_group(sheet, minor)
        for i in range(sheet.group_count):
            at = sheet.member[i]
            row = &sheet.rows[at]
            share = -sheet.share[at] if row.gross < 0 else sheet.share[at]
            cells[at] += <int64_t>share
            row.amount -= <int64_t>share
            granted = granted + share
    return (
        narrow_overflows(base, &adjustment.base)
        or narrow_overflows(asked, &adjustment.asked)
        or narrow_overflows(granted, &adjustment.granted)
    )


cdef inline void ask_unit_price(
    Sheet* sheet, int64_t value, Py_ssize_t count, wide* base, wide* asked
) noexcept nogil:
    cdef Py_ssize_t i
    cdef Row* row
    cdef wide share
    cdef int sign
    for i in range(count):
        row = &sheet.rows[i]
        if not sheet.chosen[i]:
            continue
        sign = -1 if row.gross < 0 else 1
        share = size(divide(<wide>value * row.quantity, 1000, sheet.choices.line_rounding))
        share = size(row.amount) - share
        base[0] = base[0] + row.amount
        if share > 0:
            asked[0] = asked[0] + share * sign
            sheet.share[i] = <int64_t>(share if share < sheet.room[i] else sheet.room[i])


cdef inline void ask_percent(
    Sheet* sheet, int64_t ppm, Py_ssize_t count, wide* base, wide* asked
) noexcept nogil:
    """A percentage rounded for each unit or each line."""
    cdef Py_ssize_t i
    cdef int mode = sheet.choices.percent_rounding, sign
    cdef wide share, quantity
    for i in range(count):
        if not sheet.chosen[i]:
            continue
        sign = -1 if sheet.rows[i].gross < 0 else 1
        share = <wide>sheet.base[i] * ppm
        if sheet.choices.percent_per == 0:
            quantity = size(sheet.rows[i].quantity)
            share = divide(divide(share, 1000 * quantity, mode) * quantity, 1000, mode)
        else:
            share = divide(share, PPM, mode)
        base[0] = base[0] + <wide>sheet.base[i] * sign
        asked[0] = asked[0] + share * sign
        sheet.share[i] = <int64_t>(share if share < sheet.room[i] else sheet.room[i])


cdef inline void ask_percent_once(
    Sheet* sheet, int64_t ppm, Py_ssize_t count, wide* base, wide* asked
) noexcept nogil:
    """A percentage of the eligible sum, apart for lines sold and lines given back."""
    ask_side(sheet, ppm, 1, count, base, asked)
    ask_side(sheet, ppm, -1, count, base, asked)


cdef inline void ask_side(
    Sheet* sheet, int64_t ppm, int sign, Py_ssize_t count, wide* base, wide* asked
) noexcept nogil:
    cdef wide total = group_side(sheet, count, sign)
    cdef wide amount = divide(total * ppm, PPM, sheet.choices.percent_rounding)
    share_group(sheet, amount)
    base[0] = base[0] + total * sign
    asked[0] = asked[0] + amount * sign


cdef inline void ask_amount(
    Sheet* sheet, int64_t value, Py_ssize_t count, wide* base, wide* asked
) noexcept nogil:
    """An amount off, on the side (sold or given back) that is worth more."""
    cdef Py_ssize_t i
    cdef wide total = 0
    for i in range(count):
        if sheet.chosen[i]:
            total = total + sheet.rows[i].amount
    if total == 0:
        return
    base[0] = group_side(sheet, count, 1 if total > 0 else -1)
    asked[0] = value
    share_group(sheet, value)
    if total < 0:
        base[0] = -base[0]
        asked[0] = -asked[0]


cdef inline wide group_side(Sheet* sheet, Py_ssize_t count, int sign) noexcept nogil:
    """Collect the chosen rows of one sign in ``member``; return the sum of their bases."""
    cdef Py_ssize_t i
    cdef wide total = 0
    cdef Py_ssize_t found = 0
    for i in range(count):
        if sheet.chosen[i] and (sheet.rows[i].gross < 0) == (sign < 0):
            sheet.member[found] = i
            total = total + sheet.base[i]
            found += 1
    sheet.group_count = found
    return total


cdef inline void share_group(Sheet* sheet, wide amount) noexcept nogil:
    """Share an amount out over the group by base, within room."""
    cdef Py_ssize_t i
    cdef Py_ssize_t row
    # the columns are compacted onto scratch that nothing else needs now
    cdef int64_t* weights = <int64_t*>sheet.numerators
    cdef int64_t* caps = weights + sheet.group_count
    cdef int64_t* given = sheet.given
    if amount > INT64_MAX:  # cannot be; the caller refuses it by its sum
        return
    for i in range(sheet.group_count):
        row = sheet.member[i]
        weights[i] = sheet.base[row]
        caps[i] = sheet.room[row]
    share_out(
        amount, weights, caps, given, sheet.group_count, sheet.choices.odd_cents, sheet.ranked
    )
    for i in range(sheet.group_count):
        sheet.share[sheet.member[i]] = given[i]
