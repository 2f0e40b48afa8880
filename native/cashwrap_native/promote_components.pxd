"""Goods that rules bind together are looked at together: the components. Header-only."""

from libc.stdint cimport int64_t, uint8_t

from cashwrap_native.promote_model cimport Problem, Program, take
from cashwrap_native.promote_order cimport inside
from cashwrap_native.promote_state cimport Search
from cashwrap_native.promote_table cimport Component, fit, tabulate


# -- components ---------------------------------------------------------------------------------


cdef inline int root_of(int* parent, int k) noexcept nogil:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


cdef inline bint split(Problem* p, Search* s) noexcept nogil:
    """Find the components and tabulate each."""
    cdef int* parent = <int*>take(p.arena, (p.kind_count + 1) * sizeof(int))
    cdef int* number = <int*>take(p.arena, (p.kind_count + 1) * sizeof(int))
    cdef int i, j, k, a, b, n = 0
    cdef Program* q
    cdef Component* c
    if p.arena.failed:
        return False
    for k in range(p.kind_count):
        parent[k] = k
        number[k] = -1
    for i in range(p.program_count):
        q = &p.programs[i]
        if q.stateless or q.settled:
            continue
        for j in range(q.option + 1, q.option + q.option_count):
            a = root_of(parent, p.options[p.mine[j - 1]].kind)
            b = root_of(parent, p.options[p.mine[j]].kind)
            if a != b:
                parent[b] = a
    s.components = <Component*>take(p.arena, (p.kind_count + 1) * sizeof(Component))
    if p.arena.failed:
        return False
    for k in range(p.kind_count):
        if not p.kinds[k].open:
            continue
        a = root_of(parent, k)
        if number[a] < 0:
            number[a] = n
            n += 1
        p.kinds[k].component = number[a]
        c = &s.components[number[a]]
        c.kind_count += 1
        c.unit_count += <int>(p.kinds[k].units - p.kinds[k].taken)
    s.component_count = n
    return fill_components(p, s)


cdef inline bint fill_components(Problem* p, Search* s) noexcept nogil:
    cdef int i, k
    cdef int64_t u
    cdef Component* c
    cdef Program* q
    for i in range(s.component_count):
        c = &s.components[i]
        c.kinds = <int*>take(p.arena, c.kind_count * sizeof(int))
        c.unit_kinds = <int*>take(p.arena, c.unit_count * sizeof(int))
        c.programs = <int*>take(p.arena, p.program_count * sizeof(int))
        if p.arena.failed:
            return False
        c.kind_count = 0
        c.unit_count = 0
    for k in range(p.kind_count):
        if not p.kinds[k].open:
            continue
        c = &s.components[p.kinds[k].component]
        c.kinds[c.kind_count] = k
        c.kind_count += 1
        for u in range(p.kinds[k].units - p.kinds[k].taken):
            s.unit_kind[s.unit_count] = k
            s.unit_row[s.unit_count] = c.unit_count
            s.unit_count += 1
            c.unit_kinds[c.unit_count] = k
            c.unit_count += 1
    for i in range(p.program_count):
        q = &p.programs[i]
        if q.stateless or q.settled:
            continue
        k = open_kind(p, q)
        if k < 0:
            continue
        c = &s.components[p.kinds[k].component]
        c.programs[c.program_count] = i
        c.program_count += 1
        c.by_sku |= q.by_sku
    for i in range(s.component_count):
        if not fit(p, &s.components[i]) or not tabulate(p, &s.components[i]):
            return False
    return not p.arena.failed


cdef inline int open_kind(Problem* p, Program* q) noexcept nogil:
    """Return a kind with units that a program could take, -1 if there is none."""
    cdef int i, k
    for i in range(q.option, q.option + q.option_count):
        k = p.options[p.mine[i]].kind
        if p.kinds[k].open:
            return k
    return -1


cdef inline void locate(Problem* p, Component* c) noexcept nogil:
    """Note of which later rules' bases a component is wholly a part."""
    cdef int n, i
    cdef bint whole
    c.inside = <uint8_t*>take(p.arena, p.later_count + 1)
    if c.inside == NULL:
        return
    for n in range(p.later_count):
        whole = True
        for i in range(c.kind_count):
            if not p.laters[n].covers[c.kinds[i]] or p.laters[n].barred[c.kinds[i]]:
                whole = False
        c.inside[n] = whole and not p.laters[n].bars_any
    c.inside[p.later_count] = True
