"""How much an endpoint is asked for: places, requests and tokens, and the line of those who wait.

A request that finds no room waits in the endpoint's line instead of failing. Callers are served
in turn, so that one with many requests holds up its own and nobody else's. Where the counts lie
is behind `Slots`: in this process, until several share them.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import FilonError, TooLarge
from filon.kit import clock
from filon.pipeline.waiting import Line, Waiter
from filon.providers.endpoint import EndpointLimits

_MINUTE = 60.0
# How many may wait for one endpoint. More would only wait for their own deadlines.
ROOM = 100
# Seconds to name to those who are turned away, at the least: nobody knows when an answer ends.
_SHORTEST_WAIT = 1.0
# Less than this, in tokens and requests, is an error of arithmetic.
_NOTHING = 1e-6


class EndpointBusy(FilonError):
    """The endpoint's own limits leave no room in time. `wait` is in how many seconds there may be.

    503 and not 429: the caller's key is not what was used up.
    """

    status = 503
    code = "endpoint_busy"
    blame = "configuration"

    def __init__(self, message: str, *, endpoint: str, wait: float) -> None:
        wait = max(_SHORTEST_WAIT, wait)
        super().__init__(
            message,
            fix=f"Try again in {ceil(wait):,} s, raise the endpoint's limits, or name another "
            "model to fall back to.",
            names={"endpoint": endpoint, "seconds": f"{ceil(wait)}"},
        )
        self.problem = replace(self.problem, retry_after=wait)


class Wish(Struct, frozen=True, kw_only=True):
    """What one attempt needs of an endpoint. `caller` is whom the line is fair to, `tokens` about
    how many it will use, `time_left` how many seconds it can wait. `label` is the endpoint's name
    in sentences."""

    endpoint: str
    label: str
    caller: str
    tokens: int
    time_left: float


class Taken(Struct, frozen=True, kw_only=True):
    """Room that was taken, to be given back once. `waited` is seconds in the line."""

    endpoint: str
    number: int
    tokens: int
    waited: float


class Load(Struct, frozen=True, kw_only=True):
    """How much an endpoint with limits is asked for now: `taken` places, `waiting` requests in its
    line, and what is missing from its buckets for a minute."""

    taken: int
    waiting: int
    requests: float
    tokens: float


class Slots(Protocol):
    """What keeps endpoints within their limits."""

    async def take(self, limits: EndpointLimits, wish: Wish) -> Taken:
        """Room for one attempt, after a wait if need be. Raises EndpointBusy when the line is full
        or the wait would be longer than `time_left`, TooLarge for more tokens than there are in a
        minute."""
        ...

    async def give_back(self, taken: Taken, tokens: int) -> None:
        """The attempt is over and used so many tokens in all. A second time changes nothing."""
        ...

    async def loads(self) -> Mapping[str, Load]:
        """How much each endpoint is asked for, by its name, where it was ever asked for room."""
        ...


class Used(Struct, frozen=True, kw_only=True):
    """What is missing from an endpoint's two buckets at the monotonic time `at`; they fill again
    evenly, all within a minute."""

    requests: float = 0.0
    tokens: float = 0.0
    at: float = 0.0


class _Gate:
    """One endpoint's counts. `running` are the numbers of what is not given back."""

    def __init__(self) -> None:
        self.limits = EndpointLimits()
        self.used = Used()
        self.running: set[int] = set()
        self.line: Line = Line()
        self.timer: asyncio.TimerHandle | None = None


class MemorySlots:
    """Counts in this process. `room` is how many may wait for one endpoint; the clock, which must
    go as the event loop's, is for tests."""

    def __init__(self, room: int = ROOM, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._room = room
        self._monotonic = monotonic
        self._number = 0
        # One for each endpoint that was ever asked.
        self._gates: dict[str, _Gate] = {}

    async def take(self, limits: EndpointLimits, wish: Wish) -> Taken:
        """Room for one attempt, after a wait if need be."""
        _check_size(limits, wish)
        gate = self._gates.setdefault(wish.endpoint, _Gate())
        if limits != gate.limits:
            # What has flowed in until now has done so by the old ones.
            gate.used = drained(gate.used, gate.limits, self._monotonic())
            gate.limits = limits
        waiter = Waiter(wish.caller, wish.tokens, self._monotonic())
        gate.line.join(waiter)
        self._serve(gate)
        if not waiter.place.done():
            self._check_wait(gate, waiter, wish)
        if len(gate.line) > self._room:
            self._turn_away(gate, wish)
        place = waiter.place
        number = place.result() if place.done() else await self._waited(gate, waiter, wish)
        return Taken(
            endpoint=wish.endpoint,
            number=number,
            tokens=wish.tokens,
            waited=self._monotonic() - waiter.since,
        )

    async def give_back(self, taken: Taken, tokens: int) -> None:
        """Frees the place, and corrects the count of tokens."""
        gate = self._gates[taken.endpoint]
        if taken.number in gate.running:
            self._free(gate, taken.number, requests=0, tokens=tokens - taken.tokens)
            self._serve(gate)

    async def loads(self) -> Mapping[str, Load]:
        """How much each endpoint is asked for, by its name."""
        now = self._monotonic()
        return {name: _load(gate, now) for name, gate in self._gates.items()}

    async def _waited(self, gate: _Gate, waiter: Waiter, wish: Wish) -> int:
        try:
            async with asyncio.timeout(wish.time_left):
                return await waiter.place
        except TimeoutError:
            self._leave(gate, waiter)
            raise _no_room(wish, gate.limits, _SHORTEST_WAIT) from None
        except asyncio.CancelledError:
            self._leave(gate, waiter)
            raise

    def _serve(self, gate: _Gate) -> None:
        """Serves as many as there is room for, and comes back when there is more."""
        if gate.timer is not None:
            gate.timer.cancel()
            gate.timer = None
        gate.used = drained(gate.used, gate.limits, self._monotonic())
        most = gate.limits.concurrent
        while (waiter := gate.line.next()) is not None:
            # One that was cancelled in this moment has not had the time to leave.
            if waiter.place.done():
                gate.line.leave(waiter)
                continue
            if most is not None and len(gate.running) >= most:
                return
            # It was let into the line, so it passes, even if the limit has shrunk since.
            tokens = min(waiter.tokens, gate.limits.tokens_per_minute or waiter.tokens)
            wait = until_room(gate.used, gate.limits, 1, tokens)
            if wait > 0:
                gate.timer = asyncio.get_running_loop().call_later(wait, self._serve, gate)
                return
            gate.line.serve(waiter)
            waiter.place.set_result(self._enter(gate, waiter.tokens))

    def _enter(self, gate: _Gate, tokens: int) -> int:
        self._number += 1
        gate.running.add(self._number)
        used = gate.used
        gate.used = replace(used, requests=used.requests + 1, tokens=used.tokens + tokens)
        return self._number

    def _free(self, gate: _Gate, number: int, *, requests: int, tokens: int) -> None:
        gate.running.remove(number)
        used = drained(gate.used, gate.limits, self._monotonic())
        gate.used = replace(used, requests=used.requests + requests, tokens=used.tokens + tokens)

    def _leave(self, gate: _Gate, waiter: Waiter) -> None:
        """Undoes whatever the line has done for one that waits no more: it may have been served
        in the moment in which it left."""
        gate.line.leave(waiter)
        place = waiter.place
        if place.done() and not place.cancelled() and place.exception() is None:
            self._free(gate, place.result(), requests=-1, tokens=-waiter.tokens)
        self._serve(gate)

    def _check_wait(self, gate: _Gate, waiter: Waiter, wish: Wish) -> None:
        """Raises EndpointBusy where its turn would come too late if all before it stay."""
        wait = _until_turn(gate, waiter)
        if wait > wish.time_left:
            self._leave(gate, waiter)
            raise _no_room(wish, gate.limits, wait)

    def _turn_away(self, gate: _Gate, wish: Wish) -> None:
        """The newest of whoever has most in the line goes, so that nobody can fill it alone."""
        waiter = gate.line.last_of_longest(wish.caller)
        wait = _until_turn(gate, waiter)
        gate.line.leave(waiter)
        if not waiter.place.done():
            waiter.place.set_exception(_line_full(wish, len(gate.line), wait))


def _load(gate: _Gate, now: float) -> Load:
    used = drained(gate.used, gate.limits, now)
    return Load(
        taken=len(gate.running),
        waiting=len(gate.line),
        requests=used.requests,
        tokens=used.tokens,
    )


def _until_turn(gate: _Gate, waiter: Waiter) -> float:
    """In how many seconds the buckets hold enough for it and all before it. Nobody knows when a
    place is given back, so that is left out."""
    served = gate.line.up_to(waiter)
    return until_room(gate.used, gate.limits, len(served), sum(each.tokens for each in served))


def drained(used: Used, limits: EndpointLimits, now: float) -> Used:
    """The same a little later. Of a limit that is not set nothing is kept; and below nothing, which
    is where tokens that come back late would lead, more would pass than the limit says."""
    minutes = max(0.0, now - used.at) / _MINUTE
    requests, tokens = limits.requests_per_minute, limits.tokens_per_minute
    return Used(
        requests=0.0 if requests is None else max(0.0, used.requests - requests * minutes),
        tokens=0.0 if tokens is None else max(0.0, used.tokens - tokens * minutes),
        at=now,
    )


def until_room(used: Used, limits: EndpointLimits, requests: int, tokens: int) -> float:
    """In how many seconds the buckets hold so much; 0 when they do now."""
    return max(
        _until(used.requests + requests, limits.requests_per_minute),
        _until(used.tokens + tokens, limits.tokens_per_minute),
    )


def _until(wanted: float, limit: int | None) -> float:
    if limit is None or wanted - limit <= _NOTHING:
        return 0.0
    return (wanted - limit) / limit * _MINUTE


def _check_size(limits: EndpointLimits, wish: Wish) -> None:
    """Waiting does not help a request that is larger than a whole bucket."""
    limit = limits.tokens_per_minute
    if limit is None or wish.tokens <= limit:
        return
    raise TooLarge(
        f"The request has about {wish.tokens:,} tokens; {wish.label} is asked for {limit:,} per "
        "minute at most.",
        code="larger_than_endpoint_limit",
        fix="Shorten it, or raise the endpoint's tokens_per_minute.",
        names={"endpoint": wish.label, "tokens": f"{wish.tokens:,}", "limit": f"{limit:,}"},
    )


def _no_room(wish: Wish, limits: EndpointLimits, wait: float) -> EndpointBusy:
    told = ", ".join(_words(limits))
    return EndpointBusy(
        f"{wish.label} is at its limits ({told}), with no room within {wish.time_left:.0f} s.",
        endpoint=wish.label,
        wait=wait,
    )


def _line_full(wish: Wish, waiting: int, wait: float) -> EndpointBusy:
    return EndpointBusy(
        f"{wish.label} has {waiting:,} requests waiting for it, as many as may.",
        endpoint=wish.label,
        wait=wait,
    )


def _words(limits: EndpointLimits) -> Iterator[str]:
    if limits.concurrent is not None:
        yield f"{limits.concurrent:,} at the same time"
    if limits.requests_per_minute is not None:
        yield f"{limits.requests_per_minute:,} requests per minute"
    if limits.tokens_per_minute is not None:
        yield f"{limits.tokens_per_minute:,} tokens per minute"
