"""A reply that is here whole with its first bytes and says so plainly, as small ones are. Pure.

What is anything else, or less than plain, is for the parser of `reply`: these rules are narrower
than HTTP's, so that both read the same.
"""

import re
from functools import lru_cache

from msgspec import Struct

from filon.kit.http.exchange import Headers

_OK = b"HTTP/1.1 200 "
# Heads are longer only where something is odd.
_LIMIT = 8 * 1024
_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ ]*([^\x00-\x1f\x7f]*?)[ ]*")
# Headers that change how a reply is read; those of the connection, but for what is so anyway.
_OTHERWISE = frozenset(
    (
        "connection",
        "content-encoding",
        "proxy-connection",
        "transfer-encoding",
        "trailer",
        "upgrade",
    )
)


class Plain(Struct, frozen=True):
    """The reply, whose status is 200. `keep_alive` is the header of this name."""

    headers: Headers
    body: bytes
    keep_alive: bytes


class _Line(Struct, frozen=True):
    """One line of a head. `length` and `keep_alive` are what it says if it says that."""

    pair: tuple[str, str]
    length: int = -1
    keep_alive: bytes = b""


def plain_reply(data: bytes) -> Plain | None:
    """The reply that these bytes are, all of them and nothing but it; None where it takes a parser
    to know."""
    end = data.find(b"\r\n\r\n", 0, _LIMIT)
    if end < 0 or not data.startswith(_OK):
        return None
    head = data[:end].decode("latin-1").split("\r\n")
    if not head[0].isprintable():
        return None
    length, keep_alive = -1, b""
    pairs: list[tuple[str, str]] = []
    for text in head[1:]:
        line = _line(text)
        if line is None:
            return None
        pairs.append(line.pair)
        if line.length >= 0:
            if length >= 0:
                return None
            length = line.length
        elif line.keep_alive:
            if keep_alive:
                return None
            keep_alive = line.keep_alive
    end += 4
    if length < 0 or len(data) != end + length:
        return None
    return Plain(tuple(pairs), data[end:], keep_alive)


# A server's lines are nearly all the same from reply to reply.
@lru_cache(1024)
def _line(text: str) -> _Line | None:
    found = _LINE.fullmatch(text)
    if found is None:
        return None
    name, value = found.groups()
    match name.lower():
        case "content-length":
            # More digits than these are no length of anything.
            plain = value.isascii() and value.isdigit() and len(value) < 10
            return _Line((name, value), length=int(value)) if plain else None
        case "keep-alive":
            return _Line((name, value), keep_alive=value.encode("latin-1")) if value else None
        case "connection" if value.lower() == "keep-alive":
            return _Line((name, value))
        case lowered:
            return None if lowered in _OTHERWISE else _Line((name, value))
