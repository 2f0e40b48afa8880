"""An item rule as an automaton over units that come dearest first. Header-only.

A state is what the rule must remember of the units it has; an arc is one unit more, and what that
gains. All rules must stand in an accepting state in the end. A rule that would need too many states
is relaxed: one state, and more gain than it can have.
"""

from libc.stdint cimport int64_t, uint8_t

from cashwrap_native.promote_item cimport lesser, tier_off
from cashwrap_native.promote_model cimport (
    AMOUNT, BUNDLE, BUY_GET, CANDIDATE, CHEAPEST_OF_ALL, DEAREST, EACH, FAR, GROUP, NO_GAIN, OFF,
    PERCENT, PRICE, ROOM, SET, TIER, TIERS, UNIT_PRICE, Arena, Program, Problem, Rule, even_share,
    take,
)

cdef enum:
    STATES_MAX = 400


cdef inline bint make_room(Arena* arena, Program* q, int64_t states, int symbols) noexcept nogil:
    """Take memory for so many states; False where they are too many."""
    cdef int i
    if states > STATES_MAX:
        return False
    q.states = <int>states
    q.symbols = symbols
    q.next = <int*>take(arena, states * symbols * sizeof(int))
    q.gain = <int*>take(arena, states * symbols * sizeof(int))
    q.plus = <int64_t*>take(arena, states * symbols * sizeof(int64_t))
    q.accepts = <uint8_t*>take(arena, states)
    if arena.failed:
        return False
    for i in range(states * symbols):
        q.next[i] = -1
    return True


cdef inline void arc(
    Program* q, int64_t state, int symbol, int64_t after, int gain, int64_t plus
) noexcept nogil:
    cdef int64_t at = state * q.symbols + symbol
    q.next[at] = <int>after
    q.gain[at] = gain
    q.plus[at] = plus


cdef inline bint relax(Problem* p, Program* q, int symbols) noexcept nogil:
    """One state for all, and the most that a unit could gain."""
    cdef int s
    cdef bint fixed = q.rule.off.kind == PERCENT and q.rule.family != TIERS
    if not make_room(p.arena, q, 1, symbols):
        return False
    q.accepts[0] = True
    q.relaxed = True
    for s in range(symbols):
        if q.rule.family == CANDIDATE:
            arc(q, 0, s, 0, NO_GAIN, even_share(p, q))
        else:
            arc(q, 0, s, 0, OFF if fixed else ROOM, 0)
    return True


cdef inline bint build_each(Problem* p, Program* q) noexcept nogil:
    cdef int64_t limit = lesser(q.uses_max, q.units), s
    if q.rule.sku_uses and limit > q.rule.sku_uses:
        limit = q.rule.sku_uses
        q.by_sku = True
    if limit >= q.units:
        if not make_room(p.arena, q, 1, 1):
            return False
        arc(q, 0, 0, 0, OFF, 0)
        q.accepts[0] = True
        q.stateless = True
        return True
    if not make_room(p.arena, q, limit + 1, 1):
        return False
    for s in range(limit + 1):
        q.accepts[s] = True
        if s < limit:
            arc(q, s, 0, s + 1, OFF, 0)
    return True


cdef inline bint build_groups(Problem* p, Program* q) noexcept nogil:
    """Groups and sets: the place in the current one, and how many there were if that matters."""
    cdef Rule* rule = q.rule
    cdef int64_t size = rule.every, most = lesser(q.uses_max, q.units // size), s, place, after
    cdef bint counted
    cdef int gain
    cdef int64_t plus
    if rule.family == GROUP and rule.which == CHEAPEST_OF_ALL:
        most = q.units  # all of it is one use
    counted = most < q.units // size
    if not make_room(p.arena, q, most * size + 1 if counted else size, 1):
        return False
    for s in range(q.states):
        place = s % size
        q.accepts[s] = place == 0
        after = s + 1
        if not counted and after == size:
            after = 0
        if after == q.states and counted:
            continue
        gain = OFF
        plus = 0
        if rule.family == GROUP:
            if not (place < rule.get if rule.which == DEAREST else place >= size - rule.get):
                gain = NO_GAIN
        elif rule.off.kind == PRICE:
            gain = UNIT_PRICE
            if place == size - 1:
                plus = -rule.off.value * p.scale
        elif rule.off.kind == AMOUNT:
            gain = NO_GAIN
            if place == size - 1:
                plus = rule.off.value * p.scale
        arc(q, s, 0, after, gain, plus)
    return True


cdef inline bint build_cheapest_of_all(Problem* p, Program* q) noexcept nogil:
    """First the units that are paid (symbol 0), then as many as that gives (symbol 1)."""
    cdef int64_t paid = q.rule.every - q.rule.get, units = q.units, s, got, done = units + 1
    if not make_room(p.arena, q, 2 * units + 2, 2):
        return False
    q.accepts[0] = True
    q.accepts[done] = True
    for s in range(units):
        arc(q, s, 0, s + 1, NO_GAIN, 0)
        if s and s % paid == 0:
            got = s // paid * q.rule.get
            if s + got <= units:
                arc(q, s, 1, done + got - 1, OFF, 0)
    for s in range(1, units + 1):
        if done + s < q.states:
            arc(q, done + s, 1, done + s - 1, OFF, 0)
    return True


cdef inline bint build_tiers(Problem* p, Program* q) noexcept nogil:
    """The tier is chosen with the first unit (one symbol each), and must then be the one reached."""
    cdef Rule* rule = q.rule
    cdef int t, u
    cdef int64_t states = 1, at, top, c, first
    cdef int64_t[16] tops
    for t in range(rule.step_count):
        first = rule.steps[t].at_count
        top = FAR
        for u in range(rule.step_count):
            if rule.steps[u].at_count > first:
                top = lesser(top, rule.steps[u].at_count - 1)
        if tier_off(rule, first) != &rule.steps[t].off or first > q.units:
            top = 0  # another tier of the same count comes first, or it cannot be reached
        elif q.uses_max < q.units:
            top = lesser(top, q.uses_max)
        elif top >= q.units:
            top = -first  # more units change nothing
        tops[t] = top
        states += top if top >= 0 else first
    if not make_room(p.arena, q, states, rule.step_count):
        return False
    q.accepts[0] = True
    at = 1
    for t in range(rule.step_count):
        top = tops[t] if tops[t] >= 0 else -tops[t]
        first = rule.steps[t].at_count
        if top < first:
            continue
        arc(q, 0, t, at, TIER + t, 0)
        for c in range(1, top + 1):
            q.accepts[at + c - 1] = c >= first
            if c < top:
                arc(q, at + c - 1, t, at + c, TIER + t, 0)
            elif tops[t] < 0:
                arc(q, at + c - 1, t, at + c - 1, TIER + t, 0)
        at += top
    return True


cdef inline bint build_marginal(Problem* p, Program* q) noexcept nogil:
    """Each unit has the tier of its place; what stays the same is one state."""
    cdef Rule* rule = q.rule
    cdef int64_t last = 0, first = FAR, c
    cdef int t, reached
    cdef bint counted = q.uses_max < q.units
    for t in range(rule.step_count):
        first = lesser(first, rule.steps[t].at_count)
        if rule.steps[t].at_count > last:
            last = rule.steps[t].at_count
    if counted:
        last = lesser(q.uses_max, STATES_MAX + 1) + first - 1
    last = lesser(last, q.units)
    if not make_room(p.arena, q, last + 1, 1):
        return False
    for c in range(last + 1):
        q.accepts[c] = c == 0 or c >= first
        reached = -1
        for t in range(rule.step_count):
            if &rule.steps[t].off == tier_off(rule, c + 1):
                reached = t
        if c < last or not counted:
            arc(q, c, 0, c + 1 if c < last else c, NO_GAIN if reached < 0 else TIER + reached, 0)
    return True


cdef inline bint build_sets(Problem* p, Program* q, const int64_t* available) noexcept nogil:
    """Bundles and buy-get: the open units of each slot; states are numbered as they are reached."""
    cdef Rule* rule = q.rule
    cdef int slots = rule.slots, s, found, i, n = 1
    cdef int64_t most = q.uses_max, state, key
    cdef int64_t[8] open_units
    cdef int64_t[8] after
    cdef int64_t[8] top
    cdef int64_t* reached
    cdef bint buying = rule.family == BUY_GET, complete
    for s in range(slots):
        if not (rule.partial and s == slots - 1):
            most = lesser(most, available[s] // rule.sizes[s])
    for s in range(slots):
        top[s] = most * rule.sizes[s]
    reached = <int64_t*>take(p.arena, STATES_MAX * sizeof(int64_t))
    if not make_room(p.arena, q, STATES_MAX, slots):
        return False
    reached[0] = 0
    q.accepts[0] = True
    state = 0
    while state < n:
        key = reached[state]
        for s in range(slots):
            open_units[s] = key & 255
            key >>= 8
        if rule.partial:  # the last set may be short of units to get
            complete = 0 < open_units[slots - 1] < rule.sizes[slots - 1]
            for s in range(slots - 1):
                complete &= open_units[s] == rule.sizes[s]
            q.accepts[state] |= complete
        for s in range(slots):
            if open_units[s] >= top[s] or open_units[s] >= 255:
                continue
            complete = True
            key = 0
            for i in range(slots):
                after[i] = open_units[i] + (i == s)
                complete &= after[i] >= rule.sizes[i]
            for i in range(slots - 1, -1, -1):
                if complete:
                    after[i] -= rule.sizes[i]
                key = (key << 8) | after[i]
            found = 0
            while found < n and reached[found] != key:
                found += 1
            if found == n:
                if n == STATES_MAX:
                    return False
                reached[n] = key
                n += 1
            if buying:
                arc(q, state, s, found, OFF if s == slots - 1 else NO_GAIN, 0)
            elif rule.off.kind == PERCENT:
                arc(q, state, s, found, OFF, 0)
            elif rule.off.kind == PRICE:
                arc(q, state, s, found, UNIT_PRICE, -rule.off.value * p.scale if complete else 0)
            else:
                arc(q, state, s, found, NO_GAIN, rule.off.value * p.scale if complete else 0)
        state += 1
    q.states = n
    return True


cdef inline bint build_candidate(Problem* p, Program* q) noexcept nogil:
    """Entries come kind by kind; the first says how often the candidate is used."""
    cdef int64_t most = lesser(q.times, q.uses_max), m, c, at, state, states, row = 0, minor, units
    cdef int e
    for e in range(q.entries):
        most = lesser(most, p.kinds[q.entry_kind[e]].units // q.entry_units[e])
        row += q.entry_units[e]
    # the first entry counts alone: states 0 .. most x its units; then a row for each m
    units = q.entry_units[0]
    states = most * units + 1 + (row - units) * most * (most + 1) // 2
    if not make_room(p.arena, q, states, q.entries):
        return False
    q.accepts[0] = True
    for c in range(most * units):
        arc(q, c, 0, c + 1, NO_GAIN, piece_of(q, 0, c % units) * p.scale)
    at = most * units + 1
    for m in range(1, most + 1):
        state = m * units
        for e in range(1, q.entries):
            for c in range(m * q.entry_units[e]):
                minor = piece_of(q, e, c % q.entry_units[e])
                arc(q, state, e, at, NO_GAIN, minor * p.scale)
                state = at
                at += 1
        q.accepts[state] = True
    return True


cdef inline int64_t piece_of(Program* q, int e, int64_t place) noexcept nogil:
    """Return what the n-th unit of an entry gets: an even share, the first ones the odd units."""
    cdef int64_t units = q.entry_units[e], minor = q.entry_minor[e]
    return minor // units + (place < minor % units)


cdef inline bint build(Problem* p, Program* q, const int64_t* available) noexcept nogil:
    """Make the automaton of a program; False only where memory is short."""
    cdef Rule* rule = q.rule
    cdef bint done
    cdef int symbols = 1
    if rule.family == EACH:
        done = build_each(p, q)
    elif rule.family == GROUP and rule.which == CHEAPEST_OF_ALL and rule.every > rule.get:
        symbols = 2
        done = build_cheapest_of_all(p, q)
    elif rule.family == GROUP or rule.family == SET:
        done = build_groups(p, q)
    elif rule.family == TIERS and rule.marginal:
        done = build_marginal(p, q)
    elif rule.family == TIERS:
        symbols = rule.step_count
        done = build_tiers(p, q)
    elif rule.family == CANDIDATE:
        symbols = q.entries
        done = build_candidate(p, q)
    else:
        symbols = rule.slots
        done = build_sets(p, q, available)
    return done or relax(p, q, symbols)
