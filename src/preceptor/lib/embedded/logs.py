"""What children print, kept in files that stay small."""

from collections import deque
from pathlib import Path

LARGEST_FILE = 5_000_000
"""Bytes; then the file becomes `<name>.log.1`, and so on."""
OLD_FILES = 3
TAIL_LINES = 40


class BoundedLog:
    """An append-only log file that is set aside when it grows, with its last lines at hand.

    A full disk loses log lines, never the program: failures to write are counted and told once writing works again.
    """

    def __init__(self, path: Path, *, largest: int = LARGEST_FILE, old_files: int = OLD_FILES) -> None:
        self.path = path
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._largest = largest
        self._old_files = old_files
        self._lost = 0
        self._unfinished = ""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, data: bytes) -> None:
        """Append what a child printed, lines or parts of them."""
        *lines, self._unfinished = (self._unfinished + data.decode(errors="replace")).split("\n")
        self._unfinished = self._unfinished[-4000:]
        self.tail.extend(lines)
        try:
            if self.path.exists() and self.path.stat().st_size + len(data) > self._largest:
                self._rotate()
            with self.path.open("ab") as stream:
                if self._lost:
                    stream.write(f"({self._lost} bytes could not be written here)\n".encode())
                    self._lost = 0
                stream.write(data)
        except OSError:
            self._lost += len(data)

    def _rotate(self) -> None:
        for number in range(self._old_files, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path.with_name(f"{self.path.name}.{number - 1}") if number > 1 else self.path
            if newer.exists():
                newer.replace(older)

    def last_lines(self, *, count: int = 15) -> str:
        """The last lines printed, for a message about a failure."""
        return "\n".join([*self.tail, *([self._unfinished] if self._unfinished else [])][-count:])
