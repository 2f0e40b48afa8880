"""A shop's files as they stand, put back as often as wanted: into the same files, on one device."""

from pathlib import Path


class KeptShop:
    """All files of a store folder and beside it; `put_back` makes them what they were."""

    def __init__(self, folder: Path) -> None:
        self.place = folder.parent
        self.files = {path: path.read_bytes() for path in self._all()}

    def put_back(self) -> None:
        """Write all into the same files, so that the till takes them for its own."""
        for path in self._all():
            if path not in self.files:
                path.unlink()
        for path, data in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("r+b" if path.exists() else "wb") as file:
                file.write(data)
                file.truncate()

    def _all(self) -> list[Path]:
        return [path for path in self.place.rglob("*") if path.is_file()]
