"""The heads of requests.

A program sends the same head with each of its requests, to the byte but for the length of the body.
So a plain one is read once, and known by its bytes from then on. Pure.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import unquote

import httptools
from msgspec import Struct

from filon.trace.masks import masked
from filon.trace.records import NO_HEADERS, MaskedHeaders

Fields = tuple[tuple[bytes, bytes], ...]

_POST = b"POST "
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: ([1-9][0-9]{0,8})\r\n")
_NAME = b"content-length"
# Bytes of a head beyond which it is not kept.
_LONGEST = 4096
# What makes a request more than a head and so many bytes.
_UNUSUAL = frozenset({b"transfer-encoding", b"expect", b"upgrade"})


class Address(NamedTuple):
    """What a request asks for: the path in letters, as it came, and what stands behind the `?`."""

    path: str
    raw: bytes
    query: bytes


class Head(Struct, frozen=True):
    """What stands before a request's body. `headers` are as they came, with names in small letters;
    `first` has of each the value that came first, `told` is all of them as text, as it may be
    kept."""

    method: str
    address: Address
    headers: Fields
    first: Mapping[bytes, bytes]
    told: MaskedHeaders


def head_of(method: str, address: Address, headers: Fields) -> Head:
    """The head that says this."""
    # All at once, since one by one takes four times as long. No header holds a line's end.
    flat = b"\n".join(chain.from_iterable(headers)).decode("latin-1").split("\n")
    told = masked(tuple(zip(flat[::2], flat[1::2], strict=True))) if headers else NO_HEADERS
    return Head(method, address, headers, dict(reversed(headers)), told)


def address_of(url: bytes) -> Address:
    """What a request's first line asks for. Raises what the parser makes a refusal of."""
    # What stands in a query may be a secret, such as a link's to sign in, and hardly comes again.
    return _address(url) if b"?" in url else _plain_address(url)


@lru_cache(maxsize=256)
def _plain_address(url: bytes) -> Address:
    return _address(url)


def _address(url: bytes) -> Address:
    parsed = httptools.parse_url(url)
    path = parsed.path.decode("ascii")
    return Address(unquote(path) if "%" in path else path, parsed.path, parsed.query or b"")


def plain(data: bytes) -> tuple[Head, int, int] | None:
    """The head with which these bytes begin, where its body does, and how long that is: where the
    head is whole and nothing is unusual, a POST whose body has a length, over a connection that
    goes on. Else the parser has to see it."""
    if not data.startswith(_POST):
        return None
    found = _LENGTH.search(data, 0, _LONGEST)
    if found is None:
        return None
    at, behind = found.span(1)
    end = data.find(_END, behind, _LONGEST)
    if end < 0:
        return None
    begins = end + len(_END)
    length = data[at:behind]
    head = _with_length(data[:at], length, data[behind:begins])
    return None if head is None else (head, begins, int(length))


@lru_cache(maxsize=256)
def _with_length(before: bytes, length: bytes, after: bytes) -> Head | None:
    head = _read(before, after)
    if head is None:
        return None
    headers = tuple([(name, length if name == _NAME else it) for name, it in head.headers])
    return head_of(head.method, head.address, headers)


@lru_cache(maxsize=256)
def _read(before: bytes, after: bytes) -> Head | None:
    """The head that these bytes are, with any length between them, if it is a plain one. No length
    makes any other difference to the parser than how many bytes follow."""
    reading = _Reading()
    parser: Any = httptools.HttpRequestParser(reading)
    try:
        parser.feed_data(before + b"1" + after[:-1])
        # A length that stands behind the head's end is none.
        if reading.whole:
            return None
        parser.feed_data(after[-1:])
        address = address_of(reading.url)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    if not reading.whole or parser.get_http_version() != "1.1" or not parser.should_keep_alive():
        return None
    names = [name for name, _ in reading.headers]
    if not _UNUSUAL.isdisjoint(names) or names.count(_NAME) != 1:
        return None
    method = parser.get_method().decode("ascii")
    return head_of(method, address, tuple(reading.headers))


class _Reading:
    """What the parser finds in one head."""

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.whole = False

    def on_url(self, url: bytes) -> None:
        """A part of its address."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Its end."""
        self.whole = True
