"""Server-sent events: an incremental reader fed bytes cut anywhere, and a writer.

The reader loses nothing: the `raw` of all that it gives, joined, is what it was fed.
"""

from msgspec import Struct

_BOM = b"\xef\xbb\xbf"
DEFAULT_LIMIT = 16 * 1024 * 1024


class EventTooLarge(ValueError):
    """One event, or one line, is longer than the reader was told to accept."""


class Event(Struct, frozen=True):
    """One event. `data` is its lines joined by a line feed, `raw` its bytes with the blank line.

    `event` is "message" when the stream names none; `id` is the last one the stream gave.
    """

    data: bytes
    raw: bytes
    event: str = "message"
    id: str = ""

    @property
    def text(self) -> str:
        """The data as text; what is not UTF-8 becomes U+FFFD, as the standard asks."""
        return self.data.decode("utf-8", "replace")


class Comment(Struct, frozen=True):
    """Bytes without data: a comment line, a blank line too many, or fields with no `data`.

    `text` is what stands behind the colon, empty for the other two. A comment in the middle of an
    event is not told apart: it lies in that event's `raw`.
    """

    raw: bytes
    text: str = ""


Item = Event | Comment


def _is_one(data: bytes) -> bool:
    """Whether it is one event of one line of data, as nearly all that arrives is."""
    return (
        data.startswith(b"data: ")
        and data.endswith(b"\n\n")
        and data.find(b"\n") == len(data) - 2
        and b"\r" not in data
    )


class EventReader:
    """Reads one text/event-stream. `retry` is the reconnection time it asked for, in ms.

    A carriage return that ends the bytes so far waits for the next one, since it may be half of a
    line end.
    """

    __slots__ = (
        "_block",
        "_data",
        "_event",
        "_first",
        "_id",
        "_limit",
        "_size",
        "_stop",
        "_tail",
        "retry",
    )

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self.retry: int | None = None
        self._limit = limit
        self._tail: list[bytes] = []  # an unfinished line, in the pieces it came in
        self._block: list[bytes] = []  # the finished lines of an unfinished event
        self._size = 0  # bytes in both
        self._data: list[bytes] | None = None
        self._event = ""
        self._id = ""
        self._first = True
        self._stop = -2

    @property
    def between(self) -> bool:
        """Whether nothing waits of an event that is not whole yet."""
        return not self._tail and not self._block

    def feed(self, data: bytes) -> list[Item]:
        """Takes the next bytes and gives what they completed."""
        if not self._tail and not self._block and _is_one(data) and len(data) <= self._limit:
            self._first = False
            return [Event(data[6:-2], data, "message", self._id)]
        items: list[Item] = []
        if not data:
            return items
        if self._tail:
            # Joining at every piece of one long line would take quadratic time.
            waits = b"\n" not in data and b"\r" not in data and not self._tail[-1].endswith(b"\r")
            self._tail.append(data)
            if waits:
                self._grow(len(data))
                return items
            buffer = b"".join(self._tail)
            self._size -= len(buffer) - len(data)
            self._tail.clear()
        else:
            buffer = data
        used = self._read(buffer, items)
        if used:
            self._first = False
        if used < len(buffer):
            rest = buffer[used:]
            self._tail.append(rest)
            self._grow(len(rest))
        return items

    def close(self) -> list[Item]:
        """The end of the stream. An event that lacks its blank line is still given.

        The standard would discard it, but a provider that forgets the last line end means it.
        """
        items: list[Item] = []
        line = b"".join(self._tail)
        self._tail.clear()
        self._size -= len(line)
        if line:
            text = line.removesuffix(b"\r")
            self._line(text.removeprefix(_BOM) if self._first else text, line, items)
        if self._block:
            items.append(self._finish(b""))
        return items

    def _read(self, buffer: bytes, items: list[Item]) -> int:
        """Reads all complete lines and returns how many bytes they are."""
        position = 0
        self._stop = -2  # where the next line feed is: not known yet
        while True:
            # Nearly all that providers send is one line `data: ...` and a blank one.
            if not self._block and buffer.startswith(b"data: ", position):
                end = buffer.find(b"\n", position)
                if end < 0:
                    return self._lines(buffer, position, items)
                if buffer.startswith(b"\n", end + 1) and buffer.find(b"\r", position, end) < 0:
                    raw = buffer[position : end + 2]
                    if len(raw) > self._limit:
                        raise self._too_large()
                    items.append(Event(buffer[position + 6 : end], raw, "message", self._id))
                    position = end + 2
                    if position == len(buffer):
                        return position
                    continue
            after = self._one_line(buffer, position, items)
            if after < 0:
                return position
            position = after

    def _lines(self, buffer: bytes, position: int, items: list[Item]) -> int:
        while (after := self._one_line(buffer, position, items)) >= 0:
            position = after
        return position

    def _one_line(self, buffer: bytes, position: int, items: list[Item]) -> int:
        """Reads one line and returns where the next begins, or -1 if it is not complete."""
        if self._stop != -1 and self._stop < position:
            self._stop = buffer.find(b"\n", position)
        stop = self._stop
        end = buffer.find(b"\r", position, stop if stop >= 0 else len(buffer))
        if end < 0:
            if stop < 0:
                return -1
            end, after = stop, stop + 1
        elif end + 1 == len(buffer):
            return -1
        else:
            after = end + 2 if buffer.startswith(b"\n", end + 1) else end + 1
        line = buffer[position:end]
        if self._first and position == 0:
            line = line.removeprefix(_BOM)
        self._line(line, buffer[position:after], items)
        return after

    def _line(self, line: bytes, raw: bytes, items: list[Item]) -> None:
        if not line:
            items.append(self._finish(raw))
        elif line.startswith(b":") and not self._block:
            items.append(Comment(raw, line[1:].decode("utf-8", "replace").removeprefix(" ")))
        else:
            self._block.append(raw)
            self._grow(len(raw))
            self._field(line)

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            if self._data is None:
                self._data = []
            self._data.append(value)
        elif name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif name == b"id":
            if b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) <= 12:
            self.retry = int(value)

    def _finish(self, blank: bytes) -> Item:
        raw = b"".join((*self._block, blank))
        data, event = self._data, self._event
        self._block.clear()
        self._data, self._event, self._size = None, "", 0
        if data is None:
            return Comment(raw)
        return Event(b"\n".join(data), raw, event or "message", self._id)

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._limit:
            raise self._too_large()

    def _too_large(self) -> EventTooLarge:
        return EventTooLarge(f"one event of the stream is longer than {self._limit:,} bytes")


def encode(data: bytes, event: str | None = None, id: str | None = None) -> bytes:
    """One event as bytes. `event` and `id` must be single lines."""
    if event is None and id is None and b"\n" not in data and b"\r" not in data:
        return b"data: " + data + b"\n\n"
    lines: list[bytes] = []
    if id is not None:
        lines.append(b"id: " + _single(id))
    if event is not None:
        lines.append(b"event: " + _single(event))
    plain = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines.extend(b"data: " + line for line in plain.split(b"\n"))
    return b"\n".join(lines) + b"\n\n"


def comment(text: str = "") -> bytes:
    """A comment, as a sign of life that no reader takes for data."""
    return b": " + _single(text) + b"\n\n"


def _single(text: str) -> bytes:
    if "\n" in text or "\r" in text:
        raise ValueError(f"a line break cannot stand in this field: {text!r}")
    return text.encode()
