"""What promotion rules say, in numbers, and which goods they match. The search is in promote.pyx."""
cimport cython
from libc.stdint cimport int64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from cashwrap_native.promote_model cimport AMOUNT_MAX, SLOTS, Need, Rule, Step

FAMILIES = (
    "each", "group", "tiers", "set_price", "bundle", "buy_get", "candidates", "spend",
    "pay_points", "nothing",
)
LIMIT = AMOUNT_MAX


@cython.final
cdef class Rules:
    """What rules say, by rank (the place of their id among all ids)."""

    def __cinit__(self, Py_ssize_t count):
        self.rules = <Rule*>calloc(count + 1, sizeof(Rule))
        if self.rules == NULL:
            raise MemoryError
        self.count = count

    def __dealloc__(self):
        cdef Py_ssize_t i
        if self.rules != NULL:
            for i in range(self.count):
                free(self.rules[i].steps)
                free(self.rules[i].needs)
        free(self.rules)

    def define(
        self, Py_ssize_t rank, *, int flags, int layer, int family, int turn, int group, int slots,
        bint with_fees, int which,
        int takes, int per, int rounding, int odd, int measured, bint of_list, bint marginal,
        bint partial, bint again, bint above, bint coupon, int64_t every, int64_t get,
        int64_t times, int64_t at_most, int64_t sku_uses, int64_t face, int64_t points,
        int64_t worth, int64_t at_most_ppm, tuple sizes not None, tuple off not None,
        tuple steps not None, tuple needs not None,
    ) -> None:
        """Say what a rule is; ``off`` is (kind, value), steps and needs are tuples of their fields.

        ``flags`` are the caller's own; a choice answers all those of its rules together.
        """
        cdef Rule rule
        cdef Py_ssize_t i
        if not 0 <= rank < self.count:
            raise IndexError(f"rule {rank} is not one of {self.count}")
        if len(sizes) > SLOTS or slots > SLOTS:
            raise ValueError(f"a rule has at most {SLOTS} slots")
        memset(&rule, 0, sizeof(Rule))
        rule.flags, rule.layer, rule.family, rule.turn, rule.group = flags, layer, family, turn, group
        rule.slots, rule.which, rule.takes, rule.per = slots, which, takes, per
        rule.rounding, rule.odd, rule.measured = rounding, odd, measured
        rule.of_list, rule.marginal, rule.partial = of_list, marginal, partial
        rule.again, rule.above, rule.coupon = again, above, coupon
        rule.every, rule.get, rule.times, rule.at_most = every, get, times, at_most
        rule.sku_uses, rule.face, rule.points, rule.worth = sku_uses, face, points, worth
        rule.at_most_ppm, rule.with_fees = at_most_ppm, with_fees
        rule.off.kind, rule.off.value = off
        for i in range(len(sizes)):
            rule.sizes[i] = sizes[i]
        rule.steps = <Step*>calloc(len(steps) + 1, sizeof(Step))
        rule.needs = <Need*>calloc(len(needs) + 1, sizeof(Need))
        if rule.steps == NULL or rule.needs == NULL:
            free(rule.steps)
            free(rule.needs)
            raise MemoryError
        try:
            _fill(&rule, steps, needs)
        except BaseException:
            free(rule.steps)
            free(rule.needs)
            raise
        free(self.rules[rank].steps)
        free(self.rules[rank].needs)
        self.rules[rank] = rule


cdef int _fill(Rule* rule, tuple steps, tuple needs) except -1:
    cdef Py_ssize_t i
    for i in range(len(steps)):
        rule.steps[i].at_minor, rule.steps[i].at_count, kind, value = steps[i]
        rule.steps[i].off.kind, rule.steps[i].off.value = kind, value
    for i in range(len(needs)):
        (
            rule.needs[i].count, rule.needs[i].minor, rule.needs[i].measured,
            rule.needs[i].part, rule.needs[i].above, rule.needs[i].repeat,
        ) = needs[i]
    rule.step_count = <int>len(steps)
    rule.need_count = <int>len(needs)
    return 0


@cython.final
cdef class Match:
    """Which rules have goods in which of their ranges, and where the goods stand in order.

    ``sku`` and ``rest`` are bytes whose order is the canonical one; equal goods have one Match.
    """

    def __cinit__(self, bytes sku not None, bytes rest not None, int number, list pairs not None):
        cdef Py_ssize_t i
        self.sku, self.rest, self.number = sku, rest, number
        self.ranks = <int*>calloc(len(pairs) + 1, sizeof(int))
        self.parts = <uint64_t*>calloc(len(pairs) + 1, sizeof(uint64_t))
        if self.ranks == NULL or self.parts == NULL:
            raise MemoryError
        for i in range(len(pairs)):
            self.ranks[i], self.parts[i] = pairs[i]
        self.count = len(pairs)

    def __dealloc__(self):
        free(self.ranks)
        free(self.parts)

    def rules(self) -> list:
        """Return the ranks of the rules, ascending."""
        return [self.ranks[i] for i in range(self.count)]

    def pairs(self) -> list:
        """Return (rank, its ranges as bits), ascending."""
        return [(self.ranks[i], self.parts[i]) for i in range(self.count)]
