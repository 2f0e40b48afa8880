"""What the search for a plan keeps while it walks. Header-only."""

from libc.stdint cimport int64_t

from cashwrap_native.promote_bound cimport Bound
from cashwrap_native.promote_model cimport Problem
from cashwrap_native.promote_order cimport Choice, Value
from cashwrap_native.promote_table cimport Component


cdef enum:
    REMEMBERED_MAX = 200000
    WORDS_MAX = 1200
    WINDOWS_MAX = 16

# What is to be found: the best value, or the first plan in canonical order of a known value.
cdef enum:
    BEST_VALUE = 0
    FIRST_PLAN = 1

# A child of a node, to be tried in this order.
cdef struct Child:
    int option  # -1: the unit serves no rule
    int64_t payable, face

cdef struct Search:
    Problem* p
    int unit_count, component_count, mode
    int* unit_kind
    int* unit_row  # within its component
    Component* components
    int* state  # by component
    int64_t* gain  # by component, in terms of scale
    int* counts  # by option
    int* best_counts
    # by depth
    int* chosen
    int* child
    int* state_before
    int64_t* gain_before
    int64_t* low  # [depth][later_count + 1], the last one in all
    int64_t* high
    Child* children  # [depth][children_max], only when the best value is sought
    int* child_count
    int children_max
    Choice choice
    Bound hint  # the steps that were best at the last node
    bint uniform  # every later rule's base has all of the units in question, or none
    int window_count  # -1: not known
    int64_t[WINDOWS_MAX] window_low  # item savings with which the target can be reached
    int64_t[WINDOWS_MAX] window_high
    Value target
    int* found_options  # by depth
    # units that uses of relaxed candidates still need, by kind; NULL where there are none
    int64_t* owed
    int* unit_left  # by depth: units of the same kind that follow
    bint found, memory, exact_ends, any_ends, phased
    bint loose  # what is gained may be less in the end than the sums say
    int64_t* low_scaled
    int64_t* high_scaled
    int64_t* low_between
    int64_t* high_between
    int64_t rounding_slack
    int64_t limit  # of nodes
    # what came of it
    int64_t lowest  # no plan leaves less to pay
    bint proved, stands  # the plan is the best; it was evaluated last
    # what was looked at: an open table of offsets into words
    int64_t** seen
    int64_t seen_size, seen_count
    int64_t* words
