"""The search for the best item plan, together with what the later rules make of it. Header-only.

Depth first over the units in canonical order. A branch ends where it cannot come to less than what
is known; what was looked at once is remembered. Steps are counted, never timed.
"""

from libc.stdint cimport int64_t
from libc.string cimport memcpy

from cashwrap_native.promote_bound cimport Bound
from cashwrap_native.promote_item cimport lesser
from cashwrap_native.promote_memory cimport can_remember, forget_all, make_memory, seen_before
from cashwrap_native.promote_model cimport FAR, Kind, Problem
from cashwrap_native.promote_order cimport compare, evaluate
from cashwrap_native.promote_state cimport BEST_VALUE, FIRST_PLAN, Child, Search
from cashwrap_native.promote_step cimport move, move_back
from cashwrap_native.promote_target cimport bound_at, hopeless, open_windows, promising


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


# -- the whole search ---------------------------------------------------------------------------


cdef inline bint ends_matter(Problem* p) noexcept nogil:
    """Whether plans of one face value could differ in when their coupons end."""
    cdef int i, n = 0
    if not p.any_coupons:
        return False
    for i in range(p.later_count):
        if p.laters[i].rule.coupon:
            n += 1 if p.laters[i].rule.face else 2
    for i in range(p.program_count):
        if p.programs[i].rule.coupon:
            n += 2
    return n > 1


cdef inline bint try_the_bound(Search* s, int64_t limit) noexcept nogil:
    """Look for a plan as good as the bound itself, mostly in one straight walk."""
    cdef bint ended
    s.any_ends = True
    s.limit = lesser(limit, 4 * s.unit_count + 64)
    s.mode = FIRST_PLAN
    s.memory = False
    open_windows(s)
    ended = walk(s)
    s.any_ends = False
    s.proved = s.found and (ended or not s.phased)
    s.stands = s.proved and not s.phased
    return s.proved


cdef inline void find_plan(Search* s, int64_t limit) noexcept nogil:
    """Try for the bound; else find the best value, and then the first plan that has it."""
    cdef Bound root
    bound_at(s, 0, &root)
    s.target.payable = s.lowest = root.payable
    s.target.face = root.face
    s.exact_ends = ends_matter(s.p)
    if not s.exact_ends and try_the_bound(s, limit):
        return
    s.found = False
    s.limit = limit
    s.mode = BEST_VALUE
    s.window_count = -1
    s.memory = can_remember(s)
    take_none(s)
    if not make_memory(s):
        return
    follow(s)
    if s.found:
        open_windows(s)
    s.proved = walk(s) and s.found
    if not s.proved:
        return
    s.lowest = s.target.payable
    s.mode = FIRST_PLAN
    s.found = False
    forget_all(s)
    open_windows(s)
    walk(s)
