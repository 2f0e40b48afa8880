"""Finding a needle in packed rows of names and codes: bytes in, positions out.

A chunk is rows, each ended by ``\\n``. Every field of a row begins with ``\\0``: name, initials, the
start of the pinyin, then codes, each of which ends with ``\\2``. After ``\\1`` comes the SKU as
written, which is never searched.
"""

from libc.stdint cimport int64_t
from libc.string cimport memchr, memcmp

cdef extern from *:
    """
    #if defined(__GNUC__) && !defined(__clang__)
    #define CW_VECTORIZED __attribute__((optimize("O3")))
    #else
    #define CW_VECTORIZED
    #endif
    /* Whether x stands at a[i] while y stands at b[i] for some i < 128; compilers make this SIMD. */
    static CW_VECTORIZED int cw_pair_in_block(const unsigned char *a, unsigned char x,
                                              const unsigned char *b, unsigned char y) {
        unsigned char any = 0;
        for (int i = 0; i < 128; i++) any |= (unsigned char)((a[i] == x) & (b[i] == y));
        return any;
    }
    /* The same for three bytes: pairs that come together in every row (ml) then rarely pass. */
    static CW_VECTORIZED int cw_three_in_block(const unsigned char *a, unsigned char x,
                                               const unsigned char *b, unsigned char y,
                                               const unsigned char *c, unsigned char z) {
        unsigned char any = 0;
        for (int i = 0; i < 128; i++)
            any |= (unsigned char)((a[i] == x) & (b[i] == y) & (c[i] == z));
        return any;
    }
    """
    bint cw_three_in_block(
        const unsigned char *a, unsigned char x, const unsigned char *b, unsigned char y,
        const unsigned char *c, unsigned char z,
    ) noexcept nogil
    bint cw_pair_in_block(
        const unsigned char *a, unsigned char x, const unsigned char *b, unsigned char y
    ) noexcept nogil

cdef enum:
    BLOCK = 128
    WORDS_MAX = 8
    EXACT = 0
    INITIALS = 1
    NAME = 2
    CODE = 3
    INSIDE = 4
    NOTHING = 5
    OFFSET_BITS = 40

ctypedef const unsigned char* text


cdef int commonness(unsigned char byte) noexcept nogil:
    if 0xE4 <= byte <= 0xE9:  # the lead bytes of nearly all Han characters
        return 3
    if byte in (97, 101, 103, 104, 105, 110, 111, 117) or 48 <= byte <= 57:  # aeghinou, digits
        return 2
    return 1


cdef Py_ssize_t rarest(
    text needle, Py_ssize_t size, Py_ssize_t first, Py_ssize_t second
) noexcept nogil:
    """Return the position of the byte that is likely the rarest, other than two positions."""
    cdef Py_ssize_t i, best = -1
    for i in range(size - 1, -1, -1):
        if i != first and i != second:
            if best < 0 or commonness(needle[i]) < commonness(needle[best]):
                best = i
    return best if best >= 0 else first


cdef Py_ssize_t find(
    text hay, Py_ssize_t start, Py_ssize_t end, text needle, Py_ssize_t size
) noexcept nogil:
    """Return the first position >= start of the needle that ends by ``end``, or -1."""
    cdef text found
    cdef Py_ssize_t at = start
    while at + size <= end:
        found = <text>memchr(hay + at, needle[0], end - at - size + 1)
        if found == NULL:
            return -1
        at = found - hay
        if memcmp(found, needle, size) == 0:
            return at
        at += 1
    return -1


cdef Py_ssize_t find_far(
    text hay, Py_ssize_t start, Py_ssize_t end, text needle, Py_ssize_t size,
    Py_ssize_t a, Py_ssize_t b, Py_ssize_t c,
) noexcept nogil:
    """Like `find`, for long stretches: blocks without the needle's three rarest bytes go by."""
    cdef Py_ssize_t at = start, i
    while at + BLOCK + size <= end:
        if cw_three_in_block(
            hay + at + a, needle[a], hay + at + b, needle[b], hay + at + c, needle[c]
        ):
            for i in range(at, at + BLOCK):
                if hay[i + a] == needle[a] and hay[i + b] == needle[b]:
                    if memcmp(hay + i, needle, size) == 0:
                        return i
        at += BLOCK
    return find(hay, at, end, needle, size)


cdef Py_ssize_t find_edge(
    text hay, Py_ssize_t start, Py_ssize_t end, text needle, Py_ssize_t size, Py_ssize_t a
) noexcept nogil:
    """Like `find_far`, for hits at the start of a field or the end of a code; start is >= 1."""
    cdef Py_ssize_t at = start, i, stop
    while at + size < end:
        stop = min(at + BLOCK, end - size)
        if stop - at < BLOCK or (
            cw_pair_in_block(hay + at - 1, 0, hay + at + a, needle[a])
            or cw_pair_in_block(hay + at + size - 1, needle[size - 1], hay + at + size, 2)
        ):
            for i in range(at, stop):
                if hay[i + a] == needle[a] and (hay[i - 1] == 0 or hay[i + size] == 2):
                    if memcmp(hay + i, needle, size) == 0:
                        return i
        at = stop
    return -1


cdef int place(text hay, Py_ssize_t at, Py_ssize_t end, int field) noexcept nogil:
    """Return the class of a hit that spans [at, end) in a field (1: name, 4 and on: codes)."""
    cdef bint starts = hay[at - 1] == 0
    if field >= 4:
        if hay[end] == 2:
            return EXACT if starts else CODE
        return CODE if starts else NOTHING
    if field == 2:
        return INITIALS if starts else INSIDE
    if starts:
        return NAME
    return INSIDE if field == 1 else NOTHING  # inside the pinyin a hit is mostly chance


cdef int best_place(
    text hay, Py_ssize_t row, Py_ssize_t end, text needle, Py_ssize_t size
) noexcept nogil:
    """Return the best class of any hit in the searched part of one row."""
    cdef int best = NOTHING, here, field = 0
    cdef Py_ssize_t seen = row, at = find(hay, row, end, needle, size)
    while at >= 0 and best > EXACT:
        while seen < at:
            field += hay[seen] == 0
            seen += 1
        here = place(hay, at, at + size, field)
        if here < best:
            best = here
        at = find(hay, at + 1, end, needle, size)
    return best


def scan(
    const unsigned char[::1] chunk not None,
    list words not None,
    int64_t[::1] room not None,
    int64_t enough,
    int after_class,
    int64_t after_offset,
) -> list[int]:
    """Return ``class << 40 | row offset`` of the rows that hold all words, in row order.

    The first word gives the class: 0 a whole code, 1 the start of the initials, 2 the start of the
    name or pinyin, 3 the start or tail of a code, 4 inside the name or initials. ``room`` (5) is
    how many of each class are still wanted, and is lowered. Rows of ``after_class`` count from
    ``after_offset`` on. The scan ends once ``enough`` of the best classes (<= max(1,
    after_class)) are taken.
    """
    cdef Py_ssize_t size = chunk.shape[0], word_count = len(words), i
    cdef text others[WORDS_MAX]
    cdef Py_ssize_t sizes[WORDS_MAX]
    cdef list found = []
    if not 1 <= word_count <= WORDS_MAX or room.shape[0] != 5:
        raise ValueError(f"expected 1 to {WORDS_MAX} words and 5 rooms")
    for i in range(word_count):
        word = <bytes?>words[i]
        others[i] = word
        sizes[i] = len(word)
        if sizes[i] == 0:
            raise ValueError("a word to search for is empty")
    if size == 0:
        return found
    if chunk[0] != 0 or chunk[size - 1] != 10:
        raise ValueError("a chunk begins with a field and ends with a newline")
    cdef text hay = &chunk[0]
    cdef text marker
    cdef Py_ssize_t a = rarest(others[0], sizes[0], -1, -1)
    cdef Py_ssize_t b = rarest(others[0], sizes[0], a, a)
    cdef Py_ssize_t c = rarest(others[0], sizes[0], a, b)
    cdef Py_ssize_t row = 0, row_end, searched, hit
    cdef int place_class, best = max(1, after_class)
    cdef int64_t taken = 0
    while row < size and taken < enough:
        if room[INSIDE] > 0:
            hit = find_far(hay, row, size, others[0], sizes[0], a, b, c)
        else:
            hit = find_edge(hay, row + 1, size, others[0], sizes[0], a)
        if hit < 0:
            break
        while hit > row and hay[hit - 1] != 10:
            hit -= 1
        row = hit
        row_end = <text>memchr(hay + row, 10, size - row) - hay
        marker = <text>memchr(hay + row, 1, row_end - row)
        searched = marker - hay if marker != NULL else row_end
        place_class = best_place(hay, row, searched, others[0], sizes[0])
        for i in range(1, word_count):
            if place_class < NOTHING and find(hay, row, searched, others[i], sizes[i]) < 0:
                place_class = NOTHING
        if place_class < NOTHING and room[place_class] > 0:
            if place_class != after_class or row >= after_offset:
                room[place_class] -= 1
                taken += place_class <= best
                found.append(<int64_t>place_class << OFFSET_BITS | row)
        row = row_end + 1
    return found
