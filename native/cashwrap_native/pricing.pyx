"""The arithmetic of a cart: lines, adjustments, fees, taxes and rounding, in one C array of rows.

The cart does what it is told: which price, which tax, which discount is decided by the caller.
Rows stand in order of line number, fees behind the lines. Everything is an integer, products use
128 bits, and what does not fit in int64 is refused before anything has changed.

Here are the doors and the memory; sheet.pxd has the rows, totals.pxd the stages of pricing.
"""
cimport cython
from cpython.number cimport PyNumber_Index
from libc.stdint cimport INT64_MAX, int64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memmove, memset

from cashwrap_native.allocate cimport Ranked
from cashwrap_native.fixed cimport divide, wide
from cashwrap_native.sheet cimport (
    CELLS, ROWS, TAXES, Adjustment, Choices, Fee, Plan, Row, Sheet, Sums, find_row, size,
)
from cashwrap_native.totals cimport fix_overflows, price_overflows, share_rounding

ROUNDINGS = ("half_up", "half_even", "up", "down")
TAXES_MAX = 8
ROWS_MAX = 8192


@cython.final
cdef class Settings:
    """The arithmetic choices of a policy, as numbers. ``rounding`` fields index ROUNDINGS."""

    cdef Choices choices

    def __cinit__(
        self, *, int line_rounding, int tax_rounding, int percent_rounding, int tax_level,
        int net_side, int odd_cents, int percent_per, bint percent_of_original,
        bint fees_first, int64_t increment, int increment_rounding,
    ):
        self.choices.line_rounding = line_rounding
        self.choices.tax_rounding = tax_rounding
        self.choices.percent_rounding = percent_rounding
        self.choices.tax_level = tax_level
        self.choices.net_side = net_side
        self.choices.odd_cents = odd_cents
        self.choices.percent_per = percent_per
        self.choices.percent_of_original = percent_of_original
        self.choices.fees_first = fees_first
        self.choices.increment = increment
        self.choices.increment_rounding = increment_rounding


@cython.final
cdef class PlanTable:
    """Resolved taxes, one plan for each tax code, order type and way of pricing."""

    cdef Plan* plans
    cdef readonly Py_ssize_t count
    cdef readonly list labels

    def __cinit__(self, list plans not None, list labels not None):
        """Take plans as (net, absorbs, fixed_minor, base_up, base_down, taxes) tuples.

        ``net`` is (amount_factor, quantity_factor, divisor), each tax the same and ``included``.
        ``labels`` holds for each plan the (code, rate_ppm, included) of its taxes.
        """
        cdef Py_ssize_t i
        self.count = len(plans)
        self.labels = labels
        self.plans = <Plan*>calloc(self.count + 1, sizeof(Plan))
        if self.plans == NULL:
            raise MemoryError
        for i in range(self.count):
            self._fill(&self.plans[i], plans[i])

    def __dealloc__(self):
        free(self.plans)

    cdef int _fill(self, Plan* plan, tuple source) except -1:
        net, plan.absorbs, plan.fixed_minor, plan.base_up, plan.base_down, taxes = source
        plan.net.amount_factor, plan.net.quantity_factor, plan.net.divisor = net
        if len(taxes) > TAXES:
            raise ValueError(f"a plan holds at most {TAXES} taxes, got {len(taxes)}")
        for up, per_unit, down, included in taxes:
            plan.taxes[plan.count].amount_factor = up
            plan.taxes[plan.count].quantity_factor = per_unit
            plan.taxes[plan.count].divisor = down
            plan.included[plan.count] = included
            plan.contained += included
            plan.count += 1
        return 0


@cython.final
cdef class Cart:
    """Lines, adjustments and fees of one cart, and what they come to."""

    cdef PlanTable table
    cdef Sheet sheet
    cdef Py_ssize_t capacity
    cdef wide list_size  # sum of the sizes of all gross amounts
    cdef bint fresh  # sums and rows belong to the inputs

    def __cinit__(self, Settings settings not None, PlanTable table not None):
        self.sheet.choices = settings.choices
        self.sheet.plans = table.plans
        self.table = table  # it owns the plans
        self._reserve(16)

    def __dealloc__(self):
        free(self.sheet.rows)
        free(self.sheet.adjustments)
        free(self.sheet.named)
        free(self.sheet.exact)
        free(self.sheet.fees)
        free(self.sheet.cells)
        free(self.sheet.whole)
        free(self.sheet.base)
        free(self.sheet.room)
        free(self.sheet.share)
        free(self.sheet.given)
        free(self.sheet.chosen)
        free(self.sheet.member)
        free(self.sheet.numerators)
        free(self.sheet.ranked)

    # -- what is in the cart --------------------------------------------------------------------

    def put(
        self, object line, object unit_minor, object quantity_milli,
        object base_quantity_milli, object minimum_minor, Py_ssize_t plan,
    ) -> None:
        """Add a line, or replace the one of that number.

        Raises OverflowError, with nothing changed, when the line or the list total does not fit.
        """
        cdef Row row
        cdef int64_t number = PyNumber_Index(line), unit = PyNumber_Index(unit_minor)
        cdef int64_t minimum = PyNumber_Index(minimum_minor)
        cdef wide least, others
        memset(&row, 0, sizeof(Row))
        row.line = number
        row.quantity = PyNumber_Index(quantity_milli)
        row.base_quantity = PyNumber_Index(base_quantity_milli)
        if not 0 <= plan < self.table.count:
            raise IndexError(f"plan {plan} is not one of {self.table.count}")
        row.plan = <int>plan
        cdef Py_ssize_t at = find_row(&self.sheet, number)
        cdef bint there = at < self.sheet.line_count and self.sheet.rows[at].line == number
        cdef wide gross = divide(<wide>unit * row.quantity, 1000, self.sheet.choices.line_rounding)
        others = self.list_size - (size(self.sheet.rows[at].gross) if there else 0)
        least = size(divide(<wide>minimum * row.quantity, 1000, self.sheet.choices.line_rounding))
        if (
            others + size(gross) > INT64_MAX or least > INT64_MAX
            or fix_overflows(&self.sheet, &row)
        ):
            raise OverflowError("it, or the list total, does not fit in int64 minor units")
        row.gross = <int64_t>gross
        row.least = <int64_t>least
        if not there:
            self._open(at)
        self.sheet.rows[at] = row
        self.list_size = others + size(gross)
        self.fresh = False

    def drop(self, object line) -> bool:
        """Remove a line; return whether it was there."""
        cdef int64_t number = PyNumber_Index(line)
        cdef Py_ssize_t at = find_row(&self.sheet, number)
        if at >= self.sheet.line_count or self.sheet.rows[at].line != number:
            return False
        self.list_size = self.list_size - size(self.sheet.rows[at].gross)
        memmove(
            &self.sheet.rows[at], &self.sheet.rows[at + 1],
            (self.sheet.line_count + self.sheet.fee_count - at - 1) * sizeof(Row),
        )
        self.sheet.line_count -= 1
        self.fresh = False
        return True

    def adjust(self, promoted, list adjustments not None) -> None:
        """Set all that comes off, in order of application.

        ``promoted`` are (id, layer, ((line, minor), ...)) tuples, exact amounts; a minor of -1 shares in
        the entry before it. Then ``adjustments`` as (kind, value, sorted lines) tuples.
        """
        cdef Py_ssize_t count = len(promoted) + len(adjustments), name_count = 0
        for _, _, lines in promoted:
            name_count += len(lines)
        for _, _, lines in adjustments:
            name_count += len(lines)
        cdef Adjustment* taken = <Adjustment*>calloc(count + 1, sizeof(Adjustment))
        cdef int64_t* named = <int64_t*>calloc(name_count + 1, sizeof(int64_t))
        cdef int64_t* exact = <int64_t*>calloc(name_count + 1, sizeof(int64_t))
        try:
            if taken == NULL or named == NULL or exact == NULL:
                raise MemoryError
            _take(promoted, adjustments, taken, named, exact)
            self._size_cells(self.capacity, count)
        except BaseException:
            free(taken)
            free(named)
            free(exact)
            raise
        free(self.sheet.adjustments)
        free(self.sheet.named)
        free(self.sheet.exact)
        self.sheet.adjustments = taken
        self.sheet.named = named
        self.sheet.exact = exact
        self.sheet.adjustment_count = count
        self.fresh = False

    def charge(self, list fees not None) -> None:
        """Set the fees, in order, as (percent, of_list, value, plan) tuples."""
        cdef Py_ssize_t i
        cdef Py_ssize_t count = len(fees)
        cdef Fee* taken = <Fee*>calloc(count + 1, sizeof(Fee))
        try:
            if taken == NULL:
                raise MemoryError
            for i in range(count):
                taken[i].percent, taken[i].of_list, value, taken[i].plan = fees[i]
                taken[i].value = PyNumber_Index(value)
                if not 0 <= taken[i].plan < self.table.count:
                    raise IndexError(f"plan {taken[i].plan} is not one of {self.table.count}")
            self._reserve(self.sheet.line_count + count)
        except BaseException:
            free(taken)
            raise
        free(self.sheet.fees)
        self.sheet.fees = taken
        self.sheet.fee_count = count
        self.fresh = False

    # -- what it comes to -----------------------------------------------------------------------

    def totals(self, object make not None) -> object:
        """Return make(list, discount, fees, tax added, tax, rounding, payable)."""
        self._need()
        cdef Sums* s = &self.sheet.sums
        return make(s.gross, s.discount, s.fees, s.added, s.tax, s.rounding, s.payable)

    def line(self, object line, object make not None) -> object:
        """Return make(line, gross, discount, net, tax, payable), or None for no such line."""
        cdef int64_t number = PyNumber_Index(line)
        self._need()
        cdef Py_ssize_t at = find_row(&self.sheet, number)
        if at >= self.sheet.line_count or self.sheet.rows[at].line != number:
            return None
        return self._line(&self.sheet.rows[at], make)

    def before(self, object line) -> object:
        """Return (gross, least, plan) of a line before all discounts, or None for no such line.

        ``least`` is the size below which no discount brings it: its floor, or its fixed taxes.
        """
        cdef int64_t number = PyNumber_Index(line)
        cdef Py_ssize_t at = find_row(&self.sheet, number)
        cdef Row* row = &self.sheet.rows[at]
        if at >= self.sheet.line_count or row.line != number:
            return None
        return row.gross, row.fixed if row.fixed > row.least else row.least, row.plan

    def lines(self, object make not None) -> list:
        """Return make(...) of every line, as `line` does, in order of line number."""
        self._need()
        return [self._line(&self.sheet.rows[i], make) for i in range(self.sheet.line_count)]

    def matrix(self, object make not None, tuple rules not None, str rounding not None) -> list:
        """Return make(line, rule, minor) of every cell that is not 0, rounding last."""
        cdef Py_ssize_t i, j
        cdef Py_ssize_t width = self.sheet.line_count + self.sheet.fee_count
        cdef int64_t minor
        self._need()
        cells = []
        for i in range(self.sheet.adjustment_count):
            for j in range(width):
                minor = self.sheet.cells[i * width + j]
                if minor:
                    cells.append(make(self.sheet.rows[j].line, rules[i], minor))
        if self.sheet.sums.rounding:
            share_rounding(&self.sheet)
            for j in range(width):
                if self.sheet.share[j]:
                    minor = self.sheet.share[j]
                    if self.sheet.sums.rounding > 0:
                        minor = -minor
                    cells.append(make(self.sheet.rows[j].line, rounding, minor))
        return cells

    def taxes(self, object make not None) -> list:
        """Return make(line, code, rate_ppm, net, tax, included), lines first, then fees."""
        cdef Py_ssize_t i, k
        cdef Row* row
        self._need()
        found = []
        for i in range(self.sheet.line_count + self.sheet.fee_count):
            row = &self.sheet.rows[i]
            labels = self.table.labels[row.plan]
            for k in range(self.table.plans[row.plan].count):
                code, rate, included = labels[k]
                found.append(make(row.line, code, rate, row.net, row.taxes[k], included))
        return found

    def fees_charged(self, object make not None, tuple ids not None) -> list:
        """Return make(id, amount, tax) of every fee."""
        self._need()
        cdef Row* fees = self.sheet.rows + self.sheet.line_count
        return [make(ids[i], fees[i].gross, fees[i].tax) for i in range(self.sheet.fee_count)]

    def outcomes(self) -> list:
        """Return (base, asked, granted) of every adjustment, in minor units."""
        self._need()
        cdef Adjustment* done = self.sheet.adjustments
        return [
            (done[i].base, done[i].asked, done[i].granted)
            for i in range(self.sheet.adjustment_count)
        ]

    # -- rows -----------------------------------------------------------------------------------

    cdef int _open(self, Py_ssize_t at) except -1:
        self._reserve(self.sheet.line_count + self.sheet.fee_count + 1)
        memmove(
            &self.sheet.rows[at + 1], &self.sheet.rows[at],
            (self.sheet.line_count + self.sheet.fee_count - at) * sizeof(Row),
        )
        self.sheet.line_count += 1
        return 0

    cdef int _reserve(self, Py_ssize_t count) except -1:
        """Make room for ``count`` rows in every array."""
        if count > ROWS:
            raise OverflowError(f"a cart holds at most {ROWS} lines and fees")
        if count <= self.capacity:
            return 0
        count = max(count, 2 * self.capacity)
        self._size_cells(count, self.sheet.adjustment_count)
        self.sheet.rows = <Row*>_grow(self.sheet.rows, count * sizeof(Row))
        self.sheet.whole = <int64_t*>_grow(self.sheet.whole, count * sizeof(int64_t))
        self.sheet.base = <int64_t*>_grow(self.sheet.base, count * sizeof(int64_t))
        self.sheet.room = <int64_t*>_grow(self.sheet.room, count * sizeof(int64_t))
        self.sheet.share = <int64_t*>_grow(self.sheet.share, count * sizeof(int64_t))
        self.sheet.given = <int64_t*>_grow(self.sheet.given, count * sizeof(int64_t))
        self.sheet.chosen = <bint*>_grow(self.sheet.chosen, count * sizeof(bint))
        self.sheet.member = <Py_ssize_t*>_grow(self.sheet.member, count * sizeof(Py_ssize_t))
        self.sheet.numerators = <wide*>_grow(self.sheet.numerators, count * sizeof(wide))
        self.sheet.ranked = <Ranked*>_grow(self.sheet.ranked, count * sizeof(Ranked))
        self.capacity = count
        return 0

    cdef int _size_cells(self, Py_ssize_t rows, Py_ssize_t adjustments) except -1:
        cdef size_t count = rows * adjustments + 1
        self.sheet.cells = <int64_t*>_grow(self.sheet.cells, count * sizeof(int64_t))
        return 0

    cdef object _line(self, Row* row, object make):
        return make(row.line, row.gross, row.gross - row.amount, row.net, row.tax, row.payable)

    cdef int _need(self) except -1:
        """Price the sheet if need be. The GIL is kept, so that no other thread can change it."""
        if self.fresh:
            return 0
        if price_overflows(&self.sheet):
            raise OverflowError("a sum of the cart does not fit in int64 minor units")
        self.fresh = True
        return 0


cdef int _take(
    promoted, list adjustments, Adjustment* taken, int64_t* named, int64_t* exact
) except -1:
    """Fill the arrays from what `Cart.adjust` was given; they have room for all of it."""
    cdef Py_ssize_t i = 0, k = 0
    for _, _, cells in promoted:
        taken[i].kind = CELLS
        taken[i].first = k
        for line, minor in cells:
            named[k] = PyNumber_Index(line)
            exact[k] = PyNumber_Index(minor)
            k += 1
        taken[i].last = k
        i += 1
    for kind, value, lines in adjustments:
        taken[i].kind = kind
        taken[i].value = PyNumber_Index(value)
        taken[i].whole = not lines
        taken[i].first = k
        for line in lines:
            named[k] = PyNumber_Index(line)
            k += 1
        taken[i].last = k
        i += 1
    return 0


cdef void* _grow(void* memory, size_t size) except NULL:
    cdef void* grown = realloc(memory, size)
    if grown == NULL:
        raise MemoryError
    return grown
