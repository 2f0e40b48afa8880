"""One step of the search: a unit serves an option, and what that permits and forbids. Header-only.

Beside the state of its component a unit may change what rules that take from one end, candidates
that were begun, and uses which may turn out to save nothing have to know.
"""

from libc.stdint cimport int64_t

from cashwrap_native.promote_automaton cimport arc
from cashwrap_native.promote_item cimport lesser
from cashwrap_native.promote_model cimport (
    BUNDLE, BUY_GET, CANDIDATE, CHEAPEST, DEAREST, FAR, GROUP, PERCENT, PRICE, SET, Kind, Option,
    Problem, Program, Rule,
)
from cashwrap_native.promote_order cimport inside
from cashwrap_native.promote_state cimport Search
from cashwrap_native.promote_table cimport Component, gained


# -- one step -----------------------------------------------------------------------------------


cdef inline bint move(Search* s, int depth, int option) noexcept nogil:
    """Let the unit serve this option; False where that is not permitted (nothing has changed)."""
    cdef Problem* p = s.p
    cdef Kind* kind = &p.kinds[s.unit_kind[depth]]
    cdef int c = kind.component, before = s.state[c], after = before, arc
    cdef Component* component = &s.components[c]
    cdef Option* o = NULL
    cdef Program* q = NULL
    cdef int64_t gain = 0
    if option >= 0:
        o = &p.options[option]
        q = &p.programs[o.program]
        if q.settled:
            return False
        arc = ((before // q.stride) % q.states) * q.symbols + o.symbol if not q.stateless else 0
        if q.next[arc] < 0:
            return False
        if not q.stateless:
            after += (q.next[arc] - (before // q.stride) % q.states) * q.stride
        gain = gained(p, o, kind, q.gain[arc], q.plus[arc])
    if component.most[(s.unit_row[depth] + 1) * component.states + after] < -(FAR // 2):
        return False
    if s.owed != NULL and not may_serve(s, depth, option):
        return False
    if p.any_ends and not takes_in_order(s, depth, option):
        return False
    if option >= 0 and not note(s, q, o, kind, &gain):
        return False
    s.chosen[depth] = option
    s.state_before[depth] = before
    s.gain_before[depth] = s.gain[c]
    s.state[c] = after
    s.gain[c] += gain
    if option >= 0:
        if s.owed != NULL:
            owe(s, option, 1)
        s.counts[option] += 1
    forget(s, depth, component, c)
    reach(s, depth, component, c, before)
    return True


cdef inline void forget(Search* s, int depth, Component* component, int c) noexcept nogil:
    """Where the next unit is of another SKU, limits for each SKU begin anew."""
    cdef int i, row = s.unit_row[depth], digit
    cdef Program* q
    cdef int next_sku
    if not component.by_sku or row + 1 >= component.unit_count:
        return
    next_sku = s.p.kinds[component.unit_kinds[row + 1]].sku
    if s.p.kinds[s.unit_kind[depth]].sku == next_sku:
        return
    for i in range(component.program_count):
        q = &s.p.programs[component.programs[i]]
        if q.by_sku and not q.relaxed:
            digit = (s.state[c] // q.stride) % q.states
            s.state[c] -= digit * q.stride


cdef inline void reach(
    Search* s, int depth, Component* component, int c, int before
) noexcept nogil:
    """Bring what can still be saved to the next depth."""
    cdef Problem* p = s.p
    cdef int width = p.later_count + 1, n, row = s.unit_row[depth] * component.states
    cdef int64_t old = s.gain_before[depth], new = s.gain[c], low, high
    cdef const int64_t* low_now = s.low + depth * width
    cdef const int64_t* high_now = s.high + depth * width
    cdef int64_t* low_next = s.low + (depth + 1) * width
    cdef int64_t* high_next = s.high + (depth + 1) * width
    cdef int after = s.state[c]
    low = -(old + component.least[row + before])
    high = -(old + component.most[row + before])
    row += component.states
    low += new + component.least[row + after]
    high += new + component.most[row + after]
    for n in range(width):
        low_next[n] = low_now[n]
        high_next[n] = high_now[n]
        if component.inside[n]:
            low_next[n] += low
            high_next[n] += high


cdef inline void move_back(Search* s, int depth) noexcept nogil:
    cdef Problem* p = s.p
    cdef Kind* kind = &p.kinds[s.unit_kind[depth]]
    cdef int option = s.chosen[depth]
    s.state[kind.component] = s.state_before[depth]
    s.gain[kind.component] = s.gain_before[depth]
    if option >= 0:
        s.counts[option] -= 1
        if s.owed != NULL:
            owe(s, option, -1)
        un_note(s, &p.programs[p.options[option].program], &p.options[option], kind)


# -- rules that take from one end ---------------------------------------------------------------


cdef inline bint takes_in_order(Search* s, int depth, int option) noexcept nogil:
    """Whether rules that take the dearest have skipped none, and those of the cheapest skip none.

    Units of one kind are alike, so only kinds before this one count.
    """
    cdef Problem* p = s.p
    cdef int local = p.programs[p.options[option].program].local if option >= 0 else -1
    cdef int other
    if local >= 0:
        return p.locals[local].rule.takes != DEAREST or not passed(s, depth, local, -1)
    for other in range(p.local_count):
        if (
            p.locals[other].rule.takes == CHEAPEST and p.locals[other].eligible != NULL
            and p.locals[other].eligible[s.unit_kind[depth]] and passed(s, depth, other, other)
        ):
            return False
    return True


cdef inline bint passed(Search* s, int depth, int local, int serving) noexcept nogil:
    """Whether a unit of an earlier kind in the range of a rule serves this rule (-1: none)."""
    cdef Problem* p = s.p
    cdef int d, of
    for d in range(depth - 1, -1, -1):
        if s.unit_kind[d] == s.unit_kind[depth] or not p.locals[local].eligible[s.unit_kind[d]]:
            continue
        of = p.programs[p.options[s.chosen[d]].program].local if s.chosen[d] >= 0 else -1
        if of == serving:
            return True
    return False


# -- what an opened candidate still needs -------------------------------------------------------


cdef inline bint is_owing(Search* s, int option) noexcept nogil:
    """Whether an option is of a candidate whose states are not followed."""
    cdef Program* q
    if option < 0:
        return False
    q = &s.p.programs[s.p.options[option].program]
    return q.relaxed and q.rule.family == CANDIDATE


cdef inline int64_t opened(Search* s, Program* q) noexcept nogil:
    """Return how many uses of a candidate were begun."""
    cdef int i, option
    for i in range(q.option, q.option + q.option_count):
        option = s.p.mine[i]
        if s.p.options[option].symbol == 0:
            return (s.counts[option] + q.entry_units[0] - 1) // q.entry_units[0]
    return 0


cdef inline bint may_serve(Search* s, int depth, int option) noexcept nogil:
    """Whether all that is owed can still be had. Units of a kind serve candidates in order."""
    cdef Problem* p = s.p
    cdef int k = s.unit_kind[depth], e
    cdef int64_t left = s.unit_left[depth]
    cdef Option* o
    cdef Program* q
    if depth and s.unit_kind[depth - 1] == k and is_owing(s, s.chosen[depth - 1]):
        if option < s.chosen[depth - 1] and (option < 0 or is_owing(s, option)):
            return False
    if not is_owing(s, option):
        return s.owed[k] <= left
    o = &p.options[option]
    q = &p.programs[o.program]
    if o.symbol:
        if s.counts[option] >= opened(s, q) * q.entry_units[o.symbol]:
            return False
        return s.owed[k] <= left + 1
    if s.counts[option] % q.entry_units[0]:
        return s.owed[k] <= left + 1
    if s.counts[option] // q.entry_units[0] >= lesser(q.times, q.uses_max):
        return False
    if s.owed[k] + q.entry_units[0] - 1 > left:
        return False
    for e in range(1, q.entries):
        if s.owed[q.entry_kind[e]] + q.entry_units[e] > p.kinds[q.entry_kind[e]].units - p.kinds[q.entry_kind[e]].taken:
            return False
    return True


cdef inline void owe(Search* s, int option, int way) noexcept nogil:
    """Note what a unit of a candidate opens or pays back (``way`` 1), or take that back (-1)."""
    cdef Option* o = &s.p.options[option]
    cdef Program* q = &s.p.programs[o.program]
    cdef int e
    if not is_owing(s, option):
        return
    if o.symbol or s.counts[option] % q.entry_units[0]:
        s.owed[o.kind] -= way
        return
    s.owed[o.kind] += way * (q.entry_units[0] - 1)
    for e in range(1, q.entries):
        s.owed[q.entry_kind[e]] += way * q.entry_units[e]


# -- uses that may turn out to save nothing -----------------------------------------------------


cdef inline int64_t set_size(Rule* rule, int slot) noexcept nogil:
    return rule.every if rule.family == GROUP or rule.family == SET else rule.sizes[slot]


cdef inline int64_t worth(Program* q, Option* o, Kind* kind, int64_t place) noexcept nogil:
    """Return what a unit adds to its use: its price in a priced set, else what comes off."""
    cdef Rule* rule = q.rule
    if rule.family == GROUP:
        if rule.which == 1:
            return o.off if place < rule.get else 0
        return o.off if place >= rule.every - rule.get else 0
    if rule.family == BUY_GET:
        return o.off if o.slot == rule.slots - 1 else 0
    return o.off if rule.off.kind == PERCENT else kind.price


cdef inline bint note(
    Search* s, Program* q, Option* o, Kind* kind, int64_t* gain
) noexcept nogil:
    """Follow the use that the unit is in; False where the use is complete and saves nothing.

    Where the room of a complete set is less than what comes off, ``gain`` is put right.
    """
    cdef Rule* rule = q.rule
    cdef int64_t use, size, saving
    cdef int i
    cdef bint complete = True
    if not q.tested:
        return True
    size = set_size(rule, o.slot)
    use = q.taken[o.slot] // size
    q.sums[use] += worth(q, o, kind, q.taken[o.slot] % size)
    q.rooms[use] += kind.room
    q.taken[o.slot] += 1
    for i in range(rule.slots):
        complete &= q.taken[i] >= (use + 1) * set_size(rule, i)
    if not complete:
        return True
    if rule.family == GROUP or rule.family == BUY_GET or rule.off.kind == PERCENT:
        saving = q.sums[use]
    elif rule.off.kind == PRICE:
        saving = q.sums[use] - rule.off.value
    else:
        saving = rule.off.value
    if saving <= 0:
        un_note(s, q, o, kind)
        return False
    if (rule.family == SET or rule.family == BUNDLE) and rule.off.kind != PERCENT:
        if saving > q.rooms[use]:
            gain[0] -= (saving - q.rooms[use]) * s.p.scale
    return True


cdef inline void un_note(Search* s, Program* q, Option* o, Kind* kind) noexcept nogil:
    cdef int64_t use, size
    if not q.tested:
        return
    size = set_size(q.rule, o.slot)
    q.taken[o.slot] -= 1
    use = q.taken[o.slot] // size
    q.sums[use] -= worth(q, o, kind, q.taken[o.slot] % size)
    q.rooms[use] -= kind.room
