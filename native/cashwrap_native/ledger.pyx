"""Folds stock moves into the packed balances of one SKU. Bytes in, bytes out.

Moves come as MessagePack, as the journal holds them: arrays of (sku, quantity_milli, source,
target, cost_minor, line, lot, expires, owner), later fields skipped. balances.pxd has the form of
the record that they are folded into.
"""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport INT64_MIN, UINT32_MAX, int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcmp, memcpy

from cashwrap_native.balances cimport (
    BAD_QUANTITY, BELOW_ZERO, DAMAGED, MALFORMED, NO_MEMORY, OK, OVERFLOWED, TOO_LONG,
    UNKNOWN_LOCATION, EXPIRES, HEAD, ON_HAND, RESERVED, TAIL, VALUE, Record, Status,
    check_record, compare, drop_if_zero, entry_size, tail_of,
)
from cashwrap_native.fixed cimport HALF_UP, add_overflows, divide, narrow_overflows, wide
from cashwrap_native.messagepack cimport (
    Cursor, Text, get_be, put_be, read_array, read_int, read_text, skip,
)

cdef dict REASONS = {
    MALFORMED: "moves are not MessagePack arrays of (sku, quantity_milli, source, target, ...)",
    DAMAGED: "the record of balances is damaged: rebuild it from the journal",
    BAD_QUANTITY: "quantity_milli of a move must be above 0, and expires a date yyyymmdd or 0",
    TOO_LONG: "a location, lot or owner is longer than 255 bytes",
    UNKNOWN_LOCATION: "a location is not of a known kind",
    BELOW_ZERO: "a release is more than what is reserved",
}

cdef struct Move:
    Text sku
    Text source
    Text target
    Text lot
    Text owner
    int64_t quantity_milli
    int64_t cost_minor
    int64_t expires

cdef struct Amounts:
    int64_t on_hand_milli
    int64_t value_minor


# --- A move -------------------------------------------------------------------------------


cdef Status read_move(Cursor* cursor, Move* move) noexcept nogil:
    """Read one move; fields after the fourth are optional, in the order of the array."""
    cdef Py_ssize_t fields = 0
    cdef int64_t line = 0
    cdef int status
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
        return <Status>status
    if move.quantity_milli <= 0 or not 0 <= move.expires <= UINT32_MAX:
        return BAD_QUANTITY
    if move.source.size > 255 or move.target.size > 255:
        return TOO_LONG
    return TOO_LONG if move.lot.size > 255 or move.owner.size > 255 else OK


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
    Record* record, Text* location, bint held, Move* move, bint inward,
    Amounts* before, Amounts* after,
) noexcept nogil:
    """Add one side of a move to its balance. Outside of held places lots are not kept apart."""
    cdef Text none
    cdef Text* lot = &move.lot if held else &none
    cdef Py_ssize_t offset = 0
    cdef uint8_t* tail = NULL
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
    cdef Py_ssize_t offset = 0
    cdef uint8_t* tail = NULL
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
    cdef bint source_held = False, target_held = False
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
    cdef Status status = check_record(record)
    while status == OK and cursor.at < cursor.end:
        status = read_move(&cursor, &move)
        if status == OK:
            status = apply(record, &move)
    return status


cdef int open_record(Record* record, bytes packed) except -1:
    """Copy a record into memory of our own, with room to grow; None is an empty one."""
    record.data = NULL
    record.capacity = 0
    return load_record(record, packed)


cdef int load_record(Record* record, bytes packed) except -1:
    """Copy a record into the memory that another one was in."""
    cdef Py_ssize_t size = HEAD if packed is None else PyBytes_GET_SIZE(packed)
    cdef uint8_t* grown
    if record.capacity < size + 512:
        grown = <uint8_t*>realloc(record.data, size + 512)
        if grown == NULL:
            raise MemoryError
        record.data = grown
        record.capacity = size + 512
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
    cdef Py_ssize_t count = 0
    cdef const uint8_t* start
    cdef dict parts = {}
    cdef bytes sku, part, earlier
    PyObject_GetBuffer(moves, &view, PyBUF_SIMPLE)
    try:
        cursor.at = <const uint8_t*>view.buf
        cursor.end = cursor.at + view.len
        refuse(<Status>read_array(&cursor, &count))
        for _ in range(count):
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


def fold_into(dict records not None, moves) -> None:
    """Fold the moves of an event into the records of their SKUs, in place.

    ``records`` are by SKU and ``moves`` as `split` takes them. Raises as `split` and `fold` do;
    the moves before the one at fault are folded then.
    """
    cdef Py_buffer view
    cdef Cursor cursor
    cdef Record scratch
    cdef Py_ssize_t count = 0
    PyObject_GetBuffer(moves, &view, PyBUF_SIMPLE)
    scratch.data = NULL
    scratch.capacity = 0
    try:
        cursor.at = <const uint8_t*>view.buf
        cursor.end = cursor.at + view.len
        refuse(<Status>read_array(&cursor, &count))
        for _ in range(count):
            fold_next(records, &cursor, &scratch)
        if cursor.at != cursor.end:
            refuse(MALFORMED)
    finally:
        free(scratch.data)
        PyBuffer_Release(&view)


cdef int fold_next(dict records, Cursor* cursor, Record* scratch) except -1:
    cdef Move move
    cdef bytes sku
    cdef Status status = read_move(cursor, &move)
    refuse(status)
    sku = PyBytes_FromStringAndSize(<const char*>move.sku.at, move.sku.size)
    load_record(scratch, records.get(sku))
    status = check_record(scratch)
    if status == OK:
        status = apply(scratch, &move)
    refuse(status)
    records[sku] = PyBytes_FromStringAndSize(<char*>scratch.data, scratch.size)
    return 0


cdef struct Places:
    int stocked    # balances with goods on hand at the location
    uint8_t* held  # the last of them
    uint8_t* last  # the last known cost that counts: the first owner's


cdef Status look(Record* record, Text* location, Places* places) noexcept nogil:
    """Find what a draw from one location can be decided on."""
    cdef Py_ssize_t offset = HEAD
    cdef uint8_t* at
    cdef Status status = check_record(record)
    places.stocked = 0
    places.held = places.last = NULL
    while status == OK and offset < record.size:
        at = record.data + offset
        if compare(at + 1, location) == 0:
            if <int64_t>get_be(at + entry_size(at) - TAIL + ON_HAND, 8) > 0:
                places.stocked += 1
                places.held = at
        elif at[2] == 0 and places.last == NULL:
            places.last = at
        offset += entry_size(at)
    return status


cdef object drawn_from(uint8_t* at, int64_t quantity_milli, bint short_draw):
    """Return (cost_minor, lot, expires, owner) at an entry's cost; None when it has not enough."""
    cdef uint8_t* lot = at + 3 + at[2]
    cdef uint8_t* owner = lot + 2 + lot[1]
    cdef uint8_t* tail = owner + 2 + owner[1]
    cdef int64_t on_hand = <int64_t>get_be(tail + ON_HAND, 8)
    cdef int64_t cost = 0
    cdef wide product = <wide><int64_t>get_be(tail + VALUE, 8) * quantity_milli
    if on_hand <= 0 or (on_hand < quantity_milli and not short_draw):
        return None
    if narrow_overflows(divide(product, on_hand, HALF_UP), &cost):
        return None
    return (
        cost,
        PyUnicode_DecodeUTF8(<const char*>lot + 2, lot[1], NULL),
        <int64_t>get_be(tail + EXPIRES, 4),
        PyUnicode_DecodeUTF8(<const char*>owner + 2, owner[1], NULL),
    )


def plain_draw(
    bytes record, bytes location not None, int64_t quantity_milli
) -> tuple[int, str, int, str] | None:
    """Return (cost_minor, lot, expires, owner) of a draw that leaves nothing to choose.

    Either one balance at the location serves it all, at its average cost, half up; or the location
    has no goods in the books, and the draw goes below zero at the last known cost. None otherwise,
    and where a batch without a lot has a date: the caller then decides on all balances. A record
    of None is empty. Raises ValueError for a damaged record or a quantity not above 0.
    """
    cdef Record whole
    cdef Text place = text_of(location)
    cdef Places places
    if quantity_milli <= 0:
        refuse(BAD_QUANTITY)
    if record is None:
        return 0, "", 0, ""
    whole.data = <uint8_t*>PyBytes_AS_STRING(record)  # only read
    whole.size = whole.capacity = PyBytes_GET_SIZE(record)
    refuse(look(&whole, &place, &places))
    if places.stocked == 1:
        return drawn_from(places.held, quantity_milli, False)
    if places.stocked > 1 or has_dated_batch(&whole, &place):
        return None
    if places.last == NULL:
        return 0, "", 0, ""
    return drawn_from(places.last, quantity_milli, True)


cdef bint has_dated_batch(Record* record, Text* location) noexcept nogil:
    """Tell whether a balance without a lot at a location has an expiry date all the same."""
    cdef Py_ssize_t offset = HEAD
    cdef uint8_t* at
    cdef uint8_t* lot
    while offset < record.size:
        at = record.data + offset
        lot = at + 3 + at[2]
        if compare(at + 1, location) == 0 and lot[1] == 0:
            if get_be(at + entry_size(at) - TAIL + EXPIRES, 4):
                return True
        offset += entry_size(at)
    return False


cdef Text text_of(bytes value):
    cdef Text text
    text.at = <const uint8_t*>PyBytes_AS_STRING(value)
    text.size = PyBytes_GET_SIZE(value)
    return text


cdef Status apply_hold(
    Record* record, Text* location, Text* lot, Text* owner, int64_t by_milli
) noexcept nogil:
    cdef bint held = False
    cdef Py_ssize_t offset = 0
    cdef uint8_t* tail = NULL
    cdef int64_t after = 0
    cdef Status status = check_record(record)
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
