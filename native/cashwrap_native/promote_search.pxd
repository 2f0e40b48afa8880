"""The search for the best item plan, together with what the later rules make of it. Header-only.

Depth first over the units in canonical order. A branch ends where it cannot come to less than what
is known; what was looked at once is remembered. Steps are counted, never timed.
"""

from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcmp, memcpy

from cashwrap_native.promote_bound cimport Bound, Reach, find_bound
from cashwrap_native.promote_item cimport lesser
from cashwrap_native.promote_model cimport (
    AMOUNT, BUNDLE, BUY_GET, CANDIDATE, CHEAPEST, DEAREST, EACH, FAR, GROUP, PERCENT, PRICE, SET, Kind, Later,
    Option, Problem, Program, Rule, take,
)
from cashwrap_native.promote_order cimport Choice, Value, compare, evaluate
from cashwrap_native.promote_table cimport Component, gained

cdef enum:
    REMEMBERED_MAX = 200000
    WORDS_MAX = 1200
    WINDOWS_MAX = 16

# What is to be found: the best value, or the first plan in canonical order of a known value.
cdef enum:
    BEST_VALUE = 0
    FIRST_PLAN = 1

# A child of a node, to be tried in this order.
cdef struct Child:
    int option  # -1: the unit serves no rule
    int64_t payable, face

cdef struct Search:
    Problem* p
    int unit_count, component_count, mode
    int* unit_kind
    int* unit_row  # within its component
    Component* components
    int* state  # by component
    int64_t* gain  # by component, in terms of scale
    int* counts  # by option
    int* best_counts
    # by depth
    int* chosen
    int* child
    int* state_before
    int64_t* gain_before
    int64_t* low  # [depth][later_count + 1], the last one in all
    int64_t* high
    Child* children  # [depth][children_max], only when the best value is sought
    int* child_count
    int children_max
    Choice choice
    Bound hint  # the steps that were best at the last node
    bint uniform  # every later rule's base has all of the units in question, or none
    int window_count  # -1: not known
    int64_t[WINDOWS_MAX] window_low  # item savings with which the target can be reached
    int64_t[WINDOWS_MAX] window_high
    Value target
    int* found_options  # by depth
    # units that uses of relaxed candidates still need, by kind; NULL where there are none
    int64_t* owed
    int* unit_left  # by depth: units of the same kind that follow
    bint found, memory, exact_ends, any_ends, phased
    bint loose  # what is gained may be less in the end than the sums say
    int64_t* low_scaled
    int64_t* high_scaled
    int64_t* low_between
    int64_t* high_between
    int64_t rounding_slack
    int64_t limit  # of nodes
    # what was looked at: an open table of offsets into words
    int64_t** seen
    int64_t seen_size, seen_count
    int64_t* words


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


# -- the walk -----------------------------------------------------------------------------------


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


cdef inline void list_children(Search* s, int depth) noexcept nogil:
    """Find the children of a node and their bounds, the most promising first."""
    cdef Kind* kind = &s.p.kinds[s.unit_kind[depth]]
    cdef Child* children = s.children + depth * s.children_max
    cdef int n = 0, o, j
    cdef Bound b
    cdef Child child
    for o in range(-1, kind.option_count):
        child.option = -1 if o < 0 else kind.option + o
        if not move(s, depth, child.option):
            continue
        s.p.nodes += 1
        if s.window_count >= 0 and not promising(s, depth + 1):
            move_back(s, depth)
            continue
        bound_at(s, depth + 1, &b)
        move_back(s, depth)
        child.payable = b.payable
        child.face = b.face
        if hopeless(s, child.payable, child.face):
            continue
        j = n
        while j > 0 and (
            children[j - 1].payable > child.payable
            or (children[j - 1].payable == child.payable and children[j - 1].face > child.face)
        ):
            children[j] = children[j - 1]
            j -= 1
        children[j] = child
        n += 1
    s.child_count[depth] = n


cdef inline int next_child(Search* s, int depth) noexcept nogil:
    """Move to the next child worth a look; False when there is none."""
    cdef Kind* kind = &s.p.kinds[s.unit_kind[depth]]
    cdef Child* child
    cdef int option
    if s.mode == BEST_VALUE:
        while s.child[depth] < s.child_count[depth]:
            child = &s.children[depth * s.children_max + s.child[depth]]
            s.child[depth] += 1
            if not hopeless(s, child.payable, child.face) and move(s, depth, child.option):
                return True
        return False
    while s.child[depth] <= kind.option_count:
        option = kind.option + s.child[depth] - 1 if s.child[depth] else -1
        s.child[depth] += 1
        if s.found and not before_found(s, depth, option):
            continue
        if not move(s, depth, option):
            continue
        if promising(s, depth + 1):
            return True
        move_back(s, depth)
    return False


cdef inline bint before_found(Search* s, int depth, int option) noexcept nogil:
    """Whether the plan may still come before the one that was found (rules with phases only)."""
    cdef int d, ours, theirs
    for d in range(depth + 1):
        ours = rank_of(s, option if d == depth else s.chosen[d])
        theirs = rank_of(s, s.found_options[d])
        if ours != theirs:
            return ours < theirs
    return True


cdef inline int rank_of(Search* s, int option) noexcept nogil:
    return -1 if option < 0 else s.p.options[option].rank


cdef inline bint at_leaf(Search* s) noexcept nogil:
    """Evaluate a whole plan; whether the walk is at its end."""
    cdef int way
    cdef int d
    if not evaluate(s.p, s.counts, &s.choice):
        return False
    way = compare(&s.choice.value, &s.target)
    if s.mode == BEST_VALUE:
        if not s.found or way < 0:
            s.found = True
            s.target = s.choice.value
            memcpy(s.best_counts, s.counts, s.p.option_count * sizeof(int))
            open_windows(s)
        return False
    if way > 0 and not (
        s.any_ends and s.choice.value.payable == s.target.payable
        and s.choice.value.face == s.target.face
    ):
        return False
    if s.found and not comes_before(s):
        return False
    s.found = True
    memcpy(s.best_counts, s.counts, s.p.option_count * sizeof(int))
    for d in range(s.unit_count):
        s.found_options[d] = s.chosen[d]
    s.memory = False  # what led to this plan may lead to an earlier one
    return not s.phased


cdef inline bint comes_before(Search* s) noexcept nogil:
    cdef int d, ours, theirs
    for d in range(s.unit_count):
        ours = rank_of(s, s.chosen[d])
        theirs = rank_of(s, s.found_options[d])
        if ours != theirs:
            return ours < theirs
    return False


cdef inline void unwind(Search* s, int depth) noexcept nogil:
    while depth > 0:
        depth -= 1
        move_back(s, depth)


cdef inline bint follow(Search* s) noexcept nogil:
    """Take at each unit what saves most by the tables: a first plan, good or not permitted."""
    cdef Problem* p = s.p
    cdef int depth = 0, o, best
    cdef int64_t most, high
    cdef Kind* kind
    cdef bint kept = False
    cdef int width = p.later_count + 1
    while depth < s.unit_count:
        kind = &p.kinds[s.unit_kind[depth]]
        best = -2
        most = -FAR
        for o in range(-1, kind.option_count):
            if move(s, depth, kind.option + o if o >= 0 else -1):
                high = s.high[(depth + 1) * width + p.later_count]
                move_back(s, depth)
                if high > most:
                    most = high
                    best = o
        if best == -2:
            unwind(s, depth)
            return False
        move(s, depth, kind.option + best if best >= 0 else -1)
        depth += 1
        p.nodes += 1
    if evaluate(p, s.counts, &s.choice):
        if not s.found or compare(&s.choice.value, &s.target) < 0:
            s.found = True
            s.target = s.choice.value
            memcpy(s.best_counts, s.counts, p.option_count * sizeof(int))
        kept = True
    unwind(s, depth)
    return kept


cdef inline void take_none(Search* s) noexcept nogil:
    """Look at the plan without item rules (but those that are settled)."""
    if evaluate(s.p, s.counts, &s.choice):
        if not s.found or compare(&s.choice.value, &s.target) < 0:
            s.found = True
            s.target = s.choice.value
            memcpy(s.best_counts, s.counts, s.p.option_count * sizeof(int))


cdef inline bint walk(Search* s) noexcept nogil:
    """Look at all plans that may be of use; False when the nodes ended first."""
    cdef Problem* p = s.p
    cdef int depth = 0
    cdef bint arrived = True
    while True:
        if arrived:
            p.nodes += 1
            if p.nodes > s.limit or p.arena.failed:
                unwind(s, depth)
                return False
            if depth == s.unit_count:
                if at_leaf(s):
                    unwind(s, depth)
                    return True
                arrived = False
            elif depth and seen_before(s, depth):
                arrived = False
            else:
                s.child[depth] = 0
                if s.mode == BEST_VALUE:
                    list_children(s, depth)
        if not arrived:
            depth -= 1
            if depth < 0:
                return True
            move_back(s, depth)
        arrived = next_child(s, depth)
        if arrived:
            depth += 1
