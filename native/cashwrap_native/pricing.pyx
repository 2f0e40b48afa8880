"""The arithmetic of a cart: lines, adjustments, fees, taxes and rounding, in one C array of rows.

The cart does what it is told: which price, which tax, which discount is decided by the caller.
Rows stand in order of line number, fees behind the lines. Everything is an integer, products use
128 bits, and what does not fit in int64 is refused before anything has changed.
"""
cimport cython
from cpython.number cimport PyNumber_Index
from libc.stdint cimport INT64_MAX, int64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memmove, memset

from cashwrap_native.allocate cimport (
    LARGEST, Ranked, settle_overflows, share_out,
)
from cashwrap_native.fixed cimport DOWN, HALF_UP, divide, narrow_overflows, wide

ROUNDINGS = ("half_up", "half_even", "up", "down")
TAXES_MAX = 8
ROWS_MAX = 8192

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
    Py_ssize_t first  # its lines are named[first:last], ascending
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


cdef wide size(wide value) noexcept nogil:
    return -value if value < 0 else value


@cython.final
cdef class Settings:
    """The arithmetic choices of a policy, as numbers. ``rounding`` fields index ROUNDINGS."""

    cdef int line_rounding, tax_rounding, percent_rounding
    cdef int tax_level, net_side, odd_cents, percent_per
    cdef bint percent_of_original, fees_first
    cdef int64_t increment
    cdef int increment_rounding

    def __cinit__(
        self, *, int line_rounding, int tax_rounding, int percent_rounding, int tax_level,
        int net_side, int odd_cents, int percent_per, bint percent_of_original,
        bint fees_first, int64_t increment, int increment_rounding,
    ):
        self.line_rounding = line_rounding
        self.tax_rounding = tax_rounding
        self.percent_rounding = percent_rounding
        self.tax_level = tax_level
        self.net_side = net_side
        self.odd_cents = odd_cents
        self.percent_per = percent_per
        self.percent_of_original = percent_of_original
        self.fees_first = fees_first
        self.increment = increment
        self.increment_rounding = increment_rounding


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

    cdef Settings settings
    cdef PlanTable table
    cdef Row* rows  # lines, then fees
    cdef Py_ssize_t line_count, fee_count, capacity
    cdef Adjustment* adjustments
    cdef Py_ssize_t adjustment_count
    cdef int64_t* named  # line numbers that adjustments name
    cdef Fee* fees
    cdef int64_t* cells  # [adjustment][row], what came off
    # scratch, one entry for each row
    cdef int64_t* whole  # what a discount is measured on, before conversion to its base
    cdef int64_t* base
    cdef int64_t* room
    cdef int64_t* share
    cdef int64_t* given  # by position in ``member``
    cdef bint* chosen
    cdef Py_ssize_t* member
    cdef Py_ssize_t group_count
    cdef wide* numerators
    cdef Ranked* ranked
    cdef Sums sums
    cdef wide list_size  # sum of the sizes of all gross amounts
    cdef bint fresh  # sums and rows belong to the inputs

    def __cinit__(self, Settings settings not None, PlanTable table not None):
        self.settings = settings
        self.table = table
        self._reserve(16)

    def __dealloc__(self):
        free(self.rows)
        free(self.adjustments)
        free(self.named)
        free(self.fees)
        free(self.cells)
        free(self.whole)
        free(self.base)
        free(self.room)
        free(self.share)
        free(self.given)
        free(self.chosen)
        free(self.member)
        free(self.numerators)
        free(self.ranked)

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
        cdef Py_ssize_t at = self._find(number)
        cdef bint there = at < self.line_count and self.rows[at].line == number
        memset(&row, 0, sizeof(Row))
        row.line = number
        row.quantity = PyNumber_Index(quantity_milli)
        row.base_quantity = PyNumber_Index(base_quantity_milli)
        if not 0 <= plan < self.table.count:
            raise IndexError(f"plan {plan} is not one of {self.table.count}")
        row.plan = <int>plan
        cdef wide gross = divide(<wide>unit * row.quantity, 1000, self.settings.line_rounding)
        others = self.list_size - (size(self.rows[at].gross) if there else 0)
        least = size(divide(<wide>minimum * row.quantity, 1000, self.settings.line_rounding))
        if others + size(gross) > INT64_MAX or least > INT64_MAX or self._fix(&row):
            raise OverflowError(f"line {number}: the list total does not fit in int64 minor units")
        row.gross = <int64_t>gross
        row.least = <int64_t>least
        if not there:
            self._open(at)
        self.rows[at] = row
        self.list_size = others + size(gross)
        self.fresh = False

    def drop(self, object line) -> bool:
        """Remove a line; return whether it was there."""
        cdef int64_t number = PyNumber_Index(line)
        cdef Py_ssize_t at = self._find(number)
        if at >= self.line_count or self.rows[at].line != number:
            return False
        self.list_size = self.list_size - size(self.rows[at].gross)
        memmove(
            &self.rows[at], &self.rows[at + 1],
            (self.line_count + self.fee_count - at - 1) * sizeof(Row),
        )
        self.line_count -= 1
        self.fresh = False
        return True

    def adjust(self, list adjustments not None) -> None:
        """Set the adjustments, in order of application, as (kind, value, sorted lines) tuples."""
        cdef Py_ssize_t i
        cdef Py_ssize_t count = len(adjustments), name_count = 0
        for _, _, lines in adjustments:
            name_count += len(lines)
        cdef Adjustment* taken = <Adjustment*>calloc(count + 1, sizeof(Adjustment))
        cdef int64_t* named = <int64_t*>calloc(name_count + 1, sizeof(int64_t))
        name_count = 0
        try:
            if taken == NULL or named == NULL:
                raise MemoryError
            for i in range(count):
                kind, value, lines = adjustments[i]
                taken[i].kind = kind
                taken[i].value = PyNumber_Index(value)
                taken[i].whole = not lines
                taken[i].first = name_count
                for line in lines:
                    named[name_count] = PyNumber_Index(line)
                    name_count += 1
                taken[i].last = name_count
            self._size_cells(self.capacity, count)
        except BaseException:
            free(taken)
            free(named)
            raise
        free(self.adjustments)
        free(self.named)
        self.adjustments = taken
        self.named = named
        self.adjustment_count = count
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
                taken[i].percent, taken[i].of_list, taken[i].value, taken[i].plan = fees[i]
                if not 0 <= taken[i].plan < self.table.count:
                    raise IndexError(f"plan {taken[i].plan} is not one of {self.table.count}")
            self._reserve(self.line_count + count)
        except BaseException:
            free(taken)
            raise
        free(self.fees)
        self.fees = taken
        self.fee_count = count
        self.fresh = False

    # -- what it comes to -----------------------------------------------------------------------

    def totals(self, object make not None) -> object:
        """Return make(list, discount, fees, tax added, tax, rounding, payable)."""
        self._need()
        cdef Sums* s = &self.sums
        return make(s.gross, s.discount, s.fees, s.added, s.tax, s.rounding, s.payable)

    def line(self, object line, object make not None) -> object:
        """Return make(line, gross, discount, net, tax, payable), or None for no such line."""
        cdef int64_t number = PyNumber_Index(line)
        self._need()
        cdef Py_ssize_t at = self._find(number)
        if at >= self.line_count or self.rows[at].line != number:
            return None
        return self._line(&self.rows[at], make)

    def lines(self, object make not None) -> list:
        """Return make(...) of every line, as `line` does, in order of line number."""
        self._need()
        return [self._line(&self.rows[i], make) for i in range(self.line_count)]

    def matrix(self, object make not None, tuple rules not None, str rounding not None) -> list:
        """Return make(line, rule, minor) of every cell that is not 0, rounding last."""
        cdef Py_ssize_t i, j
        cdef Py_ssize_t width = self.line_count + self.fee_count
        cdef int64_t minor
        self._need()
        cells = []
        for i in range(self.adjustment_count):
            for j in range(width):
                minor = self.cells[i * width + j]
                if minor:
                    cells.append(make(self.rows[j].line, rules[i], minor))
        if self.sums.rounding:
            self._share_rounding()
            for j in range(width):
                if self.share[j]:
                    minor = self.share[j] if self.sums.rounding < 0 else -self.share[j]
                    cells.append(make(self.rows[j].line, rounding, minor))
        return cells

    def taxes(self, object make not None) -> list:
        """Return make(line, code, rate_ppm, net, tax, included), lines first, then fees."""
        cdef Py_ssize_t i, k
        cdef Row* row
        self._need()
        found = []
        for i in range(self.line_count + self.fee_count):
            row = &self.rows[i]
            labels = self.table.labels[row.plan]
            for k in range(self.table.plans[row.plan].count):
                code, rate, included = labels[k]
                found.append(make(row.line, code, rate, row.net, row.taxes[k], included))
        return found

    def fees_charged(self, object make not None, tuple ids not None) -> list:
        """Return make(id, amount, tax) of every fee."""
        self._need()
        return [
            make(ids[i], self.rows[self.line_count + i].gross, self.rows[self.line_count + i].tax)
            for i in range(self.fee_count)
        ]

    def outcomes(self) -> list:
        """Return (base, asked, granted) of every adjustment, in minor units."""
        self._need()
        return [
            (self.adjustments[i].base, self.adjustments[i].asked, self.adjustments[i].granted)
            for i in range(self.adjustment_count)
        ]

    # -- rows -----------------------------------------------------------------------------------

    cdef Py_ssize_t _find(self, int64_t line) noexcept nogil:
        """Return where the line stands, or would stand."""
        cdef Py_ssize_t low = 0, high = self.line_count, middle
        while low < high:
            middle = (low + high) // 2
            if self.rows[middle].line < line:
                low = middle + 1
            else:
                high = middle
        return low

    cdef int _open(self, Py_ssize_t at) except -1:
        self._reserve(self.line_count + self.fee_count + 1)
        memmove(
            &self.rows[at + 1], &self.rows[at],
            (self.line_count + self.fee_count - at) * sizeof(Row),
        )
        self.line_count += 1
        return 0

    cdef int _reserve(self, Py_ssize_t count) except -1:
        """Make room for ``count`` rows in every array."""
        if count > ROWS:
            raise OverflowError(f"a cart holds at most {ROWS} lines and fees")
        if count <= self.capacity:
            return 0
        count = max(count, 2 * self.capacity)
        self._size_cells(count, self.adjustment_count)
        self.rows = <Row*>_grow(self.rows, count * sizeof(Row))
        self.whole = <int64_t*>_grow(self.whole, count * sizeof(int64_t))
        self.base = <int64_t*>_grow(self.base, count * sizeof(int64_t))
        self.room = <int64_t*>_grow(self.room, count * sizeof(int64_t))
        self.share = <int64_t*>_grow(self.share, count * sizeof(int64_t))
        self.given = <int64_t*>_grow(self.given, count * sizeof(int64_t))
        self.chosen = <bint*>_grow(self.chosen, count * sizeof(bint))
        self.member = <Py_ssize_t*>_grow(self.member, count * sizeof(Py_ssize_t))
        self.numerators = <wide*>_grow(self.numerators, count * sizeof(wide))
        self.ranked = <Ranked*>_grow(self.ranked, count * sizeof(Ranked))
        self.capacity = count
        return 0

    cdef int _size_cells(self, Py_ssize_t rows, Py_ssize_t adjustments) except -1:
        self.cells = <int64_t*>_grow(self.cells, (rows * adjustments + 1) * sizeof(int64_t))
        return 0

    cdef bint _fix(self, Row* row) noexcept nogil:
        """Set the size of the contained fixed taxes; return whether it overflows."""
        cdef wide fixed = <wide>self.table.plans[row.plan].fixed_minor * row.base_quantity
        return narrow_overflows(
            size(divide(fixed, 1000, self.settings.tax_rounding)), &row.fixed
        )

    cdef object _line(self, Row* row, object make):
        return make(row.line, row.gross, row.gross - row.amount, row.net, row.tax, row.payable)

    # -- pricing --------------------------------------------------------------------------------

    cdef int _need(self) except -1:
        cdef bint overflowed
        if self.fresh:
            return 0
        with nogil:
            overflowed = self._price_overflows()
        if overflowed:
            raise OverflowError("a sum of the cart does not fit in int64 minor units")
        self.fresh = True
        return 0

    cdef bint _price_overflows(self) noexcept nogil:
        cdef Py_ssize_t i
        cdef Py_ssize_t width = self.line_count + self.fee_count
        cdef bint placed = False
        for i in range(self.line_count):
            self.rows[i].amount = self.rows[i].gross
        memset(self.cells, 0, width * self.adjustment_count * sizeof(int64_t))
        for i in range(self.adjustment_count):
            if self.settings.fees_first and self.adjustments[i].whole and not placed:
                if self._fees_overflow():
                    return True
                placed = True
            if self._discount_overflows(
                &self.adjustments[i], &self.cells[i * width], width if placed else self.line_count
            ):
                return True
        if not placed and self._fees_overflow():
            return True
        if self._taxes_overflow(width):
            return True
        return self._sums_overflow(width)

    cdef bint _fees_overflow(self) noexcept nogil:
        """Set the fee rows from the lines as they stand."""
        cdef Py_ssize_t i
        cdef wide of_list = 0, discounted = 0, amount
        cdef Row* row
        cdef Fee* fee
        cdef int64_t one
        for i in range(self.line_count):
            of_list = of_list + self.rows[i].gross
            discounted = discounted + self.rows[i].amount
        for i in range(self.fee_count):
            fee = &self.fees[i]
            row = &self.rows[self.line_count + i]
            memset(row, 0, sizeof(Row))
            amount = fee.value
            if fee.percent:
                amount = divide(
                    (of_list if fee.of_list else discounted) * fee.value, PPM,
                    self.settings.line_rounding,
                )
            one = -1000 if amount < 0 else 1000
            row.line = -1 - <int64_t>i
            row.quantity = one
            row.base_quantity = one if amount else 0  # a fee of nothing bears no fixed tax
            row.plan = fee.plan
            if size(amount) > INT64_MAX or self._fix(row):
                return True
            row.gross = <int64_t>amount
            row.amount = row.gross
        return False

    # -- discounts ------------------------------------------------------------------------------

    cdef bint _names(self, Adjustment* adjustment, int64_t line) noexcept nogil:
        cdef Py_ssize_t low = adjustment.first, high = adjustment.last, middle
        while low < high:
            middle = (low + high) // 2
            if self.named[middle] < line:
                low = middle + 1
            else:
                high = middle
        return low < adjustment.last and self.named[low] == line

    cdef bint _discount_overflows(
        self, Adjustment* adjustment, int64_t* cells, Py_ssize_t count
    ) noexcept nogil:
        """Apply one adjustment to the first ``count`` rows and write its cells."""
        cdef Py_ssize_t i
        cdef wide base = 0, asked = 0, granted = 0, share
        cdef Row* row
        for i in range(count):
            self.chosen[i] = adjustment.whole or self._names(adjustment, self.rows[i].line)
            self.share[i] = 0
            if self.chosen[i] and self._measure_overflows(adjustment, i):
                return True
        if adjustment.kind == UNIT_PRICE:
            self._ask_unit_price(adjustment.value, count, &base, &asked)
        elif adjustment.kind == AMOUNT:
            self._ask_amount(adjustment.value, count, &base, &asked)
        elif self.settings.percent_per == 2:
            self._ask_percent_once(adjustment.value, count, &base, &asked)
        else:
            self._ask_percent(adjustment.value, count, &base, &asked)
        for i in range(count):
            if not self.share[i]:
                continue
            row = &self.rows[i]
            share = self.share[i]
            if adjustment.kind != UNIT_PRICE and self.base[i] != self.whole[i]:
                share = divide(share * self.whole[i], self.base[i], HALF_UP)
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

    cdef bint _measure_overflows(self, Adjustment* adjustment, Py_ssize_t i) noexcept nogil:
        """Set whole, base and room of a row: sizes, the last two in terms of the discount base."""
        cdef Row* row = &self.rows[i]
        cdef Plan* plan = &self.table.plans[row.plan]
        cdef wide now = size(row.amount), whole, room, base
        whole = now
        if adjustment.kind == PERCENT and self.settings.percent_of_original:
            whole = size(row.gross)
        whole = whole - row.fixed
        if whole < 0:
            whole = 0
        room = now - (row.fixed if row.fixed > row.least else row.least)
        if room < 0:
            room = 0
        self.whole[i] = <int64_t>whole
        base = whole
        if adjustment.kind != UNIT_PRICE and plan.base_up != plan.base_down:
            base = divide(whole * plan.base_up, plan.base_down, self.settings.tax_rounding)
            room = divide(room * base, whole, DOWN) if whole else 0
        return narrow_overflows(base, &self.base[i]) or narrow_overflows(room, &self.room[i])

    cdef void _ask_unit_price(
        self, int64_t value, Py_ssize_t count, wide* base, wide* asked
    ) noexcept nogil:
        cdef Py_ssize_t i
        cdef Row* row
        cdef wide share
        cdef int sign
        for i in range(count):
            row = &self.rows[i]
            if not self.chosen[i]:
                continue
            sign = -1 if row.gross < 0 else 1
            share = size(divide(<wide>value * row.quantity, 1000, self.settings.line_rounding))
            share = size(row.amount) - share
            base[0] = base[0] + row.amount
            if share > 0:
                asked[0] = asked[0] + share * sign
                self.share[i] = <int64_t>(share if share < self.room[i] else self.room[i])

    cdef void _ask_percent(
        self, int64_t ppm, Py_ssize_t count, wide* base, wide* asked
    ) noexcept nogil:
        """A percentage rounded for each unit or each line."""
        cdef Py_ssize_t i
        cdef int mode = self.settings.percent_rounding, sign
        cdef wide share, quantity
        for i in range(count):
            if not self.chosen[i]:
                continue
            sign = -1 if self.rows[i].gross < 0 else 1
            share = <wide>self.base[i] * ppm
            if self.settings.percent_per == 0:
                quantity = size(self.rows[i].quantity)
                share = divide(divide(share, 1000 * quantity, mode) * quantity, 1000, mode)
            else:
                share = divide(share, PPM, mode)
            base[0] = base[0] + <wide>self.base[i] * sign
            asked[0] = asked[0] + share * sign
            self.share[i] = <int64_t>(share if share < self.room[i] else self.room[i])

    cdef void _ask_percent_once(
        self, int64_t ppm, Py_ssize_t count, wide* base, wide* asked
    ) noexcept nogil:
        """A percentage of the eligible sum, apart for lines sold and lines given back."""
        self._ask_side(ppm, 1, count, base, asked)
        self._ask_side(ppm, -1, count, base, asked)

    cdef void _ask_side(
        self, int64_t ppm, int sign, Py_ssize_t count, wide* base, wide* asked
    ) noexcept nogil:
        cdef wide total = self._group(count, sign)
        cdef wide amount = divide(total * ppm, PPM, self.settings.percent_rounding)
        self._share(amount)
        base[0] = base[0] + total * sign
        asked[0] = asked[0] + amount * sign

    cdef void _ask_amount(
        self, int64_t value, Py_ssize_t count, wide* base, wide* asked
    ) noexcept nogil:
        """An amount off, on the side (sold or given back) that is worth more."""
        cdef Py_ssize_t i
        cdef wide total = 0
        for i in range(count):
            if self.chosen[i]:
                total = total + self.rows[i].amount
        if total == 0:
            return
        base[0] = self._group(count, 1 if total > 0 else -1)
        asked[0] = value
        self._share(value)
        if total < 0:
            base[0] = -base[0]
            asked[0] = -asked[0]

    cdef wide _group(self, Py_ssize_t count, int sign) noexcept nogil:
        """Collect the chosen rows of one sign in ``member``; return the sum of their bases."""
        cdef Py_ssize_t i
        cdef wide total = 0
        cdef Py_ssize_t found = 0
        for i in range(count):
            if self.chosen[i] and (self.rows[i].gross < 0) == (sign < 0):
                self.member[found] = i
                total = total + self.base[i]
                found += 1
        self.group_count = found
        return total

    cdef void _share(self, wide amount) noexcept nogil:
        """Share an amount out over the group by base, within room."""
        cdef Py_ssize_t i
        cdef Py_ssize_t row
        # the columns are compacted onto scratch that nothing else needs now
        cdef int64_t* weights = <int64_t*>self.numerators
        cdef int64_t* caps = weights + self.group_count
        cdef int64_t* given = self.given
        if amount > INT64_MAX:  # cannot be; the caller refuses it by its sum
            return
        for i in range(self.group_count):
            row = self.member[i]
            weights[i] = self.base[row]
            caps[i] = self.room[row]
        share_out(
            amount, weights, caps, given, self.group_count, self.settings.odd_cents, self.ranked
        )
        for i in range(self.group_count):
            self.share[self.member[i]] = given[i]

    # -- taxes ----------------------------------------------------------------------------------

    cdef bint _taxes_overflow(self, Py_ssize_t count) noexcept nogil:
        cdef Py_ssize_t i
        cdef Row* row
        if self.settings.tax_level == PER_ORDER:
            for i in range(count):
                self.rows[i].grouped = False
            for i in range(count):
                if not self.rows[i].grouped and self._group_taxes_overflow(i, count):
                    return True
            return False
        for i in range(count):
            row = &self.rows[i]
            if row.taxed and row.taxed_amount == row.amount:
                continue
            row.taxed = False
            if self._row_taxes_overflow(row):
                return True
            row.taxed = True
            row.taxed_amount = row.amount
        return False

    cdef bint _row_taxes_overflow(self, Row* row) noexcept nogil:
        cdef Py_ssize_t k
        cdef Plan* plan = &self.table.plans[row.plan]
        cdef int64_t of = row.amount
        row.net = row.amount
        if plan.contained and self.settings.net_side != FROM_GROSS:
            if self._part_overflows(&plan.net, row, row.amount, &row.net):
                return True
            if self.settings.net_side == NET_MOVES_GROSS:
                of = row.net
        for k in range(plan.count):
            if self._part_overflows(&plan.taxes[k], row, of, &row.taxes[k]):
                return True
        return self._close_overflows(row, plan)

    cdef bint _part_overflows(
        self, Formula* formula, Row* row, int64_t amount, int64_t* out
    ) noexcept nogil:
        cdef wide number = _apply(formula, amount, row.base_quantity)
        cdef wide quantity
        cdef int64_t per_unit = 0
        cdef int mode = self.settings.tax_rounding
        if self.settings.tax_level == PER_LINE:
            return narrow_overflows(divide(number, formula.divisor, mode), out)
        quantity = size(row.quantity)
        if narrow_overflows(divide(number * 1000, formula.divisor * quantity, mode), &per_unit):
            return True
        return narrow_overflows(divide(per_unit * quantity, 1000, mode), out)

    cdef bint _close_overflows(self, Row* row, Plan* plan) noexcept nogil:
        """From net and taxes as rounded, settle what the row comes to."""
        cdef Py_ssize_t k
        cdef wide contained = 0, added = 0
        cdef int64_t rest = 0
        if plan.contained and self.settings.net_side == FROM_NET:
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
        if self.settings.net_side == FROM_GROSS:
            if narrow_overflows(<wide>row.amount - contained, &row.net):
                return True
        return narrow_overflows(contained + added, &row.tax) or narrow_overflows(
            row.net + contained + added, &row.payable
        )

    cdef bint _group_taxes_overflow(self, Py_ssize_t first, Py_ssize_t count) noexcept nogil:
        """Round the taxes of all rows with one plan once, and settle them on the rows."""
        cdef Py_ssize_t i, k
        cdef Plan* plan = &self.table.plans[self.rows[first].plan]
        cdef Py_ssize_t found = 0
        cdef bint from_net = plan.contained and self.settings.net_side == NET_MOVES_GROSS
        for i in range(first, count):
            if self.rows[i].plan == self.rows[first].plan:
                self.rows[i].grouped = True
                self.rows[i].net = self.rows[i].amount
                self.member[found] = i
                found += 1
        self.group_count = found
        if plan.contained and self.settings.net_side != FROM_GROSS:
            if self._settle_overflows(&plan.net, False):
                return True
            for i in range(found):
                self.rows[self.member[i]].net = self.given[i]
        for k in range(plan.count):
            if self._settle_overflows(&plan.taxes[k], from_net):
                return True
            for i in range(found):
                self.rows[self.member[i]].taxes[k] = self.given[i]
        for i in range(found):
            if self._close_overflows(&self.rows[self.member[i]], plan):
                return True
        return False

    cdef bint _settle_overflows(self, Formula* formula, bint from_net) noexcept nogil:
        """Set ``given`` of the group so that it sums to the rounded whole."""
        cdef Py_ssize_t i
        cdef wide total = 0
        cdef Row* row
        for i in range(self.group_count):
            row = &self.rows[self.member[i]]
            self.numerators[i] = _apply(
                formula, row.net if from_net else row.amount, row.base_quantity
            )
            total = total + self.numerators[i]
        total = divide(total, formula.divisor, self.settings.tax_rounding)
        return settle_overflows(
            total, self.numerators, formula.divisor, self.given, self.group_count, self.ranked
        )

    # -- sums -----------------------------------------------------------------------------------

    cdef bint _sums_overflow(self, Py_ssize_t count) noexcept nogil:
        cdef Py_ssize_t i
        cdef wide gross = 0, discount = 0, fees = 0, tax = 0, added = 0, payable = 0, rounded
        cdef Row* row
        for i in range(count):
            row = &self.rows[i]
            if i < self.line_count:
                gross = gross + row.gross
            else:
                fees = fees + row.gross
            discount = discount + (<wide>row.gross - row.amount)
            added = added + (<wide>row.payable - row.amount)
            tax = tax + row.tax
            payable = payable + row.payable
        rounded = payable
        if self.settings.increment > 1:
            rounded = divide(
                payable, self.settings.increment, self.settings.increment_rounding
            ) * self.settings.increment
        return (
            narrow_overflows(gross, &self.sums.gross)
            or narrow_overflows(discount, &self.sums.discount)
            or narrow_overflows(fees, &self.sums.fees)
            or narrow_overflows(added, &self.sums.added)
            or narrow_overflows(tax, &self.sums.tax)
            or narrow_overflows(rounded - payable, &self.sums.rounding)
            or narrow_overflows(rounded, &self.sums.payable)
        )

    cdef void _share_rounding(self) noexcept nogil:
        """Set ``share`` of every row to the size of its part of the rounding, by payable."""
        cdef Py_ssize_t i
        cdef Py_ssize_t count = self.line_count + self.fee_count
        cdef wide part
        for i in range(count):
            part = size(self.rows[i].payable)
            self.base[i] = <int64_t>(part if part <= INT64_MAX else INT64_MAX)
            self.room[i] = INT64_MAX
        share_out(
            size(self.sums.rounding), self.base, self.room, self.share, count, LARGEST, self.ranked
        )


cdef wide _apply(Formula* formula, int64_t amount, int64_t base_quantity) noexcept nogil:
    return (
        <wide>formula.amount_factor * amount + <wide>formula.quantity_factor * base_quantity
    )


cdef void* _grow(void* memory, size_t size) except NULL:
    cdef void* grown = realloc(memory, size)
    if grown == NULL:
        raise MemoryError
    return grown
