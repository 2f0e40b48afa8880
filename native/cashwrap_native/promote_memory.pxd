"""What the search has looked at, so that it is not looked at again. Header-only."""

from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from cashwrap_native.promote_item cimport lesser
from cashwrap_native.promote_model cimport BEST, FAR, ONCE, PER_UNIT, Problem, Program, Rule, take
from cashwrap_native.promote_order cimport inside
from cashwrap_native.promote_state cimport REMEMBERED_MAX, WORDS_MAX, Child, Search
from cashwrap_native.promote_step cimport set_size
from cashwrap_native.promote_table cimport Component


# -- what was looked at -------------------------------------------------------------------------


cdef inline int write_words(Search* s, int depth) noexcept nogil:
    """Write all that decides what can follow; return how many words."""
    cdef Problem* p = s.p
    cdef int c, q, n = 0, slot
    cdef int64_t use, first, last, size
    cdef Program* program
    cdef int64_t* words = s.words
    words[0] = depth
    n = 1
    for c in range(s.component_count):
        words[n] = s.state[c]
        n += 1
    for c in range(p.later_count + 1):  # gains, on all bases
        words[n] = 0
        for q in range(s.component_count):
            if s.components[q].inside[c]:
                words[n] += s.gain[q]
        n += 1
    for q in range(p.program_count):
        program = &p.programs[q]
        if not program.tested:
            continue
        first = FAR
        last = 0
        for slot in range(program.rule.slots):
            size = set_size(program.rule, slot)
            first = lesser(first, program.taken[slot] // size)
            use = (program.taken[slot] + size - 1) // size
            if use > last:
                last = use
        words[n] = last - first
        n += 1
        for use in range(first, last):
            if n + 3 > WORDS_MAX:
                return 0
            words[n] = program.sums[use]
            words[n + 1] = program.rooms[use]
            n += 2
    return n if n < WORDS_MAX else 0


cdef inline uint64_t mixed(const int64_t* words, int count) noexcept nogil:
    cdef uint64_t h = 1469598103934665603
    cdef int i
    for i in range(count):
        h = (h ^ <uint64_t>words[i]) * <uint64_t>11400714819323198485
        h ^= h >> 29
    return h


cdef inline bint grow(Search* s) noexcept nogil:
    """Make the table of what was looked at four times as large, up to its limit."""
    cdef int64_t i, at, size = s.seen_size * 4
    cdef int64_t** old = s.seen
    cdef int64_t** grown
    if s.seen_count >= REMEMBERED_MAX:
        return False
    grown = <int64_t**>take(s.p.arena, size * sizeof(int64_t*))
    if grown == NULL:
        s.p.arena.failed = False  # it is only remembered less
        return False
    for i in range(s.seen_size):
        if old[i] != NULL:
            at = <int64_t>(mixed(old[i] + 1, <int>old[i][0]) & <uint64_t>(size - 1))
            while grown[at] != NULL:
                at = (at + 1) & (size - 1)
            grown[at] = old[i]
    s.seen = grown
    s.seen_size = size
    return True


cdef inline bint seen_before(Search* s, int depth) noexcept nogil:
    """Whether a node with the same future was looked at; if not, it is from now on."""
    cdef int count
    cdef int64_t at
    cdef int64_t* entry
    if not s.memory:
        return False
    count = write_words(s, depth)
    if not count:
        return False
    at = <int64_t>(mixed(s.words, count) & <uint64_t>(s.seen_size - 1))
    while s.seen[at] != NULL:
        entry = s.seen[at]
        if entry[0] == count and not memcmp(entry + 1, s.words, count * sizeof(int64_t)):
            return True
        at = (at + 1) & (s.seen_size - 1)
    if s.seen_count * 2 >= s.seen_size:
        if not grow(s):
            return False
        return seen_before(s, depth)
    entry = <int64_t*>take(s.p.arena, (count + 1) * sizeof(int64_t))
    if entry == NULL:
        s.p.arena.failed = False  # it is only remembered less
        return False
    entry[0] = count
    memcpy(entry + 1, s.words, count * sizeof(int64_t))
    s.seen[at] = entry
    s.seen_count += 1
    return False


cdef inline bint can_remember(Search* s) noexcept nogil:
    """Whether a few words tell all that decides what can follow a node."""
    cdef Problem* p = s.p
    cdef int i, n
    cdef Program* q
    cdef Rule* rule
    if p.item_conflicts or s.component_count + p.later_count >= WORDS_MAX // 2:
        return False
    for i in range(p.program_count):
        q = &p.programs[i]
        rule = q.rule
        if (
            q.relaxed or q.cap != FAR or rule.takes != BEST or rule.per != PER_UNIT
            or rule.coupon or p.locals[q.local].late_needs
            or (rule.sku_uses and not q.stateless) or (q.candidate > 0 and q.uses_max != FAR)
        ):
            return False
    for i in range(p.later_count):
        rule = p.laters[i].rule
        if rule.per != ONCE or rule.of_list or p.laters[i].bars_any or (
            p.floors and p.later_count > 1
        ) or p.locals[p.laters[i].local].late_needs:
            return False
        for n in range(s.component_count):
            if s.components[n].inside[i] != s.components[n].inside[0]:
                return False
            if not s.components[n].inside[i] and touches(p, &s.components[n], i):
                return False
    return True


cdef inline bint touches(Problem* p, Component* c, int later) noexcept nogil:
    cdef int i
    for i in range(c.kind_count):
        if p.laters[later].covers[c.kinds[i]]:
            return True
    return False


cdef inline bint make_memory(Search* s) noexcept nogil:
    """Take what only a search that looks back needs."""
    s.children = <Child*>take(
        s.p.arena, (s.unit_count + 1) * (s.children_max + 1) * sizeof(Child)
    )
    if s.memory:
        s.words = <int64_t*>take(s.p.arena, (WORDS_MAX + 4) * sizeof(int64_t))
        s.seen_size = 256
        s.seen = <int64_t**>take(s.p.arena, s.seen_size * sizeof(int64_t*))
    return not s.p.arena.failed


cdef inline void forget_all(Search* s) noexcept nogil:
    if s.memory:
        memset(s.seen, 0, s.seen_size * sizeof(int64_t*))
        s.seen_count = 0
