"""From rules that count and kinds of units to options, automata, components. Header-only."""

from libc.stdint cimport int64_t, uint8_t, uint64_t

from libc.string cimport memcpy

from cashwrap_native.allocate cimport Ranked
from cashwrap_native.fixed cimport HALF_UP, wide
from cashwrap_native.promote_automaton cimport build
from cashwrap_native.promote_bound cimport STACK
from cashwrap_native.promote_item cimport (
    exact_part, lesser, lowest_tier, rounded, serve, unit_off,
)
from cashwrap_native.promote_model cimport (
    AMOUNT, AT_CURRENT, AT_ITEM, AT_LIST, BUNDLE, BUY_GET, CANDIDATE, CHEAPEST_OF_ALL, EACH, FAR,
    GROUP, LAYER_ITEM, NOTHING, ONCE, PERCENT, PER_LINE, PER_UNIT, POINTS, PPM, PRICE, SET, SPEND, Pair,
    TIERS, Applied, Kind, Later, Local, Need, Off, Option, Parcel, Piece, Problem, Program, Rule,
    take,
)
from cashwrap_native.promote_order cimport floor_of, times_met
from cashwrap_native.promote_search cimport REMEMBERED_MAX, WORDS_MAX, Child, Search
from cashwrap_native.promote_table cimport Component, fit, tabulate


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
    cdef int i, j
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


# -- components ---------------------------------------------------------------------------------


cdef inline int root_of(int* parent, int k) noexcept nogil:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


cdef inline bint split(Problem* p, Search* s) noexcept nogil:
    """Find the components and tabulate each."""
    cdef int* parent = <int*>take(p.arena, (p.kind_count + 1) * sizeof(int))
    cdef int* number = <int*>take(p.arena, (p.kind_count + 1) * sizeof(int))
    cdef int i, j, k, a, b, u, n = 0
    cdef Program* q
    cdef Component* c
    if p.arena.failed:
        return False
    for k in range(p.kind_count):
        parent[k] = k
        number[k] = -1
    for i in range(p.program_count):
        q = &p.programs[i]
        if q.stateless or q.settled:
            continue
        for j in range(q.option + 1, q.option + q.option_count):
            a = root_of(parent, p.options[p.mine[j - 1]].kind)
            b = root_of(parent, p.options[p.mine[j]].kind)
            if a != b:
                parent[b] = a
    s.components = <Component*>take(p.arena, (p.kind_count + 1) * sizeof(Component))
    if p.arena.failed:
        return False
    for k in range(p.kind_count):
        if not p.kinds[k].open:
            continue
        a = root_of(parent, k)
        if number[a] < 0:
            number[a] = n
            n += 1
        p.kinds[k].component = number[a]
        c = &s.components[number[a]]
        c.kind_count += 1
        c.unit_count += <int>(p.kinds[k].units - p.kinds[k].taken)
    s.component_count = n
    return fill_components(p, s)


cdef inline bint fill_components(Problem* p, Search* s) noexcept nogil:
    cdef int i, j, k, u
    cdef Component* c
    cdef Program* q
    for i in range(s.component_count):
        c = &s.components[i]
        c.kinds = <int*>take(p.arena, c.kind_count * sizeof(int))
        c.unit_kinds = <int*>take(p.arena, c.unit_count * sizeof(int))
        c.programs = <int*>take(p.arena, p.program_count * sizeof(int))
        if p.arena.failed:
            return False
        c.kind_count = 0
        c.unit_count = 0
    for k in range(p.kind_count):
        if not p.kinds[k].open:
            continue
        c = &s.components[p.kinds[k].component]
        c.kinds[c.kind_count] = k
        c.kind_count += 1
        for u in range(<int>(p.kinds[k].units - p.kinds[k].taken)):
            s.unit_kind[s.unit_count] = k
            s.unit_row[s.unit_count] = c.unit_count
            s.unit_count += 1
            c.unit_kinds[c.unit_count] = k
            c.unit_count += 1
    for i in range(p.program_count):
        q = &p.programs[i]
        if q.stateless or q.settled:
            continue
        k = open_kind(p, q)
        if k < 0:
            continue
        c = &s.components[p.kinds[k].component]
        c.programs[c.program_count] = i
        c.program_count += 1
        c.by_sku |= q.by_sku
    for i in range(s.component_count):
        if not fit(p, &s.components[i]) or not tabulate(p, &s.components[i]):
            return False
    return not p.arena.failed


cdef inline int open_kind(Problem* p, Program* q) noexcept nogil:
    """Return a kind with units that a program could take, -1 if there is none."""
    cdef int i, k
    for i in range(q.option, q.option + q.option_count):
        k = p.options[p.mine[i]].kind
        if p.kinds[k].open:
            return k
    return -1


cdef inline void locate(Problem* p, Component* c) noexcept nogil:
    """Note of which later rules' bases a component is wholly a part."""
    cdef int n, i, j
    cdef bint whole
    c.inside = <uint8_t*>take(p.arena, p.later_count + 1)
    if c.inside == NULL:
        return
    for n in range(p.later_count):
        whole = True
        for i in range(c.kind_count):
            if not p.laters[n].covers[c.kinds[i]] or p.laters[n].barred[c.kinds[i]]:
                whole = False
        c.inside[n] = whole and not p.laters[n].bars_any
    c.inside[p.later_count] = True


# -- later rules --------------------------------------------------------------------------------


cdef inline void size_up(Problem* p, Later* later) noexcept nogil:
    """Work out the most that a later rule could give, and whether it can give anything."""
    cdef Rule* rule = later.rule
    cdef int k, i
    cdef Kind* kind
    cdef wide sum = 0
    cdef int64_t amount, best = 0, asked, times
    later.everywhere = True
    later.fees = p.fees if rule.with_fees else 0
    later.plainly_measured = not later.bars_any and not later.fees
    for k in range(p.kind_count):
        kind = &p.kinds[k]
        if not later.covers[k] or later.barred[k]:
            later.everywhere = False
            continue
        later.whole += kind.price * kind.units
        amount = (kind.listed if rule.measured == AT_LIST else kind.price) * kind.units
        sum = sum + <wide>amount * kind.measure
        later.plainly_measured &= kind.measure == PPM
        later.rounding_slack += kind.units
        if kind.counted:
            later.pieces += kind.units
    later.everywhere &= not later.bars_any
    later.measured_whole = rounded(sum, PPM, HALF_UP) + later.fees
    if rule.family == POINTS:
        best = rounded(p.points, rule.points, 3) * rule.worth if p.points > 0 else 0
    for i in range(rule.step_count if rule.family == SPEND else 0):
        times = FAR
        if rule.steps[i].at_minor:
            times = lesser(times, floor_of(later.measured_whole - rule.above, rule.steps[i].at_minor))
        if rule.steps[i].at_count:
            times = lesser(times, floor_of(later.pieces - rule.above, rule.steps[i].at_count))
        if times == FAR:
            times = 1
        if times <= 0:
            continue
        if not (rule.again and i == rule.step_count - 1):
            times = 1
        elif rule.times:
            times = lesser(times, rule.times)
        asked = later.whole
        if rule.steps[i].off.kind == AMOUNT and rule.steps[i].off.value < FAR // (times + 1):
            asked = rule.steps[i].off.value * times
        if asked > best:
            best = asked
    later.most = lesser(lesser(best, later.whole), later.cap)
    if rule.family == SPEND:
        later.most = lesser(later.most, rule.at_most)
    later.alive = later.most > 0 and p.locals[later.local].allowed


cdef inline void count_stack(Problem* p) noexcept nogil:
    """Count how many later rules could apply together, and what those after each could give.

    Of the rules of one group only one applies; other conflicts are left out of account.
    """
    cdef int n, group, g
    cdef int64_t alone = 0
    cdef int64_t[8] best
    cdef bint[8] there
    for g in range(8):
        best[g] = 0
        there[g] = False
    p.stacked = 0
    for n in range(p.later_count - 1, -1, -1):
        group = p.laters[n].rule.group
        p.laters[n].rest = alone
        for g in range(8):
            if g != group:
                p.laters[n].rest += best[g]
        if not p.laters[n].alive:
            continue
        if group < 0:
            alone += p.laters[n].most
            p.stacked += 1
            continue
        p.stacked += not there[group]
        there[group] = True
        if p.laters[n].most > best[group]:
            best[group] = p.laters[n].most


cdef inline int64_t least_left(Problem* p, Search* s, Later* later) noexcept nogil:
    """Return the least that can be left of a rule's base when its turn comes."""
    cdef int c, i, n, group
    cdef int64_t left = later.whole, most
    cdef Component* of
    cdef Later* other
    cdef int64_t[8] best
    for group in range(8):
        best[group] = 0
    for c in range(s.component_count):
        of = &s.components[c]
        for i in range(of.kind_count):
            if later.covers[of.kinds[i]]:
                left -= (of.most[0] + p.scale - 1) // p.scale
                break
    for n in range(p.later_count):
        other = &p.laters[n]
        group = other.rule.group
        if not other.alive or other.rule.turn >= later.rule.turn or group == later.rule.group:
            continue
        if group < 0:
            left -= other.most
        elif other.most > best[group]:
            best[group] = other.most
    for group in range(8):
        left -= best[group]
    return left if left > 0 else 0


cdef inline int64_t least_given(Later* later, int64_t left) noexcept nogil:
    """Return the least that a rule gives when so much is left of its base; amounts only."""
    cdef Rule* rule = later.rule
    cdef int i
    cdef int64_t best = 0, times
    for i in range(rule.step_count):
        if rule.steps[i].off.kind != AMOUNT or rule.steps[i].at_minor + rule.above > left:
            continue
        if rule.steps[i].at_count and later.pieces < rule.steps[i].at_count + rule.above:
            continue
        times = 1
        if rule.again and i == rule.step_count - 1:
            times = floor_of(left - rule.above, rule.steps[i].at_minor) if rule.steps[i].at_minor else 1
            if rule.times:
                times = lesser(times, rule.times)
            if rule.steps[i].at_count:
                times = 1
        if rule.steps[i].off.value < FAR // (times + 1) and rule.steps[i].off.value * times > best:
            best = rule.steps[i].off.value * times
    return lesser(lesser(best, left), lesser(rule.at_most, later.cap))


cdef inline bint is_plain(Problem* p, Later* later) noexcept nogil:
    """Whether what a rule gives depends on nothing but how much is left of its base."""
    cdef Rule* rule = later.rule
    return (
        rule.family == SPEND and rule.measured == AT_CURRENT and later.plainly_measured
        and not p.locals[later.local].late_needs and not p.locals[later.local].forced
    )


cdef inline bint goes_before(Problem* p, Later* a, Later* b) noexcept nogil:
    """Whether of two rules that give the same, a leaves the better plan."""
    cdef Local* x = &p.locals[a.local]
    cdef Local* y = &p.locals[b.local]
    cdef int64_t face_x = x.rule.face if x.rule.coupon else 0
    cdef int64_t face_y = y.rule.face if y.rule.coupon else 0
    if face_x != face_y:
        return face_x < face_y
    if x.rule.coupon != y.rule.coupon:
        return not x.rule.coupon
    if x.rule.coupon and x.coupon_ends[0] != y.coupon_ends[0]:
        return x.coupon_ends[0] < y.coupon_ends[0]
    return a.local < b.local


cdef inline void thin_out(Problem* p, Search* s) noexcept nogil:
    """Leave out later rules in whose place another of their group always is as good or better.

    Only where the rules of all other groups give the same whatever that other one gives.
    """
    cdef int a, b, n = 0
    cdef Later* one
    cdef Later* other
    cdef int64_t least
    if p.floors or p.conflicts != NULL:
        return
    for a in range(p.later_count):
        one = &p.laters[a]
        one.least = least_given(one, least_left(p, s, one)) if one.alive and is_plain(p, one) else 0
    for a in range(p.later_count):
        one = &p.laters[a]
        if not one.alive or one.rule.group < 0 or not others_are_settled(p, one):
            continue
        for b in range(p.later_count):
            other = &p.laters[b]
            if a == b or other.rule.group != one.rule.group or not other.alive:
                continue
            if p.locals[one.local].forced or other.least < one.most:
                continue
            if other.least > one.most or goes_before(p, other, one):
                one.alive = False
                break
    for a in range(p.later_count):
        if p.laters[a].alive or p.locals[p.laters[a].local].forced:
            p.laters[n] = p.laters[a]
            n += 1
    p.later_count = n
    count_stack(p)


cdef inline bint others_are_settled(Problem* p, Later* one) noexcept nogil:
    """Whether each rule of another group gives all that it ever can, if it applies."""
    cdef int n
    cdef Later* other
    for n in range(p.later_count):
        other = &p.laters[n]
        if other.alive and other.rule.group != one.rule.group and other.least < other.most:
            return False
    return True


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
