"""What an item rule takes off the units that a plan lets it have. Header-only.

The plan says how many units of each option a program has; here they are divided into uses, dearest
first, and priced as docs/promotions.md says.
"""

from libc.stdint cimport int64_t

from cashwrap_native.allocate cimport share_out
from cashwrap_native.fixed cimport HALF_UP, divide, wide
from cashwrap_native.promote_model cimport (
    AMOUNT, BUNDLE, BUY_GET, CANDIDATE, CHEAPEST_OF_ALL, DEAREST, EACH, FAR, GROUP, PERCENT,
    PER_UNIT, PPM, PRICE, SET, TIERS, Kind, Off, Option, Piece, Problem, Program, Rule, PER_LINE,
)


cdef inline int64_t rounded(wide number, int64_t divisor, int mode) noexcept nogil:
    return <int64_t>divide(number, divisor, mode)


cdef inline int64_t lesser(int64_t a, int64_t b) noexcept nogil:
    return a if a < b else b


cdef inline int64_t for_quantity(int64_t minor, Kind* kind) noexcept nogil:
    """Return a price or amount for one unit; of weighed goods it is said for 1000."""
    if not kind.weighed:
        return minor
    return rounded(<wide>minor * kind.quantity, 1000, HALF_UP)


cdef inline int64_t unit_off(
    Off* off, Rule* rule, Kind* kind, int64_t price, int64_t room
) noexcept nogil:
    """Return what comes off one unit of this price, at most its room."""
    cdef int64_t asked
    if off.kind == PERCENT:
        asked = rounded(
            <wide>(kind.listed if rule.of_list else price) * off.value, PPM, rule.rounding
        )
    elif off.kind == AMOUNT:
        asked = for_quantity(off.value, kind)
    else:
        asked = price - for_quantity(off.value, kind)
    if asked > room:
        asked = room
    return asked if asked > 0 else 0


cdef inline int64_t exact_part(Off* off, Rule* rule, Kind* kind) noexcept nogil:
    """Return the percentage of one unit in millionths of a minor unit, at most its room."""
    cdef int64_t base = kind.listed if rule.of_list else kind.price
    return lesser(base * off.value, kind.room * PPM)


cdef inline Off* tier_off(Rule* rule, int64_t position) noexcept nogil:
    """Return what the highest tier that is not above the position gives, NULL below the first."""
    cdef int i
    cdef Off* found = NULL
    cdef int64_t highest = 0
    for i in range(rule.step_count):
        if highest < rule.steps[i].at_count <= position:
            highest = rule.steps[i].at_count
            found = &rule.steps[i].off
    return found


cdef inline int64_t lowest_tier(Rule* rule) noexcept nogil:
    cdef int i
    cdef int64_t least = rule.steps[0].at_count
    for i in range(1, rule.step_count):
        least = lesser(least, rule.steps[i].at_count)
    return least


# -- dividing -----------------------------------------------------------------------------------


cdef inline Py_ssize_t lay_out(Problem* p, Program* program, const int* counts) noexcept nogil:
    """Write a program's units as pieces in canonical order; return how many."""
    cdef Py_ssize_t count = 0
    cdef int i, k, o
    cdef Option* option
    for i in range(program.option, program.option + program.option_count):
        o = p.mine[i]
        option = &p.options[o]
        for k in range(counts[o]):
            p.pieces[count].kind = option.kind
            p.pieces[count].slot = option.slot
            p.pieces[count].option = o
            p.pieces[count].use = 0
            p.pieces[count].take = NULL
            p.pieces[count].minor = 0
            p.pieces[count].worth = 0
            count += 1
    return count


cdef inline int64_t in_groups(Rule* rule, Piece* pieces, Py_ssize_t count) noexcept nogil:
    """Consecutive groups, of which some units get something. Return the uses, -1 if none fits."""
    cdef Py_ssize_t i
    cdef int64_t place, got
    if count % rule.every:
        return -1
    if rule.which == CHEAPEST_OF_ALL:
        got = count // rule.every * rule.get
        for i in range(count):
            if i >= count - got:
                pieces[i].take = &rule.off
        return 1
    for i in range(count):
        place = i % rule.every
        pieces[i].use = <int>(i // rule.every)
        if place < rule.get if rule.which == DEAREST else place >= rule.every - rule.get:
            pieces[i].take = &rule.off
    return count // rule.every


cdef inline int64_t in_sets(
    Problem* p, Program* program, Piece* pieces, Py_ssize_t count
) noexcept nogil:
    """The j-th set takes the next units of each slot. Return the sets, -1 if they do not fit."""
    cdef Rule* rule = program.rule
    cdef int64_t[8] sizes
    cdef int s
    cdef Py_ssize_t i
    cdef int64_t sets, full
    for s in range(rule.slots):
        sizes[s] = 0
    for i in range(count):
        s = pieces[i].slot
        pieces[i].use = <int>(sizes[s] // rule.sizes[s])
        if rule.family != BUY_GET or s == rule.slots - 1:
            pieces[i].take = &rule.off
        sizes[s] += 1
    sets = sizes[0] // rule.sizes[0]
    if not sets:
        return -1
    for s in range(rule.slots):
        full = sets * rule.sizes[s]
        if rule.partial and s == rule.slots - 1:
            if sizes[s] > full or sizes[s] <= full - rule.sizes[s]:
                return -1
        elif sizes[s] != full:
            return -1
    by_use(pieces, count)
    return sets


cdef inline void by_use(Piece* pieces, Py_ssize_t count) noexcept nogil:
    """Sort pieces by use, keeping the order inside (they are nearly sorted)."""
    cdef Py_ssize_t i, j
    cdef Piece piece
    for i in range(1, count):
        piece = pieces[i]
        j = i
        while j > 0 and pieces[j - 1].use > piece.use:
            pieces[j] = pieces[j - 1]
            j -= 1
        pieces[j] = piece


cdef inline int64_t in_candidates(
    Problem* p, Program* program, Piece* pieces, Py_ssize_t count
) noexcept nogil:
    """Uses of one candidate: each entry has its units as often as the candidate is used."""
    cdef Py_ssize_t i
    cdef int e
    cdef int64_t times = -1, place = 0, units
    e = -1
    for i in range(count):
        if p.options[pieces[i].option].symbol != e:
            if e >= 0 and place != times * program.entry_units[e]:
                return -1
            if p.options[pieces[i].option].symbol != e + 1:
                return -1
            e += 1
            place = 0
            if e == 0:
                units = 0
                while i + units < count and p.options[pieces[i + units].option].symbol == 0:
                    units += 1
                if units % program.entry_units[0]:
                    return -1
                times = units // program.entry_units[0]
        units = program.entry_units[e]
        pieces[i].use = <int>(place // units)
        pieces[i].take = &program.rule.off
        # an entry's amount is shared evenly over its units, the first ones get what does not divide
        pieces[i].minor = program.entry_minor[e] // units
        if place % units < program.entry_minor[e] % units:
            pieces[i].minor += 1
        pieces[i].worth = pieces[i].minor
        place += 1
    if e != program.entries - 1 or place != times * program.entry_units[e]:
        return -1
    by_use(pieces, count)
    return times if times <= program.times else -1


cdef inline int64_t in_tiers(Rule* rule, Piece* pieces, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i
    cdef int64_t uses = 0
    if count < lowest_tier(rule):
        return -1
    for i in range(count):
        pieces[i].use = <int>i
        pieces[i].take = tier_off(rule, i + 1 if rule.marginal else count)
        if pieces[i].take != NULL:
            uses += 1
    return uses


cdef inline int64_t divided(
    Problem* p, Program* program, Piece* pieces, Py_ssize_t count
) noexcept nogil:
    """Form the uses of a program; return how many, -1 where the units do not divide."""
    cdef Rule* rule = program.rule
    cdef Py_ssize_t i
    if rule.family == EACH:
        for i in range(count):
            pieces[i].use = <int>i
            pieces[i].take = &rule.off
        return count
    if rule.family == GROUP:
        return in_groups(rule, pieces, count)
    if rule.family == TIERS:
        return in_tiers(rule, pieces, count)
    if rule.family == CANDIDATE:
        return in_candidates(p, program, pieces, count)
    if rule.family == SET:
        if count % rule.every:
            return -1
        for i in range(count):
            pieces[i].use = <int>(i // rule.every)
            pieces[i].take = &rule.off
        return count // rule.every
    return in_sets(p, program, pieces, count)


# -- pricing ------------------------------------------------------------------------------------


cdef inline void price_set(Problem* p, Rule* rule, Piece* pieces, Py_ssize_t size) noexcept nogil:
    """A price or amount for the set, over its units by their prices, within room."""
    cdef Py_ssize_t i
    cdef int64_t asked = 0
    for i in range(size):
        p.weights[i] = p.kinds[pieces[i].kind].price
        p.caps[i] = p.kinds[pieces[i].kind].room
        asked += p.weights[i]
    if rule.off.kind == AMOUNT:
        asked = rule.off.value
    else:
        asked -= rule.off.value
        if asked < 0:
            asked = 0
    share_out(asked, p.weights, p.caps, p.shares, size, rule.odd, p.ranked)
    for i in range(size):
        pieces[i].minor = p.shares[i]
        pieces[i].worth = p.shares[i]


cdef inline void price_together(
    Problem* p, Rule* rule, Piece* pieces, Py_ssize_t count
) noexcept nogil:
    """Percentages rounded once over all units, or all of a kind, shared by their exact parts."""
    cdef Py_ssize_t first = 0, i, n = 0, j, at
    cdef wide exact
    cdef int place
    for i in range(count):
        if pieces[i].take != NULL and pieces[i].take.kind == PERCENT:
            j = n
            while j > 0 and pieces[p.places[j - 1]].kind > pieces[i].kind:
                p.places[j] = p.places[j - 1]
                j -= 1
            p.places[j] = <int>i
            n += 1
    while first < n:
        at = first
        exact = 0
        while at < n and (
            rule.per != PER_LINE or pieces[p.places[at]].kind == pieces[p.places[first]].kind
        ):
            place = p.places[at]
            p.weights[at - first] = exact_part(pieces[place].take, rule, &p.kinds[pieces[place].kind])
            p.caps[at - first] = p.kinds[pieces[place].kind].room
            pieces[place].worth = p.weights[at - first]
            exact = exact + p.weights[at - first]
            at += 1
        if exact > 0:
            share_out(
                divide(exact, PPM, rule.rounding), p.weights, p.caps, p.shares, at - first,
                rule.odd, p.ranked,
            )
            for i in range(at - first):
                pieces[p.places[first + i]].minor = p.shares[i]
        first = at


cdef inline void price_pieces(
    Problem* p, Rule* rule, Piece* pieces, Py_ssize_t count
) noexcept nogil:
    cdef Py_ssize_t i, first = 0
    cdef Kind* kind
    if rule.family == CANDIDATE:
        return
    if (rule.family == SET or rule.family == BUNDLE) and rule.off.kind != PERCENT:
        for i in range(count):
            if i + 1 == count or pieces[i + 1].use != pieces[i].use:
                price_set(p, rule, pieces + first, i + 1 - first)
                first = i + 1
        return
    for i in range(count):
        if pieces[i].take == NULL or (rule.per != PER_UNIT and pieces[i].take.kind == PERCENT):
            continue
        kind = &p.kinds[pieces[i].kind]
        pieces[i].minor = unit_off(pieces[i].take, rule, kind, kind.price, kind.room)
        pieces[i].worth = pieces[i].minor
    if rule.per != PER_UNIT:
        price_together(p, rule, pieces, count)


# -- what is permitted --------------------------------------------------------------------------


cdef inline bint capped(Piece* pieces, Py_ssize_t count, int64_t cap, int64_t* total) noexcept nogil:
    """Cut what is above the cap from the last uses; False where a use is cut to nothing."""
    cdef Py_ssize_t i = count - 1
    cdef int64_t over = total[0] - cap, before, after, cut
    cdef int use
    if over <= 0:
        return True
    total[0] = cap
    while i >= 0:
        use = pieces[i].use
        before = 0
        after = 0
        while i >= 0 and pieces[i].use == use:
            before += pieces[i].minor
            cut = lesser(over, pieces[i].minor)
            over -= cut
            pieces[i].minor -= cut
            after += pieces[i].minor
            i -= 1
        if before and not after:
            return False
    return True


cdef inline bint within_sku_limit(Problem* p, Rule* rule, Piece* pieces, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i, j
    cdef int64_t n
    for i in range(count):
        if i and p.kinds[pieces[i].kind].sku == p.kinds[pieces[i - 1].kind].sku:
            continue
        n = 0
        for j in range(count):
            n += p.kinds[pieces[j].kind].sku == p.kinds[pieces[i].kind].sku
        if n > rule.sku_uses:
            return False
    return True


cdef inline bint each_saves(Piece* pieces, Py_ssize_t count) noexcept nogil:
    """Whether every use has something to give (uses in which nobody gets anything are none)."""
    cdef Py_ssize_t i
    cdef int64_t worth = 0
    cdef bint real = False
    for i in range(count):
        worth += pieces[i].worth
        real |= pieces[i].take != NULL
        if i + 1 == count or pieces[i + 1].use != pieces[i].use:
            if real and worth <= 0:
                return False
            worth = 0
            real = False
    return True


cdef inline bint serve(
    Problem* p, Program* program, const int* counts, int64_t cap, Py_ssize_t* count,
    int64_t* uses, int64_t* total,
) noexcept nogil:
    """Work out one program's uses into p.pieces; False where the plan is not permitted.

    A program without units is permitted, has no uses and saves nothing.
    """
    cdef Py_ssize_t i
    cdef Rule* rule = program.rule
    total[0] = 0
    uses[0] = 0
    count[0] = lay_out(p, program, counts)
    if not count[0]:
        return True
    uses[0] = divided(p, program, p.pieces, count[0])
    if uses[0] <= 0 or uses[0] > program.uses_max:
        return False
    if rule.sku_uses and not within_sku_limit(p, rule, p.pieces, count[0]):
        return False
    price_pieces(p, rule, p.pieces, count[0])
    if not each_saves(p.pieces, count[0]):
        return False
    for i in range(count[0]):
        total[0] += p.pieces[i].minor
    if not capped(p.pieces, count[0], cap, total):
        return False
    return total[0] > 0
