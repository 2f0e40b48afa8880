"""Memory for evaluations and for the search, and where the search begins. Header-only."""

from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memcpy

from cashwrap_native.allocate cimport Ranked
from cashwrap_native.promote_bound cimport STACK
from cashwrap_native.promote_components cimport locate, split
from cashwrap_native.promote_item cimport lesser, serve
from cashwrap_native.promote_model cimport (
    AMOUNT, BUNDLE, CANDIDATE, FAR, PER_LINE, PER_UNIT, PRICE, SET, Applied, Parcel, Piece,
    Problem, Program, Rule, take,
)
from cashwrap_native.promote_options cimport phases_of
from cashwrap_native.promote_order cimport inside
from cashwrap_native.promote_state cimport Search
from cashwrap_native.promote_thresholds cimport thin_out


# -- memory -------------------------------------------------------------------------------------


cdef inline bint make_scratch(Problem* p) noexcept nogil:
    """Take what evaluations write to."""
    cdef int64_t units = 1, parcels = p.kind_count + 1, most
    cdef int k, i
    for k in range(p.kind_count):
        if p.kinds[k].option_count:
            units += p.kinds[k].units
        parcels += lesser(p.kinds[k].units, p.kinds[k].option_count)
    most = units if units > parcels else parcels
    p.pieces = <Piece*>take(p.arena, units * sizeof(Piece))
    p.places = <int*>take(p.arena, most * sizeof(int))
    p.weights = <int64_t*>take(p.arena, most * sizeof(int64_t))
    p.caps = <int64_t*>take(p.arena, most * sizeof(int64_t))
    p.shares = <int64_t*>take(p.arena, most * sizeof(int64_t))
    p.ranked = <Ranked*>take(p.arena, most * sizeof(Ranked))
    p.parcels = <Parcel*>take(p.arena, parcels * sizeof(Parcel))
    p.first_parcel = <int*>take(p.arena, (p.kind_count + 1) * sizeof(int))
    p.given_units = <int64_t*>take(p.arena, (p.kind_count + 1) * sizeof(int64_t))
    p.given_minor = <int64_t*>take(p.arena, (p.kind_count + 1) * sizeof(int64_t))
    p.saved = <int64_t*>take(p.arena, (p.program_count + 1) * sizeof(int64_t))
    p.used = <int64_t*>take(p.arena, (p.local_count + 1) * sizeof(int64_t))
    p.in_use = <uint8_t*>take(p.arena, p.local_count + 1)
    p.done = <Applied*>take(p.arena, (p.later_count + 1) * sizeof(Applied))
    if p.arena.failed:
        return False
    for i in range(p.later_count + 1):
        p.done[i].shares = <int64_t*>take(p.arena, parcels * sizeof(int64_t))
    p.parcel_room = <int>parcels
    return not p.arena.failed


cdef inline bint make_search(Problem* p, Search* s, const int* settled) noexcept nogil:
    """Take what the walk writes to."""
    cdef int64_t units = 1
    cdef int k, i, width = p.later_count + 1
    s.p = p
    for k in range(p.kind_count):
        if p.kinds[k].option_count:
            units += p.kinds[k].units
            if p.kinds[k].option_count + 1 > s.children_max:
                s.children_max = p.kinds[k].option_count + 1
    s.unit_kind = <int*>take(p.arena, units * sizeof(int))
    s.unit_row = <int*>take(p.arena, units * sizeof(int))
    s.counts = <int*>take(p.arena, (p.option_count + 1) * sizeof(int))
    s.best_counts = <int*>take(p.arena, (p.option_count + 1) * sizeof(int))
    s.chosen = <int*>take(p.arena, units * sizeof(int))
    s.found_options = <int*>take(p.arena, units * sizeof(int))
    s.child = <int*>take(p.arena, units * sizeof(int))
    s.child_count = <int*>take(p.arena, units * sizeof(int))
    s.state_before = <int*>take(p.arena, units * sizeof(int))
    s.gain_before = <int64_t*>take(p.arena, units * sizeof(int64_t))
    s.low = <int64_t*>take(p.arena, (units + 1) * width * sizeof(int64_t))
    s.high = <int64_t*>take(p.arena, (units + 1) * width * sizeof(int64_t))
    s.low_scaled = <int64_t*>take(p.arena, width * sizeof(int64_t))
    s.high_scaled = <int64_t*>take(p.arena, width * sizeof(int64_t))
    s.low_between = <int64_t*>take(p.arena, width * sizeof(int64_t))
    s.high_between = <int64_t*>take(p.arena, width * sizeof(int64_t))
    if p.arena.failed:
        return False
    memcpy(s.counts, settled, p.option_count * sizeof(int))
    memcpy(s.best_counts, settled, p.option_count * sizeof(int))
    if not split(p, s):
        return False
    for i in range(p.program_count):
        if p.programs[i].relaxed and p.programs[i].rule.family == CANDIDATE and s.owed == NULL:
            s.owed = <int64_t*>take(p.arena, (p.kind_count + 1) * sizeof(int64_t))
            s.unit_left = <int*>take(p.arena, units * sizeof(int))
    if p.arena.failed:
        return False
    for k in range(s.unit_count - 2 if s.owed != NULL else -1, -1, -1):
        if s.unit_kind[k] == s.unit_kind[k + 1]:
            s.unit_left[k] = s.unit_left[k + 1] + 1
    thin_out(p, s)
    for i in range(s.component_count):
        locate(p, &s.components[i])
    s.state = <int*>take(p.arena, (s.component_count + 1) * sizeof(int))
    s.gain = <int64_t*>take(p.arena, (s.component_count + 1) * sizeof(int64_t))
    start(s)
    s.uniform = s.component_count > 0 and p.stacked <= STACK
    for i in range(p.later_count):
        if s.uniform and p.laters[i].alive and not is_uniform(p, s, i):
            s.uniform = False
    return not p.arena.failed


cdef inline bint is_uniform(Problem* p, Search* s, int later) noexcept nogil:
    """Whether a later rule's base has all units in question, or none of them."""
    cdef int c, i
    cdef bint whole = s.components[0].inside[later]
    if p.laters[later].bars_any:
        return False
    for c in range(s.component_count):
        if s.components[c].inside[later] != whole:
            return False
        for i in range(s.components[c].kind_count):
            if not whole and p.laters[later].covers[s.components[c].kinds[i]]:
                return False
    return True


cdef inline void start(Search* s) noexcept nogil:
    """Set what can be saved in all, and what roundings could add to that."""
    cdef Problem* p = s.p
    cdef int c, n, i
    cdef Rule* rule
    for c in range(s.component_count):
        for n in range(p.later_count + 1):
            if s.components[c].inside[n]:
                s.low[n] += s.components[c].least[0]
                s.high[n] += s.components[c].most[0]
    for i in range(p.program_count):
        rule = p.programs[i].rule
        s.loose |= p.programs[i].relaxed or p.programs[i].cap != FAR or (
            (rule.family == SET or rule.family == BUNDLE) and (
                rule.off.kind == AMOUNT or (rule.off.kind == PRICE and p.floors)
            )
        )
        if p.programs[i].settled:
            count_settled(s, &p.programs[i])
            continue
        if rule.per != PER_UNIT and p.scale > 1:
            s.rounding_slack += (p.scale - 1) * (
                p.programs[i].option_count if rule.per == PER_LINE else 1
            )
        for n in range(p.programs[i].option, p.programs[i].option + p.programs[i].option_count - 1):
            s.phased |= phases_of(rule) > 1


cdef inline void count_settled(Search* s, Program* q) noexcept nogil:
    """Count what a settled rule saves, on every base."""
    cdef Problem* p = s.p
    cdef Py_ssize_t count = 0, i
    cdef int64_t uses = 0, total = 0, gain
    cdef int n
    serve(p, q, s.counts, q.cap, &count, &uses, &total)
    for i in range(count):
        gain = p.pieces[i].minor * p.scale
        for n in range(p.later_count + 1):
            if n == p.later_count or (
                p.laters[n].covers[p.pieces[i].kind] and not p.laters[n].barred[p.pieces[i].kind]
            ):
                s.low[n] += gain
                s.high[n] += gain
