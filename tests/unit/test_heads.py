"""Plain requests, read without the parser, say what the parser would have read in them."""

from typing import Any

import httptools
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filon.server.heads import address_of, head_of, plain

LINES = st.sampled_from(
    [
        b"Host: here",
        b"host:here",
        b"Content-Type: application/json",
        b"Authorization: Bearer fln_x",
        b"X-Twice: 1",
        b"x-twice:  2 ",
        b"X-Empty:",
        b"X-Odd: caf\xe9 \t tab",
        b"X-Content-Length: 5",
        b"Connection: keep-alive",
        b"Connection: close",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Expect: 100-continue",
        b"Transfer-Encoding: chunked",
        b"Content-Length: 3",
        b"content-length: 12",
        b"Content-length: 007",
        b"CONTENT-LENGTH: 4",
        b"Content-Length: 0",
        b"Content-Length : 3",
        b" folded: 1",
        b"no colon",
        b"X-Null: \0",
        b"X-Feed: a\nContent-Length: 3",
        b"",
    ]
)
STARTS = st.sampled_from(
    [
        b"POST /v1/messages?beta=true HTTP/1.1",
        b"POST /v1/chat%20x HTTP/1.1",
        b"POST http://here/v1 HTTP/1.1",
        b"POST http:// HTTP/1.1",
        b"POST / HTTP/1.0",
        b"POST / HTTP/2.0",
        b"POST  / HTTP/1.1",
        b"GET / HTTP/1.1",
        b"POSTS / HTTP/1.1",
    ]
)
USUAL = b"POST /v1/x HTTP/1.1"
LENGTH = b"Content-Length: 3"


class Read:
    """What a parser of a connection reads in the first request."""

    def __init__(self, data: bytes) -> None:
        self.url = self.body = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.over = self.refused = False
        self.keeps = True
        parser: Any = httptools.HttpRequestParser(self)
        self.parser = parser
        parser.set_dangerous_leniencies(lenient_data_after_close=True)
        try:
            parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.refused = True

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.method = self.parser.get_method().decode()
        self.keeps = self.parser.should_keep_alive()
        self.version = self.parser.get_http_version()

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.over = True


@given(STARTS | st.just(USUAL), st.lists(LINES, max_size=5), st.lists(LINES, max_size=3))
@example(USUAL, [b"X-Length: 1"], [])
@example(USUAL, [b""], [LENGTH])
@example(b"POST http:// HTTP/1.1", [], [])
def test_a_plain_request_is_what_the_parser_reads(
    start: bytes, before: list[bytes], after: list[bytes]
) -> None:
    head = b"\r\n".join([start, *before, LENGTH, *after, b"", b""])
    found = plain(head + b"abcPOST / HTTP/1.1")
    if found is None:
        return
    told, begins, length = found
    read = Read((head + b"abc")[: begins + length])
    assert not read.refused
    assert read.over
    assert read.keeps
    assert read.version == "1.1"
    assert read.body == (head + b"abc")[begins:][:length]
    assert told == head_of(read.method, address_of(read.url), tuple(read.headers))


@pytest.mark.parametrize("length", [1, 9, 10, 12_345])
def test_one_head_is_known_with_every_length(length: int) -> None:
    head = b"\r\n".join([USUAL, b"Host: here", b"content-length: %d" % length, b"X-Y: z", b"", b""])
    found = plain(head)
    assert found is not None
    told, *places = found
    assert places == [len(head), length]
    size = b"%d" % length
    assert told.headers == ((b"host", b"here"), (b"content-length", size), (b"x-y", b"z"))
    assert told.first[b"content-length"] == size
    assert told.told[1] == ("content-length", str(length))
    again = plain(head + b"a body")
    assert again is not None
    assert again[0] is told


@pytest.mark.parametrize(
    "more",
    [
        b"Expect: 100-continue",
        b"Connection: close",
        b"Connection: Upgrade\r\nUpgrade: websocket",
        b"Transfer-Encoding: chunked",
        b"Content-Length: 3",
        b"X-Long: " + b"y" * 5_000,
        b"\r\n",
    ],
)
def test_what_is_unusual_is_left_to_the_parser(more: bytes) -> None:
    assert plain(b"\r\n".join([USUAL, LENGTH, b"", b"abc"])) is not None
    assert plain(b"\r\n".join([USUAL, more, LENGTH, b"", b"abc"])) is None
    assert plain(b"\r\n".join([USUAL, LENGTH, b""])) is None
