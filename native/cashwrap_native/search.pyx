"""Finding a needle in packed rows of names and codes: bytes in, positions out.

A chunk is rows, each ended by ``\\n``. Every field of a row begins with ``\\0``: name, initials, the
start of the pinyin, then codes, each of which ends with ``\\2``. After ``\\1`` comes the SKU as
written, which is never searched.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memchr, memcmp, memset

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
    #if defined(__GNUC__) || defined(__clang__)
    #define cw_zeros_below(x) __builtin_ctzll(x)
    #else
    static int cw_zeros_below(unsigned long long x) {
        int n = 0;
        while (!(x >> n & 1)) n++;
        return n;
    }
    #endif
    """
    int cw_zeros_below(unsigned long long x) noexcept nogil  # x is not 0
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

cdef enum:
    BLOCKS = 64  # of a chunk; one bit each
    BUCKETS = 4096
    WITHOUT = 1280  # after 5 kinds of 256 single bytes: whether some row has no code from it on
    SINGLES = 1536
    EDGE_MAX = 6
    RUN_MAX = 6
    STARTS_MAX = 12
    INITIALS_START = 0  # kinds of run; the length is added
    NAME_START = 16
    CODE_START = 32
    CODE_TAIL = 48
    IN_TEXT = 64
    WHOLE_CODE = 80

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


cdef inline uint32_t bucket(int salt, text bytes_, Py_ssize_t size) noexcept nogil:
    """Return the bucket of a short run of bytes; ``salt`` (kind + length) keeps kinds apart.

    A single byte of each kind has a bucket of its own: what many rows hold would fill others'.
    """
    cdef uint64_t value = 0xCBF29CE484222325ULL + <uint64_t>salt * 0x9E3779B97F4A7C15ULL
    cdef Py_ssize_t i
    if size == 1 and salt < WHOLE_CODE:
        return (salt >> 4) * 256 + bytes_[0]
    for i in range(size):
        value = (value ^ bytes_[i]) * 0x100000001B3ULL
    value ^= value >> 29
    return SINGLES + <uint32_t>(((value * 0x9E3779B97F4A7C15ULL) >> 32) * (BUCKETS - SINGLES) >> 32)


cdef inline bint splits(text field, Py_ssize_t at, Py_ssize_t size) noexcept nogil:
    """Whether a UTF-8 character would be cut here: no needle begins or ends there."""
    return at < size and field[at] & 0xC0 == 0x80


cdef inline bint is_run(text field, Py_ssize_t length) noexcept nogil:
    """Whether runs of this length are noted: 1 to 4 bytes from ASCII on, else 3 and 6."""
    return length <= 4 if field[0] < 0x80 else length == 3 or length == 6


cdef void note_edge(
    uint64_t* table, uint64_t bit, int kind, text field, Py_ssize_t size, Py_ssize_t step
) noexcept nogil:
    """Note the starts of a field (step 0), or its tails (step 1), of 1 to EDGE_MAX bytes."""
    cdef Py_ssize_t length
    for length in range(1, min(size, EDGE_MAX) + 1):
        if not splits(field, size - length if step else length, size):
            table[bucket(kind + length, field + step * (size - length), length)] |= bit


cdef void note_inside(uint64_t* table, uint64_t bit, text field, Py_ssize_t size) noexcept nogil:
    """Note the short runs of bytes of a field, each from the start of a character."""
    cdef Py_ssize_t at, length
    for at in range(size):
        if not splits(field, at, size):
            for length in range(1, min(size - at, RUN_MAX) + 1):
                if is_run(field + at, length):
                    table[bucket(IN_TEXT + length, field + at, length)] |= bit


cdef void note_row(
    uint64_t* table, uint64_t bit, text hay, Py_ssize_t row, Py_ssize_t end
) noexcept nogil:
    """Note all by which a needle can be found in one row whose searched part ends at ``end``."""
    cdef Py_ssize_t start = row + 1, stop, size
    cdef int field = 0, byte
    cdef unsigned char begins[256]
    memset(begins, 0, 256)
    while start <= end:
        field += 1
        stop = start
        while stop < end and hay[stop] != 0:
            stop += 1
        size = stop - start
        if field >= 4:
            size -= size > 0 and hay[stop - 1] == 2
            begins[hay[start]] = 1
            note_edge(table, bit, CODE_START, hay + start, size, 0)
            note_edge(table, bit, CODE_TAIL, hay + start, size, 1)
            table[bucket(WHOLE_CODE, hay + start, size)] |= bit
            table[bucket(WHOLE_CODE + 1, hay + start, size)] |= bit
        else:
            note_edge(table, bit, INITIALS_START if field == 2 else NAME_START, hay + start, size, 0)
            if field <= 2:
                note_inside(table, bit, hay + start, size)
        start = stop + 1
    for byte in range(256):
        table[WITHOUT + byte] |= bit & (<uint64_t>begins[byte] - 1)


cdef uint64_t by_edge(
    const uint64_t* table, int kind, text needle, Py_ssize_t size, Py_ssize_t step
) noexcept nogil:
    cdef uint64_t blocks = ~(<uint64_t>0)
    cdef Py_ssize_t length
    for length in range(1, min(size, EDGE_MAX) + 1):
        if not splits(needle, size - length if step else length, size):
            blocks &= table[bucket(kind + length, needle + step * (size - length), length)]
    return blocks


cdef uint64_t by_text(const uint64_t* table, text needle, Py_ssize_t size) noexcept nogil:
    cdef uint64_t blocks = ~(<uint64_t>0)
    cdef Py_ssize_t at, length
    for at in range(min(size, STARTS_MAX)):
        if not splits(needle, at, size):
            for length in range(1, min(size - at, RUN_MAX) + 1):
                if is_run(needle + at, length):
                    blocks &= table[bucket(IN_TEXT + length, needle + at, length)]
    return blocks


cdef uint64_t blocks_of(
    const uint64_t* table, text needle, Py_ssize_t size, const int64_t* room
) noexcept nogil:
    """Return the blocks, one a bit, that may hold a row of a class that still has room."""
    cdef uint64_t blocks = 0, inside
    if room[EXACT] > 0:
        blocks |= (
            table[bucket(WHOLE_CODE, needle, size)] & table[bucket(WHOLE_CODE + 1, needle, size)]
            & by_edge(table, CODE_START, needle, size, 0)
            & by_edge(table, CODE_TAIL, needle, size, 1)
        )
    if room[INITIALS] > 0:
        blocks |= by_edge(table, INITIALS_START, needle, size, 0)
    if room[NAME] > 0:
        blocks |= by_edge(table, NAME_START, needle, size, 0)
    if room[CODE] > 0:
        blocks |= by_edge(table, CODE_START, needle, size, 0)
        blocks |= by_edge(table, CODE_TAIL, needle, size, 1)
    if room[INSIDE] > 0:
        inside = by_text(table, needle, size)
        if size == 1 and room[CODE] <= 0:  # every SKU may begin with it: then none is INSIDE
            inside &= table[WITHOUT + needle[0]]
        blocks |= inside
    return blocks


cdef Py_ssize_t first_row(text hay, Py_ssize_t size, Py_ssize_t block) noexcept nogil:
    """Return where the first row of a block, or of one after it, starts; ``size``: nowhere."""
    cdef Py_ssize_t at = (block * size + BLOCKS - 1) // BLOCKS
    cdef text newline
    if block == 0:
        return 0
    if block >= BLOCKS or at >= size:
        return size
    newline = <text>memchr(hay + at - 1, 10, size - at + 1)
    return newline - hay + 1 if newline != NULL else size


def index(const unsigned char[::1] chunk not None) -> bytes:
    """Return a table of what can be found in which of a chunk's 64 blocks of rows.

    A row is of the block in which it starts. A bit that is not set is a promise, one that is set
    is none: different runs of bytes share a bucket.
    """
    cdef bytes made = bytes(8 * BUCKETS)
    cdef uint64_t* table = <uint64_t*><char*>made
    cdef Py_ssize_t size = chunk.shape[0], row = 0, row_end
    cdef text hay, found
    if size == 0 or chunk[size - 1] != 10:
        raise ValueError("a chunk begins with a field and ends with a newline")
    hay = &chunk[0]
    with nogil:
        while row < size:
            row_end = <text>memchr(hay + row, 10, size - row) - hay
            found = <text>memchr(hay + row, 1, row_end - row)
            note_row(
                table, <uint64_t>1 << (row * BLOCKS // size), hay, row,
                found - hay if found != NULL else row_end,
            )
            row = row_end + 1
    return made


def next_chunk(
    list tables not None, const unsigned char[::1] word not None, int64_t[::1] room not None,
    Py_ssize_t start,
) -> int:
    """Return the first chunk from ``start`` on that may hold the word, or how many there are."""
    cdef Py_ssize_t number
    cdef bytes table
    if word.shape[0] == 0 or room.shape[0] != 5 or start < 0:
        raise ValueError("expected a word and 5 rooms")
    for number in range(start, len(tables)):
        table = _checked(tables[number])
        if blocks_of(<const uint64_t*><char*>table, &word[0], word.shape[0], &room[0]):
            return number
    return len(tables)


cdef bytes _checked(table):
    if not isinstance(table, bytes) or len(table) != 8 * BUCKETS:
        raise ValueError("expected a table that `index` made")
    return <bytes>table


def scan(
    const unsigned char[::1] chunk not None,
    list words not None,
    int64_t[::1] room not None,
    int64_t enough,
    int after_class,
    int64_t after_offset,
    table=None,
) -> list[int]:
    """Return ``class << 40 | row offset`` of the rows that hold all words, in row order.

    The first word gives the class: 0 a whole code, 1 the start of the initials, 2 the start of the
    name or pinyin, 3 the start or tail of a code, 4 inside the name or initials. ``room`` (5) is
    how many of each class are still wanted, and is lowered. Rows of ``after_class`` count from
    ``after_offset`` on. The scan ends once ``enough`` of the best classes (<= max(1,
    after_class)) are taken. ``table``, what `index` made of the chunk, tells which blocks of rows
    to pass over; without it all are read.
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
    cdef const uint64_t* blocks = NULL
    cdef Py_ssize_t stop = size
    cdef uint64_t to_read
    cdef bytes kept
    if table is not None:
        kept = _checked(table)
        blocks = <const uint64_t*><char*>kept
        stop = 0
    while row < size and taken < enough:
        if blocks != NULL and row >= stop:
            to_read = blocks_of(blocks, others[0], sizes[0], &room[0]) >> (row * BLOCKS // size)
            if to_read == 0:
                break
            if not to_read & 1:
                row = first_row(hay, size, row * BLOCKS // size + cw_zeros_below(to_read))
                continue
            stop = size
            if ~to_read:
                stop = first_row(hay, size, row * BLOCKS // size + cw_zeros_below(~to_read))
        if room[INSIDE] > 0:
            hit = find_far(hay, row, stop, others[0], sizes[0], a, b, c)
        else:
            hit = find_edge(hay, row + 1, stop, others[0], sizes[0], a)
        if hit < 0:
            row = stop
            continue
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
