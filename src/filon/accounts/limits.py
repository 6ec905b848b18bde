"""How much a key may do in a time: what is counted, and when there is more.

The counting is a pure function over one frozen state per key. Where the states lie is behind
`Rates`: in this process, until several share them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from math import ceil, floor
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import CallerError, InvalidRequest, RateLimited, TooLarge
from filon.conversation.rights import Allowance, KeyRules, LimitName
from filon.kit import clock

_MINUTE = 60.0
# Nobody can say when a running request ends; a client that waits so long asks soon enough.
_CONCURRENT_WAIT = 1.0
# Seconds for which a request waits for the place of another: a client that has the last bytes of
# one answer may ask again before the first request is settled.
PATIENCE = 0.25
# Beyond this a limit is a slip of the pen, and sums would lose digits.
HIGHEST = 10**12

# Less than this, in tokens and requests, is an error of arithmetic.
_NOTHING = 1e-6

_SPENT: dict[LimitName, str] = {
    "requests_per_minute": "The key {key} has made its {limit:,} requests per minute.",
    "tokens_per_minute": "The key {key} has used its {limit:,} tokens per minute.",
    "requests_per_day": "The key {key} has made its {limit:,} requests of today.",
    "concurrent": "The key {key} has {limit:,} requests running, as many as it may.",
}


class Used(Struct, frozen=True, kw_only=True):
    """What a key has used. `requests` and `tokens` are what is missing from its two buckets at the
    monotonic time `at`; they fill again evenly, all within a minute. `today` counts the requests
    of `day`, a date; None until it is known. `running` counts those that are not over."""

    requests: float = 0.0
    tokens: float = 0.0
    at: float = 0.0
    day: str = ""
    today: int | None = None
    running: int = 0


class Moment(Struct, frozen=True):
    """Now. `monotonic` and `until_tomorrow` are seconds, `day` is the date on this machine."""

    monotonic: float
    day: str
    until_tomorrow: float


class Reservation(Struct, frozen=True, kw_only=True):
    """What was taken for one request, to be settled when it is over."""

    key_id: str
    rules: KeyRules
    tokens: int


class Taken(Struct, frozen=True, kw_only=True):
    """The limits after a request came. `refused` is why it may not go on, by the limit
    `reached`; then nothing was taken."""

    limits: tuple[Allowance, ...] = ()
    refused: CallerError | None = None
    reached: LimitName | None = None
    reservation: Reservation | None = None


class Rates(Protocol):
    """What counts for the limits of keys."""

    async def take(
        self, owner_id: int, key_id: str, rules: KeyRules, tokens: int, key: str
    ) -> Taken:
        """Counts a request of about so many input tokens, or says why not. `key` names the key in
        sentences."""
        ...

    def settle(self, reservation: Reservation, tokens: int) -> None:
        """The request is over and used so many tokens in all. Never waits: nobody is there who
        could."""
        ...


CountToday = Callable[[int, str, str], Awaitable[int]]


class MemoryRates:
    """Counts in this process. `count_today` says how many requests of an owner's key there were on
    a day, for the first one after a start; the clocks and `patience` are for tests."""

    def __init__(
        self,
        count_today: CountToday,
        now: Callable[[], float] = clock.now,
        monotonic: Callable[[], float] = clock.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._count_today = count_today
        self._patience = patience
        self._freed = asyncio.Event()
        self._now = now
        self._monotonic = monotonic
        # Only keys that exist and have a limit get in, so strangers cannot make it grow.
        self._used: dict[str, Used] = {}

    async def take(
        self, owner_id: int, key_id: str, rules: KeyRules, tokens: int, key: str
    ) -> Taken:
        """Counts a request, or says why not."""
        if rules.requests_per_day is not None:
            await self._learn_today(owner_id, key_id, self._moment())
        taken = self._take(key_id, rules, tokens, key)
        if taken.reached != "concurrent":
            return taken
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while taken.reached == "concurrent":
                    self._freed.clear()
                    await self._freed.wait()
                    taken = self._take(key_id, rules, tokens, key)
        return taken

    def _take(self, key_id: str, rules: KeyRules, tokens: int, key: str) -> Taken:
        now = self._moment()
        used = self._used.get(key_id, Used(at=now.monotonic))
        self._used[key_id], taken = decide(used, rules, tokens, now, key)
        if taken.refused is not None:
            return taken
        reservation = Reservation(key_id=key_id, rules=rules, tokens=tokens)
        return replace(taken, reservation=reservation)

    def settle(self, reservation: Reservation, tokens: int) -> None:
        """Corrects the count of tokens, and frees the place of the request."""
        used = self._used[reservation.key_id]
        self._used[reservation.key_id] = settled(used, reservation, tokens, self._moment())
        self._freed.set()

    async def _learn_today(self, owner_id: int, key_id: str, now: Moment) -> None:
        known = self._used.get(key_id)
        # Another day need not be a new one: the clock may have been set back.
        if known is not None and known.today is not None and known.day == now.day:
            return
        count = await self._count_today(owner_id, key_id, now.day)
        known = self._used.get(key_id, Used(at=now.monotonic))
        # Another request may have learnt it while this one asked.
        if known.today is None or known.day != now.day:
            self._used[key_id] = replace(known, day=now.day, today=count)

    def _moment(self) -> Moment:
        now = self._now()
        today = clock.local(now).replace(tzinfo=None)
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return Moment(
            monotonic=self._monotonic(),
            day=today.date().isoformat(),
            until_tomorrow=max(1.0, midnight.timestamp() - now),
        )


def drained(used: Used, rules: KeyRules, now: Moment) -> Used:
    """The same a little later: the buckets are fuller, and of another day nothing is known yet."""
    minutes = max(0.0, now.monotonic - used.at) / _MINUTE
    return replace(
        used,
        requests=max(0.0, used.requests - (rules.requests_per_minute or 0) * minutes),
        tokens=max(0.0, used.tokens - (rules.tokens_per_minute or 0) * minutes),
        at=now.monotonic,
        day=now.day,
        today=used.today if used.day == now.day else None,
    )


def settled(used: Used, reservation: Reservation, tokens: int, now: Moment) -> Used:
    """What is used when the request is over, which used so many tokens in all."""
    rules = reservation.rules
    used = drained(used, rules, now)
    if rules.tokens_per_minute is not None:
        # Below nothing it would let more pass than the limit says.
        used = replace(used, tokens=max(0.0, used.tokens + tokens - reservation.tokens))
    return replace(used, running=max(0, used.running - 1))


def decide(used: Used, rules: KeyRules, tokens: int, now: Moment, key: str) -> tuple[Used, Taken]:
    """Whether one more request of about so many tokens may come, what is used then, and how much
    is left. All limits take it, or none."""
    used = drained(used, rules, now)
    reached = _longest(used, rules, tokens, now)
    refused = _too_large(rules, tokens, key)
    if refused is None and reached is not None:
        refused = _too_soon(reached, key)
    if refused is None:
        used = replace(
            used,
            requests=used.requests + (rules.requests_per_minute is not None),
            tokens=used.tokens + (tokens if rules.tokens_per_minute is not None else 0),
            today=None if used.today is None else used.today + 1,
            running=used.running + 1,
        )
    limits = _left(used, rules, now)
    return used, Taken(limits=limits, refused=refused, reached=reached and reached.name)


def _too_large(rules: KeyRules, tokens: int, key: str) -> CallerError | None:
    """Waiting does not help a request that is larger than a whole bucket."""
    limit = rules.tokens_per_minute
    if limit is None or tokens <= limit:
        return None
    return TooLarge(
        f"The request has about {tokens:,} tokens; the key {key} may use {limit:,} per minute.",
        code="larger_than_key_limit",
        fix="Shorten it, or raise the key's limit in Settings, Keys.",
        names={"key": key, "tokens": f"{tokens:,}", "limit": f"{limit:,}"},
    )


class _Reached(Struct, frozen=True):
    """A limit that is reached, and in how many seconds it lets the request pass."""

    name: LimitName
    limit: int
    wait: float


def _longest(used: Used, rules: KeyRules, tokens: int, now: Moment) -> _Reached | None:
    """The limit that is waited for longest, if there is any to wait for."""
    longest: _Reached | None = None
    for name, limit in rules.limits.items():
        wait = 0.0 if limit is None else _wait(name, limit, used, tokens, now)
        if limit is not None and wait > (longest.wait if longest else 0.0):
            longest = _Reached(name, limit, wait)
    return longest


def _too_soon(reached: _Reached, key: str) -> CallerError:
    limit = f"{reached.limit:,}"
    return RateLimited(
        _SPENT[reached.name].format(key=key, limit=reached.limit),
        wait=reached.wait,
        fix=f"Try again in {max(1, ceil(reached.wait)):,} s, or raise the limit in Settings, Keys.",
        names={"key": key, "limit": limit, "which": reached.name},
    )


def _wait(name: LimitName, limit: int, used: Used, tokens: int, now: Moment) -> float:
    """In how many seconds this limit lets the request pass; 0 when it does so now."""
    match name:
        case "requests_per_minute":
            return _until(used.requests + 1 - limit, limit)
        case "tokens_per_minute":
            return _until(used.tokens + tokens - limit, limit)
        case "requests_per_day":
            return now.until_tomorrow if (used.today or 0) >= limit else 0.0
        case "concurrent":
            return _CONCURRENT_WAIT if used.running >= limit else 0.0


def _until(missing: float, limit: int) -> float:
    return missing / limit * _MINUTE if missing > _NOTHING else 0.0


def _left(used: Used, rules: KeyRules, now: Moment) -> tuple[Allowance, ...]:
    return tuple(
        _allowance(name, limit, used, now)
        for name, limit in rules.limits.items()
        if limit is not None
    )


def _allowance(name: LimitName, limit: int, used: Used, now: Moment) -> Allowance:
    match name:
        case "requests_per_minute":
            gone, reset = used.requests, used.requests / limit * _MINUTE
        case "tokens_per_minute":
            gone, reset = used.tokens, used.tokens / limit * _MINUTE
        case "requests_per_day":
            gone, reset = used.today or 0, now.until_tomorrow
        case "concurrent":
            gone, reset = used.running, None
    left = max(0, floor(limit - gone + _NOTHING))
    return Allowance(name=name, limit=limit, left=left, reset=reset)


def checked(rules: KeyRules) -> KeyRules:
    """The rules, when every limit can be kept. Raises InvalidRequest."""
    for name, limit in rules.limits.items():
        if limit is not None and not 1 <= limit <= HIGHEST:
            raise InvalidRequest(
                f"A limit of {limit:,} for {name} cannot be kept.",
                fix="Give a whole number from 1 on, or none at all.",
                param=name,
            )
    return rules
