"""How much the rest of a component can still save, for every place and state. Header-only.

Rules that share units form a component. Backwards over its units, a table holds for each joint
state of its automata the most and the least that the units from there on can save.
"""

from libc.stdint cimport int64_t, uint8_t

from cashwrap_native.promote_model cimport (
    BUNDLE, CANDIDATE, DEAREST, FAR, GROUP, NO_GAIN, OFF, PERCENT, PRICE, ROOM, SET, SHARE, TIER,
    UNIT_PRICE, Arena, Kind, Option, Problem, Program, Rule, even_share, take,
)

cdef enum:
    CELLS_MAX = 300000  # of one component's table
    CANDIDATE_CELLS = 20000  # where its largest program is a candidate: the walk follows these too

# Units of kinds that are bound together by rules which must remember something.
cdef struct Component:
    int unit_count, kind_count, states
    int* kinds  # in canonical order
    int64_t* most  # [unit_count + 1][states]
    int64_t* least
    int program_count
    int* programs
    bint by_sku  # it has limits for each SKU
    int* unit_kinds
    uint8_t* inside  # by later rule: all of it is in its base; the last one: yes


cdef inline int64_t gained(
    Problem* p, Option* option, Kind* kind, int gain, int64_t plus
) noexcept nogil:
    if gain == NO_GAIN:
        return plus
    if gain == OFF:
        return option.off + plus
    if gain == UNIT_PRICE:
        return kind.price * p.scale + plus
    if gain == ROOM:
        return kind.room * p.scale
    if gain == SHARE:
        return share_of(p.programs[option.program].rule, option.off)
    return option.tier_offs[gain - TIER] + plus


cdef inline int64_t share_of(Rule* rule, int64_t off) noexcept nogil:
    """Return a unit's even share of what the cheapest of a group get, rounded up."""
    return (off * rule.get + rule.every - 1) // rule.every


cdef inline bint spread(Problem* p, Program* q) noexcept nogil:
    """Give each unit of a relaxed group or set its even share; False where that says too little.

    The units that get something are the cheapest, so their part of all is not above an even share.
    """
    cdef Rule* rule = q.rule
    cdef int64_t size = 0
    cdef int s
    if rule.family == GROUP and rule.which != DEAREST and falls(p, q):
        for s in range(q.symbols):
            q.gain[s] = SHARE
            q.plus[s] = 0
            q.next[s] = 0
        return True
    if rule.family != SET and rule.family != BUNDLE or rule.off.kind == PERCENT:
        return False
    for s in range(rule.slots):
        size += rule.every if rule.family == SET else rule.sizes[s]
    for s in range(q.symbols):
        q.next[s] = 0
        if rule.off.kind == PRICE:
            q.gain[s] = UNIT_PRICE
            q.plus[s] = -(rule.off.value * p.scale // size)
        else:
            q.gain[s] = NO_GAIN
            q.plus[s] = (rule.off.value * p.scale + size - 1) // size
    return True


cdef inline bint falls(Problem* p, Program* q) noexcept nogil:
    """Whether less comes off the cheaper units, as it does for percentages of the price."""
    cdef int i
    for i in range(q.option + 1, q.option + q.option_count):
        if p.options[p.mine[i]].off > p.options[p.mine[i - 1]].off:
            return False
    return True


cdef inline bint fit(Problem* p, Component* c) noexcept nogil:
    """Give each program its digit in the joint state, relaxing the largest where it is too much."""
    cdef int i, largest
    cdef int64_t states
    cdef Program* q
    while True:
        states = 1
        largest = -1
        for i in range(c.program_count):
            q = &p.programs[c.programs[i]]
            q.stride = <int>states
            states *= q.states
            if q.states > 1 and (largest < 0 or q.states > p.programs[c.programs[largest]].states):
                largest = i
            if states > CELLS_MAX:
                break
        if largest < 0 or states * (c.unit_count + 1) <= (
            CANDIDATE_CELLS if p.programs[c.programs[largest]].rule.family == CANDIDATE
            else CELLS_MAX
        ):
            break
        if not loosen(p, &p.programs[c.programs[largest]]):
            return False
    c.states = <int>states
    return True


cdef inline bint loosen(Problem* p, Program* q) noexcept nogil:
    """Forget a program's states: each arc gains the most that it gains in any state."""
    cdef int s, i
    cdef int64_t a
    q.relaxed = True
    if spread(p, q):
        q.states = 1
        q.accepts[0] = True
        return True
    for s in range(q.symbols if q.rule.family == CANDIDATE else 0):
        q.gain[s] = NO_GAIN
        q.plus[s] = even_share(p, q)
        q.next[s] = 0
    for s in range(q.symbols if q.rule.family != CANDIDATE else 0):
        a = -1
        for i in range(q.states):
            if q.next[i * q.symbols + s] >= 0 and (
                a < 0 or q.gain[i * q.symbols + s] != NO_GAIN
            ):
                a = i * q.symbols + s
        if a < 0:
            continue
        q.gain[s] = q.gain[a]
        q.plus[s] = 0
        for i in range(q.states):
            if q.plus[i * q.symbols + s] > q.plus[s]:
                q.plus[s] = q.plus[i * q.symbols + s]
        if q.gain[s] >= TIER:
            q.gain[s] = ROOM
            q.plus[s] = 0
        q.next[s] = 0
    q.states = 1
    q.accepts[0] = True
    return True


cdef inline void close(Problem* p, Component* c, int64_t* most, int64_t* least) noexcept nogil:
    """Fill the last row: nothing more to gain, and all must accept."""
    cdef int j, i
    cdef Program* q
    cdef bint accepted
    for j in range(c.states):
        accepted = True
        for i in range(c.program_count):
            q = &p.programs[c.programs[i]]
            if not q.accepts[(j // q.stride) % q.states]:
                accepted = False
                break
        most[j] = 0 if accepted else -FAR
        least[j] = 0 if accepted else FAR


cdef inline void step_back(
    Problem* p, Component* c, Kind* kind, const int64_t* most_after, const int64_t* least_after,
    int64_t* most, int64_t* least,
) noexcept nogil:
    """Fill the row before a unit of this kind."""
    cdef int o, s, block, low, a, b, n, width
    cdef int64_t gain, value
    cdef Option* option
    cdef Program* q
    for s in range(c.states):
        most[s] = most_after[s]
        least[s] = least_after[s]
    for o in range(kind.option, kind.option + kind.option_count):
        option = &p.options[o]
        q = &p.programs[option.program]
        if q.settled:
            continue
        width = q.stride if not q.stateless else c.states
        block = width * q.states
        for s in range(q.states):
            n = q.next[s * q.symbols + option.symbol]
            if n < 0:
                continue
            gain = gained(
                p, option, kind, q.gain[s * q.symbols + option.symbol],
                q.plus[s * q.symbols + option.symbol],
            )
            a = s * width
            b = n * width
            while a < c.states:
                for low in range(width):
                    value = most_after[b + low] + gain
                    if value > most[a + low]:
                        most[a + low] = value
                    value = least_after[b + low] + gain
                    if value < least[a + low]:
                        least[a + low] = value if value > -(FAR // 2) else -(FAR // 2)
                a += block
                b += block


cdef inline void forget_sku(
    Problem* p, Component* c, Kind* kind, Kind* after, int64_t* most, int64_t* least
) noexcept nogil:
    """Between two SKUs a limit for each of them begins anew."""
    cdef int i, j, first
    cdef Program* q
    if kind.sku == after.sku:
        return
    for i in range(c.program_count):
        q = &p.programs[c.programs[i]]
        if not q.by_sku or q.relaxed:
            continue
        for j in range(c.states):
            first = j - ((j // q.stride) % q.states) * q.stride
            most[j] = most[first]
            least[j] = least[first]


cdef inline bint tabulate(Problem* p, Component* c) noexcept nogil:
    """Fill a component's table; False where memory is short."""
    cdef int at, k, row = c.unit_count
    cdef int64_t u
    c.most = <int64_t*>take(p.arena, (c.unit_count + 1) * c.states * sizeof(int64_t))
    c.least = <int64_t*>take(p.arena, (c.unit_count + 1) * c.states * sizeof(int64_t))
    if p.arena.failed:
        return False
    close(p, c, c.most + row * c.states, c.least + row * c.states)
    for at in range(c.kind_count - 1, -1, -1):
        k = c.kinds[at]
        if at + 1 < c.kind_count:
            forget_sku(
                p, c, &p.kinds[k], &p.kinds[c.kinds[at + 1]], c.most + row * c.states,
                c.least + row * c.states,
            )
        for u in range(p.kinds[k].units - p.kinds[k].taken):
            row -= 1
            step_back(
                p, c, &p.kinds[k], c.most + (row + 1) * c.states,
                c.least + (row + 1) * c.states, c.most + row * c.states,
                c.least + row * c.states,
            )
    return True
