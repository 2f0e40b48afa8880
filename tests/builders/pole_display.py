"""A customer's pole display that takes bytes and keeps what stands on it."""

COLUMNS = 20


class Display:
    """Two rows of 20, as the CD5220 manual and the DM-D have them; refuses what they refuse."""

    def __init__(self, encoding="ascii"):
        self.encoding = encoding
        self.clear()

    def clear(self):
        self.rows = [b" " * COLUMNS, b" " * COLUMNS]
        self.row = self.column = 0
        self.strings_only = False

    def take(self, data):
        while data:
            data = self._one(data)
        return self

    @property
    def text(self):
        return [each.decode(self.encoding) for each in self.rows]

    def _one(self, data):
        if data[:1] == b"\x0c":
            self.clear()
            return data[1:]
        if data[:2] == b"\x1bQ":
            at, end = b"AB".index(data[2:3]), data.index(b"\r")
            shown = data[3:end]
            assert len(shown) <= COLUMNS
            self.rows[at], self.strings_only = shown.ljust(COLUMNS), True
            return data[end + 1 :]
        assert not self.strings_only, "after ESC Q only CLR and CAN are taken"
        if data[:2] == b"\x1b@":
            self.clear()
            return data[2:]
        if data[:2] == b"\x1f$":
            self.column, self.row = data[2] - 1, data[3] - 1
            return data[4:]
        assert data[0] >= 0x20, data
        whole = self.rows[self.row]
        self.rows[self.row] = whole[: self.column] + data[:1] + whole[self.column + 1 :]
        self.column += 1
        if self.column == COLUMNS:
            self.row, self.column = (self.row + 1) % 2, 0
        return data[1:]
