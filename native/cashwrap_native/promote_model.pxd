"""What the choice of promotions works on: rules, kinds of units, options, and what was found.

Amounts are minor units; a cart is refused when it is worth more than AMOUNT_MAX, so that an amount
times a rate in ppm fits in int64. Kinds stand in canonical order, rules in order of their ids.
"""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, malloc

from cashwrap_native.allocate cimport Ranked

cdef enum:
    EACH = 0
    GROUP = 1
    TIERS = 2
    SET = 3
    BUNDLE = 4
    BUY_GET = 5
    CANDIDATE = 6
    SPEND = 7
    POINTS = 8
    NOTHING = 9  # takes nothing off goods

cdef enum:
    LAYER_PRICE = 0
    LAYER_ITEM = 1
    LAYER_ORDER = 2
    LAYER_COUPON = 3
    LAYER_POINTS = 4

cdef enum:
    PERCENT = 0
    AMOUNT = 1
    PRICE = 2

cdef enum:
    AT_LIST = 0
    AT_PRICE = 1
    AT_ITEM = 2
    AT_CURRENT = 3

cdef enum:
    CHEAPEST = 0
    DEAREST = 1
    CHEAPEST_OF_ALL = 2
    BEST = 2

cdef enum:
    PER_UNIT = 0
    PER_LINE = 1
    ONCE = 2

cdef enum:
    SLOTS = 8
    PPM = 1000000

# What an arc of an automaton gains.
cdef enum:
    NO_GAIN = 0
    OFF = 1
    UNIT_PRICE = 2
    ROOM = 3
    SHARE = 4  # an even share of what the cheapest of a group get
    TIER = 8

cdef extern from *:
    """
    #define CW_AMOUNT_MAX INT64_C(1000000000000)
    #define CW_FAR INT64_C(4000000000000000000)
    """
    const int64_t AMOUNT_MAX "CW_AMOUNT_MAX"
    const int64_t FAR "CW_FAR"  # stands for "no limit" and "cannot be"

cdef struct Off:
    int kind
    int64_t value

cdef struct Step:  # of a threshold; of quantity prices, which have a count only
    int64_t at_minor, at_count
    Off off

cdef struct Need:
    int64_t count, minor
    int measured, part
    bint above, repeat

# One rule as it was said. Ranges are known by number ("part"): 0 is the rule's own, then those of
# its slots, then those of its needs.
cdef struct Rule:
    int flags, layer, family, turn, group, slots, which, takes, per, rounding, odd, measured
    bint of_list, marginal, partial, again, above, coupon, with_fees
    int64_t every, get, times, at_most, sku_uses, face
    int64_t points, worth, at_most_ppm
    int64_t[SLOTS] sizes
    Off off
    int step_count, need_count
    Step* steps
    Need* needs

# Units that no rule can tell apart; a weighed line is one unit.
cdef struct Kind:
    int64_t unit, price, listed, least, room, units, quantity, measure
    int64_t taken  # units whose rule is settled
    bint weighed, final, counted, open
    int line, line_count  # where its lines begin among the sorted ones
    int special, special_count  # its special prices
    int option, option_count
    int component
    int sku, ranks

# A special price: what a rule of the price layer takes off each unit of a kind.
cdef struct Special:
    int rule
    int64_t minor

# What a unit of a kind may serve: a slot (or entry) of an item rule. Options of one kind stand in
# canonical order; phases of one rule share a rank.
cdef struct Option:
    int program, symbol, slot, kind, rank
    int64_t off  # what comes off one unit by itself, in terms of Problem.scale
    int64_t* tier_offs  # the same for each tier in turn

# An item rule on this cart, or one candidate of a plugin's rule.
cdef struct Program:
    Rule* rule
    int local
    int option, option_count  # among Problem.mine
    int64_t uses_max, cap
    int candidate  # which one of the rule, else -1
    int entries
    int* entry_kind
    int64_t* entry_units
    int64_t* entry_minor
    int64_t times
    # as an automaton
    int states, symbols, stride
    int* next  # by state and symbol; -1: not permitted
    int* gain  # of an arc: NO_GAIN, OFF, UNIT_PRICE, ROOM, or TIER + its number
    int64_t* plus  # and what an arc adds besides
    uint8_t* accepts  # by state
    bint relaxed, tested, settled, stateless, by_sku
    int64_t units  # that it could take
    # on the way through the search
    int64_t[8] taken  # units by slot
    int64_t* sums  # by use: what its units come to, or give
    int64_t* rooms

# An order, coupon or points rule on this cart.
cdef struct Later:
    Rule* rule
    int local
    int64_t uses_max, cap
    uint8_t* covers  # by kind
    uint8_t* bars  # by local rule: units that serve it are left out
    uint8_t* barred  # by kind: left out for its special price
    int64_t most  # it can give at all
    int64_t least  # it gives, if it applies
    int64_t rest  # and those after it, as far as they go with it
    int64_t whole  # what its goods come to before any discount of the choice
    int64_t measured_whole  # the same as its threshold is measured
    int64_t fees  # that its threshold counts beside its goods
    int64_t pieces, rounding_slack
    bint alive, everywhere, plainly_measured, bars_any

# A rule on this cart, as far as all layers share it.
cdef struct Local:
    Rule* rule
    int rank
    bint allowed, forced, settled, late_needs
    uint8_t* eligible  # by kind: has a slot for it
    int64_t uses_max, cap
    int coupon_count
    int64_t* coupon_ends
    int program, program_count
    int pair, pair_count  # goods in its ranges, in canonical order

# A kind that is in ranges of a rule, and in which of them, as bits.
cdef struct Pair:
    int kind
    uint64_t parts

# Units of one kind that serve one rule (or none); what the order layer shares over.
cdef struct Parcel:
    int kind, local
    int64_t units, item, left, room
    int first_piece, last_piece, portion, portion_count


cdef inline int64_t even_share(Problem* p, Program* q) noexcept nogil:
    """Return what each unit of a candidate would have if all had the same, rounded up, scaled."""
    cdef int64_t total = 0, units = 0
    cdef int e
    for e in range(q.entries):
        total += q.entry_minor[e]
        units += q.entry_units[e]
    return (total * p.scale + units - 1) // units if units else 0


# One later rule as it was applied.
cdef struct Applied:
    int later, step
    int64_t times, base, minor
    int64_t* shares  # by parcel

cdef struct Piece:
    int kind, slot, use, option
    int after  # the next piece of its parcel, -1: none
    Off* take
    int64_t minor, worth

cdef struct Chunk:
    Chunk* before
    size_t size, used

# Memory of one solution, given back as a whole.
cdef struct Arena:
    Chunk* last
    bint failed


cdef inline void* take(Arena* arena, size_t size) noexcept nogil:
    """Return zeroed memory; a failed arena answers NULL."""
    cdef Chunk* chunk = arena.last
    cdef size_t wanted, i
    cdef uint64_t* found
    size = (size + 15) & ~(<size_t>15)
    if chunk == NULL or chunk.size - chunk.used < size:
        wanted = 1 << 16
        if size > wanted:
            wanted = size
        chunk = <Chunk*>malloc(sizeof(Chunk) + 16 + wanted)
        if chunk == NULL:
            arena.failed = True
            return NULL
        chunk.before = arena.last
        chunk.size = wanted
        chunk.used = 0
        arena.last = chunk
    found = <uint64_t*>(<char*>chunk + ((sizeof(Chunk) + 15) & ~(<size_t>15)) + chunk.used)
    chunk.used += size
    for i in range(size // 8):
        found[i] = 0
    return found


cdef inline void give_back(Arena* arena) noexcept nogil:
    """Free all memory but the first chunk, which the next solution uses again."""
    cdef Chunk* chunk = arena.last
    cdef Chunk* before
    while chunk != NULL and chunk.before != NULL:
        before = chunk.before
        free(chunk)
        chunk = before
    arena.last = chunk
    if chunk != NULL:
        chunk.used = 0
    arena.failed = False


cdef inline void give_up(Arena* arena) noexcept nogil:
    give_back(arena)
    free(arena.last)
    arena.last = NULL


# Everything that a choice is made from.
cdef struct Problem:
    Arena* arena
    int kind_count, local_count, option_count, program_count, later_count, special_count
    Kind* kinds
    Local* locals
    Option* options
    Program* programs
    int* mine  # options by program, in order of kind and rank
    Later* laters
    Special* specials
    Pair* pairs
    uint8_t* conflicts  # local x local: 0, 1 always, 2 where they share a unit; NULL: by group
    bint weighed_in_groups
    int order_per  # order_percent_per
    int order_odd
    int64_t points, fees
    int64_t total  # of all units, after the price layer
    int64_t scale  # of gains: 1, or PPM where percentages are rounded together
    bint floors  # some unit may not come to nothing
    # scratch of one evaluation
    Piece* pieces
    int* slot_kinds
    int64_t* weights
    int64_t* caps
    int64_t* shares
    Ranked* ranked
    Parcel* parcels
    int parcel_count, parcel_room
    int* first_parcel  # by kind
    int64_t* given_units
    int64_t* given_minor
    Applied* done
    bint item_conflicts, any_coupons
    bint any_ends  # some rule takes units from one end only
    int stacked  # later rules that could all apply together
    int64_t nodes
    int* places
    uint8_t* in_use  # by local
    int64_t* saved  # by program: what it takes off
    int64_t* used  # by local: how often it is used
