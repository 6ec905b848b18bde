"""Lines in two files that change places, so that no more is ever kept than was allowed.

Lines are written some at a time: a killed process loses at most the last 31 of them, 256 KB or
what came in the last 2 seconds that anything came in.
"""

from pathlib import Path

_FLUSH_LINES = 32
_FLUSH_BYTES = 256 * 1024
_FLUSH_SECONDS = 2.0


class Journal:
    """The two files in `folder`, at most `most` bytes together.

    Raises nothing when the disk fails: those lines are lost, and `trouble` says why.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self.trouble: str | None = None
        self._folder = folder
        self._newer = folder / "ledger.jsonl"
        self._older = folder / "ledger.older.jsonl"
        self._half = most // 2
        self._pending: list[bytes] = []
        self._size = 0
        self._since = 0.0

    def read(self, most: int) -> list[bytes]:
        """The last `most` lines of each file, the oldest first. Some may be damaged."""
        found: list[bytes] = []
        for path in (self._older, self._newer):
            try:
                found += _last_lines(path, self._half)[-most:]
            except FileNotFoundError:
                continue
            except OSError as error:
                self.trouble = str(error)
        return found

    def add(self, line: bytes, now: float) -> None:
        """Takes one line, without its end. `now` is Unix time."""
        if not self._pending:
            self._since = now
        self._pending.append(line + b"\n")
        self._size += len(line) + 1
        full = len(self._pending) >= _FLUSH_LINES or self._size >= _FLUSH_BYTES
        if full or now - self._since >= _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Writes what is waiting."""
        lines, self._pending, self._size = self._pending, [], 0
        if not lines:
            return
        try:
            self._write(lines)
            self.trouble = None
        except OSError as error:
            self.trouble = str(error)

    def clear(self) -> None:
        """Removes all lines."""
        self._pending, self._size = [], 0
        try:
            self._newer.unlink(missing_ok=True)
            self._older.unlink(missing_ok=True)
        except OSError as error:
            self.trouble = str(error)

    def _write(self, lines: list[bytes]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # It holds what people wrote.
        self._newer.touch(mode=0o600)
        size = self._newer.stat().st_size
        if size and _is_torn(self._newer):
            # A process was killed while it wrote; the next line must not be lost with that one.
            lines[0] = b"\n" + lines[0]
        part = bytearray()
        for line in lines:
            if len(line) > self._half:
                continue
            if size + len(part) + len(line) > self._half:
                _append(self._newer, part)
                self._newer.replace(self._older)
                self._newer.touch(mode=0o600)
                part.clear()
                size = 0
            part += line
        _append(self._newer, part)


def _append(path: Path, data: bytes | bytearray) -> None:
    with path.open("ab") as file:
        file.write(data)


def _is_torn(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) != b"\n"


def _last_lines(path: Path, most: int) -> list[bytes]:
    """The whole lines within the last `most` bytes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - most))
        data = file.read(most)
    lines = data.splitlines()
    return lines[1:] if size > most else lines
