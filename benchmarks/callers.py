"""The load of the soak: callers of many kinds at a given rate, some of whom leave.

`python -m benchmarks.callers PORT KEYS RATE SECONDS SEED FILE` prints one line of JSON, and writes
into FILE the trace of each answer that came whole. RATE 0 is as fast as 64 callers of the plain
kinds can, without faults; it measures the maximum.
"""

import asyncio
import json
import sys
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import cast

import httptools
import uvloop
from msgspec import Struct, field

from benchmarks.streams import at_share, request_of
from filon.kit import clock
from filon.practice.faults.catalogue import FAULTS

# Those that need a port of their own, and those for which a key is left alone for a minute.
_DOORS = ("closed", "tls")
OF_KEYS = ("wrong-key", "missing-key", "no-money", "quota-exhausted")
SWITCHES = tuple(one.name for one in FAULTS if one.name not in (*_DOORS, *OF_KEYS))
# Of the requests to the flaky endpoint, how many meet a fault.
_FAULTY = 0.3
_FASTEST = 64
_MOST = 1_000
# Seconds for which a connection that is not used is kept, as httpx does.
_IDLE = 5.0
# Seconds after which nobody believes in an answer.
_PATIENCE = 60.0


class Ask(Struct, frozen=True):
    """One request. `leaves` says when its caller goes: never, or at the "head" of the reply, or
    "before" it."""

    kind: str
    model: str
    stream: bool = False
    leaves: str = ""


class Tally(Struct):
    """What all callers have seen. `late` is by how many seconds the latest request came after its
    moment, because the callers had no time or were too many."""

    sent: int = 0
    answered: int = 0
    left: int = 0
    late: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter[str])
    statuses: Counter[str] = field(default_factory=Counter[str])
    waits: list[float] = []
    wrong: list[str] = []


def plain(chance: Random) -> Ask:
    """A request that nothing is wrong with."""
    streams = chance.random() < 0.25
    return Ask("streams" if streams else "whole", "steady/mock", streams)


def mixed(chance: Random) -> Ask:
    """A request of any kind."""
    draw, streams = chance.random(), chance.random() < 0.5
    if draw < 0.75:
        return plain(chance)
    if draw < 0.9:
        fault = f":{chance.choice(SWITCHES)}" if chance.random() < _FAULTY else ""
        return Ask("flaky", f"flaky/echo{fault}", streams)
    if draw < 0.95:
        return Ask("route", "both", streams)
    if draw < 0.955:
        return Ask("refused", f"refusing/echo:{chance.choice(OF_KEYS)}", streams)
    if draw < 0.96:
        return Ask("gone", "gone/echo", streams)
    return Ask("leaves", "steady/mock", stream=True, leaves=chance.choice(("before", "head")))


class Caller(asyncio.Protocol):
    """One connection: asks, and reads the whole reply before it asks again."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._done: asyncio.Future[str] | None = None
        self._leaves = ""
        self._parser = httptools.HttpResponseParser(self)
        self.trace = ""
        self.used = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes, leaves: str) -> asyncio.Future[str]:
        """Sends a request; what comes of it is the reply's status, "left", or a sentence."""
        assert self._transport is not None
        self._done = asyncio.get_running_loop().create_future()
        self._leaves, self.trace = leaves, ""
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        if leaves == "before":
            asyncio.get_running_loop().call_later(0.001, self.leave)
        return self._done

    def leave(self) -> None:
        """Breaks off."""
        self._end("left")
        if self._transport is not None:
            self._transport.abort()

    def is_open(self) -> bool:
        """Whether it can be asked over again; one that was idle may be closed by the server just
        then, which is why clients do not use it any more."""
        assert self._transport is not None
        return not self._transport.is_closing() and clock.monotonic() - self.used < _IDLE

    def data_received(self, data: bytes) -> None:
        """A part of the reply."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._end(f"the reply cannot be read: {error}")
            self.leave()

    def on_header(self, name: bytes, value: bytes) -> None:
        """For the parser."""
        if name.lower() == b"x-filon-trace":
            self.trace = value.decode()

    def on_headers_complete(self) -> None:
        """For the parser."""
        if self._leaves == "head":
            asyncio.get_running_loop().call_soon(self.leave)

    def on_message_complete(self) -> None:
        """For the parser."""
        self._end(str(self._parser.get_status_code()))

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer that is cut off is none."""
        self._end(f"the connection was closed ({exc or 'without an error'})")

    def _end(self, how: str) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(how)


class Callers:
    """All callers. Their connections are used again, as a program's SDK does it."""

    def __init__(self, port: int, keys: Sequence[str], seed: int, traces: Path) -> None:
        self._port = port
        self._keys = keys
        self._chance = Random(seed)
        self._traces = traces.open("a", encoding="utf-8")
        self._idle: deque[Caller] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_MOST)
        self.tally = Tally()

    async def as_fast_as_can_be(self, seconds: float) -> None:
        """Some callers, each of whom asks again at once."""
        end = clock.monotonic() + seconds
        await asyncio.gather(*(self._again(end) for _ in range(_FASTEST)))

    async def at_rate(self, rate: float, seconds: float) -> None:
        """So many requests a second at random moments, however long the answers take."""
        due = clock.monotonic()
        end = due + seconds
        while due < end:
            await asyncio.sleep(due - clock.monotonic())
            await self._room.acquire()
            self.tally.late = max(self.tally.late, clock.monotonic() - due)
            task = asyncio.ensure_future(self._one(mixed(self._chance)))
            self._tasks.add(task)
            task.add_done_callback(self._over)
            due += self._chance.expovariate(rate)
        if self._tasks:
            await asyncio.wait(self._tasks)

    def close(self) -> None:
        """Ends what is idle."""
        self._traces.close()
        for caller in self._idle:
            caller.leave()

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room.release()

    async def _again(self, end: float) -> None:
        while clock.monotonic() < end:
            await self._one(plain(self._chance))

    async def _one(self, ask: Ask) -> None:
        tally = self.tally
        key = self._chance.choice(self._keys)
        caller = await self._caller()
        began = clock.monotonic()
        tally.sent += 1
        tally.kinds[ask.kind] += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                how = await caller.ask(self._request(ask, key), ask.leaves)
        except TimeoutError:
            how = f"no answer within {_PATIENCE:g} s"
            caller.leave()
        if how.isdecimal():
            tally.answered += 1
            tally.statuses[how] += 1
            if ask.kind == "whole":
                tally.waits.append(clock.monotonic() - began)
        elif how == "left":
            tally.left += 1
        else:
            tally.wrong.append(f"{ask.model}: {how}")
        if caller.trace:
            self._traces.write(f"{caller.trace}\n")
        elif how.isdecimal():
            tally.wrong.append(f"{ask.model}: an answer {how} without a trace")
        caller.used = clock.monotonic()
        if caller.is_open():
            self._idle.append(caller)

    async def _caller(self) -> Caller:
        while self._idle:
            caller = self._idle.pop()
            if caller.is_open():
                return caller
            caller.leave()
        loop = asyncio.get_running_loop()
        _, caller = await loop.create_connection(Caller, "127.0.0.1", self._port)
        return caller

    def _request(self, ask: Ask, key: str) -> bytes:
        return request_of("/v1/chat/completions", ask.model, key, stream=ask.stream)


async def load(callers: Callers, rate: float, seconds: float) -> float:
    """Loads; how many seconds it took until the last answer."""
    began = clock.monotonic()
    if rate:
        await callers.at_rate(rate, seconds)
    else:
        await callers.as_fast_as_can_be(seconds)
    callers.close()
    return clock.monotonic() - began


def main(arguments: Sequence[str]) -> None:
    """Loads, and prints what was seen."""
    port, keys, rate, seconds, seed, traces = arguments
    callers = Callers(int(port), keys.split(","), int(seed), Path(traces))
    took = uvloop.run(load(callers, float(rate), float(seconds)))
    tally = callers.tally
    told = {
        "sent": tally.sent,
        "answered": tally.answered,
        "left": tally.left,
        "seconds": took,
        "late_ms": tally.late * 1000,
        "kinds": tally.kinds,
        "statuses": tally.statuses,
        "whole_p50_ms": at_share(tally.waits, 0.5),
        "whole_p99_ms": at_share(tally.waits, 0.99),
        "wrong": len(tally.wrong),
        "examples": tally.wrong[:5],
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
