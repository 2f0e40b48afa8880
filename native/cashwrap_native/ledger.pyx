"""Folds stock moves into the packed balances of one SKU. Bytes in, bytes out.

Moves come as MessagePack, as the journal holds them: arrays of (sku, quantity_milli, source,
target, cost_minor, line, lot, expires, owner), later fields skipped. A record is MessagePack too,
but of one fixed form, so that a balance is found and changed in place:

    [arrivals, [[location, lot, owner, expires, arrival, on_hand, reserved, value], ...]]

Texts are str8, ``expires`` uint32, all else int64. Balances are in ascending byte order of
(location, lot, owner), and one that is all zero is not kept, so a record depends only on the moves
and their order, not on how they were batched. The balance of location "" is not a place: it is the
latest positive (on hand, value) of an owner's goods, from which the cost of a shortage is taken.
"""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport INT64_MAX, INT64_MIN, UINT32_MAX, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcmp, memcpy, memmove

from cashwrap_native.fixed cimport add_overflows

cdef extern from *:
    """
    #include <string.h>
    #if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    #define CW_SWAP64(value) __builtin_bswap64(value)
    #endif
    static inline uint64_t cw_get_be(const uint8_t *at, int size) {
        uint64_t value = 0;
    #ifdef CW_SWAP64
        if (size == 8) {
            memcpy(&value, at, 8);
            return CW_SWAP64(value);
        }
    #endif
        for (int i = 0; i < size; i++) value = value << 8 | at[i];
        return value;
    }
    static inline void cw_put_be(uint8_t *at, uint64_t value, int size) {
    #ifdef CW_SWAP64
        if (size == 8) {
            value = CW_SWAP64(value);
            memcpy(at, &value, 8);
            return;
        }
    #endif
        for (int i = size - 1; i >= 0; i--, value >>= 8) at[i] = (uint8_t)value;
    }
    static inline int64_t cw_sign_extend(uint64_t value, int size) {
        uint64_t sign = (uint64_t)1 << (8 * size - 1);
        return (int64_t)((value ^ sign) - sign);
    }
    """
    uint64_t get_be "cw_get_be"(const uint8_t* at, int size) noexcept nogil
    int64_t sign_extend "cw_sign_extend"(uint64_t value, int size) noexcept nogil
    void put_be "cw_put_be"(uint8_t* at, uint64_t value, int size) noexcept nogil

cdef enum Status:
    OK, MALFORMED, DAMAGED, BAD_QUANTITY, TOO_LONG, UNKNOWN_LOCATION, BELOW_ZERO, OVERFLOWED, NO_MEMORY

cdef dict REASONS = {
    MALFORMED: "moves are not MessagePack arrays of (sku, quantity_milli, source, target, ...)",
    DAMAGED: "the record of balances is damaged: rebuild it from the journal",
    BAD_QUANTITY: "quantity_milli of a move must be above 0, and expires a date yyyymmdd or 0",
    TOO_LONG: "a location, lot or owner is longer than 255 bytes",
    UNKNOWN_LOCATION: "a location is not of a known kind",
    BELOW_ZERO: "a release is more than what is reserved",
}

cdef enum:
    HEAD = 15      # 0x92, int64 arrivals, array32 header
    TAIL = 41      # uint32 and four int64, each with its tag
    EXPIRES = 1    # offsets of values in a tail
    ARRIVAL = 6
    ON_HAND = 15
    RESERVED = 24
    VALUE = 33

cdef struct Text:
    const uint8_t* at
    Py_ssize_t size

cdef struct Cursor:
    const uint8_t* at
    const uint8_t* end

cdef struct Move:
    Text sku
    Text source
    Text target
    Text lot
    Text owner
    int64_t quantity_milli
    int64_t cost_minor
    int64_t expires

cdef struct Record:
    uint8_t* data
    Py_ssize_t size
    Py_ssize_t capacity

cdef struct Amounts:
    int64_t on_hand_milli
    int64_t value_minor


# --- MessagePack in --------------------------------------------------------------------------


cdef Status take(Cursor* cursor, Py_ssize_t size, const uint8_t** at) noexcept nogil:
    if cursor.end - cursor.at < size:
        return MALFORMED
    at[0] = cursor.at
    cursor.at += size
    return OK


cdef Status read_text(Cursor* cursor, Text* text) noexcept nogil:
    cdef const uint8_t* at
    cdef int width
    if take(cursor, 1, &at):
        return MALFORMED
    if 0xA0 <= at[0] <= 0xBF:
        text.size = at[0] & 0x1F
    elif 0xD9 <= at[0] <= 0xDB:
        width = 1 << (at[0] - 0xD9)
        if take(cursor, width, &at):
            return MALFORMED
        text.size = <Py_ssize_t>get_be(at, width)
    else:
        return MALFORMED
    return take(cursor, text.size, &text.at)


cdef Status read_int(Cursor* cursor, int64_t* value) noexcept nogil:
    cdef const uint8_t* at
    cdef uint8_t tag
    cdef int width
    cdef uint64_t raw
    if take(cursor, 1, &at):
        return MALFORMED
    tag = at[0]
    if tag <= 0x7F:
        value[0] = tag
        return OK
    if tag >= 0xE0:
        value[0] = <int64_t>tag - 256
        return OK
    if not 0xCC <= tag <= 0xD3:
        return MALFORMED
    width = 1 << ((tag - 0xCC) & 3)
    if take(cursor, width, &at):
        return MALFORMED
    raw = get_be(at, width)
    if tag <= 0xCF:
        value[0] = <int64_t>raw
        return OVERFLOWED if raw > <uint64_t>INT64_MAX else OK
    value[0] = sign_extend(raw, width)
    return OK


cdef Status read_array(Cursor* cursor, Py_ssize_t* count) noexcept nogil:
    cdef const uint8_t* at
    cdef int width
    if take(cursor, 1, &at):
        return MALFORMED
    if 0x90 <= at[0] <= 0x9F:
        count[0] = at[0] & 0x0F
        return OK
    if not 0xDC <= at[0] <= 0xDD:
        return MALFORMED
    width = 2 << (at[0] - 0xDC)
    if take(cursor, width, &at):
        return MALFORMED
    count[0] = <Py_ssize_t>get_be(at, width)
    return OK


cdef Status skip(Cursor* cursor, Py_ssize_t values) noexcept nogil:
    """Pass over values of any type: what a newer writer appended to a move."""
    cdef const uint8_t* at
    cdef uint8_t tag
    cdef Py_ssize_t size
    cdef int width
    while values > 0:
        values -= 1
        if take(cursor, 1, &at):
            return MALFORMED
        tag = at[0]
        size = width = 0
        if tag <= 0x7F or tag >= 0xE0 or tag == 0xC0 or tag == 0xC2 or tag == 0xC3:
            continue
        if tag <= 0x8F:
            values += 2 * (tag & 0x0F)
        elif tag <= 0x9F:
            values += tag & 0x0F
        elif tag <= 0xBF:
            size = tag & 0x1F
        elif tag == 0xCA or tag == 0xCB:
            size = 4 << (tag - 0xCA)
        elif 0xCC <= tag <= 0xD3:
            size = 1 << ((tag - 0xCC) & 3)
        elif 0xC4 <= tag <= 0xC6:
            width = 1 << (tag - 0xC4)
        elif 0xD9 <= tag <= 0xDB:
            width = 1 << (tag - 0xD9)
        elif 0xDC <= tag <= 0xDF:
            width = 2 << (tag & 1)
        else:
            return MALFORMED  # extension types: nothing of ours writes them
        if width:
            if take(cursor, width, &at):
                return MALFORMED
            if tag >= 0xDC:
                values += <Py_ssize_t>get_be(at, width) * (2 if tag >= 0xDE else 1)
            else:
                size = <Py_ssize_t>get_be(at, width)
        if take(cursor, size, &at):
            return MALFORMED
    return OK


cdef Status read_move(Cursor* cursor, Move* move) noexcept nogil:
    """Read one move; fields after the fourth are optional, in the order of the array."""
    cdef Py_ssize_t fields
    cdef int64_t line
    cdef Status status
    move.cost_minor = move.expires = 0
    move.lot.size = move.owner.size = 0
    move.lot.at = move.owner.at = cursor.at  # any valid pointer: the sizes are 0
    status = read_array(cursor, &fields)
    if status or fields < 4:
        return MALFORMED
    status = read_text(cursor, &move.sku)
    if status == OK:
        status = read_int(cursor, &move.quantity_milli)
    if status == OK:
        status = read_text(cursor, &move.source)
    if status == OK:
        status = read_text(cursor, &move.target)
    if status == OK and fields > 4:
        status = read_int(cursor, &move.cost_minor)
    if status == OK and fields > 5:
        status = read_int(cursor, &line)
    if status == OK and fields > 6:
        status = read_text(cursor, &move.lot)
    if status == OK and fields > 7:
        status = read_int(cursor, &move.expires)
    if status == OK and fields > 8:
        status = read_text(cursor, &move.owner)
    if status == OK and fields > 9:
        status = skip(cursor, fields - 9)
    if status:
        return status
    if move.quantity_milli <= 0 or not 0 <= move.expires <= UINT32_MAX:
        return BAD_QUANTITY
    if move.source.size > 255 or move.target.size > 255:
        return TOO_LONG
    return TOO_LONG if move.lot.size > 255 or move.owner.size > 255 else OK


# --- The record ------------------------------------------------------------------------------


cdef Py_ssize_t entry_size(const uint8_t* at) noexcept nogil:
    """Return the bytes of the entry at ``at``, which is known to be whole."""
    cdef Py_ssize_t size = 3 + at[2]
    size += 2 + at[size + 1]
    size += 2 + at[size + 1]
    return size + TAIL


cdef bint entry_is_whole(const uint8_t* at, const uint8_t* end) noexcept nogil:
    cdef int text
    if end - at < 1 or at[0] != 0x98:
        return False
    at += 1
    for text in range(3):
        if end - at < 2 or at[0] != 0xD9 or end - at - 2 < at[1]:
            return False
        at += 2 + at[1]
    return (
        end - at >= TAIL and at[0] == 0xCE and at[ARRIVAL - 1] == 0xD3
        and at[ON_HAND - 1] == 0xD3 and at[RESERVED - 1] == 0xD3 and at[VALUE - 1] == 0xD3
    )


cdef Status check(Record* record) noexcept nogil:
    """Prove that every entry lies inside the record; the loops below then need no checks."""
    cdef const uint8_t* at = record.data + HEAD
    cdef const uint8_t* end = record.data + record.size
    cdef uint64_t count, index
    if record.size < HEAD or record.data[0] != 0x92 or record.data[1] != 0xD3:
        return DAMAGED
    if record.data[10] != 0xDD:
        return DAMAGED
    count = get_be(record.data + 11, 4)
    for index in range(count):
        if not entry_is_whole(at, end):
            return DAMAGED
        at += entry_size(at)
    return OK if at == end else DAMAGED


cdef int compare(const uint8_t* at, Text* text) noexcept nogil:
    """Compare the str8 at ``at`` with a text: negative, 0 or positive."""
    cdef Py_ssize_t size = at[1]
    cdef int order = memcmp(at + 2, text.at, size if size < text.size else text.size)
    return order if order else (size > text.size) - (size < text.size)


cdef Py_ssize_t find(Record* record, Text* location, Text* lot, Text* owner, bint* found) noexcept nogil:
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


cdef uint8_t* put_text(uint8_t* at, Text* text) noexcept nogil:
    at[0] = 0xD9
    at[1] = <uint8_t>text.size
    memcpy(at + 2, text.at, text.size)
    return at + 2 + text.size


cdef void resize_count(Record* record, int by) noexcept nogil:
    put_be(record.data + 11, get_be(record.data + 11, 4) + by, 4)


cdef Status insert(
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


cdef void drop_if_zero(Record* record, Py_ssize_t offset) noexcept nogil:
    cdef uint8_t* at = record.data + offset
    cdef Py_ssize_t size = entry_size(at)
    cdef uint8_t* tail = at + size - TAIL
    if get_be(tail + ON_HAND, 8) | get_be(tail + RESERVED, 8) | get_be(tail + VALUE, 8):
        return
    memmove(at, at + size, record.size - offset - size)
    record.size -= size
    resize_count(record, -1)


cdef Status tail_of(
    Record* record, Text* location, Text* lot, Text* owner, int64_t expires, Py_ssize_t* offset,
    uint8_t** tail,
) noexcept nogil:
    """Find a balance, or make it, and give its offset and where its numbers are."""
    cdef bint found
    cdef Status status
    offset[0] = find(record, location, lot, owner, &found)
    if not found:
        status = insert(record, offset[0], location, lot, owner, expires)
        if status:
            return status
    tail[0] = record.data + offset[0] + entry_size(record.data + offset[0]) - TAIL
    return OK


# --- Moves and holds -------------------------------------------------------------------------


cdef bint is_kind(Text* location, const char* kind, Py_ssize_t size) noexcept nogil:
    if location.size < size or memcmp(location.at, kind, size) != 0:
        return False
    return location.size == size or location.at[size] == c":"


cdef Status check_location(Text* location, bint* held) noexcept nogil:
    """Tell whether goods there are ours to sell, count or ship; refuse an unknown kind."""
    held[0] = (
        is_kind(location, b"store", 5)
        or is_kind(location, b"warehouse", 9)
        or is_kind(location, b"transit", 7)
    )
    if held[0] or is_kind(location, b"customer", 8) or is_kind(location, b"supplier", 8):
        return OK
    if is_kind(location, b"loss", 4) or is_kind(location, b"production", 10):
        return OK
    return UNKNOWN_LOCATION


cdef Status shift(
    Record* record, Text* location, bint held, Move* move, bint inward, Amounts* before, Amounts* after
) noexcept nogil:
    """Add one side of a move to its balance. Outside of held places lots are not kept apart."""
    cdef Text none
    cdef Text* lot = &move.lot if held else &none
    cdef Py_ssize_t offset
    cdef uint8_t* tail
    cdef int64_t quantity_milli = move.quantity_milli if inward else -move.quantity_milli
    cdef int64_t cost_minor = move.cost_minor
    cdef Status status
    none.at = location.at
    none.size = 0
    if not inward:
        if cost_minor == INT64_MIN:
            return OVERFLOWED
        cost_minor = -cost_minor
    status = tail_of(
        record, location, lot, &move.owner, move.expires if held else 0, &offset, &tail
    )
    if status:
        return status
    before.on_hand_milli = <int64_t>get_be(tail + ON_HAND, 8)
    before.value_minor = <int64_t>get_be(tail + VALUE, 8)
    if add_overflows(before.on_hand_milli, quantity_milli, &after.on_hand_milli):
        return OVERFLOWED
    if add_overflows(before.value_minor, cost_minor, &after.value_minor):
        return OVERFLOWED
    put_be(tail + ON_HAND, <uint64_t>after.on_hand_milli, 8)
    put_be(tail + VALUE, <uint64_t>after.value_minor, 8)
    drop_if_zero(record, offset)
    return OK


cdef Status remember(Record* record, Text* owner, Amounts* amounts) noexcept nogil:
    """Keep the latest positive balance of an owner's goods as their last known cost."""
    cdef Text none
    cdef Py_ssize_t offset
    cdef uint8_t* tail
    cdef Status status
    if amounts.on_hand_milli <= 0:
        return OK
    none.at = owner.at
    none.size = 0
    status = tail_of(record, &none, &none, owner, 0, &offset, &tail)
    if status:
        return status
    put_be(tail + ON_HAND, <uint64_t>amounts.on_hand_milli, 8)
    put_be(tail + VALUE, <uint64_t>amounts.value_minor, 8)
    return OK


cdef Status apply(Record* record, Move* move) noexcept nogil:
    cdef bint source_held, target_held
    cdef Amounts before, after
    cdef Status status = check_location(&move.source, &source_held)
    if status == OK:
        status = check_location(&move.target, &target_held)
    if status == OK:
        status = shift(record, &move.source, source_held, move, False, &before, &after)
    if status == OK and source_held:
        status = remember(record, &move.owner, &before)
    if status == OK:
        status = shift(record, &move.target, target_held, move, True, &before, &after)
    if status == OK and target_held:
        status = remember(record, &move.owner, &after)
    return status


cdef Status apply_all(Record* record, Cursor cursor) noexcept nogil:
    cdef Move move
    cdef Status status = check(record)
    while status == OK and cursor.at < cursor.end:
        status = read_move(&cursor, &move)
        if status == OK:
            status = apply(record, &move)
    return status


cdef int open_record(Record* record, bytes packed) except -1:
    """Copy a record into memory of our own, with room to grow; None is an empty one."""
    cdef Py_ssize_t size = HEAD if packed is None else PyBytes_GET_SIZE(packed)
    record.capacity = size + 512
    record.data = <uint8_t*>malloc(record.capacity)
    if record.data == NULL:
        raise MemoryError
    record.size = size
    if packed is not None:
        memcpy(record.data, PyBytes_AS_STRING(packed), size)
        return 0
    record.data[0] = 0x92
    record.data[1] = 0xD3
    put_be(record.data + 2, 0, 8)
    record.data[10] = 0xDD
    put_be(record.data + 11, 0, 4)
    return 0


cdef bytes close_record(Record* record, Status status):
    """Return the record's bytes and free it, or raise what the status says."""
    try:
        refuse(status)
        return PyBytes_FromStringAndSize(<char*>record.data, record.size)
    finally:
        free(record.data)


cdef object refuse(Status status):
    if status == OVERFLOWED:
        raise OverflowError("a balance does not fit in a signed 64-bit integer")
    if status == NO_MEMORY:
        raise MemoryError
    if status:
        raise ValueError(REASONS[status])


# --- The doors -------------------------------------------------------------------------------


def split(moves) -> dict[bytes, bytes]:
    """Return the moves of each SKU, in order, as `fold` takes them.

    ``moves`` is a buffer with the MessagePack array of all moves of an event. Raises ValueError
    for anything else, OverflowError for a number outside of int64.
    """
    cdef Py_buffer view
    cdef Cursor cursor
    cdef Move move
    cdef Py_ssize_t count, index
    cdef const uint8_t* start
    cdef dict parts = {}
    cdef bytes sku, part, earlier
    PyObject_GetBuffer(moves, &view, PyBUF_SIMPLE)
    try:
        cursor.at = <const uint8_t*>view.buf
        cursor.end = cursor.at + view.len
        refuse(read_array(&cursor, &count))
        for index in range(count):
            start = cursor.at
            refuse(read_move(&cursor, &move))
            sku = PyBytes_FromStringAndSize(<const char*>move.sku.at, move.sku.size)
            part = PyBytes_FromStringAndSize(<const char*>start, cursor.at - start)
            earlier = parts.get(sku)
            parts[sku] = part if earlier is None else earlier + part
        if cursor.at != cursor.end:
            refuse(MALFORMED)
    finally:
        PyBuffer_Release(&view)
    return parts


def fold(bytes record, bytes moves not None) -> bytes:
    """Return the record after the moves of one SKU; None is the record before the first.

    Raises ValueError for malformed input, a quantity not above 0 or an unknown location, and
    OverflowError when a balance would leave int64. ``record`` itself never changes.
    """
    cdef Record scratch
    cdef Cursor cursor
    cdef Status status
    cursor.at = <const uint8_t*>PyBytes_AS_STRING(moves)
    cursor.end = cursor.at + PyBytes_GET_SIZE(moves)
    open_record(&scratch, record)
    with nogil:
        status = apply_all(&scratch, cursor)
    return close_record(&scratch, status)


cdef Text text_of(bytes value):
    cdef Text text
    text.at = <const uint8_t*>PyBytes_AS_STRING(value)
    text.size = PyBytes_GET_SIZE(value)
    return text


cdef Status apply_hold(Record* record, Text* location, Text* lot, Text* owner, int64_t by_milli) noexcept nogil:
    cdef bint held
    cdef Py_ssize_t offset
    cdef uint8_t* tail
    cdef int64_t after
    cdef Status status = check(record)
    if status == OK:
        status = check_location(location, &held)
    if status == OK and (location.size > 255 or lot.size > 255 or owner.size > 255):
        status = TOO_LONG
    if status == OK:
        status = tail_of(record, location, lot, owner, 0, &offset, &tail)
    if status:
        return status
    if add_overflows(<int64_t>get_be(tail + RESERVED, 8), by_milli, &after):
        return OVERFLOWED
    if after < 0:
        return BELOW_ZERO
    put_be(tail + RESERVED, <uint64_t>after, 8)
    drop_if_zero(record, offset)
    return OK


def hold(
    bytes record, bytes location not None, bytes lot not None, bytes owner not None,
    int64_t by_milli,
) -> bytes:
    """Return the record with ``by_milli`` more (or less) reserved at one balance.

    Raises ValueError below zero or for an unknown location, and OverflowError beyond int64.
    """
    cdef Record scratch
    cdef Text at = text_of(location)
    cdef Text batch = text_of(lot)
    cdef Text whose = text_of(owner)
    cdef Status status
    open_record(&scratch, record)
    with nogil:
        status = apply_hold(&scratch, &at, &batch, &whose, by_milli)
    return close_record(&scratch, status)
