"""Token buckets: how much a key may ask of a model, and the headers that tell it.

Reckoned in fractions, so that waiting exactly as long as was said is always enough.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from filon.practice.http import Headers

_SECONDS = {
    "requests_per_second": 1.0,
    "requests_per_minute": 60.0,
    "requests_per_day": 86_400.0,
    "tokens_per_minute": 60.0,
    "tokens_per_day": 86_400.0,
}


class Rate(Struct, frozen=True):
    """`amount` requests or tokens in `per` seconds: refilled all the time, never above `amount`."""

    amount: float
    per: float


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a key may ask; None is no limit, 0 lets nothing through. Raises ValueError."""

    requests_per_minute: float | None = None
    requests_per_day: float | None = None
    requests_per_second: float | None = None
    tokens_per_minute: float | None = None
    tokens_per_day: float | None = None
    concurrent: float | None = None

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value: float | None = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"`{name}` must be 0 or more, but it is {value}.")


def rates(limits: Limits) -> dict[str, Rate]:
    """The limits as rates. Less than one request in a time is one request in a longer time."""
    found: dict[str, Rate] = {}
    for name, seconds in _SECONDS.items():
        amount: float | None = getattr(limits, name)
        if amount is None:
            continue
        if _counts_requests(name) and 0 < amount < 1:
            found[name] = Rate(1.0, seconds / amount)
        else:
            found[name] = Rate(float(amount), seconds)
    return found


class Grant(Struct, frozen=True):
    """A request that may go ahead, and the tokens that were reserved for it."""

    id: int
    tokens: float


class Denied(Struct, frozen=True, kw_only=True):
    """Why a request may not go ahead: `which` is the limit, by its name in `Limits`.

    `used` and `requested` are what is taken of this limit and what the request would take.
    `wait` is seconds until it would fit, None where nobody knows or waiting does not help;
    `never` says that the request alone is larger than the limit.
    """

    which: str
    limit: float
    used: float
    requested: float
    wait: float | None = None
    never: bool = False


class Level(Struct, frozen=True):
    """One limit as it stands; `reset` is seconds until nothing of it is taken."""

    limit: float
    remaining: float
    reset: float


Snapshot = Mapping[str, Level]


class _Bucket:
    """One bucket. `free` falls below 0 only where an answer used more than was reserved for it."""

    __slots__ = ("at", "capacity", "free", "refill")

    def __init__(self, rate: Rate, now: Fraction) -> None:
        self.capacity = self.free = Fraction(rate.amount)
        self.refill = self.capacity / Fraction(rate.per)
        self.at = now

    def advance(self, now: Fraction) -> None:
        if now > self.at:
            self.free = min(self.capacity, self.free + (now - self.at) * self.refill)
            self.at = now

    def give(self, amount: Fraction) -> None:
        self.free = min(self.capacity, self.free + amount)

    def change(self, rate: Rate) -> None:
        """Keeps what was used, but no more than the whole of the new bucket."""
        used = self.capacity - self.free
        self.capacity = Fraction(rate.amount)
        self.refill = self.capacity / Fraction(rate.per)
        self.free = max(min(self.free, Fraction(0)), self.capacity - used)

    def due(self, amount: Fraction) -> Fraction | None:
        """When so much will be free; None if that is never."""
        if amount <= self.free:
            return self.at
        if amount > self.capacity or not self.refill:
            return None
        return self.at + (amount - self.free) / self.refill


class _Open(Struct, frozen=True):
    """What a grant holds: its tokens in these buckets."""

    tokens: Fraction
    buckets: tuple[_Bucket, ...]


class Buckets:
    """All limits of one key for one model.

    `now` is seconds of any clock that goes forward, always the same one. Take a monotonic one:
    Unix time is too large a number to add a wait to exactly.
    """

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._row = {name: _Bucket(rate, Fraction(now)) for name, rate in rates(limits).items()}
        self._open: dict[int, _Open] = {}
        self._last = 0

    @property
    def limits(self) -> Limits:
        """The limits that hold now."""
        return self._limits

    @property
    def running(self) -> int:
        """How many grants have not been settled."""
        return len(self._open)

    def take(self, now: float, tokens: float) -> Grant | Denied:
        """Reserves one request and its tokens (prompt and `max_tokens`) everywhere or nowhere.

        Of several limits that deny, the one is told that would never let it through, else the
        one for answers at the same time, else the one with the longest wait.
        """
        wanted = Fraction(max(0.0, tokens))
        self._advance(now)
        denials = [
            self._denial(name, bucket, _cost(name, wanted), now)
            for name, bucket in self._row.items()
            if bucket.free < _cost(name, wanted)
        ]
        most = self._limits.concurrent
        if most is not None and self.running + 1 > most:
            denials.append(_crowded(most, self.running))
        if denials:
            return max(denials, key=_weight)
        for name, bucket in self._row.items():
            bucket.free -= _cost(name, wanted)
        self._last += 1
        charged = (bucket for name, bucket in self._row.items() if not _counts_requests(name))
        self._open[self._last] = _Open(wanted, tuple(charged))
        return Grant(self._last, float(wanted))

    def settle(self, grant: Grant, used_tokens: float, now: float) -> None:
        """Ends a grant: gives back its place and the tokens that were not used.

        What was used beyond the reservation is taken as well. A second time changes nothing.
        """
        held = self._open.pop(grant.id, None)
        if held is None:
            return
        self._advance(now)
        for bucket in held.buckets:
            bucket.give(held.tokens - Fraction(max(0.0, used_tokens)))

    def change(self, limits: Limits, now: float) -> None:
        """Sets other limits. What was used stays used; a limit that is new begins untouched."""
        self._advance(now)
        row: dict[str, _Bucket] = {}
        for name, rate in rates(limits).items():
            row[name] = self._row.get(name) or _Bucket(rate, Fraction(now))
            row[name].change(rate)
        self._limits, self._row = limits, row

    def snapshot(self, now: float) -> Snapshot:
        """Every limit that there is, as it stands."""
        self._advance(now)
        levels: dict[str, Level] = {}
        for name, bucket in self._row.items():
            due = bucket.due(bucket.capacity)
            levels[name] = Level(
                limit=float(bucket.capacity),
                remaining=max(0.0, float(bucket.free)),
                reset=0.0 if due is None else _wait(now, due),
            )
        most = self._limits.concurrent
        if most is not None:
            levels["concurrent"] = Level(most, max(0.0, most - self.running), 0.0)
        return levels

    def _advance(self, now: float) -> None:
        moment = Fraction(now)
        for bucket in self._row.values():
            bucket.advance(moment)

    def _denial(self, name: str, bucket: _Bucket, cost: Fraction, now: float) -> Denied:
        due = bucket.due(cost)
        return Denied(
            which=name,
            limit=float(bucket.capacity),
            used=float(bucket.capacity - bucket.free),
            requested=float(cost),
            wait=None if due is None else _wait(now, due),
            never=due is None,
        )


def _counts_requests(name: str) -> bool:
    return name.startswith("requests")


def _cost(name: str, tokens: Fraction) -> Fraction:
    return Fraction(1) if _counts_requests(name) else tokens


def _crowded(most: float, running: int) -> Denied:
    return Denied(
        which="concurrent", limit=most, used=float(running), requested=1.0, never=most < 1
    )


def _weight(denied: Denied) -> tuple[bool, bool, float]:
    return denied.never, denied.which == "concurrent", denied.wait or 0.0


def _wait(now: float, due: Fraction) -> float:
    """The least number of seconds that, added to `now` as floats are, is not before `due`."""
    wait = max(0.0, float(due - Fraction(now)))
    while Fraction(now + wait) < due:
        # What is lost in the sum is of the size of the sum's last place, not of the wait's.
        wait = max(math.nextafter(wait, math.inf), math.nextafter(now + wait, math.inf) - now)
    return wait


# Headers. A style is how one provider tells the limits in the headers of every answer.

Style = Literal["openai", "groq", "anthropic", "mistral", "retry_after", "none"]
_IN_MILLISECONDS: frozenset[Style] = frozenset({"openai"})


def headers(style: Style, snapshot: Snapshot, at: float) -> Headers:
    """The headers of any answer in this style. `at` is Unix time."""
    return _STYLES[style](snapshot, at)


def openai_headers(snapshot: Snapshot, _at: float) -> Headers:
    """Limits per minute, else per day; resets are durations as Go writes them.

    Names and form: OpenAI's guide on rate limits; values seen in
    community.openai.com/t/1268905, 2025-05-26.
    """
    requests = snapshot.get("requests_per_minute") or snapshot.get("requests_per_day")
    tokens = snapshot.get("tokens_per_minute") or snapshot.get("tokens_per_day")
    return (*_x_ratelimit("requests", requests), *_x_ratelimit("tokens", tokens))


def groq_headers(snapshot: Snapshot, _at: float) -> Headers:
    """The names of OpenAI, but requests are always per day and tokens always per minute.

    Source: console.groq.com/docs/rate-limits, as read by 2026-08.
    """
    return (
        *_x_ratelimit("requests", snapshot.get("requests_per_day")),
        *_x_ratelimit("tokens", snapshot.get("tokens_per_minute")),
    )


def anthropic_headers(snapshot: Snapshot, at: float) -> Headers:
    """Limits per minute; resets are times in RFC 3339.

    Names and form: anthropic-sdk-typescript issue 357, a response of 2024-03-26.
    """
    found: list[tuple[str, str]] = []
    for kind, name in (("requests", "requests_per_minute"), ("tokens", "tokens_per_minute")):
        level = snapshot.get(name)
        if level is not None:
            reset = datetime.fromtimestamp(math.ceil(at + level.reset), UTC)
            found += (
                (f"anthropic-ratelimit-{kind}-limit", _whole(level.limit)),
                (f"anthropic-ratelimit-{kind}-remaining", _whole(level.remaining)),
                (f"anthropic-ratelimit-{kind}-reset", reset.strftime("%Y-%m-%dT%H:%M:%SZ")),
            )
    return tuple(found)


def mistral_headers(snapshot: Snapshot, _at: float) -> Headers:
    """Tokens and requests per minute, without resets.

    Seen in client-ts issue 169, a response of 2026-02-12. The `X-RateLimit-Remaining` of their
    error glossary was not in it; here it tells the requests that are left.
    """
    found: list[tuple[str, str]] = []
    for kind, name in (("tokens", "tokens_per_minute"), ("req", "requests_per_minute")):
        level = snapshot.get(name)
        if level is not None:
            found += (
                (f"x-ratelimit-limit-{kind}-minute", _whole(level.limit)),
                (f"x-ratelimit-remaining-{kind}-minute", _whole(level.remaining)),
            )
    left = snapshot.get("requests_per_second") or snapshot.get("requests_per_minute")
    if left is not None:
        found.append(("x-ratelimit-remaining", _whole(left.remaining)))
    return tuple(found)


def no_headers(_snapshot: Snapshot, _at: float) -> Headers:
    """Nothing: where a provider documents no such headers."""
    return ()


def retry_after(style: Style, denied: Denied) -> Headers:
    """The headers that only a denial has; none where waiting does not help."""
    if denied.wait is None or style == "none":
        return ()
    seconds = ("retry-after", str(max(1, math.ceil(denied.wait))))
    if style in _IN_MILLISECONDS:
        # That the official client reads `retry-after-ms` first is certain; that every 429 of
        # theirs carries it is not confirmed.
        return (seconds, ("retry-after-ms", str(_whole_ms(denied.wait))))
    return (seconds,)


def go_duration(seconds: float) -> str:
    """A duration as Go prints it, such as 6m0s, 7.66s or 120ms, rounded up to milliseconds."""
    ms = _whole_ms(max(0.0, seconds))
    if ms == 0:
        return "0s"
    if ms < 1_000:
        return f"{ms}ms"
    minutes, ms = divmod(ms, 60_000)
    whole, part = divmod(ms, 1_000)
    last = f"{whole}.{part:03}".rstrip("0").rstrip(".") if part else str(whole)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{last}s"
    return f"{minutes}m{last}s" if minutes else f"{last}s"


def _x_ratelimit(kind: str, level: Level | None) -> Headers:
    if level is None:
        return ()
    return (
        (f"x-ratelimit-limit-{kind}", _whole(level.limit)),
        (f"x-ratelimit-remaining-{kind}", _whole(level.remaining)),
        (f"x-ratelimit-reset-{kind}", go_duration(level.reset)),
    )


def _whole(amount: float) -> str:
    return str(math.floor(amount))


def _whole_ms(seconds: float) -> int:
    ms = math.ceil(seconds * 1_000)
    # The product may have been rounded down to a whole number.
    return ms if ms / 1_000 >= seconds else ms + 1


_STYLES: dict[Style, Callable[[Snapshot, float], Headers]] = {
    "openai": openai_headers,
    "groq": groq_headers,
    "anthropic": anthropic_headers,
    "mistral": mistral_headers,
    "retry_after": no_headers,
    "none": no_headers,
}
