"""The balances of one SKU in one packed record. Header-only, for ledger.pyx.

A record is MessagePack of one fixed form, so that a balance is found and changed in place:

    [arrivals, [[location, lot, owner, expires, arrival, on_hand, reserved, value], ...]]

Texts are str8, ``expires`` uint32, all else int64. Balances are in ascending byte order of
(location, lot, owner), and one that is all zero is not kept, so a record depends only on the moves
and their order, not on how they were batched. The balance of location "" is not a place: it is the
latest positive (on hand, value) of an owner's goods, from which the cost of a shortage is taken.
"""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport realloc
from libc.string cimport memcmp, memcpy, memmove

from cashwrap_native.messagepack cimport (
    BEYOND_INT64, NO_MESSAGEPACK, READ, Text, get_be, put_be,
)

cdef enum Status:
    OK = READ
    MALFORMED = NO_MESSAGEPACK
    OVERFLOWED = BEYOND_INT64
    DAMAGED
    BAD_QUANTITY
    TOO_LONG
    UNKNOWN_LOCATION
    BELOW_ZERO
    NO_MEMORY

cdef enum:
    HEAD = 15      # 0x92, int64 arrivals, array32 header
    TAIL = 41      # uint32 and four int64, each with its tag
    EXPIRES = 1    # offsets of values in a tail
    ARRIVAL = 6
    ON_HAND = 15
    RESERVED = 24
    VALUE = 33

cdef struct Record:
    uint8_t* data
    Py_ssize_t size
    Py_ssize_t capacity


cdef inline Py_ssize_t entry_size(const uint8_t* at) noexcept nogil:
    """Return the bytes of the entry at ``at``, which is known to be whole."""
    cdef Py_ssize_t size = 3 + at[2]
    size += 2 + at[size + 1]
    size += 2 + at[size + 1]
    return size + TAIL


cdef inline bint entry_is_whole(const uint8_t* at, const uint8_t* end) noexcept nogil:
    if end - at < 1 or at[0] != 0x98:
        return False
    at += 1
    for _ in range(3):
        if end - at < 2 or at[0] != 0xD9 or end - at - 2 < at[1]:
            return False
        at += 2 + at[1]
    return (
        end - at >= TAIL and at[0] == 0xCE and at[ARRIVAL - 1] == 0xD3
        and at[ON_HAND - 1] == 0xD3 and at[RESERVED - 1] == 0xD3 and at[VALUE - 1] == 0xD3
    )


cdef inline Status check_record(Record* record) noexcept nogil:
    """Prove that every entry lies inside the record; the loops below then need no checks."""
    cdef const uint8_t* at = record.data + HEAD
    cdef const uint8_t* end = record.data + record.size
    cdef uint64_t count
    if record.size < HEAD or record.data[0] != 0x92 or record.data[1] != 0xD3:
        return DAMAGED
    if record.data[10] != 0xDD:
        return DAMAGED
    count = get_be(record.data + 11, 4)
    for _ in range(count):
        if not entry_is_whole(at, end):
            return DAMAGED
        at += entry_size(at)
    return OK if at == end else DAMAGED


cdef inline int compare(const uint8_t* at, Text* text) noexcept nogil:
    """Compare the str8 at ``at`` with a text: negative, 0 or positive."""
    cdef Py_ssize_t size = at[1]
    cdef int order = memcmp(at + 2, text.at, size if size < text.size else text.size)
    return order if order else (size > text.size) - (size < text.size)


cdef inline Py_ssize_t find(
    Record* record, Text* location, Text* lot, Text* owner, bint* found
) noexcept nogil:
    """Return the offset of a balance, or where it belongs."""
    cdef Py_ssize_t offset = HEAD
    cdef const uint8_t* at
    cdef int order
    found[0] = False
    while offset < record.size:
        at = record.data + offset + 1
        order = compare(at, location)
        if order == 0:
            at += 2 + at[1]
            order = compare(at, lot)
            if order == 0:
                at += 2 + at[1]
                order = compare(at, owner)
        if order >= 0:
            found[0] = order == 0
            break
        offset += entry_size(record.data + offset)
    return offset


cdef inline uint8_t* put_text(uint8_t* at, Text* text) noexcept nogil:
    at[0] = 0xD9
    at[1] = <uint8_t>text.size
    memcpy(at + 2, text.at, text.size)
    return at + 2 + text.size


cdef inline void resize_count(Record* record, int by) noexcept nogil:
    put_be(record.data + 11, get_be(record.data + 11, 4) + by, 4)


cdef inline Status insert(
    Record* record, Py_ssize_t offset, Text* location, Text* lot, Text* owner, int64_t expires
) noexcept nogil:
    """Make room at ``offset`` for a balance of zero; it gets the next arrival number."""
    cdef Py_ssize_t size = 7 + location.size + lot.size + owner.size + TAIL
    cdef uint8_t* grown
    cdef uint8_t* at
    cdef uint64_t arrival = get_be(record.data + 2, 8) + 1
    if record.size + size > record.capacity:
        grown = <uint8_t*>realloc(record.data, 2 * (record.size + size))
        if grown == NULL:
            return NO_MEMORY
        record.data = grown
        record.capacity = 2 * (record.size + size)
    at = record.data + offset
    memmove(at + size, at, record.size - offset)
    record.size += size
    at[0] = 0x98
    at = put_text(put_text(put_text(at + 1, location), lot), owner)
    at[0] = 0xCE
    put_be(at + EXPIRES, <uint64_t>expires, 4)
    at[ARRIVAL - 1] = at[ON_HAND - 1] = at[RESERVED - 1] = at[VALUE - 1] = 0xD3
    put_be(at + ARRIVAL, arrival, 8)
    put_be(at + ON_HAND, 0, 8)
    put_be(at + RESERVED, 0, 8)
    put_be(at + VALUE, 0, 8)
    put_be(record.data + 2, arrival, 8)
    resize_count(record, 1)
    return OK


cdef inline void drop_if_zero(Record* record, Py_ssize_t offset) noexcept nogil:
    cdef uint8_t* at = record.data + offset
    cdef Py_ssize_t size = entry_size(at)
    cdef uint8_t* tail = at + size - TAIL
    if get_be(tail + ON_HAND, 8) | get_be(tail + RESERVED, 8) | get_be(tail + VALUE, 8):
        return
    memmove(at, at + size, record.size - offset - size)
    record.size -= size
    resize_count(record, -1)


cdef inline Status tail_of(
    Record* record, Text* location, Text* lot, Text* owner, int64_t expires, Py_ssize_t* offset,
    uint8_t** tail,
) noexcept nogil:
    """Find a balance, or make it, and give its offset and where its numbers are."""
    cdef bint found = False
    cdef Status status
    offset[0] = find(record, location, lot, owner, &found)
    if not found:
        status = insert(record, offset[0], location, lot, owner, expires)
        if status:
            return status
    tail[0] = record.data + offset[0] + entry_size(record.data + offset[0]) - TAIL
    return OK
