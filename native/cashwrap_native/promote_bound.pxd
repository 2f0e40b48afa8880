"""The least that can be left to pay, from what the item layer may still save. Header-only.

Between two thresholds less item saving never pays, so it is enough to look, for every choice of
later rules and steps, at the most saving that still reaches them.
"""

from libc.stdint cimport int64_t

from cashwrap_native.fixed cimport DOWN, UP, wide
from cashwrap_native.promote_item cimport lesser, rounded
from cashwrap_native.promote_model cimport (
    AMOUNT, AT_CURRENT, AT_ITEM, FAR, ONCE, PERCENT, PER_UNIT, POINTS, PPM, PRICE, Later, Problem,
    Rule, Step,
)
from cashwrap_native.promote_order cimport conflict

cdef enum:
    STACK = 6  # later rules that are looked at together
    REPEATS = 12
    TRIES = 2000  # choices of them; more are bounded loosely

# A step of a later rule that a choice wants to reach, and so often.
cdef struct Wanted:
    int later, step
    int64_t times

# What the item layer may still save: in all, and on the base of each later rule.
cdef struct Reach:
    int64_t low, high
    int64_t span  # high as it was before it was cut to what there is
    const int64_t* low_of  # by later rule
    const int64_t* high_of  # on goods that are wholly in its base

cdef struct Bound:
    int64_t payable, face
    int64_t saved  # by the item layer, where that is
    int64_t enough_payable, enough_face  # a bound as low as this need not be exact
    int64_t upper  # what the wanted steps give at most
    int count, tries, best_count
    bint ended
    Wanted[STACK] wanted
    Wanted[STACK] best


cdef inline int64_t at_least(int64_t a, int64_t b) noexcept nogil:
    return a if a > b else b


cdef inline int64_t base_left(Later* later, const Reach* r, int number, int64_t saved, int64_t given) noexcept nogil:
    """Return the most that is left of a rule's base when so much is saved in all."""
    cdef int64_t elsewhere = r.span - r.high_of[number]
    cdef int64_t left = later.whole - at_least(r.low_of[number], saved - elsewhere)
    if later.everywhere:
        left -= given
    return at_least(left, 0)


cdef inline int64_t given_by(
    Problem* p, Wanted* w, const Reach* r, int64_t saved, int64_t given
) noexcept nogil:
    """Return the most that a wanted step gives."""
    cdef Later* later = &p.laters[w.later]
    cdef Rule* rule = later.rule
    cdef Step* step
    cdef int64_t left = base_left(later, r, w.later, saved, given), asked
    if rule.family == POINTS:
        asked = lesser(
            rounded(<wide>left * rule.at_most_ppm, PPM, DOWN),
            rounded(p.points, rule.points, DOWN) * rule.worth,
        )
        return lesser(lesser(asked, left), later.cap)
    step = &rule.steps[w.step]
    if step.off.kind == AMOUNT:
        asked = step.off.value * w.times if step.off.value < FAR // (w.times + 1) else FAR
    elif step.off.kind == PRICE:
        asked = left - step.off.value
    elif rule.of_list:
        asked = left
    else:
        asked = rounded(<wide>left * step.off.value, PPM, rule.rounding)
        if rule.per != ONCE:
            asked += later.rounding_slack
    return at_least(0, lesser(lesser(asked, left), lesser(rule.at_most, later.cap)))


cdef inline bint is_exact(Problem* p, const Wanted* w) noexcept nogil:
    """Whether what a step is said to give is what it gives, so that less is left after it."""
    cdef Later* later = &p.laters[w.later]
    cdef Rule* rule = later.rule
    if p.floors or not later.everywhere or rule.family == POINTS:
        return False
    if rule.steps[w.step].off.kind == PERCENT:
        return rule.per == ONCE and not rule.of_list
    return (
        rule.steps[w.step].off.kind == AMOUNT
        and rule.measured == AT_CURRENT
        and later.plainly_measured
        and rule.steps[w.step].at_minor >= rule.steps[w.step].off.value
    )


cdef inline int64_t saved_at_most(
    Problem* p, int number, Step* step, int64_t times, const Reach* r, int64_t given
) noexcept nogil:
    """Return the most that may be saved in all so that a threshold is reached; -1: it is not."""
    cdef Later* later = &p.laters[number]
    cdef Rule* rule = later.rule
    cdef int64_t wanted, most
    if step.at_count and later.pieces < step.at_count * times + rule.above:
        return -1
    if not step.at_minor:
        return FAR
    wanted = step.at_minor * times + rule.above if step.at_minor < FAR // (times + 1) else FAR
    if later.measured_whole < wanted:
        return -1
    if (rule.measured != AT_CURRENT and rule.measured != AT_ITEM) or not later.plainly_measured:
        return FAR
    most = later.whole - wanted
    if rule.measured == AT_CURRENT and later.everywhere and not p.floors:
        most -= given
    if most < r.low_of[number]:
        return -1
    return most + r.span - r.high_of[number]


cdef inline int64_t slope_of(Problem* p, const Wanted* w) noexcept nogil:
    """Return how much more a step gives, in ppm, for each minor unit that is saved less."""
    cdef Rule* rule = p.laters[w.later].rule
    if rule.family == POINTS:
        return rule.at_most_ppm
    if rule.steps[w.step].off.kind == PERCENT:
        return PPM if rule.of_list else rule.steps[w.step].off.value
    return PPM if rule.steps[w.step].off.kind == PRICE else 0


cdef inline void weigh(
    Problem* p, Bound* b, const Reach* r, int64_t saved, int64_t face
) noexcept nogil:
    """Compare one choice of steps with the best."""
    cdef int64_t given = 0, surely = 0, payable, one, slope = 0, steeper
    cdef int i
    cdef bint chained = True
    b.tries += 1
    for i in range(b.count):
        steeper = slope_of(p, &b.wanted[i])
        if chained and p.laters[b.wanted[i].later].everywhere:
            steeper -= slope * steeper // PPM
        if slope + steeper > PPM:  # less saving could be better: count what it gives at the least
            one = given_by(p, &b.wanted[i], r, r.low, surely)
        else:
            slope += steeper
            one = given_by(p, &b.wanted[i], r, saved, surely)
        given += one
        if is_exact(p, &b.wanted[i]):
            surely += one
        else:
            chained = False
    payable = at_least(p.total - saved - given, 0)
    if payable < b.payable or (payable == b.payable and face < b.face):
        b.payable = payable
        b.face = face
        b.saved = saved
        b.best_count = b.count
        for i in range(b.count):
            b.best[i] = b.wanted[i]
        b.ended = payable < b.enough_payable or (
            payable == b.enough_payable and face <= b.enough_face
        )


cdef inline void look_on(
    Problem* p, Bound* b, const Reach* r, int number, int64_t saved, int64_t given, int64_t face
) noexcept nogil:
    """Try every step of every later rule from ``number`` on, on top of what is wanted already."""
    cdef int n, i
    cdef bint joins
    cdef Later* later
    cdef int64_t least
    weigh(p, b, r, saved, face)
    if b.count == STACK or b.tries > TRIES:
        return
    for n in range(number, p.later_count):
        later = &p.laters[n]
        least = p.total - saved - b.upper - later.most - later.rest
        if b.ended:
            return
        if not later.alive or least > b.payable or (
            least == b.payable and face + (later.rule.face if later.rule.coupon else 0) >= b.face
        ):
            continue
        joins = True
        for i in range(b.count):
            if conflict(p, p.laters[b.wanted[i].later].local, p.laters[n].local):
                joins = False
        if joins:
            look_at(p, b, r, n, saved, given, face)


cdef inline void look_at(
    Problem* p, Bound* b, const Reach* r, int n, int64_t saved, int64_t given, int64_t face
) noexcept nogil:
    cdef Rule* rule = p.laters[n].rule
    cdef int s
    cdef int64_t most
    if rule.coupon:
        face += rule.face
    if rule.family == POINTS:
        want(p, b, r, n, -1, 1, saved, given, face)
        return
    for s in range(rule.step_count):
        if rule.again and s == rule.step_count - 1:
            look_at_times(p, b, r, n, s, saved, given, face)
            continue
        most = saved_at_most(p, n, &rule.steps[s], 1, r, given)
        if most >= 0:
            want(p, b, r, n, s, 1, lesser(saved, most), given, face)


cdef inline void look_at_times(
    Problem* p, Bound* b, const Reach* r, int n, int s, int64_t saved, int64_t given, int64_t face
) noexcept nogil:
    """Try a threshold that counts again: as often as the most saving leaves, and a few times more.

    Each time more takes a threshold of saving for one amount, so where the amount is not above the
    threshold still more times give less, whatever the rules after it add.
    """
    cdef Later* later = &p.laters[n]
    cdef Step* step = &later.rule.steps[s]
    cdef int64_t highest = most_times(p, n, step, r), times = highest, most = FAR, sum
    cdef int tries
    if highest < 1:
        return
    if step.at_minor and saved_at_most(p, n, step, highest, r, given) != FAR:
        times = rounded(
            at_least(0, later.whole - r.high_of[n] - b.upper), step.at_minor, DOWN
        )
        times = at_least(1, lesser(times, highest))
    for tries in range(REPEATS):
        most = saved_at_most(p, n, step, times, r, given)
        if most < 0 or b.ended:
            return
        want(p, b, r, n, s, times, lesser(saved, most), given, face)
        times += 1
        if times > highest:
            return
    sum = step.off.value if step.off.kind == AMOUNT and step.off.value <= step.at_minor else FAR
    if sum == FAR:
        most = later.most
    else:
        most = lesser(later.most, times * sum)
        saved = lesser(saved, saved_at_most(p, n, step, times, r, 0))
    sum = at_least(0, p.total - saved - b.upper - most - later.rest)
    if saved >= 0 and (sum < b.payable or (sum == b.payable and b.face > 0)):
        b.payable = sum
        b.face = 0
        b.saved = saved
        b.best_count = 0


cdef inline int64_t most_times(Problem* p, int n, Step* step, const Reach* r) noexcept nogil:
    cdef Rule* rule = p.laters[n].rule
    cdef int64_t times = FAR, whole
    if step.at_minor:
        whole = p.laters[n].measured_whole
        if p.laters[n].plainly_measured and (rule.measured == AT_CURRENT or rule.measured == AT_ITEM):
            whole = at_least(0, p.laters[n].whole - r.low_of[n])
        times = lesser(times, rounded(whole, step.at_minor, DOWN))
    if step.at_count:
        times = lesser(times, rounded(p.laters[n].pieces, step.at_count, DOWN))
    if times == FAR:
        times = 1
    if rule.times:
        times = lesser(times, rule.times)
    return times


cdef inline void want(
    Problem* p, Bound* b, const Reach* r, int n, int step, int64_t times, int64_t saved,
    int64_t given, int64_t face,
) noexcept nogil:
    cdef Wanted* w = &b.wanted[b.count]
    cdef int64_t sure = 0
    w.later = n
    w.step = step
    w.times = times
    if step >= 0 and p.laters[n].rule.steps[step].off.kind == AMOUNT and is_exact(p, w):
        sure = given_by(p, w, r, saved, given)
    b.count += 1
    b.upper += p.laters[n].most
    look_on(p, b, r, n + 1, saved, given + sure, face)
    b.upper -= p.laters[n].most
    b.count -= 1


cdef inline void try_again(Problem* p, const Reach* r, Bound* b) noexcept nogil:
    """Begin with the steps that were best before: mostly they still are."""
    cdef int i, n
    cdef int64_t saved = r.high, most, given = 0, face = 0
    for i in range(b.best_count):
        b.wanted[i] = b.best[i]
        n = b.best[i].later
        if b.best[i].step >= 0:
            most = saved_at_most(
                p, n, &p.laters[n].rule.steps[b.best[i].step], b.best[i].times, r, given
            )
            if most < 0:
                return
            saved = lesser(saved, most)
            if (
                p.laters[n].rule.steps[b.best[i].step].off.kind == AMOUNT
                and is_exact(p, &b.wanted[i])
            ):
                given += given_by(p, &b.wanted[i], r, saved, given)
        if p.laters[n].rule.coupon:
            face += p.laters[n].rule.face
    b.count = b.best_count
    weigh(p, b, r, saved, face)
    b.count = 0


cdef inline void find_bound(Problem* p, const Reach* r, Bound* b) noexcept nogil:
    """Write the least amount left to pay, and the face value of coupons that goes with it.

    ``best`` and ``enough_...`` of the bound are from before: it need not be lower than enough.
    """
    cdef int64_t given = 0
    cdef int n
    b.payable = FAR
    b.face = FAR
    b.count = 0
    b.tries = 0
    b.upper = 0
    b.ended = False
    if b.best_count:
        try_again(p, r, b)
    if not b.ended:
        look_on(p, b, r, 0, r.high, 0, 0)
    if b.tries > TRIES or p.stacked > STACK:  # not all were looked at: no rule disturbs another
        for n in range(p.later_count):
            if p.laters[n].alive:
                given += p.laters[n].most
        b.payable = at_least(p.total - r.high - given, 0)
        b.face = 0
