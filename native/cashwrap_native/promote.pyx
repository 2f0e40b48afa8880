"""The choice of promotions for one sale: the least that can be left to pay, and the plan for it.

A Sheet holds the lines; a Choice is made from it, searched, and then says what came out. Which
rules count, and what goes with what, is decided by the caller. Everything is an integer; the
headers promote_*.pxd have the parts: model, item rules, later rules, automata, tables, bound, search.
"""
cimport cython
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, qsort, realloc
from libc.string cimport memcpy, memset

from cashwrap_native.promote_item cimport lesser, unit_off
from cashwrap_native.promote_lines cimport Line, order_of, sort_lines
from cashwrap_native.promote_matrix cimport (
    Matrix, add_item_rule, add_later, add_special, lay_matrix,
)
from cashwrap_native.promote_model cimport (
    AMOUNT_MAX, BEST, BUNDLE, CANDIDATE, FAR, LAYER_ITEM, LAYER_PRICE, NOTHING, PER_UNIT, PPM,
    Applied, Arena, Kind, Later, Local, Need, Option, Pair, Parcel, Piece, Problem, Program, Rule,
    Special, give_back, give_up, take,
)
from cashwrap_native.promote_options cimport (
    build_programs, can_form, list_options, needs_hold, open_kinds, slots_of,
)
from cashwrap_native.promote_order cimport Choice as LaterChoice, evaluate
from cashwrap_native.promote_rules cimport Match, Rules
from cashwrap_native.promote_search cimport find_plan
from cashwrap_native.promote_setup cimport make_scratch, make_search
from cashwrap_native.promote_state cimport Search
from cashwrap_native.promote_thresholds cimport count_stack, size_up


cdef enum:
    UNITS_MAX = 100_000  # that item rules may have, in one search


@cython.final
cdef class Sheet:
    """The lines of one sale, and which rules count on its occasion."""

    cdef Rules rules
    cdef Line* lines
    cdef Py_ssize_t count, capacity
    cdef dict matches  # line -> Match, so that they stay
    cdef uint8_t* counts  # by rank: whether the rule counts now
    cdef int64_t* uses  # by rank, and what its limits leave
    cdef int64_t* caps
    cdef dict ends  # rank -> tuple of ends of coupons
    cdef int* local_of  # by rank, -1
    cdef Arena scratch
    cdef int64_t floor_minor, points, fees
    cdef bint final_overrides, compound, weighed_in_groups

    def __cinit__(
        self, Rules rules not None, *, int64_t floor_minor, bint final_overrides, bint compound,
        bint weighed_in_groups,
    ):
        cdef Py_ssize_t i
        self.rules = rules
        self.matches = {}
        self.ends = {}
        self.floor_minor = floor_minor
        self.final_overrides = final_overrides
        self.compound = compound
        self.weighed_in_groups = weighed_in_groups
        self.counts = <uint8_t*>calloc(rules.count + 1, 1)
        self.uses = <int64_t*>calloc(rules.count + 1, sizeof(int64_t))
        self.caps = <int64_t*>calloc(rules.count + 1, sizeof(int64_t))
        self.local_of = <int*>calloc(rules.count + 1, sizeof(int))
        if not (self.counts and self.uses and self.caps and self.local_of):
            raise MemoryError
        for i in range(rules.count):
            self.local_of[i] = -1

    def __dealloc__(self):
        free(self.lines)
        free(self.counts)
        free(self.uses)
        free(self.caps)
        free(self.local_of)
        give_up(&self.scratch)

    def put(
        self, int64_t line, Match match not None, int64_t unit, int64_t units, int64_t listed,
        int64_t least, bint divisible, int64_t quantity, bint fixed, int64_t measure,
    ) -> None:
        """Add a line, or replace the one of that number. Raises OverflowError beyond LIMIT."""
        cdef Py_ssize_t at = self._find(line)
        cdef Line* new
        if units < 0 or unit < 0 or listed < 0:
            raise ValueError("amounts and units of a line must not be negative")
        if units and (unit > AMOUNT_MAX // units or listed > AMOUNT_MAX // units):
            raise OverflowError(f"line {line} comes to more than {AMOUNT_MAX} minor units")
        if at == self.count or self.lines[at].line != line:
            self._open(at)
        new = &self.lines[at]
        new.line, new.unit, new.units, new.listed = line, unit, units, listed
        new.least = least if least > self.floor_minor else self.floor_minor
        new.said_least = least
        new.divisible, new.quantity = divisible, quantity if divisible else 0
        new.fixed, new.measure = fixed, measure
        self.matches[line] = match
        new.match = <void*>match

    def drop(self, int64_t line) -> bool:
        """Remove a line; return whether it was there."""
        cdef Py_ssize_t at = self._find(line), i
        if at == self.count or self.lines[at].line != line:
            return False
        for i in range(at, self.count - 1):
            self.lines[i] = self.lines[i + 1]
        self.count -= 1
        del self.matches[line]
        return True

    def judge(
        self, Py_ssize_t rank, bint counts, object uses, object minor, tuple ends not None
    ) -> None:
        """Say whether a rule counts on the occasion; uses and money left (None: no limit)."""
        if not 0 <= rank < self.rules.count:
            raise IndexError(f"rule {rank} is not one of {self.rules.count}")
        self.counts[rank] = counts
        self.uses[rank] = FAR if uses is None else uses
        self.caps[rank] = FAR if minor is None else minor
        if ends:
            self.ends[rank] = ends
        else:
            self.ends.pop(rank, None)

    def admit(self, Match match not None, bytes active not None, int limited) -> list:
        """Let the rules that goods match count where their bits of ``active`` are set.

        Return the ranks of those with a flag of ``limited``, which the caller is to judge.
        """
        cdef const uint8_t* bits = <const uint8_t*><const char*>active
        cdef Py_ssize_t i
        cdef int rank
        cdef list asked = []
        if 8 * len(active) < self.rules.count:
            raise ValueError("there must be a bit for each rule")
        for i in range(match.count):
            rank = match.ranks[i]
            if not bits[rank >> 3] >> (rank & 7) & 1:
                continue
            if self.rules.rules[rank].flags & limited:
                asked.append(rank)
            else:
                self.counts[rank] = True
                self.uses[rank] = self.caps[rank] = FAR
        return asked

    def forget(self, int64_t points, int64_t fees) -> None:
        """Begin another occasion, with points to spend and fees: no rule counts until judged."""
        memset(self.counts, 0, self.rules.count)
        self.ends.clear()
        self.points, self.fees = points, fees

    def counting(self, Match match not None) -> Match:
        """Return a match with nothing but the rules that count."""
        return Match(
            match.sku, match.rest, match.number,
            [
                (match.ranks[i], match.parts[i])
                for i in range(match.count) if self.counts[match.ranks[i]]
            ],
        )

    def choice(self) -> Choice:
        """Return a choice for the lines as they are now. Raises OverflowError beyond LIMIT."""
        return Choice(self)

    cdef Py_ssize_t _find(self, int64_t line) noexcept nogil:
        cdef Py_ssize_t low = 0, high = self.count, middle
        while low < high:
            middle = (low + high) // 2
            if self.lines[middle].line < line:
                low = middle + 1
            else:
                high = middle
        return low

    cdef int _open(self, Py_ssize_t at) except -1:
        cdef Py_ssize_t i
        cdef Line* grown
        if self.count == self.capacity:
            grown = <Line*>realloc(self.lines, (2 * self.capacity + 8) * sizeof(Line))
            if grown == NULL:
                raise MemoryError
            self.lines = grown
            self.capacity = 2 * self.capacity + 8
        for i in range(self.count, at, -1):
            self.lines[i] = self.lines[i - 1]
        self.count += 1
        memset(&self.lines[at], 0, sizeof(Line))
        return 0


@cython.final
cdef class Choice:
    """One choice of promotions: what it is made from, and once searched, what came out."""

    cdef Sheet sheet
    cdef Rules rules
    cdef Arena arena
    cdef Problem p
    cdef LaterChoice best
    cdef int* plan  # units by option
    cdef Matrix matrix
    cdef int64_t* line_numbers  # in canonical order
    cdef Py_ssize_t line_count
    cdef void** matches  # by kind, borrowed from the sheet
    cdef readonly int flags  # of all rules that may take part
    cdef readonly bint proved
    cdef readonly int64_t lowest  # no plan leaves less to pay
    cdef readonly int64_t nodes

    def __cinit__(self, Sheet sheet not None):
        self.sheet = sheet
        self.rules = sheet.rules
        memset(&self.p, 0, sizeof(Problem))
        self.p.arena = &self.arena
        self.p.scale = 1
        self.p.points, self.p.fees = sheet.points, sheet.fees
        self._lay_kinds()
        self._find_locals()

    def __dealloc__(self):
        give_up(&self.arena)

    # -- kinds and rules ------------------------------------------------------------------------

    cdef int _lay_kinds(self) except -1:
        """Price every line by the special prices, sort, and merge what is alike."""
        cdef Sheet sheet = self.sheet
        cdef Problem* p = &self.p
        cdef Py_ssize_t i, n = 0
        cdef Kind* kind
        cdef Line* line
        cdef const Line* before = NULL
        cdef Line** rows = <Line**>self._take(sheet.count * sizeof(void*))
        cdef Match match
        cdef int64_t list_total = 0
        p.kinds = <Kind*>self._take(sheet.count * sizeof(Kind))
        p.specials = <Special*>self._take(self._specials_most() * sizeof(Special))
        self.matches = <void**>self._take(sheet.count * sizeof(void*))
        self.line_numbers = <int64_t*>self._take(sheet.count * sizeof(int64_t))
        self.matrix.line_units = <int64_t*>self._take(sheet.count * sizeof(int64_t))
        self.matrix.line_places = <int*>self._take(sheet.count * sizeof(int))
        self.matrix.sorted_lines = <int64_t*>self._take(sheet.count * sizeof(int64_t))
        self.matrix.by_line = <int64_t*>self._take(sheet.count * sizeof(int64_t))
        for i in range(sheet.count):
            line = &sheet.lines[i]
            if line.units > 0:
                self._special_prices(line)
                self.matrix.sorted_lines[n] = line.line
                line.place = <int>n
                rows[n] = line
                n += 1
        sort_lines(rows, n)
        self.line_count = n
        for i in range(n):
            line = rows[i]
            if before == NULL or order_of(before, line):
                kind = &p.kinds[p.kind_count]
                self.matches[p.kind_count] = line.match
                p.kind_count += 1
                match = <Match>line.match
                kind.unit, kind.price, kind.listed = line.unit, line.price, line.listed
                kind.least, kind.quantity = line.least, line.quantity
                kind.room = line.price - line.least if line.price > line.least else 0
                kind.measure, kind.weighed = line.measure, line.divisible
                kind.final = line.fixed and sheet.final_overrides
                kind.counted = not line.divisible or sheet.weighed_in_groups
                kind.line = <int>i
                kind.sku = match.number
                kind.special, kind.special_count = line.special, line.special_count
            kind.line_count += 1
            kind.units += line.units
            self.line_numbers[i] = line.line
            self.matrix.line_places[i] = line.place
            self.matrix.line_units[i] = line.units
            p.total += line.price * line.units
            list_total += line.listed * line.units
            if p.total > AMOUNT_MAX or list_total > AMOUNT_MAX:
                raise OverflowError(f"the cart comes to more than {AMOUNT_MAX} minor units")
            p.floors |= kind.least > 0
            before = line
        return 0

    cdef Py_ssize_t _specials_most(self) noexcept:
        cdef Py_ssize_t i, n = 1
        for i in range(self.sheet.count):
            n += (<Match>self.sheet.lines[i].match).count if self.sheet.compound else 1
        return n

    cdef int _special_prices(self, Line* line) except -1:
        """Find what rules of the price layer take off one unit of a line."""
        cdef Sheet sheet = self.sheet
        cdef Problem* p = &self.p
        cdef Match match = <Match>line.match
        cdef Py_ssize_t i
        cdef Rule* rule
        cdef int rank, turn = -1, found
        cdef int64_t minor
        line.price = line.unit
        line.special = p.special_count
        line.special_count = 0
        if line.fixed and sheet.final_overrides:
            return 0
        while True:
            found = -1
            for i in range(match.count):
                rank = match.ranks[i]
                rule = &sheet.rules.rules[rank]
                if (
                    rule.layer == LAYER_PRICE and rule.family == 0 and sheet.counts[rank]
                    and match.parts[i] & 1 and rule.turn > turn
                    and (found < 0 or rule.turn < sheet.rules.rules[found].turn)
                    and (not rule.need_count or self._price_needs_hold(rule, rank))
                ):
                    found = rank
            if found < 0:
                return 0
            rule = &sheet.rules.rules[found]
            turn = rule.turn
            minor = self._line_off(line, rule, line.price if sheet.compound else line.unit)
            if not minor:
                continue
            if sheet.compound or not line.special_count:
                p.specials[p.special_count].rule = found
                p.specials[p.special_count].minor = minor
                p.special_count += 1
                line.special_count += 1
                line.price -= minor
            elif minor > line.unit - line.price:
                p.specials[line.special].rule = found
                p.specials[line.special].minor = minor
                line.price = line.unit - minor

    cdef int64_t _line_off(self, Line* line, Rule* rule, int64_t price) noexcept:
        cdef Kind kind
        memset(&kind, 0, sizeof(Kind))
        kind.listed, kind.weighed, kind.quantity = line.listed, line.divisible, line.quantity
        return unit_off(
            &rule.off, rule, &kind, price, price - line.least if price > line.least else 0
        )

    cdef bint _price_needs_hold(self, Rule* rule, int rank) noexcept:
        """Needs of a special price see the cart as it was put."""
        cdef Sheet sheet = self.sheet
        cdef Py_ssize_t i, j
        cdef int n
        cdef Line* line
        cdef Match match
        cdef Need* need
        cdef int64_t pieces
        cdef object money
        for n in range(rule.need_count):
            need = &rule.needs[n]
            money = 0
            pieces = 0
            for i in range(sheet.count):
                line = &sheet.lines[i]
                match = <Match>line.match
                for j in range(match.count):
                    if match.ranks[j] == rank and (match.parts[j] >> need.part) & 1:
                        money += (line.listed if need.measured == 0 else line.unit) * line.units * (
                            <object>line.measure
                        )
                        if not line.divisible or sheet.weighed_in_groups:
                            pieces += line.units
            money = (2 * money + PPM) // (2 * PPM) - need.above
            if need.minor and money < need.minor:
                return False
            if need.count and pieces - need.above < need.count:
                return False
        return True

    cdef int _find_locals(self) except -1:
        """List the rules that count and have something to do with the cart, by rank."""
        cdef Sheet sheet = self.sheet
        cdef Problem* p = &self.p
        cdef Py_ssize_t i, j, most = 0
        cdef int rank, n = 0
        cdef Match match
        cdef Rule* rule
        for i in range(sheet.count):
            most += (<Match>sheet.lines[i].match).count
        cdef int* ranks = <int*>self._take(most * sizeof(int))
        for i in range(sheet.count):
            match = <Match>sheet.lines[i].match
            for j in range(match.count):
                rank = match.ranks[j]
                rule = &sheet.rules.rules[rank]
                if (
                    sheet.counts[rank] and sheet.local_of[rank] < 0
                    and rule.layer != LAYER_PRICE and rule.family != NOTHING
                ):
                    sheet.local_of[rank] = 0
                    ranks[n] = rank
                    n += 1
        qsort(ranks, n, sizeof(int), _by_int)
        p.locals = <Local*>self._take((n + 1) * sizeof(Local))
        p.local_count = n
        for i in range(n):
            rank = ranks[i]
            sheet.local_of[rank] = <int>i
            p.locals[i].rank = rank
            p.locals[i].rule = &sheet.rules.rules[rank]
            self.flags |= p.locals[i].rule.flags
            p.locals[i].allowed = True
            p.locals[i].uses_max = sheet.uses[rank]
            p.locals[i].cap = sheet.caps[rank]
        self._pair_up()
        for i in range(n):
            sheet.local_of[ranks[i]] = -1
            self._take_ends(&p.locals[i])
        return 0

    cdef int _pair_up(self) except -1:
        """List for each rule the goods in its ranges, in canonical order."""
        cdef Sheet sheet = self.sheet
        cdef Problem* p = &self.p
        cdef Py_ssize_t j
        cdef int k, local, n = 0
        cdef Match match
        cdef Local* of
        for k in range(p.kind_count):
            match = <Match>self.matches[k]
            for j in range(match.count):
                local = sheet.local_of[match.ranks[j]]
                if local >= 0:
                    p.locals[local].pair_count += 1
                    n += 1
        p.pairs = <Pair*>self._take((n + 1) * sizeof(Pair))
        n = 0
        for local in range(p.local_count):
            p.locals[local].pair = n
            n += p.locals[local].pair_count
            p.locals[local].pair_count = 0
        for k in range(p.kind_count):
            match = <Match>self.matches[k]
            for j in range(match.count):
                local = sheet.local_of[match.ranks[j]]
                if local >= 0:
                    of = &p.locals[local]
                    p.pairs[of.pair + of.pair_count].kind = k
                    p.pairs[of.pair + of.pair_count].parts = match.parts[j]
                    of.pair_count += 1
        return 0

    cdef int _take_ends(self, Local* local) except -1:
        cdef Py_ssize_t i
        cdef tuple ends
        if not local.rule.coupon:
            return 0
        self.p.any_coupons = True
        ends = self.sheet.ends.get(local.rank, ())
        local.coupon_count = <int>len(ends)
        local.coupon_ends = <int64_t*>self._take((len(ends) + 1) * sizeof(int64_t))
        for i in range(len(ends)):
            local.coupon_ends[i] = ends[i]
        return 0

    cdef void* _take(self, size_t size) except NULL:
        cdef void* found = take(&self.arena, size + 1)
        if found == NULL:
            raise MemoryError
        return found

    def ranks(self) -> list:
        """Return the ranks of the rules that may take part, ascending."""
        return [self.p.locals[i].rank for i in range(self.p.local_count)]

    def share_units(self, int a, int b) -> bool:
        """Whether units of the sale are in slots of both rules."""
        cdef int i, x = -1, y = -1
        for i in range(self.p.local_count):
            if self.p.locals[i].rank == a:
                x = i
            if self.p.locals[i].rank == b:
                y = i
        if x < 0 or y < 0:
            return False
        wanted = {self.p.pairs[i].kind for i in self._pairs_of(x) if self._wants(x, i)}
        return any([self._wants(y, i) and self.p.pairs[i].kind in wanted for i in self._pairs_of(y)])

    cdef object _pairs_of(self, int local):
        return range(
            self.p.locals[local].pair, self.p.locals[local].pair + self.p.locals[local].pair_count
        )

    cdef bint _wants(self, int local, int pair) noexcept:
        cdef Rule* rule = self.p.locals[local].rule
        cdef uint64_t parts = self.p.pairs[pair].parts
        if rule.family == BUNDLE:
            return 0 != (parts >> 1) & ((<uint64_t>1 << rule.slots) - 1)
        return 0 != parts & ((<uint64_t>1 << rule.slots) - 1)

    def kinds(self, Py_ssize_t rank) -> list:
        """Return (kind, line, price, units) of the goods that a rule's own range covers."""
        cdef int k, i, j
        found = []
        for i in range(self.p.local_count):
            if self.p.locals[i].rank == rank:
                for j in self._pairs_of(i):
                    k = self.p.pairs[j].kind
                    if (
                        self.p.pairs[j].parts & 1 and self.p.kinds[k].room > 0
                        and not self.p.kinds[k].final and self.p.kinds[k].counted
                    ):
                        found.append((
                            k, self.line_numbers[self.p.kinds[k].line], self.p.kinds[k].price,
                            self.p.kinds[k].units,
                        ))
        return found

    # -- the search -----------------------------------------------------------------------------

    def search(
        self, object allowed, list conflicts not None, list bars not None, dict candidates not None,
        object forced not None, Choice fixed, int64_t node_budget,
    ) -> bool:
        """Find the best plan of the ``allowed`` ranks (None: all); return whether there is one.

        ``conflicts``: pairs of ranks that do not go together (beside the groups of the rules).
        ``bars``: (later rank, given rank) where goods of the second are not in the base of the first.
        ``candidates``: rank -> candidates ((kind, units, minor), ..., times). ``forced`` must
        apply. ``fixed``: another choice whose units stay as they are.
        """
        cdef Problem* p = &self.p
        cdef Search s
        cdef bint done = False
        memset(&s, 0, sizeof(Search))
        self._allow(allowed, forced, conflicts, fixed)
        self._list_programs(candidates)
        self._list_laters(bars)
        if not list_options(p):
            raise MemoryError
        self.plan = <int*>self._take((p.option_count + 1) * sizeof(int))
        if fixed is not None:
            self._fix(fixed)
        open_kinds(p)
        self._count_units()
        if not make_scratch(p):
            raise MemoryError
        p.arena = &self.sheet.scratch
        try:
            with nogil:
                done = build_programs(p) and make_search(p, &s, self.plan)
            if not done:
                raise MemoryError
            self._make_room(&s.choice)
            with nogil:
                find_plan(&s, node_budget)
            memcpy(self.plan, s.best_counts, p.option_count * sizeof(int))
            self.best = s.choice
        finally:
            p.arena = &self.arena
            give_back(&self.sheet.scratch)
        self.proved = s.proved
        self.lowest = s.lowest
        self.nodes = p.nodes
        return s.stands or evaluate(p, self.plan, &self.best)

    cdef int _count_units(self) except -1:
        """Refuse more units than the search has tables for: a mistyped quantity, not a sale."""
        cdef Problem* p = &self.p
        cdef int64_t units = 0
        cdef int k
        for k in range(p.kind_count):
            if p.kinds[k].open:
                units += p.kinds[k].units - p.kinds[k].taken
        if units > UNITS_MAX:
            raise OverflowError(f"{units} units are more than the {UNITS_MAX} that rules choose among")
        return 0

    cdef int _allow(
        self, object allowed, object forced, list conflicts, Choice fixed
    ) except -1:
        cdef Problem* p = &self.p
        cdef int i, j, n = p.local_count
        cdef bint holds
        if fixed is not None:
            for i in range(n):
                p.locals[i].settled = fixed.p.in_use[i] and p.locals[i].rule.layer == LAYER_ITEM
        for i in range(n):
            p.locals[i].allowed = allowed is None or p.locals[i].rank in allowed
            p.locals[i].forced = p.locals[i].rank in forced
            p.locals[i].allowed |= p.locals[i].forced
            holds = needs_hold(p, i)
            p.locals[i].allowed &= holds
        if conflicts:
            place = {p.locals[i].rank: i for i in range(n)}
            p.conflicts = <uint8_t*>self._take(n * n)
            for i in range(n):
                for j in range(n):
                    p.conflicts[i * n + j] = i != j and (
                        p.locals[i].rule.group >= 0
                        and p.locals[i].rule.group == p.locals[j].rule.group
                    )
            for a, b in conflicts:
                i, j = place[a], place[b]
                p.conflicts[i * n + j] = p.conflicts[j * n + i] = True
                if p.locals[i].rule.layer == LAYER_ITEM and p.locals[j].rule.layer == LAYER_ITEM:
                    p.item_conflicts = True
        return 0

    cdef int _list_programs(self, dict candidates) except -1:
        cdef Problem* p = &self.p
        cdef int i, n = 0
        cdef Local* local
        cdef Program* q
        cdef int64_t[8] available
        for i in range(p.local_count):
            n += len(candidates.get(p.locals[i].rank, ())) + 1
        p.programs = <Program*>self._take(n * sizeof(Program))
        n = 0
        for i in range(p.local_count):
            local = &p.locals[i]
            if local.rule.layer != LAYER_ITEM or not (local.allowed or local.settled):
                continue
            local.program = n
            if local.rule.family == CANDIDATE:
                n = self._list_candidates(i, n, candidates.get(local.rank, ()))
            else:
                q = &p.programs[n]
                q.rule, q.local, q.candidate = local.rule, i, -1
                q.uses_max, q.cap, q.settled = local.uses_max, local.cap, local.settled
                if can_form(p, q, available):
                    n += 1
                else:
                    memset(q, 0, sizeof(Program))
            local.program_count = n - local.program
            if local.program_count:
                self._mark_eligible(i, local)
                if local.rule.per != PER_UNIT:
                    p.scale = PPM
        p.program_count = n
        return 0

    cdef int _list_candidates(self, int local, int n, object candidates) except -1:
        cdef Problem* p = &self.p
        cdef Program* q
        cdef int number = 0, e
        for entries, times in candidates:
            q = &p.programs[n]
            q.rule, q.local, q.candidate = p.locals[local].rule, local, number
            q.uses_max, q.cap = p.locals[local].uses_max, p.locals[local].cap
            q.settled = p.locals[local].settled
            q.entries = <int>len(entries)
            q.times = lesser(times, AMOUNT_MAX)
            q.entry_kind = <int*>self._take(q.entries * sizeof(int))
            q.entry_units = <int64_t*>self._take(q.entries * sizeof(int64_t))
            q.entry_minor = <int64_t*>self._take(q.entries * sizeof(int64_t))
            for e, (kind, units, minor) in enumerate(sorted(entries)):
                q.entry_kind[e], q.entry_units[e], q.entry_minor[e] = kind, units, minor
                q.units += p.kinds[q.entry_kind[e]].units
            number += 1
            n += 1
        return n

    cdef int _fix(self, Choice fixed) except -1:
        """Take over the units that serve a rule in another choice of the same lines."""
        cdef Problem* p = &self.p
        cdef Option* theirs
        cdef Option* ours
        cdef int i, j
        for i in range(fixed.p.option_count):
            if not fixed.plan[i]:
                continue
            theirs = &fixed.p.options[i]
            for j in range(p.kinds[theirs.kind].option, p.kinds[theirs.kind].option + p.kinds[theirs.kind].option_count):
                ours = &p.options[j]
                if (
                    p.programs[ours.program].local == fixed.p.programs[theirs.program].local
                    and p.programs[ours.program].candidate == fixed.p.programs[theirs.program].candidate
                    and ours.symbol == theirs.symbol
                ):
                    self.plan[j] = fixed.plan[i]
                    p.kinds[theirs.kind].taken += fixed.plan[i]
        return 0

    cdef int _mark_eligible(self, int number, Local* local) except -1:
        """Note which kinds have a slot, for rules that take from one end."""
        cdef Problem* p = &self.p
        cdef int k
        if local.rule.takes == BEST:
            return 0
        p.any_ends = True
        local.eligible = <uint8_t*>self._take(p.kind_count)
        for k in range(local.pair, local.pair + local.pair_count):
            local.eligible[p.pairs[k].kind] = 0 != slots_of(p, local.rule, &p.pairs[k])
        return 0

    cdef int _list_laters(self, list bars) except -1:
        cdef Problem* p = &self.p
        cdef int i, k, n = 0, j
        cdef Later* later
        cdef Later spare
        p.laters = <Later*>self._take((p.local_count + 1) * sizeof(Later))
        for i in range(p.local_count):
            if p.locals[i].rule.layer == LAYER_ITEM or not p.locals[i].allowed:
                continue
            later = &p.laters[n]
            later.rule, later.local = p.locals[i].rule, i
            later.uses_max, later.cap = p.locals[i].uses_max, p.locals[i].cap
            later.covers = <uint8_t*>self._take(p.kind_count)
            later.barred = <uint8_t*>self._take(p.kind_count)
            later.bars = <uint8_t*>self._take(p.local_count)
            for k in range(p.locals[i].pair, p.locals[i].pair + p.locals[i].pair_count):
                later.covers[p.pairs[k].kind] = p.pairs[k].parts & 1
            self._bar(later, bars)
            size_up(p, later)
            if later.alive or p.locals[i].forced:
                n += 1
            else:
                memset(later, 0, sizeof(Later))
        p.later_count = n
        for i in range(1, n):  # in their turn
            spare = p.laters[i]
            j = i
            while j > 0 and p.laters[j - 1].rule.turn > spare.rule.turn:
                p.laters[j] = p.laters[j - 1]
                j -= 1
            p.laters[j] = spare
        count_stack(p)
        return 0

    cdef int _bar(self, Later* later, list bars) except -1:
        cdef Problem* p = &self.p
        cdef int i, k, s
        for rank, given in bars:
            if rank != p.locals[later.local].rank:
                continue
            for i in range(p.local_count):
                if p.locals[i].rank == given:
                    later.bars[i] = True
                    later.bars_any = True
            for k in range(p.kind_count):
                for s in range(p.kinds[k].special, p.kinds[k].special + p.kinds[k].special_count):
                    if p.specials[s].rule == given:
                        later.barred[k] = True
        return 0

    cdef int _make_room(self, LaterChoice* best) except -1:
        """Take what a choice of later rules is written to; it stays with the plan."""
        cdef int i
        best.applied = <Applied*>self._take((self.p.later_count + 1) * sizeof(Applied))
        for i in range(self.p.later_count + 1):
            best.applied[i].shares = <int64_t*>self._take(
                (self.p.parcel_room + 1) * sizeof(int64_t)
            )
        return 0

    # -- what came out --------------------------------------------------------------------------

    @property
    def payable(self) -> int:
        """What is left to pay."""
        return self.best.value.payable

    @property
    def value(self) -> tuple:
        """What plans are compared by before their units: payable, face, ends of coupons."""
        cdef int i
        ends = tuple([self.best.value.ends[i] for i in range(self.best.value.end_count)])
        return self.best.value.payable, self.best.value.face, ends

    @property
    def serving(self) -> tuple:
        """Which rule and slot each unit serves, in canonical order; units of no rule first."""
        cdef int k, i
        cdef int64_t rest
        found = []
        for k in range(self.p.kind_count):
            rest = self.p.kinds[k].units
            served = []
            for i in range(self.p.kinds[k].option, self.p.kinds[k].option + self.p.kinds[k].option_count):
                if self.plan[i]:
                    rest -= self.plan[i]
                    served.append((
                        self.p.locals[self.p.programs[self.p.options[i].program].local].rank,
                        self.p.options[i].slot, self.plan[i],
                    ))
            found.append((-rest, tuple([(rank, slot, -n) for rank, slot, n in served])))
        return tuple(found)

    def in_use(self) -> list:
        """Return the ranks of the rules that give something, special prices aside, ascending."""
        cdef int i
        used = [self.p.locals[i].rank for i in range(self.p.local_count) if self.p.in_use[i]]
        return sorted(used + self.later_ranks())

    def later_ranks(self) -> list:
        """Return the ranks of the order, coupon and points rules of the plan, ascending."""
        cdef int i
        return sorted([
            self.p.locals[self.p.laters[self.best.applied[i].later].local].rank
            for i in range(self.best.count)
        ])

    def cells(self, list names not None) -> tuple:
        """Return (*names[rank], ((line, minor), ...)) of each rule, in order of application."""
        cdef Py_ssize_t i
        self._spread()
        rows = self._special_cells(names) + self._item_cells(names)
        for i in range(self.best.count):
            rows.append(self._later_cells(names, &self.best.applied[i]))
        return tuple(rows)

    cdef int _spread(self) except -1:
        """Bring the plan to the lines, once."""
        cdef Matrix* m = &self.matrix
        if m.pieces != NULL:
            return 0
        m.p = &self.p
        m.plan = self.plan
        m.line_count = self.line_count
        if not lay_matrix(m):
            raise MemoryError
        return 0

    cdef tuple _row(self):
        """Return what was collected by line as ((line, minor), ...), and begin anew."""
        cdef Py_ssize_t i
        row = []
        for i in range(self.line_count):
            if self.matrix.by_line[i]:
                row.append((self.matrix.sorted_lines[i], self.matrix.by_line[i]))
                self.matrix.by_line[i] = 0
        return tuple(row)

    cdef list _special_cells(self, list names):
        cdef int s, rank
        ranks = set()
        for s in range(self.p.special_count):
            ranks.add(self.p.specials[s].rule)
        rows = []
        for found in self._in_turn(list(ranks)) if ranks else []:
            rank = found
            add_special(&self.matrix, rank)
            rows.append((*names[rank], self._row()))
        return rows

    cdef list _in_turn(self, list ranks):
        cdef int rank
        turns = []
        for rank in ranks:
            turns.append((self.rules.rules[rank].turn, rank))
        turns.sort()
        return [rank for _, rank in turns]

    cdef list _item_cells(self, list names):
        cdef Problem* p = &self.p
        cdef int q = 0, local
        rows = {}
        while q < p.program_count:
            local = p.programs[q].local
            if add_item_rule(&self.matrix, &q):
                rows[p.locals[local].rank] = self._row()
        return [(*names[rank], rows[rank]) for rank in self._in_turn(list(rows))]

    cdef tuple _later_cells(self, list names, Applied* done):
        add_later(&self.matrix, done)
        return (*names[self.p.locals[self.p.laters[done.later].local].rank], self._row())

    def specials(self, object make not None) -> list:
        """Return (rank, make(line, units, minor of one unit, price before)) of special prices."""
        cdef Problem* p = &self.p
        cdef int k, s, i
        found = []
        for k in range(p.kind_count):
            price = p.kinds[k].unit
            for s in range(p.kinds[k].special, p.kinds[k].special + p.kinds[k].special_count):
                for i in range(p.kinds[k].line, p.kinds[k].line + p.kinds[k].line_count):
                    made = make(
                        self.line_numbers[i], self.matrix.line_units[i], p.specials[s].minor, price
                    )
                    found.append((p.specials[s].rule, made))
                price -= p.specials[s].minor
        return found

    def pieces(self, object make not None) -> list:
        """Return (rank, make(candidate, use, line, slot, minor, gets, price, list)) by use."""
        cdef Problem* p = &self.p
        cdef int q
        cdef Py_ssize_t i
        cdef Piece* piece
        self._spread()
        found = []
        for q in range(p.program_count):
            for i in range(self.matrix.program_pieces[q], self.matrix.program_pieces[q + 1]):
                piece = &self.matrix.pieces[i]
                made = make(
                    p.programs[q].candidate, piece.use,
                    self.line_numbers[self.matrix.piece_line[i]], piece.slot, piece.minor,
                    piece.take != NULL, p.kinds[piece.kind].price, p.kinds[piece.kind].listed,
                )
                found.append((p.locals[p.programs[q].local].rank, made))
        return found

    def laters(self, object make not None) -> list:
        """Return (rank, make(base, step, times, minor, ((line, units), ...))) in turn."""
        cdef Problem* p = &self.p
        cdef Applied* done
        cdef Later* later
        cdef Parcel* parcel
        cdef int i, n, j
        cdef int64_t line
        self._spread()
        found = []
        for i in range(self.best.count):
            done = &self.best.applied[i]
            later = &p.laters[done.later]
            units = {}
            for n in range(p.parcel_count):
                parcel = &p.parcels[n]
                if not later.covers[parcel.kind] or later.barred[parcel.kind]:
                    continue
                if parcel.local >= 0 and later.bars[parcel.local]:
                    continue
                for j in range(parcel.portion, parcel.portion + parcel.portion_count):
                    line = self.line_numbers[self.matrix.portions[j].line]
                    units[line] = units.get(line, 0) + self.matrix.portions[j].units
            made = make(
                done.base, done.step, done.times, done.minor, tuple(sorted(units.items()))
            )
            found.append((p.locals[later.local].rank, made))
        return found


cdef int _by_int(const void* left, const void* right) noexcept nogil:
    return (<const int*>left)[0] - (<const int*>right)[0]
