"""What units may serve: needs, rules that can form a use, their options and automata. Header-only."""

from libc.stdint cimport int64_t, uint64_t

from cashwrap_native.fixed cimport HALF_UP, wide
from cashwrap_native.promote_automaton cimport build
from cashwrap_native.promote_item cimport exact_part, lesser, lowest_tier, rounded, unit_off
from cashwrap_native.promote_model cimport (
    AMOUNT, AT_ITEM, AT_LIST, BUNDLE, BUY_GET, CANDIDATE, CHEAPEST_OF_ALL, EACH, GROUP, PERCENT,
    PER_UNIT, PPM, PRICE, SET, TIERS, Kind, Local, Need, Off, Option, Pair, Problem, Program,
    Rule, take,
)
from cashwrap_native.promote_order cimport measure, times_met


# -- needs --------------------------------------------------------------------------------------


cdef inline int64_t need_times(Problem* p, int local, Need* need) noexcept nogil:
    """Return how often the sale holds what is needed, before the item layer."""
    cdef int i
    cdef int64_t pieces = 0
    cdef wide sum = 0
    cdef Kind* kind
    for i in range(p.locals[local].pair, p.locals[local].pair + p.locals[local].pair_count):
        kind = &p.kinds[p.pairs[i].kind]
        if (p.pairs[i].parts >> need.part) & 1:
            sum = sum + <wide>(
                (kind.listed if need.measured == AT_LIST else kind.price) * kind.units
            ) * kind.measure
            if kind.counted:
                pieces += kind.units
    return times_met(need, rounded(sum, PPM, HALF_UP), pieces)


cdef inline bint needs_hold(Problem* p, int local) noexcept nogil:
    """Look at the needs that do not depend on the choice; those that repeat bound the uses."""
    cdef Local* l = &p.locals[local]
    cdef int i
    cdef int64_t times
    for i in range(l.rule.need_count):
        if l.rule.needs[i].measured == AT_ITEM:
            l.late_needs = True
            continue
        times = need_times(p, local, &l.rule.needs[i])
        if times <= 0:
            return False
        if l.rule.needs[i].repeat:
            l.uses_max = lesser(l.uses_max, times)
    return True


# -- item rules ---------------------------------------------------------------------------------


cdef inline uint64_t slots_of(Problem* p, Rule* rule, const Pair* pair) noexcept nogil:
    """Return the slots of a rule that a unit of this kind may take, as bits."""
    cdef uint64_t parts = pair.parts
    cdef Kind* kind = &p.kinds[pair.kind]
    if kind.final or kind.room <= 0 or not (kind.counted or rule.family == EACH):
        return 0
    if rule.family == BUNDLE:
        return (parts >> 1) & ((<uint64_t>1 << rule.slots) - 1) if parts & 1 else 0
    if rule.family == BUY_GET:
        return (
            (parts >> 1) & ((<uint64_t>1 << (rule.slots - 1)) - 1)
        ) | ((parts & 1) << (rule.slots - 1))
    return parts & 1


cdef inline bint can_form(Problem* p, Program* q, int64_t* available) noexcept nogil:
    """Count what the rule could take; False where that is not enough for one use."""
    cdef Rule* rule = q.rule
    cdef int i, s
    cdef uint64_t slots
    cdef int64_t least, units
    cdef Local* local = &p.locals[q.local]
    q.units = 0
    for s in range(8):
        available[s] = 0
    for i in range(local.pair, local.pair + local.pair_count):
        slots = slots_of(p, rule, &p.pairs[i])
        if slots:
            units = p.kinds[p.pairs[i].kind].units
            q.units += units
            for s in range(rule.slots):
                if (slots >> s) & 1:
                    available[s] += units
    if rule.family == GROUP or rule.family == SET:
        if q.units < rule.every:
            return False
    elif rule.family == TIERS:
        if q.units < lowest_tier(rule):
            return False
    elif rule.family == BUNDLE or rule.family == BUY_GET:
        for s in range(rule.slots):
            least = rule.sizes[s]
            if rule.partial and s == rule.slots - 1:
                least = 1
            if available[s] < least:
                return False
    if (rule.family == SET or rule.family == BUNDLE) and rule.off.kind == PRICE:
        return dearest_set(p, q) > rule.off.value
    return q.units > 0


cdef inline int64_t dearest_set(Problem* p, Program* q) noexcept nogil:
    """Return the most that the units of one set could come to."""
    cdef Rule* rule = q.rule
    cdef int s, i
    cdef int64_t wanted, n, total = 0
    cdef Local* local = &p.locals[q.local]
    cdef Kind* kind
    for s in range(rule.slots):
        wanted = rule.every if rule.family == SET else rule.sizes[s]
        for i in range(local.pair, local.pair + local.pair_count):
            if wanted and (slots_of(p, rule, &p.pairs[i]) >> s) & 1:
                kind = &p.kinds[p.pairs[i].kind]
                n = lesser(wanted, kind.units)
                total += n * kind.price
                wanted -= n
    return total


cdef inline int64_t scaled_off(Problem* p, Off* off, Rule* rule, Kind* kind) noexcept nogil:
    """Return what comes off a unit in terms of scale: exact where percentages are rounded later."""
    if rule.per != PER_UNIT and off.kind == PERCENT:
        return exact_part(off, rule, kind)
    return unit_off(off, rule, kind, kind.price, kind.room) * p.scale


cdef inline int phases_of(Rule* rule) noexcept nogil:
    """Return how many symbols stand for one slot: tiers, or paid and free."""
    if rule.family == TIERS and not rule.marginal:
        return rule.step_count
    if rule.family == GROUP and rule.which == CHEAPEST_OF_ALL and rule.every > rule.get:
        return 2
    return 1


cdef inline bint is_of_use(Problem* p, Program* q, Kind* kind, int phase) noexcept nogil:
    """Whether a unit may serve the rule at all: where each unit is a use it must save."""
    cdef Rule* rule = q.rule
    if rule.family == EACH:
        return scaled_off(p, &rule.off, rule, kind) > 0
    if rule.family == TIERS and not rule.marginal:
        return scaled_off(p, &rule.steps[phase].off, rule, kind) > 0
    return True


cdef inline bint list_options(Problem* p) noexcept nogil:
    """Make the options of all kinds, each kind's in canonical order: count, then fill."""
    cdef int k, n = 0
    each_option(p, False)
    for k in range(p.kind_count):
        p.kinds[k].option = n
        n += p.kinds[k].option_count
        p.kinds[k].option_count = 0
    p.option_count = n
    p.options = <Option*>take(p.arena, (n + 1) * sizeof(Option))
    p.mine = <int*>take(p.arena, (n + 1) * sizeof(int))
    if p.arena.failed:
        return False
    each_option(p, True)
    return link_options(p)


cdef inline void each_option(Problem* p, bint fill) noexcept nogil:
    cdef int i, j, s, f
    cdef uint64_t slots
    cdef Program* q
    cdef Kind* kind
    for i in range(p.program_count):
        q = &p.programs[i]
        if q.candidate >= 0:
            for s in range(q.entries):
                add_option(p, fill, i, s, 0, q.entry_kind[s])
                p.kinds[q.entry_kind[s]].ranks += 1
            continue
        for j in range(p.locals[q.local].pair, p.locals[q.local].pair + p.locals[q.local].pair_count):
            slots = slots_of(p, q.rule, &p.pairs[j])
            kind = &p.kinds[p.pairs[j].kind]
            for s in range(q.rule.slots):
                if (slots >> s) & 1:
                    for f in range(phases_of(q.rule)):
                        if is_of_use(p, q, kind, f):
                            add_option(
                                p, fill, i, f if phases_of(q.rule) > 1 else s, s, p.pairs[j].kind
                            )
                    kind.ranks += 1


cdef inline void add_option(
    Problem* p, bint fill, int program, int symbol, int slot, int kind
) noexcept nogil:
    cdef Option* o
    cdef Program* q = &p.programs[program]
    cdef Rule* rule = q.rule
    cdef int t
    p.kinds[kind].option_count += 1
    if not fill:
        return
    o = &p.options[p.kinds[kind].option + p.kinds[kind].option_count - 1]
    o.program = program
    o.symbol = symbol
    o.slot = slot
    o.kind = kind
    o.rank = p.kinds[kind].ranks
    q.option_count += 1
    if rule.family == TIERS:
        o.tier_offs = <int64_t*>take(p.arena, rule.step_count * sizeof(int64_t))
        if o.tier_offs == NULL:
            return
        for t in range(rule.step_count):
            o.tier_offs[t] = scaled_off(p, &rule.steps[t].off, rule, &p.kinds[kind])
    elif rule.family != CANDIDATE:
        o.off = scaled_off(p, &rule.off, rule, &p.kinds[kind])


cdef inline bint link_options(Problem* p) noexcept nogil:
    """List each program's options in order of kind; forget programs that have none."""
    cdef int i, o, n = 0
    for i in range(p.program_count):
        p.programs[i].option = n
        n += p.programs[i].option_count
        p.programs[i].option_count = 0
    for o in range(p.option_count):
        i = p.options[o].program
        p.mine[p.programs[i].option + p.programs[i].option_count] = o
        p.programs[i].option_count += 1
    return not p.arena.failed


cdef inline bint build_programs(Problem* p) noexcept nogil:
    cdef int i
    cdef Program* q
    cdef int64_t[8] available
    for i in range(p.program_count):
        q = &p.programs[i]
        if q.candidate < 0:
            can_form(p, q, available)
        if not build(p, q, available):
            return False
        mark_tested(p, q)
        if q.tested:
            q.sums = <int64_t*>take(p.arena, (q.units + 2) * sizeof(int64_t))
            q.rooms = <int64_t*>take(p.arena, (q.units + 2) * sizeof(int64_t))
    return not p.arena.failed


cdef inline void mark_tested(Problem* p, Program* q) noexcept nogil:
    """Whether a use could turn out to save nothing, or less than the sums say."""
    cdef Rule* rule = q.rule
    cdef int i
    cdef Kind* kind
    cdef bint priced = rule.family == SET or rule.family == BUNDLE
    if rule.family == CANDIDATE or rule.family == EACH or rule.family == TIERS:
        return
    if rule.family == GROUP and rule.which == CHEAPEST_OF_ALL:
        return
    if priced and rule.off.kind == PRICE:
        q.tested = True
        return
    if priced and rule.off.kind == AMOUNT and q.units:
        q.tested = True
        return
    for i in range(q.option, q.option + q.option_count):
        kind = &p.kinds[p.options[p.mine[i]].kind]
        if p.options[p.mine[i]].off <= 0 or (priced and kind.least):
            q.tested = True


cdef inline void open_kinds(Problem* p) noexcept nogil:
    """Note which kinds have units to be decided on, and something to decide."""
    cdef int k, o
    cdef Kind* kind
    for k in range(p.kind_count):
        kind = &p.kinds[k]
        kind.open = False
        for o in range(kind.option, kind.option + kind.option_count):
            if not p.programs[p.options[o].program].settled and kind.units > kind.taken:
                kind.open = True
