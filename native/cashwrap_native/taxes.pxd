"""The taxes of the rows of a sheet, and what each row comes to. Header-only, for totals.pxd."""

from libc.stdint cimport int64_t

from cashwrap_native.allocate cimport settle_overflows
from cashwrap_native.fixed cimport divide, narrow_overflows, wide
from cashwrap_native.sheet cimport (
    FROM_GROSS, FROM_NET, NET_MOVES_GROSS, PER_LINE, PER_ORDER, Formula, Plan, Row, Sheet, size,
)


cdef inline bint taxes_overflow(Sheet* sheet, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i
    cdef Row* row
    if sheet.choices.tax_level == PER_ORDER:
        for i in range(count):
            sheet.rows[i].grouped = False
        for i in range(count):
            if not sheet.rows[i].grouped and group_taxes_overflow(sheet, i, count):
                return True
        return False
    for i in range(count):
        row = &sheet.rows[i]
        if row.taxed and row.taxed_amount == row.amount:
            continue
        row.taxed = False
        if row_taxes_overflow(sheet, row):
            return True
        row.taxed = True
        row.taxed_amount = row.amount
    return False


cdef inline bint row_taxes_overflow(Sheet* sheet, Row* row) noexcept nogil:
    cdef Py_ssize_t k
    cdef const Plan* plan = &sheet.plans[row.plan]
    cdef int64_t of = row.amount
    row.net = row.amount
    if plan.contained and sheet.choices.net_side != FROM_GROSS:
        if part_overflows(sheet, &plan.net, row, row.amount, &row.net):
            return True
        if sheet.choices.net_side == NET_MOVES_GROSS:
            of = row.net
    for k in range(plan.count):
        if part_overflows(sheet, &plan.taxes[k], row, of, &row.taxes[k]):
            return True
    return close_overflows(sheet, row, plan)


cdef inline bint part_overflows(
    Sheet* sheet, const Formula* formula, Row* row, int64_t amount, int64_t* out
) noexcept nogil:
    cdef wide number = apply_formula(formula, amount, row.base_quantity)
    cdef wide quantity
    cdef int64_t per_unit = 0
    cdef int mode = sheet.choices.tax_rounding
    if sheet.choices.tax_level == PER_LINE:
        return narrow_overflows(divide(number, formula.divisor, mode), out)
    quantity = size(row.quantity)
    if narrow_overflows(divide(number * 1000, formula.divisor * quantity, mode), &per_unit):
        return True
    return narrow_overflows(divide(per_unit * quantity, 1000, mode), out)


cdef inline bint close_overflows(Sheet* sheet, Row* row, const Plan* plan) noexcept nogil:
    """From net and taxes as rounded, settle what the row comes to."""
    cdef Py_ssize_t k
    cdef wide contained = 0, added = 0
    cdef int64_t rest = 0
    if plan.contained and sheet.choices.net_side == FROM_NET:
        row.taxes[plan.absorbs] = 0
        for k in range(plan.count):
            if plan.included[k]:
                contained = contained + row.taxes[k]
        if narrow_overflows(<wide>row.amount - row.net - contained, &rest):
            return True
        row.taxes[plan.absorbs] = rest
    contained = 0
    for k in range(plan.count):
        if plan.included[k]:
            contained = contained + row.taxes[k]
        else:
            added = added + row.taxes[k]
    if sheet.choices.net_side == FROM_GROSS:
        if narrow_overflows(<wide>row.amount - contained, &row.net):
            return True
    return narrow_overflows(contained + added, &row.tax) or narrow_overflows(
        row.net + contained + added, &row.payable
    )


cdef inline bint group_taxes_overflow(
    Sheet* sheet, Py_ssize_t first, Py_ssize_t count
) noexcept nogil:
    """Round the taxes of all rows with one plan once, and settle them on the rows."""
    cdef Py_ssize_t i, k
    cdef const Plan* plan = &sheet.plans[sheet.rows[first].plan]
    cdef Py_ssize_t found = 0
    cdef bint from_net = plan.contained and sheet.choices.net_side == NET_MOVES_GROSS
    for i in range(first, count):
        if sheet.rows[i].plan == sheet.rows[first].plan:
            sheet.rows[i].grouped = True
            sheet.rows[i].net = sheet.rows[i].amount
            sheet.member[found] = i
            found += 1
    sheet.group_count = found
    if plan.contained and sheet.choices.net_side != FROM_GROSS:
        if settle_group_overflows(sheet, &plan.net, False):
            return True
        for i in range(found):
            sheet.rows[sheet.member[i]].net = sheet.given[i]
    for k in range(plan.count):
        if settle_group_overflows(sheet, &plan.taxes[k], from_net):
            return True
        for i in range(found):
            sheet.rows[sheet.member[i]].taxes[k] = sheet.given[i]
    for i in range(found):
        if close_overflows(sheet, &sheet.rows[sheet.member[i]], plan):
            return True
    return False


cdef inline bint settle_group_overflows(
    Sheet* sheet, const Formula* formula, bint from_net
) noexcept nogil:
    """Set ``given`` of the group so that it sums to the rounded whole."""
    cdef Py_ssize_t i
    cdef wide total = 0
    cdef Row* row
    for i in range(sheet.group_count):
        row = &sheet.rows[sheet.member[i]]
        sheet.numerators[i] = apply_formula(
            formula, row.net if from_net else row.amount, row.base_quantity
        )
        total = total + sheet.numerators[i]
    total = divide(total, formula.divisor, sheet.choices.tax_rounding)
    return settle_overflows(
        total, sheet.numerators, formula.divisor, sheet.given, sheet.group_count, sheet.ranked
    )


cdef inline wide apply_formula(
    const Formula* formula, int64_t amount, int64_t base_quantity
) noexcept nogil:
    return (
        <wide>formula.amount_factor * amount + <wide>formula.quantity_factor * base_quantity
    )
