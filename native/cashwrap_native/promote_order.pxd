"""What order, coupon and points rules take off what the item layer leaves. Header-only.

Rules come in their turn; each that is taken is measured, asked, and shared over the parcels within
room. Every permitted choice of them is looked at, and the best kept.
"""

from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memcpy

from cashwrap_native.allocate cimport share_out
from cashwrap_native.fixed cimport DOWN, HALF_UP, divide, wide
from cashwrap_native.promote_item cimport lesser, rounded, serve
from cashwrap_native.promote_model cimport (
    AMOUNT, AT_CURRENT, AT_ITEM, AT_LIST, AT_PRICE, FAR, ONCE, PERCENT, PER_UNIT, POINTS, PPM,
    Applied, Kind, Later, Local, Need, Option, Parcel, Piece, Problem, Program, Rule, Step, take,
)

cdef enum:
    ENDS = 64  # coupons of one plan whose ends are compared

# What a plan comes to; the smaller is the better, from the first field on.
cdef struct Value:
    int64_t payable, face
    int end_count
    int64_t[ENDS] ends

# A choice of later rules for one item plan.
cdef struct Choice:
    Value value
    int count
    Applied* applied  # one for each later rule at most
    bint found


cdef inline int compare(const Value* a, const Value* b) noexcept nogil:
    """Return whether a is worse (1), better (-1) or as good as b (0)."""
    cdef int i
    if a.payable != b.payable:
        return 1 if a.payable > b.payable else -1
    if a.face != b.face:
        return 1 if a.face > b.face else -1
    for i in range(a.end_count if a.end_count < b.end_count else b.end_count):
        if a.ends[i] != b.ends[i]:
            return 1 if a.ends[i] > b.ends[i] else -1
    if a.end_count != b.end_count:
        return 1 if a.end_count > b.end_count else -1
    return 0


cdef inline void burn(Value* value, Local* local, int64_t uses) noexcept nogil:
    """Add the coupons that a rule uses up, keeping their ends sorted."""
    cdef int64_t u
    cdef int j
    if not local.rule.coupon:
        return
    value.face += local.rule.face * uses
    for u in range(lesser(uses, local.coupon_count)):
        if value.end_count == ENDS:
            return
        j = value.end_count
        while j > 0 and value.ends[j - 1] > local.coupon_ends[u]:
            value.ends[j] = value.ends[j - 1]
            j -= 1
        value.ends[j] = local.coupon_ends[u]
        value.end_count += 1


cdef inline bint conflict(Problem* p, int a, int b) noexcept nogil:
    """Whether two rules may not both give something."""
    if p.conflicts == NULL:
        return p.locals[a].rule.group >= 0 and p.locals[a].rule.group == p.locals[b].rule.group
    return p.conflicts[a * p.local_count + b] != 0


# -- the item layer as a whole ------------------------------------------------------------------


cdef inline bint lay_parcels(Problem* p, const int* counts) noexcept nogil:
    """Serve every program and lay the parcels; False where the plan is not permitted."""
    cdef int q, k, local, n = 0, before = -1, at
    cdef Py_ssize_t count, i
    cdef int64_t uses, total, cap, rest
    cdef Program* program
    cdef Kind* kind
    cdef Option* option
    for local in range(p.local_count):
        p.used[local] = 0
        p.in_use[local] = False
    for at in range(p.kind_count):
        kind = &p.kinds[at]
        p.first_parcel[at] = n
        before = -1
        rest = kind.units
        for i in range(kind.option, kind.option + kind.option_count):
            if not counts[i]:
                continue
            option = &p.options[i]
            local = p.programs[option.program].local
            if local != before:
                p.parcels[n].kind = at
                p.parcels[n].local = local
                p.parcels[n].units = 0
                p.parcels[n].item = 0
                before = local
                n += 1
            p.parcels[n - 1].units += counts[i]
            rest -= counts[i]
        if rest < 0:
            return False
        if rest:
            p.parcels[n].kind = at
            p.parcels[n].local = -1
            p.parcels[n].units = rest
            p.parcels[n].item = 0
            n += 1
    p.first_parcel[p.kind_count] = n
    p.parcel_count = n
    for q in range(p.program_count):
        program = &p.programs[q]
        local = program.local
        cap = program.cap
        if program.candidate > 0 and cap != FAR:  # earlier candidates of the rule used some of it
            at = q - 1
            while at >= 0 and p.programs[at].local == local:
                cap -= p.saved[at]
                at -= 1
        if not serve(p, program, counts, cap, &count, &uses, &total):
            return False
        p.saved[q] = total
        if not count:
            continue
        p.used[local] += uses
        if p.used[local] > program.uses_max:
            return False
        p.in_use[local] = True
        for i in range(count):
            add_item(p, p.pieces[i].kind, local, p.pieces[i].minor)
    for n in range(p.parcel_count):
        kind = &p.kinds[p.parcels[n].kind]
        p.parcels[n].left = kind.price * p.parcels[n].units - p.parcels[n].item
        p.parcels[n].room = room_of(&p.parcels[n], kind)
    return item_rules_go_together(p) and item_needs_hold(p, counts)


cdef inline void add_item(Problem* p, int kind, int local, int64_t minor) noexcept nogil:
    cdef int n = p.first_parcel[kind]
    while p.parcels[n].local != local:
        n += 1
    p.parcels[n].item += minor


cdef inline int64_t room_of(Parcel* parcel, Kind* kind) noexcept nogil:
    cdef int64_t room = parcel.left - kind.least * parcel.units
    return room if room > 0 else 0


cdef inline bint item_rules_go_together(Problem* p) noexcept nogil:
    cdef int a, b
    if not p.item_conflicts:
        return True
    for a in range(p.local_count):
        if p.in_use[a]:
            for b in range(a):
                if p.in_use[b] and conflict(p, a, b):
                    return False
    return True


cdef inline bint item_needs_hold(Problem* p, const int* counts) noexcept nogil:
    """Needs measured after the item layer, and rules that take from one end only."""
    cdef int a
    for a in range(p.local_count):
        if p.in_use[a]:
            if p.locals[a].rule.takes != 2 and not takes_an_end(p, a):
                return False
            if p.locals[a].late_needs and not late_needs_hold(p, a, p.used[a], counts):
                return False
    return True


cdef inline bint takes_an_end(Problem* p, int local) noexcept nogil:
    """Whether the rule's units are one end of those in its range that serve no other rule."""
    cdef bint cheapest = p.locals[local].rule.takes == 0, stopped = False
    cdef int step, at, n
    cdef int64_t mine, free
    for step in range(p.kind_count):
        at = p.kind_count - 1 - step if cheapest else step
        if not p.locals[local].eligible[at]:
            continue
        mine = 0
        free = 0
        for n in range(p.first_parcel[at], p.first_parcel[at + 1]):
            if p.parcels[n].local == local:
                mine = p.parcels[n].units
            elif p.parcels[n].local < 0:
                free = p.parcels[n].units
        if mine and stopped:
            return False
        if free:
            stopped = True
    return True


cdef inline bint late_needs_hold(
    Problem* p, int local, int64_t uses, const int* counts
) noexcept nogil:
    """Measure needs after the item layer, without the units to which this rule itself gives."""
    cdef Rule* rule = p.locals[local].rule
    cdef Need* need
    cdef int i, n, k, q, at
    cdef int64_t money, pieces, times, given, units
    cdef wide sum
    cdef Py_ssize_t count, j
    cdef int64_t total, ignored
    for k in range(p.kind_count):
        p.given_units[k] = 0
        p.given_minor[k] = 0
    if p.in_use[local]:
        for q in range(p.locals[local].program, p.locals[local].program + p.locals[local].program_count):
            serve(p, &p.programs[q], counts, p.programs[q].cap, &count, &ignored, &total)
            for j in range(count):
                if p.pieces[j].take != NULL:
                    p.given_units[p.pieces[j].kind] += 1
                    p.given_minor[p.pieces[j].kind] += p.pieces[j].minor
    for i in range(rule.need_count):
        need = &rule.needs[i]
        if need.measured != AT_ITEM:
            continue
        sum = 0
        pieces = 0
        for at in range(p.locals[local].pair, p.locals[local].pair + p.locals[local].pair_count):
            k = p.pairs[at].kind
            if not (p.pairs[at].parts >> need.part) & 1:
                continue
            given = p.given_units[k]
            units = p.kinds[k].units - given
            if units <= 0:
                continue
            total = p.kinds[k].price * units + p.given_minor[k]
            for n in range(p.first_parcel[k], p.first_parcel[k + 1]):
                total -= p.parcels[n].item
            sum = sum + <wide>total * p.kinds[k].measure
            if p.kinds[k].counted:
                pieces += units
        money = rounded(sum, PPM, HALF_UP)
        times = times_met(need, money, pieces)
        if times < (uses if need.repeat else 1):
            return False
    return True


cdef inline int64_t times_met(Need* need, int64_t money, int64_t pieces) noexcept nogil:
    """Return how often the cart holds what is needed, FAR for as often as you like."""
    cdef int64_t times = FAR
    if need.minor:
        times = lesser(times, floor_of(money - need.above, need.minor))
    if need.count:
        times = lesser(times, floor_of(pieces - need.above, need.count))
    return times


cdef inline int64_t floor_of(int64_t amount, int64_t by) noexcept nogil:
    return 0 if amount < 0 else rounded(amount, by, DOWN)


# -- one later rule -----------------------------------------------------------------------------


cdef inline bint inside(Later* later, Parcel* parcel) noexcept nogil:
    return (
        later.covers[parcel.kind]
        and not later.barred[parcel.kind]
        and not (parcel.local >= 0 and later.bars[parcel.local])
    )


cdef inline void measure(
    Problem* p, Later* later, int64_t* money, int64_t* pieces, int64_t* left, int64_t* room
) noexcept nogil:
    """Measure a rule's base as it stands: for its threshold, and what is left of it."""
    cdef int n
    cdef wide sum = 0
    cdef Parcel* parcel
    cdef Kind* kind
    cdef int64_t amount
    cdef int at = later.rule.measured
    pieces[0] = 0
    left[0] = 0
    room[0] = 0
    for n in range(p.parcel_count):
        parcel = &p.parcels[n]
        if not inside(later, parcel):
            continue
        kind = &p.kinds[parcel.kind]
        left[0] += parcel.left
        room[0] += parcel.room
        if kind.counted:
            pieces[0] += parcel.units
        if at == AT_CURRENT:
            amount = parcel.left
        elif at == AT_ITEM:
            amount = kind.price * parcel.units - parcel.item
        elif at == AT_PRICE:
            amount = kind.price * parcel.units
        else:
            amount = kind.listed * parcel.units
        sum = sum + <wide>amount * kind.measure
    money[0] = rounded(sum, PPM, HALF_UP) + later.fees


cdef inline int64_t percent_asked(
    Problem* p, Later* later, int64_t ppm, int64_t left, bint weigh
) noexcept nogil:
    """Return what a percentage comes to; with ``weigh`` write by what it is shared."""
    cdef Rule* rule = later.rule
    cdef int n, i = 0
    cdef int64_t base, size, one, total = 0
    cdef Parcel* parcel
    if rule.per == ONCE and not rule.of_list and not weigh:
        return rounded(<wide>left * ppm, PPM, rule.rounding)
    for n in range(p.parcel_count):
        parcel = &p.parcels[n]
        if not inside(later, parcel):
            continue
        base = p.kinds[parcel.kind].listed * parcel.units if rule.of_list else parcel.left
        if rule.per == ONCE:
            one = base
        else:
            size = parcel.units if rule.per == PER_UNIT else 1
            one = rounded(<wide>base * ppm, size * PPM, rule.rounding) * size
            one = lesser(one, parcel.room)
        if weigh:
            p.weights[i] = one
        i += 1
        total += one
    if rule.per == ONCE:
        return rounded(<wide>total * ppm, PPM, rule.rounding)
    return total


cdef inline int64_t times_reached(Rule* rule, Step* step, int64_t money, int64_t pieces) noexcept nogil:
    cdef int64_t times = FAR
    if step.at_minor:
        times = lesser(times, floor_of(money - rule.above, step.at_minor))
    if step.at_count:
        times = lesser(times, floor_of(pieces - rule.above, step.at_count))
    return 1 if times == FAR else times


cdef inline int64_t spend(
    Problem* p, Later* later, Applied* done, int64_t left, int64_t room, int64_t pieces
) noexcept nogil:
    """Find the step that gives most, and how much it grants."""
    cdef Rule* rule = later.rule
    cdef Step* step
    cdef int i
    cdef int64_t times, asked, best = 0
    done.step = -1
    for i in range(rule.step_count):
        step = &rule.steps[i]
        times = times_reached(rule, step, done.base, pieces)
        if times <= 0:
            continue
        if not (rule.again and i == rule.step_count - 1):
            times = 1
        elif rule.times:
            times = lesser(times, rule.times)
        if step.off.kind == PERCENT:
            asked = percent_asked(p, later, step.off.value, left, False)
        elif step.off.kind == AMOUNT:
            asked = <int64_t>(<wide>step.off.value * times) if step.off.value < FAR // (times + 1) else FAR
        else:
            asked = left - step.off.value
        asked = lesser(lesser(asked, room), lesser(rule.at_most, later.cap))
        if asked > best:
            best = asked
            done.step = i
            done.times = times
    return best


cdef inline int64_t pay_points(
    Problem* p, Later* later, Applied* done, int64_t left, int64_t room, int64_t points
) noexcept nogil:
    cdef Rule* rule = later.rule
    cdef int64_t most = lesser(rounded(<wide>left * rule.at_most_ppm, PPM, DOWN), room)
    cdef int64_t k = rounded(points, rule.points, DOWN) if points > 0 else 0
    k = lesser(k, rounded(lesser(most, later.cap), rule.worth, DOWN))
    done.step = -1
    done.base = left
    done.times = k * rule.points
    return k * rule.worth


cdef inline bint apply(Problem* p, int number, Applied* done, int64_t* points) noexcept nogil:
    """Take one rule in its turn; False where it gives nothing (then nothing has changed)."""
    cdef Later* later = &p.laters[number]
    cdef int64_t pieces, left, room
    cdef int n, i = 0
    done.later = number
    done.times = 1
    measure(p, later, &done.base, &pieces, &left, &room)
    if later.rule.family == POINTS:
        done.minor = pay_points(p, later, done, left, room, points[0])
    else:
        done.minor = spend(p, later, done, left, room, pieces)
    if done.minor <= 0:
        return False
    for n in range(p.parcel_count):
        if inside(later, &p.parcels[n]):
            p.weights[i] = p.parcels[n].left
            p.caps[i] = p.parcels[n].room
            i += 1
    if done.step >= 0 and later.rule.steps[done.step].off.kind == PERCENT:
        percent_asked(p, later, later.rule.steps[done.step].off.value, left, True)
    done.minor = <int64_t>share_out(
        done.minor, p.weights, p.caps, p.shares, i, later.rule.odd, p.ranked
    )
    if done.minor <= 0:
        return False
    i = 0
    for n in range(p.parcel_count):
        done.shares[n] = 0
        if inside(later, &p.parcels[n]):
            done.shares[n] = p.shares[i]
            p.parcels[n].left -= p.shares[i]
            p.parcels[n].room -= p.shares[i]
            i += 1
    if later.rule.family == POINTS:
        points[0] -= done.times
    return True


cdef inline void undo(Problem* p, Applied* done, int64_t* points) noexcept nogil:
    cdef int n
    for n in range(p.parcel_count):
        p.parcels[n].left += done.shares[n]
        p.parcels[n].room = room_of(&p.parcels[n], &p.kinds[p.parcels[n].kind])
    if p.laters[done.later].rule.family == POINTS:
        points[0] += done.times


# -- which later rules --------------------------------------------------------------------------


cdef inline bint may_join(Problem* p, int number, int count, const int* counts) noexcept nogil:
    """Whether a later rule goes with the rules that are in use, and its late needs hold."""
    cdef int local = p.laters[number].local, other
    if not p.locals[local].allowed:
        return False
    if p.conflicts == NULL:
        for other in range(count):
            if conflict(p, local, p.laters[p.done[other].later].local):
                return False
    else:
        for other in range(p.local_count):
            if p.in_use[other] and conflict(p, local, other):
                return False
    return not p.locals[local].late_needs or late_needs_hold(p, local, 1, counts)


cdef inline bint earlier_ids(Problem* p, Applied* a, int count_a, Applied* b, int count_b) noexcept nogil:
    """Whether the sorted ids of one choice come before those of another of the same value."""
    cdef int i, local
    cdef bint in_a, in_b
    cdef int last_a = -1, last_b = -1
    for i in range(count_a):
        if p.laters[a[i].later].local > last_a:
            last_a = p.laters[a[i].later].local
    for i in range(count_b):
        if p.laters[b[i].later].local > last_b:
            last_b = p.laters[b[i].later].local
    for local in range(p.local_count):
        in_a = False
        in_b = False
        for i in range(count_a):
            in_a |= p.laters[a[i].later].local == local
        for i in range(count_b):
            in_b |= p.laters[b[i].later].local == local
        if in_a != in_b:  # the one without it is shorter from here, or goes on with a later id
            if in_a:
                return last_b > local
            return last_a < local
    return False


cdef inline void keep(Problem* p, Choice* best, Applied* done, int count, Value* value) noexcept nogil:
    cdef int i, way = -1
    if best.found:
        way = compare(value, &best.value)
        if way > 0 or (
            way == 0 and not earlier_ids(p, done, count, best.applied, best.count)
        ):
            return
    best.found = True
    best.value = value[0]
    best.count = count
    for i in range(count):
        best.applied[i].later = done[i].later
        best.applied[i].step = done[i].step
        best.applied[i].times = done[i].times
        best.applied[i].base = done[i].base
        best.applied[i].minor = done[i].minor
        memcpy(best.applied[i].shares, done[i].shares, p.parcel_count * sizeof(int64_t))


cdef inline void choose(
    Problem* p, int number, int count, int64_t points, int64_t payable, Choice* best,
    const int* counts,
) noexcept nogil:
    """Look at every permitted choice of the later rules from ``number`` on."""
    cdef Value value
    cdef int local
    cdef Applied* done = &p.done[count]
    cdef Later* later
    p.nodes += 1
    while number < p.later_count:
        later = &p.laters[number]
        local = later.local
        if (
            not (best.found and payable - later.most - later.rest > best.value.payable)
            and may_join(p, number, count, counts) and apply(p, number, done, &points)
        ):
            p.in_use[local] = True
            choose(p, number + 1, count + 1, points, payable - done.minor, best, counts)
            p.in_use[local] = False
            undo(p, done, &points)
        if p.locals[local].forced:
            return
        number += 1
    value.payable = payable
    value.face = 0
    value.end_count = 0
    for local in range(p.local_count if p.any_coupons else 0):
        if p.in_use[local] and p.locals[local].rule.coupon:
            burn(&value, &p.locals[local], p.used[local] if p.used[local] else 1)
    keep(p, best, p.done, count, &value)


cdef inline bint evaluate(Problem* p, const int* counts, Choice* best) noexcept nogil:
    """Work out what an item plan comes to with the best choice of later rules.

    False where the plan is not permitted. The parcels stand afterwards as the item layer left them.
    """
    cdef int i
    cdef int64_t payable = p.total
    best.found = False
    if not lay_parcels(p, counts):
        return False
    for i in range(p.parcel_count):
        payable -= p.parcels[i].item
    choose(p, 0, 0, p.points, payable, best, counts)
    return best.found
