"""Edits of one event of a stream: its data changed, its other lines and line ends as they were."""

import re
from collections.abc import Callable

from filon.kit import sse

_LINE = re.compile(rb"(?<=\n)|(?<=\r)(?!\n)")


def edit_data(raw: bytes, edit: Callable[[bytes], bytes | None]) -> bytes | None:
    """The event with other data. None where `edit` leaves none, and the very same bytes where it
    changes nothing or the event has no data."""
    if raw.startswith(b"data: ") and raw.find(b"\n") == len(raw) - 2:
        data = edit(raw[6:-2])
        return None if data is None else b"data: " + data + b"\n\n"
    reader = sse.EventReader()
    for item in (*reader.feed(raw), *reader.close()):
        if isinstance(item, sse.Event):
            data = edit(item.data)
            if data is None or data == item.data:
                return raw if data is not None else None
            return _with_data(raw, data)
    return raw


def _with_data(raw: bytes, data: bytes) -> bytes:
    """The event with its `data` lines replaced by new ones; its other lines stay."""
    lines: list[bytes] = []
    told = False
    for line in _LINE.split(raw):
        if line.removeprefix(b"\xef\xbb\xbf").partition(b":")[0].strip(b"\r\n") != b"data":
            lines.append(line)
        elif not told:
            told = True
            end = line[len(line.rstrip(b"\r\n")) :]
            lines += (b"data: " + one + end for one in data.split(b"\n"))
    return b"".join(lines)
