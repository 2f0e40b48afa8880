"""Reading MessagePack from bytes that nobody vouches for. Header-only, so every caller inlines it.

Each reader moves the cursor past one value, or returns why not; nothing is read beyond the end.
Integers in records of fixed form are read and written by `get_be` and `put_be`.
"""

from libc.stdint cimport INT64_MAX, int64_t, uint8_t, uint64_t

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

cdef enum ReadStatus:
    READ
    NO_MESSAGEPACK
    BEYOND_INT64

cdef struct Text:
    const uint8_t* at
    Py_ssize_t size

cdef struct Cursor:
    const uint8_t* at
    const uint8_t* end


cdef inline ReadStatus take(Cursor* cursor, Py_ssize_t size, const uint8_t** at) noexcept nogil:
    if cursor.end - cursor.at < size:
        return NO_MESSAGEPACK
    at[0] = cursor.at
    cursor.at += size
    return READ


cdef inline ReadStatus read_text(Cursor* cursor, Text* text) noexcept nogil:
    cdef const uint8_t* at = NULL
    cdef int width
    if take(cursor, 1, &at):
        return NO_MESSAGEPACK
    if 0xA0 <= at[0] <= 0xBF:
        text.size = at[0] & 0x1F
    elif 0xD9 <= at[0] <= 0xDB:
        width = 1 << (at[0] - 0xD9)
        if take(cursor, width, &at):
            return NO_MESSAGEPACK
        text.size = <Py_ssize_t>get_be(at, width)
    else:
        return NO_MESSAGEPACK
    return take(cursor, text.size, &text.at)


cdef inline ReadStatus read_int(Cursor* cursor, int64_t* value) noexcept nogil:
    cdef const uint8_t* at = NULL
    cdef uint8_t tag
    cdef int width
    cdef uint64_t raw
    if take(cursor, 1, &at):
        return NO_MESSAGEPACK
    tag = at[0]
    if tag <= 0x7F:
        value[0] = tag
        return READ
    if tag >= 0xE0:
        value[0] = <int64_t>tag - 256
        return READ
    if not 0xCC <= tag <= 0xD3:
        return NO_MESSAGEPACK
    width = 1 << ((tag - 0xCC) & 3)
    if take(cursor, width, &at):
        return NO_MESSAGEPACK
    raw = get_be(at, width)
    if tag <= 0xCF:
        value[0] = <int64_t>raw
        return BEYOND_INT64 if raw > <uint64_t>INT64_MAX else READ
    value[0] = sign_extend(raw, width)
    return READ


cdef inline ReadStatus read_array(Cursor* cursor, Py_ssize_t* count) noexcept nogil:
    cdef const uint8_t* at = NULL
    cdef int width
    if take(cursor, 1, &at):
        return NO_MESSAGEPACK
    if 0x90 <= at[0] <= 0x9F:
        count[0] = at[0] & 0x0F
        return READ
    if not 0xDC <= at[0] <= 0xDD:
        return NO_MESSAGEPACK
    width = 2 << (at[0] - 0xDC)
    if take(cursor, width, &at):
        return NO_MESSAGEPACK
    count[0] = <Py_ssize_t>get_be(at, width)
    return READ


cdef inline ReadStatus skip(Cursor* cursor, Py_ssize_t values) noexcept nogil:
    """Pass over values of any type: what a newer writer appended to a move."""
    cdef const uint8_t* at = NULL
    cdef uint8_t tag
    cdef Py_ssize_t size
    cdef int width
    while values > 0:
        values -= 1
        if take(cursor, 1, &at):
            return NO_MESSAGEPACK
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
            return NO_MESSAGEPACK  # extension types: nothing of ours writes them
        if width:
            if take(cursor, width, &at):
                return NO_MESSAGEPACK
            if tag >= 0xDC:
                values += <Py_ssize_t>get_be(at, width) * (2 if tag >= 0xDE else 1)
            else:
                size = <Py_ssize_t>get_be(at, width)
        if take(cursor, size, &at):
            return NO_MESSAGEPACK
    return READ
