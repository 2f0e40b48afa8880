"""Can the target still be reached from here? Header-only.

Where one number, the saving of the item layer, says it all, the spans of it that reach the target
are found once ("windows"); elsewhere each node is bounded anew.
"""

from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy

from cashwrap_native.promote_bound cimport Bound, Reach, find_bound
from cashwrap_native.promote_item cimport lesser
from cashwrap_native.promote_model cimport AMOUNT, Later, Problem
from cashwrap_native.promote_order cimport inside
from cashwrap_native.promote_state cimport BEST_VALUE, FIRST_PLAN, WINDOWS_MAX, Search


cdef inline void reach_at(Search* s, int depth, Reach* r) noexcept nogil:
    """Write what may be saved below a node, in minor units."""
    cdef Problem* p = s.p
    cdef int width = p.later_count + 1, n
    cdef int64_t* low = s.low + depth * width
    cdef int64_t* high = s.high + depth * width
    if p.scale == 1 and not s.loose:
        r.low_of = low
        r.high_of = high
    else:
        for n in range(width):
            s.low_scaled[n] = 0 if s.loose else floor_div(low[n] - s.rounding_slack, p.scale)
            s.high_scaled[n] = floor_div(high[n] + s.rounding_slack, p.scale)
        r.low_of = s.low_scaled
        r.high_of = s.high_scaled
    r.low = lesser(r.low_of[width - 1], p.total)
    if r.low < 0:
        r.low = 0
    r.span = r.high_of[width - 1]
    r.high = lesser(r.span, p.total)


cdef inline void bound_at(Search* s, int depth, Bound* b) noexcept nogil:
    """Write the least that can be left to pay below a node."""
    cdef Reach r
    reach_at(s, depth, &r)
    if s.mode == FIRST_PLAN:
        b.enough_payable = s.target.payable
        b.enough_face = s.target.face
        b.best_count = s.hint.best_count
        memcpy(b.best, s.hint.best, sizeof(s.hint.best))
    else:
        b.enough_payable = -1
        b.enough_face = -1
        b.best_count = 0
    find_bound(s.p, &r, b)
    if s.mode == FIRST_PLAN and b.best_count:
        s.hint.best_count = b.best_count
        memcpy(s.hint.best, b.best, sizeof(s.hint.best))


cdef inline bint promising(Search* s, int depth) noexcept nogil:
    """Whether the target may be reached below a node."""
    cdef Bound b
    cdef Reach r
    cdef int i
    if s.window_count < 0:
        bound_at(s, depth, &b)
        return not hopeless(s, b.payable, b.face)
    reach_at(s, depth, &r)
    for i in range(s.window_count):
        if r.low <= s.window_high[i] and r.high >= s.window_low[i]:
            return True
    return False


# -- where the target can be reached ------------------------------------------------------------


cdef inline void open_windows(Search* s) noexcept nogil:
    """Find the item savings with which the target can be reached, where one number says it all."""
    cdef Reach r
    s.window_count = -1
    if not s.uniform:
        return
    reach_at(s, 0, &r)
    s.window_count = 0
    look_between(s, r.low, r.high)


cdef inline void look_between(Search* s, int64_t low, int64_t high) noexcept nogil:
    """Find the windows in a span of savings, the highest first."""
    cdef Bound b
    cdef int64_t bottom, top, middle
    if low > high or s.window_count < 0:
        return
    bound_between(s, low, high, &b)
    if is_worse(s, &b):
        return
    top = b.saved
    bottom = low
    middle = top - (s.target.payable - b.payable)  # less saving leaves at least so much more ...
    if all_amounts(s, &b) and middle > bottom:
        bottom = middle  # ... and with amounts exactly so
    while bottom < top and not all_amounts(s, &b):
        middle = bottom + (top - bottom) // 2
        bound_between(s, middle, middle, &b)
        if is_worse(s, &b):
            bottom = middle + 1
        else:
            top = middle
    bound_between(s, low, high, &b)
    top = b.saved
    if s.window_count == WINDOWS_MAX:
        s.window_count = -1
        return
    s.window_low[s.window_count] = bottom
    s.window_high[s.window_count] = top
    s.window_count += 1
    look_between(s, top + 1, high)
    look_between(s, low, bottom - 1)


cdef inline bint is_worse(Search* s, Bound* b) noexcept nogil:
    if s.mode == BEST_VALUE and not s.exact_ends:
        return b.payable > s.target.payable or (
            b.payable == s.target.payable and b.face >= s.target.face
        )
    return b.payable > s.target.payable or (
        b.payable == s.target.payable and b.face > s.target.face
    )


cdef inline bint all_amounts(Search* s, Bound* b) noexcept nogil:
    """Whether what the best steps give does not depend on how much was saved."""
    cdef int i
    cdef Later* later
    for i in range(b.best_count):
        later = &s.p.laters[b.best[i].later]
        if b.best[i].step < 0 or later.rule.steps[b.best[i].step].off.kind != AMOUNT:
            return False
    return True


cdef inline void bound_between(Search* s, int64_t low, int64_t high, Bound* b) noexcept nogil:
    """Bound what is left to pay when the item layer saves between low and high."""
    cdef Problem* p = s.p
    cdef Reach r
    cdef int n, width = p.later_count + 1
    reach_at(s, 0, &r)
    for n in range(width):
        s.low_between[n] = r.low_of[n]
        s.high_between[n] = r.high_of[n]
        if n == width - 1 or s.components[0].inside[n]:
            s.low_between[n] += low - r.low_of[width - 1]
            s.high_between[n] += high - r.span
    r.low = low
    r.high = high
    r.span = high
    r.low_of = s.low_between
    r.high_of = s.high_between
    b.enough_payable = -1
    b.enough_face = -1
    b.best_count = 0
    find_bound(p, &r, b)


cdef inline int64_t floor_div(int64_t a, int64_t b) noexcept nogil:
    cdef int64_t q
    if a >= 0:
        return <int64_t>(<uint64_t>a // <uint64_t>b)
    q = <int64_t>(<uint64_t>(-a) // <uint64_t>b)
    return -q - 1


cdef inline bint hopeless(Search* s, int64_t payable, int64_t face) noexcept nogil:
    """Whether a bound says that nothing of use can follow."""
    if s.mode == BEST_VALUE and not s.found:
        return False
    if s.mode == FIRST_PLAN or s.exact_ends:
        return payable > s.target.payable or (
            payable == s.target.payable and face > s.target.face
        )
    return payable > s.target.payable or (
        payable == s.target.payable and face >= s.target.face
    )
