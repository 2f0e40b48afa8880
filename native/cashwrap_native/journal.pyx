"""Walks journal records and compares their names and links. Bytes in, bytes out.

A record is the hash of the one before it (32 bytes) and a MessagePack array: kind, version, store,
till, epoch, seq, ... (docs/store-format.md). What is usual is checked here without decoding it; a
record that is not goes back to the caller, who finds the words for it. The hash function is the
caller's.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_GET_SIZE
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcmp

cdef enum:
    KIND_AT = 33  # after the hash and the array's mark
    SEQ_SIZE = 8
    SEQ_PACKED_MAX = 9


cdef Py_ssize_t packed(uint8_t* out, uint64_t value) noexcept nogil:
    """Write an integer as MessagePack does, in as few bytes as it fits; return how many."""
    cdef int size
    if value < 0x80:
        out[0] = <uint8_t> value
        return 1
    if value >> 8 == 0:
        out[0], size = 0xCC, 1
    elif value >> 16 == 0:
        out[0], size = 0xCD, 2
    elif value >> 32 == 0:
        out[0], size = 0xCE, 4
    else:
        out[0], size = 0xCF, 8
    big_endian(out + 1, value, size)
    return 1 + size


cdef void big_endian(uint8_t* out, uint64_t value, int size) noexcept nogil:
    cdef int at
    for at in range(size - 1, -1, -1):
        out[at] = <uint8_t> (value & 0xFF)
        value >>= 8


cdef bint same(bytes data, Py_ssize_t at, bytes expected) noexcept:
    """Whether ``expected`` stands at a place that lies within ``data``."""
    cdef Py_ssize_t size = PyBytes_GET_SIZE(expected)
    return (
        at + size <= PyBytes_GET_SIZE(data)
        and memcmp(PyBytes_AS_STRING(data) + at, PyBytes_AS_STRING(expected), size) == 0
    )


cdef bint same_number(bytes data, Py_ssize_t at, const uint8_t* digits, Py_ssize_t size) noexcept:
    return (
        at + size <= PyBytes_GET_SIZE(data)
        and memcmp(PyBytes_AS_STRING(data) + at, digits, size) == 0
    )


cdef bint begins_with_any(bytes raw, tuple marks) noexcept:
    for mark in marks:
        if same(raw, KIND_AT, <bytes> mark):
            return True
    return False


cdef bint is_usual(
    bytes key, bytes raw, bytes previous, bytes key_stem, bytes name, uint64_t seq, tuple marks
) noexcept:
    """Whether a record links to ``previous`` and is named ``seq``, in the form we write."""
    cdef uint8_t digits[SEQ_PACKED_MAX]
    cdef Py_ssize_t stem = PyBytes_GET_SIZE(key_stem), at
    if PyBytes_GET_SIZE(raw) <= KIND_AT or not same(raw, 0, previous):
        return False
    if PyBytes_GET_SIZE(key) != stem + SEQ_SIZE or not same(key, 0, key_stem):
        return False
    big_endian(digits, seq, SEQ_SIZE)
    if not same_number(key, stem, digits, SEQ_SIZE):
        return False
    # A short text: its mark holds its length. Then a version of one byte, and the name.
    at = KIND_AT + 1 + (<uint8_t> PyBytes_AS_STRING(raw)[KIND_AT] & 31) + 1
    if not same(raw, at, name):
        return False
    if not same_number(raw, at + PyBytes_GET_SIZE(name), digits, packed(digits, seq)):
        return False
    return not begins_with_any(raw, marks)


def follow(
    rows not None,
    bytes previous not None,
    bytes key_stem not None,
    bytes name not None,
    uint64_t first_seq,
    Py_ssize_t limit,
    hashed not None,
    tuple marks not None,
):
    """Take up to ``limit`` (key, record) rows that follow each other from ``previous``.

    ``name`` is what stands between version and seq, ``key_stem`` what stands before the seq in a
    key. Stops after a row that is out of the ordinary, or whose kind is one of ``marks`` (packed
    texts). Returns the hashes of the rows taken, their bytes in all, and that odd row or None.
    """
    cdef list hashes = []
    cdef bytes key, raw
    cdef Py_ssize_t size = 0, count = 0
    for mark in marks:
        if not PyBytes_CheckExact(mark):
            raise TypeError("marks are bytes")
    if limit <= 0:
        return hashes, 0, None
    for row in rows:
        key, raw = row
        if key is None or raw is None:
            raise TypeError("a row is two bytes objects")
        if not is_usual(key, raw, previous, key_stem, name, first_seq + <uint64_t> count, marks):
            return hashes, size, row
        previous = hashed(raw).digest()
        if previous is None:
            raise TypeError("a digest is bytes")
        hashes.append(previous)
        size += PyBytes_GET_SIZE(raw)
        count += 1
        if count == limit:
            break
    return hashes, size, None


def sealed(rows not None, uint64_t first_seq, list hashes not None):
    """Compare (seq as 8 bytes, hash + signature) rows with the hashes of ``first_seq`` and on.

    Returns how many rows were compared and fit, and the row at which it stopped: one over another
    hash, or beyond the hashes; None at the end.
    """
    cdef bytes key, seal, head
    cdef uint64_t seq
    cdef Py_ssize_t count = 0, at
    for row in rows:
        key, seal = row
        if key is None or seal is None:
            raise TypeError("a row is two bytes objects")
        seq = 0
        if PyBytes_GET_SIZE(key) != SEQ_SIZE:
            return count, row
        for at in range(SEQ_SIZE):
            seq = seq << 8 | <uint8_t> PyBytes_AS_STRING(key)[at]
        if seq < first_seq or seq - first_seq >= <uint64_t> len(hashes):
            return count, row
        head = hashes[seq - first_seq]
        if head is None or not same(seal, 0, head):
            return count, row
        count += 1
    return count, None
