"""A plan brought to the lines of the sale: what each rule takes off each line. Header-only."""

from libc.stdint cimport int64_t

from cashwrap_native.allocate cimport Ranked, share_out
from cashwrap_native.promote_item cimport lesser, serve
from cashwrap_native.promote_model cimport FAR, Applied, Later, Parcel, Piece, Problem, take

# The part of a parcel that is on one line, and what is left of it there.
cdef struct Portion:
    int line
    int64_t units, left

cdef struct Matrix:
    Problem* p
    const int* plan  # units by option
    Py_ssize_t line_count
    int64_t* line_units  # of lines in canonical order
    int* line_places  # and their place by number
    int64_t* sorted_lines  # numbers, ascending
    int64_t* by_line  # what is being collected, in this order
    Piece* pieces  # of all programs
    int* piece_line
    Py_ssize_t* program_pieces  # where each program's begin
    Portion* portions
    int64_t* weights
    int64_t* caps
    int64_t* shares
    Ranked* ranked


cdef inline bint lay_matrix(Matrix* m) noexcept nogil:
    """Bring pieces to lines, and parcels to their parts on lines; False where memory is short."""
    cdef Problem* p = m.p
    cdef int q, n
    cdef Py_ssize_t count = 0, i, used = 0, total = 1
    cdef int64_t uses = 0, saved = 0
    for i in range(p.option_count):
        total += m.plan[i]
    m.piece_line = <int*>take(p.arena, total * sizeof(int))
    m.program_pieces = <Py_ssize_t*>take(p.arena, (p.program_count + 1) * sizeof(Py_ssize_t))
    m.portions = <Portion*>take(p.arena, (p.parcel_count + m.line_count + 1) * sizeof(Portion))
    m.weights = <int64_t*>take(p.arena, (m.line_count + 1) * sizeof(int64_t))
    m.caps = <int64_t*>take(p.arena, (m.line_count + 1) * sizeof(int64_t))
    m.shares = <int64_t*>take(p.arena, (m.line_count + 1) * sizeof(int64_t))
    m.ranked = <Ranked*>take(p.arena, (m.line_count + 1) * sizeof(Ranked))
    m.pieces = <Piece*>take(p.arena, total * sizeof(Piece))
    if p.arena.failed:
        m.pieces = NULL
        return False
    for n in range(p.parcel_count):
        p.parcels[n].first_piece = p.parcels[n].last_piece = -1
    for q in range(p.program_count):
        m.program_pieces[q] = used
        serve(p, &p.programs[q], m.plan, cap_of(p, q), &count, &uses, &saved)
        for i in range(count):
            m.pieces[used] = p.pieces[i]
            link(m, p.programs[q].local, <int>used)
            used += 1
    m.program_pieces[p.program_count] = used
    fill_lines(m)
    return True


cdef inline int64_t cap_of(Problem* p, int q) noexcept nogil:
    """Return what earlier candidates of the same rule leave of its cap."""
    cdef int64_t cap = p.programs[q].cap
    cdef int at = q - 1
    if p.programs[q].candidate > 0 and cap != FAR:
        while at >= 0 and p.programs[at].local == p.programs[q].local:
            cap -= p.saved[at]
            at -= 1
    return cap


cdef inline void link(Matrix* m, int local, int piece) noexcept nogil:
    """Put a piece at the end of its parcel."""
    cdef Problem* p = m.p
    cdef int n = p.first_parcel[m.pieces[piece].kind]
    while p.parcels[n].local != local:
        n += 1
    m.pieces[piece].after = -1
    if p.parcels[n].last_piece < 0:
        p.parcels[n].first_piece = piece
    else:
        m.pieces[p.parcels[n].last_piece].after = piece
    p.parcels[n].last_piece = piece


cdef inline void fill_lines(Matrix* m) noexcept nogil:
    """Lines of a kind are filled in order: units of rules by id, then units of no rule."""
    cdef Problem* p = m.p
    cdef int k, n, at = 0, piece, line
    cdef int64_t free_units, left, units
    for k in range(p.kind_count):
        line = p.kinds[k].line
        free_units = m.line_units[line]
        for n in range(p.first_parcel[k], p.first_parcel[k + 1]):
            p.parcels[n].portion = at
            left = p.parcels[n].units
            piece = p.parcels[n].first_piece
            while left:
                if not free_units:
                    line += 1
                    free_units = m.line_units[line]
                units = lesser(left, free_units)
                m.portions[at].line = line
                m.portions[at].units = units
                m.portions[at].left = units * p.kinds[k].price
                left -= units
                free_units -= units
                while units and piece >= 0:
                    m.piece_line[piece] = line
                    m.portions[at].left -= m.pieces[piece].minor
                    piece = m.pieces[piece].after
                    units -= 1
                at += 1
            p.parcels[n].portion_count = at - p.parcels[n].portion


# -- what one rule takes off each line ------------------------------------------------------------


cdef inline void add_special(Matrix* m, int rank) noexcept nogil:
    cdef Problem* p = m.p
    cdef int k, s, i
    for k in range(p.kind_count):
        for s in range(p.kinds[k].special, p.kinds[k].special + p.kinds[k].special_count):
            if p.specials[s].rule == rank:
                for i in range(p.kinds[k].line, p.kinds[k].line + p.kinds[k].line_count):
                    m.by_line[m.line_places[i]] += p.specials[s].minor * m.line_units[i]


cdef inline bint add_item_rule(Matrix* m, int* program) noexcept nogil:
    """Add the item rule that begins with this program, and go on to the next rule's.

    False where no unit serves it.
    """
    cdef Problem* p = m.p
    cdef int local = p.programs[program[0]].local
    cdef Py_ssize_t i, first = m.program_pieces[program[0]]
    while program[0] < p.program_count and p.programs[program[0]].local == local:
        program[0] += 1
    for i in range(first, m.program_pieces[program[0]]):
        m.by_line[m.line_places[m.piece_line[i]]] += m.pieces[i].minor
    return first < m.program_pieces[program[0]]


cdef inline void add_later(Matrix* m, Applied* done) noexcept nogil:
    """Share what each parcel gives over its lines, by what is left of it there."""
    cdef Problem* p = m.p
    cdef Parcel* parcel
    cdef Portion* portion
    cdef int n, i
    cdef int64_t least
    for n in range(p.parcel_count):
        if not done.shares[n]:
            continue
        parcel = &p.parcels[n]
        if parcel.portion_count == 1:
            portion = &m.portions[parcel.portion]
            portion.left -= done.shares[n]
            m.by_line[m.line_places[portion.line]] += done.shares[n]
            continue
        least = p.kinds[parcel.kind].least
        for i in range(parcel.portion_count):
            portion = &m.portions[parcel.portion + i]
            m.weights[i] = portion.left
            m.caps[i] = portion.left - least * portion.units
            if m.caps[i] < 0:
                m.caps[i] = 0
        share_out(
            done.shares[n], m.weights, m.caps, m.shares, parcel.portion_count,
            p.laters[done.later].rule.odd, m.ranked,
        )
        for i in range(parcel.portion_count):
            if m.shares[i]:
                portion = &m.portions[parcel.portion + i]
                portion.left -= m.shares[i]
                m.by_line[m.line_places[portion.line]] += m.shares[i]
