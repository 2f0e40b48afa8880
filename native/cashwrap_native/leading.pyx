"""The leading values of a MessagePack array, the rest left unread. Bytes in, bytes out.

A rebuild reads a few leading fields of long records; decoding the rest only to throw it away would
be most of its work.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport uint8_t
from libc.string cimport memcpy

from cashwrap_native.messagepack cimport Cursor, read_array, skip

cdef enum:
    SHORT_MAX = 15  # values whose count fits into the array's mark


def leading(bytes packed not None, Py_ssize_t start, Py_ssize_t values) -> tuple[bytes, int]:
    """Return an array of the first ``values`` (at most 15) of the array at ``start``.

    The second of the result is where they end. An array that has fewer is returned whole. Raises ValueError for what is not MessagePack.
    """
    cdef Py_ssize_t size = PyBytes_GET_SIZE(packed)
    cdef const uint8_t* data = <const uint8_t*> PyBytes_AS_STRING(packed)
    cdef const uint8_t* first
    cdef Cursor cursor
    cdef Py_ssize_t count = 0
    cdef bytes made
    cdef uint8_t* out
    if not 0 <= start <= size or not 0 <= values <= SHORT_MAX:
        raise ValueError(f"{values} values from byte {start} of {size}: out of range")
    cursor.at = data + start
    cursor.end = data + size
    if read_array(&cursor, &count):
        raise ValueError("not a MessagePack array")
    if count > values:
        count = values
    first = cursor.at
    if skip(&cursor, count):
        raise ValueError("the MessagePack array ends too early")
    made = PyBytes_FromStringAndSize(NULL, 1 + cursor.at - first)
    out = <uint8_t*> PyBytes_AS_STRING(made)
    out[0] = <uint8_t> (0x90 | count)
    memcpy(out + 1, first, cursor.at - first)
    return made, cursor.at - data
