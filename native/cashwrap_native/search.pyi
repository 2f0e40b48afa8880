from typing_extensions import Buffer

def scan(
    chunk: Buffer,
    words: list[bytes],
    room: Buffer,
    enough: int,
    after_class: int,
    after_offset: int,
) -> list[int]: ...
