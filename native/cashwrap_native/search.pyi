from typing_extensions import Buffer

def index(chunk: Buffer) -> bytes: ...
def next_chunk(tables: list[bytes], word: Buffer, room: Buffer, start: int) -> int: ...
def scan(
    chunk: Buffer,
    words: list[bytes],
    room: Buffer,
    enough: int,
    after_class: int,
    after_offset: int,
    table: bytes | None = None,
) -> list[int]: ...
