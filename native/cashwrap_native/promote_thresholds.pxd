"""How much later rules could give, and which of them another always beats. Header-only."""

from libc.stdint cimport int64_t

from cashwrap_native.fixed cimport HALF_UP, wide
from cashwrap_native.promote_item cimport lesser, rounded
from cashwrap_native.promote_model cimport (
    AMOUNT, AT_CURRENT, AT_LIST, FAR, POINTS, PPM, SPEND, Kind, Later, Local, Problem, Rule,
)
from cashwrap_native.promote_order cimport floor_of, measure
from cashwrap_native.promote_state cimport Search
from cashwrap_native.promote_step cimport worth
from cashwrap_native.promote_table cimport Component


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
    cdef int64_t left = later.whole
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
