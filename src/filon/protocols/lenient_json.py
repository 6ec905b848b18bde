"""A provider's JSON, read with patience: what can be understood is."""

import re
from typing import Any

import msgspec

_BOM = b"\xef\xbb\xbf"
_ANY = msgspec.json.Decoder()


def decode_lenient(data: bytes) -> Any:
    """A provider's JSON as Python has it, mended where its text is not. Raises ValueError."""
    try:
        return _ANY.decode(data)
    except (ValueError, RecursionError):
        pass
    try:
        return _ANY.decode(mend(data))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


_ESCAPES = re.compile(rb"\\(?:u([0-9a-fA-F]{4})(?:\\u([0-9a-fA-F]{4}))?|.)", re.DOTALL)


def mend(data: bytes) -> bytes:
    """JSON text with broken UTF-8 and lone surrogates replaced by U+FFFD.

    Some servers cut a text into tokens inside a character.
    """
    data = data.removeprefix(_BOM).decode("utf-8", "replace").encode()
    if b"\\u" not in data:
        return data
    pieces: list[bytes] = []
    position = 0
    while (found := _ESCAPES.search(data, position)) is not None:
        pieces.append(data[position : found.start()])
        kept, position = _mend_escape(found)
        pieces.append(kept)
    pieces.append(data[position:])
    return b"".join(pieces)


def _mend_escape(found: re.Match[bytes]) -> tuple[bytes, int]:
    """What to keep of one escape, or of a pair of them, and where to go on."""
    if found.group(1) is None:
        return found.group(), found.end()
    first = int(found.group(1), 16)
    end_of_first = found.start() + 6
    if not 0xD800 <= first < 0xE000:
        return found.group()[:6], end_of_first
    second = int(found.group(2), 16) if found.group(2) else 0
    if first < 0xDC00 and 0xDC00 <= second < 0xE000:
        return found.group(), found.end()
    return rb"\ufffd", end_of_first
