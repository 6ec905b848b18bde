"""A reply that is here whole at once says the same as when it comes byte by byte to the parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.kit.http.exchange import Headers, HttpFailure, Phases
from filon.kit.http.plain import plain_reply
from filon.kit.http.reply import Reply

PLAIN = (
    b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type:  text/plain \r\n"
    b"Keep-Alive: timeout=5\r\nContent-Length: 4\r\n\r\nbody"
)


class Line:
    """What becomes of the connection."""

    address: str | None = None

    def __init__(self) -> None:
        self.told: list[object] = []

    def wake_by(self, until: float) -> None:
        raise AssertionError("nothing waits here")

    def listen(self, on: bool) -> None:
        self.told.append(("listen", on))

    def release(self, idle: float | None) -> None:
        self.told.append(("release", idle))

    def abort(self) -> None:
        self.told.append("abort")


Read = tuple[int, Headers, bytes, str | None, list[object]]


async def read(pieces: list[bytes], method: str = "POST") -> Read:
    """All that a reply of these bytes says, after which the connection ends."""
    line = Line()
    reply = Reply(line, method, Phases())
    reply.sent()
    for piece in pieces:
        reply.feed(piece)
    reply.ended(None)
    body = b""
    try:
        await reply.head()
        async for part in reply.chunks():
            body += part
    except HttpFailure as failure:
        return reply.status, reply.headers, body, failure.kind, line.told
    return reply.status, reply.headers, body, None, line.told


def split(data: bytes) -> list[bytes]:
    """So that the first bytes are never all of it."""
    return [data[:1], data[1:]]


async def test_a_plain_reply() -> None:
    found = plain_reply(PLAIN)
    assert found is not None
    assert (await read([PLAIN]))[2:] == (b"body", None, [("release", 5.0)])
    assert await read([PLAIN]) == await read(split(PLAIN))


@pytest.mark.parametrize(
    "line",
    [
        b"Connection: keep-alive",
        b"Connection: close",
        b"Connection: upgrade",
        b"Content-Length: 4",
        b"Content-Length: 5",
        b"Content-Length: +4",
        b"Content-Length: 4 ",
        b"Content-Length:",
        b"Content-Encoding: gzip",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: identity",
        b"Upgrade: h2c",
        b"Keep-Alive: timeout=9",
        b"Keep-Alive:",
        b"Trailer: x",
        b" folded: 1",
        b"\tfolded",
        b"no colon",
        b": no name",
        b"spaced : 1",
        b"x: \x00",
        b"x: a\tb",
        b"x:\t1",
        b"x: \xe9",
        b"x: a\rb",
        b"x: a\nContent-Length: 1",
    ],
)
async def test_a_line_more(line: bytes) -> None:
    data = PLAIN.replace(b"Date: now", line)
    assert await read([data]) == await read(split(data))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"body", b"bod"),
        (b"body", b"bodybody"),
        (b"body", b"body" + PLAIN),
        (b"200", b"100"),
        (b"200", b"204"),
        (b"200", b"304"),
        (b"200", b"500"),
        (b"1.1", b"1.0"),
        (b"200 OK", b"200"),
        (b"200 OK", b"200 "),
        (b"OK", b"\xe9"),
        (b"OK", b"\x01"),
        (b"Content-Length: 4\r\n\r\nbody", b"Content-Length: 0\r\n\r\n"),
        (b"Content-Length: 4\r\n", b""),
        (b"\r\n", b"\n"),
    ],
)
async def test_what_is_less_plain(old: bytes, new: bytes) -> None:
    data = PLAIN.replace(old, new)
    assert await read([data]) == await read(split(data))
    assert await read([data], "HEAD") == await read(split(data), "HEAD")


@given(
    st.integers(0, len(PLAIN)),
    st.integers(0, 8),
    st.binary(max_size=3) | st.sampled_from([b"\r\n", b"\r", b"\n", b":", b" ", b"\t", b"-", b"1"]),
)
async def test_any_change_of_it(at: int, size: int, put: bytes) -> None:
    data = PLAIN[:at] + put + PLAIN[at + size :]
    assert await read([data]) == await read(split(data))
