"""The load of streams: many connections, each of which asks for one stream after the other.

`python -m benchmarks.streams PORT PATH MODEL KEY STREAMS SECONDS CHUNKS` prints one line of JSON.
Written on bare protocols, since it has the core together with the upstream.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from functools import partial
from typing import cast

import uvloop

from filon.kit import clock

# Stands once in every piece of text that the upstream sends, however it is written anew.
_MARK = b'" word'
_KEPT = len(_MARK) - 1
_LAST = b"0\r\n\r\n"
_RAMP = 1.0
_WORDS = "Tell a long story of a vein of ore, of those who found it and of those who did not. " * 12


class Tally:
    """What all streams together have seen. Waits are kept only while `counting`."""

    def __init__(self) -> None:
        self.counting = False
        self.ending = False
        self.sent = 0
        self.answered = 0
        self.chunks = 0
        self.chunks_per_s = 0.0
        self.firsts: list[float] = []
        self.gaps: list[float] = []
        self.wrong: list[str] = []


class Stream(asyncio.Protocol):
    """One connection. A gap is the time between two reads that brought text."""

    def __init__(self, request: bytes, chunks: int, tally: Tally) -> None:
        self._request = request
        self._chunks = chunks
        self._tally = tally
        self._transport: asyncio.Transport | None = None
        self._asked = self._last = 0.0
        self._seen = 0
        self._kept = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the first stream."""
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Counts what came, and asks again after the end."""
        at = clock.monotonic()
        tally = self._tally
        whole = self._kept + data
        found = whole.count(_MARK)
        if self._kept == b"" and not whole.startswith(b"HTTP/1.1 200"):
            self._give_up(whole[:200].decode("latin-1"))
            return
        if found:
            if tally.counting:
                (tally.gaps if self._seen else tally.firsts).append(at - self._last)
            self._last = at
            self._seen += found
            tally.chunks += found
        if whole.endswith(_LAST):
            self._end()
        else:
            self._kept = whole[-_KEPT:]

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that ends before we end it is a fault of the gateway."""
        if not self._tally.ending:
            self._tally.wrong.append(f"the connection was closed ({exc or 'without an error'})")

    def leave(self) -> None:
        """Breaks the stream off."""
        if self._transport is not None:
            self._transport.abort()

    def _ask(self) -> None:
        assert self._transport is not None
        self._seen = 0
        self._kept = b""
        self._last = clock.monotonic()
        self._tally.sent += 1
        self._transport.write(self._request)

    def _end(self) -> None:
        if self._seen == self._chunks:
            self._tally.answered += 1
        else:
            self._tally.wrong.append(f"a stream had {self._seen} of {self._chunks} pieces")
        self._ask()

    def _give_up(self, why: str) -> None:
        self._tally.wrong.append(why)
        # Its connection would only repeat the error.
        self._request = b""
        self.leave()


async def load(port: int, request: bytes, streams: int, seconds: float, chunks: int) -> Tally:
    """Opens the streams over one second, then counts for the given seconds."""
    loop = asyncio.get_running_loop()
    tally = Tally()
    opened: list[Stream] = []
    for _ in range(streams):
        made = partial(Stream, request, chunks, tally)
        _, stream = await loop.create_connection(made, "127.0.0.1", port)
        opened.append(stream)
        await asyncio.sleep(_RAMP / streams)
    before, began = tally.chunks, clock.monotonic()
    tally.counting = True
    await asyncio.sleep(seconds)
    tally.counting = False
    tally.ending = True
    tally.chunks_per_s = (tally.chunks - before) / (clock.monotonic() - began)
    for stream in opened:
        stream.leave()
    return tally


def request_of(path: str, model: str, key: str, *, stream: bool = True) -> bytes:
    """The whole request, as it goes over the wire."""
    asked = {
        "model": model,
        "messages": [{"role": "user", "content": _WORDS}],
        "max_tokens": 256,
    }
    if stream:
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
    body = json.dumps(asked).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def at_share(waits: Sequence[float], share: float) -> float | None:
    """The wait that this share of all does not exceed, in milliseconds; None without any."""
    if not waits:
        return None
    ordered = sorted(waits)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def main(arguments: Sequence[str]) -> None:
    """Loads, and prints what was seen."""
    port, path, model, key, streams, seconds, chunks = arguments
    request = request_of(path, model, key)
    tally = uvloop.run(load(int(port), request, int(streams), float(seconds), int(chunks)))
    told = {
        "sent": tally.sent,
        "answered": tally.answered,
        "chunks": tally.chunks,
        "chunks_per_s": tally.chunks_per_s,
        "first_p50_ms": at_share(tally.firsts, 0.5),
        "gap_p50_ms": at_share(tally.gaps, 0.5),
        "gap_p99_ms": at_share(tally.gaps, 0.99),
        "wrong": len(tally.wrong),
        "example": tally.wrong[0] if tally.wrong else None,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
