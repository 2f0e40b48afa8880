"""The leading values of many records, kind by kind, each kind for one call of a decoder.

A rebuild reads a few leading fields of long records. Decoding the rest only to throw it away, or
decoding record by record, would be most of its work.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport UINT16_MAX, int64_t, uint8_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

from cashwrap_native.messagepack cimport (
    Cursor, Text, put_be, read_array, read_int, read_text, skip,
)

cdef enum:
    MARK = 5  # bytes of an array's mark and its count in 32 bits
    INNER_MARK = 3


cdef class _Column:
    """A MessagePack array that grows by arrays, each cut to ``values``.

    ``unread`` has a byte for each value, 1 for those that nil stands for; or it is empty.
    """

    cdef uint8_t* data
    cdef Py_ssize_t size, room, count, values
    cdef bytes unread

    def __cinit__(self, Py_ssize_t values, bytes unread not None=b""):
        if not 0 <= values <= UINT16_MAX:
            raise ValueError(f"{values} values of an array: 0 to {UINT16_MAX} are expected")
        if unread and len(unread) != values:
            raise ValueError(f"{len(unread)} marks for {values} values of an array")
        self.values = values
        self.unread = unread
        self.size = MARK

    def __dealloc__(self):
        free(self.data)

    cdef int add(self, Cursor* cursor) except -1:
        """Add the leading values of the array at the cursor, and stop behind them."""
        cdef Py_ssize_t count = 0
        cdef const uint8_t* first
        if read_array(cursor, &count):
            raise ValueError("not a MessagePack array")
        if count > self.values:
            count = self.values
        first = cursor.at
        if self.unread:
            return self._add_read(cursor, count)
        if skip(cursor, count):
            raise ValueError("the MessagePack array ends too early")
        self._make_room(INNER_MARK + (cursor.at - first))
        self.data[self.size] = 0xDC
        put_be(self.data + self.size + 1, count, 2)
        memcpy(self.data + self.size + INNER_MARK, first, cursor.at - first)
        self.size += INNER_MARK + (cursor.at - first)
        self.count += 1
        return 0

    cdef int _add_read(self, Cursor* cursor, Py_ssize_t count) except -1:
        """Add values one by one, nil for those that nobody reads."""
        cdef const uint8_t* first
        cdef const char* unread = PyBytes_AS_STRING(self.unread)  # a mark for each of `values`
        cdef Py_ssize_t at
        self._make_room(INNER_MARK)
        self.data[self.size] = 0xDC
        put_be(self.data + self.size + 1, count, 2)
        self.size += INNER_MARK
        for at in range(count):
            first = cursor.at
            if skip(cursor, 1):
                raise ValueError("the MessagePack array ends too early")
            if unread[at]:
                self._make_room(1)
                self.data[self.size] = 0xC0
                self.size += 1
            else:
                self._make_room(cursor.at - first)
                memcpy(self.data + self.size, first, cursor.at - first)
                self.size += cursor.at - first
        self.count += 1
        return 0

    cdef int _make_room(self, Py_ssize_t more) except -1:
        cdef uint8_t* grown
        if self.room - self.size >= more:
            return 0
        grown = <uint8_t*> realloc(self.data, 2 * (self.size + more))
        if grown == NULL:
            raise MemoryError
        self.data = grown
        self.room = 2 * (self.size + more)
        return 0

    cdef bytes take(self):
        """Return the array, and begin another."""
        cdef bytes packed
        self._make_room(0 if self.data != NULL else MARK)
        self.data[0] = 0xDD
        put_be(self.data + 1, self.count, 4)
        packed = PyBytes_FromStringAndSize(<char*> self.data, self.size)
        self.size, self.count = MARK, 0
        return packed


cdef class Leading:
    """What is wanted of records of one kind: the head of their envelope, and heads of their body.

    ``version`` is the one that is wanted, or -1 for any; ``bodies`` has how many leading values of
    the body are wanted, once for each struct that it is decoded as; ``unread`` has the marks of
    those among them that nobody reads, b"" where all are read.
    """

    cdef int64_t version
    cdef _Column heads
    cdef list places, bodies

    def __init__(self, int64_t version, bodies, unread=()):
        self.version = version
        self.places = []
        self.heads = _Column(0)
        bodies, marks = list(bodies), list(unread)
        marks = marks or [b""] * len(bodies)
        self.bodies = [_Column(*both) for both in zip(bodies, marks, strict=True)]

    cdef int add(self, object place, Cursor head, Py_ssize_t values) except -1:
        cdef _Column body
        cdef Cursor cursor
        self.heads.values = values
        self.heads.add(&head)
        for body in self.bodies:
            cursor = head
            body.add(&cursor)
        self.places.append(place)
        return 0

    def take(self) -> tuple[list[int], bytes, list[bytes]]:
        """Return the places of the records, their envelopes and their bodies; begin anew."""
        places, self.places = self.places, []
        return places, self.heads.take(), [(<_Column> body).take() for body in self.bodies]


def gather(
    list rows not None, Py_ssize_t start, Py_ssize_t values, dict wanted not None
) -> list[int]:
    """Add records to what is ``wanted`` of their kind; others are passed over.

    ``rows`` are (key, record); from byte ``start`` a record is an array that begins with its kind
    and version and has its body after ``values`` values. Returns the places, in ``rows``, of
    records of a wanted kind but another version. Raises ValueError for what is not MessagePack.
    """
    cdef bytes raw
    cdef Cursor cursor, head
    cdef Text kind
    cdef Py_ssize_t fields = 0
    cdef int64_t version = 0
    cdef Leading leading
    cdef list others = []
    if not 2 <= values <= UINT16_MAX or start < 0:
        raise ValueError(f"{values} values from byte {start}: out of range")
    for place, (_, raw) in enumerate(rows):
        if raw is None or start > PyBytes_GET_SIZE(raw):
            raise ValueError(f"record {place} of the rows is shorter than {start} bytes")
        cursor.at = <const uint8_t*> PyBytes_AS_STRING(raw) + start
        cursor.end = <const uint8_t*> PyBytes_AS_STRING(raw) + PyBytes_GET_SIZE(raw)
        head = cursor
        if read_array(&cursor, &fields) or fields <= values or read_text(&cursor, &kind):
            raise ValueError(f"record {place} of the rows is no envelope")
        leading = wanted.get(PyBytes_FromStringAndSize(<const char*> kind.at, kind.size))
        if leading is None:
            continue
        if read_int(&cursor, &version):
            raise ValueError(f"record {place} of the rows has no version")
        if leading.version in (-1, version):
            leading.add(place, head, values)
        else:
            others.append(place)
    return others
