"""The headers by which a caller learns what its key has left, as clients of each protocol read
them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from filon.conversation.rights import Allowance, LimitName

Pairs = tuple[tuple[str, str], ...]


def limit_headers(protocol: str, limits: Iterable[Allowance], now: float) -> Pairs:
    """The headers for these limits. `now` is Unix time in seconds."""
    known: dict[LimitName, Allowance] = {limit.name: limit for limit in limits}
    return _WRITERS.get(protocol, _openai)(known, now)


def _openai(limits: dict[LimitName, Allowance], now: float) -> Pairs:
    """OpenAI's three for requests and three for tokens; what OpenAI does not count is named in the
    same manner."""
    headers: list[tuple[str, str]] = []
    for kind, limit in _kinds(limits):
        headers.append((f"x-ratelimit-limit-{kind}", str(limit.limit)))
        headers.append((f"x-ratelimit-remaining-{kind}", str(limit.left)))
        if limit.reset is not None:
            headers.append((f"x-ratelimit-reset-{kind}", span(limit.reset)))
    return tuple(headers)


def _anthropic(limits: dict[LimitName, Allowance], now: float) -> Pairs:
    """Anthropic's: the kind in the middle, and a moment instead of a span."""
    headers: list[tuple[str, str]] = []
    for kind, limit in _kinds(limits):
        headers.append((f"anthropic-ratelimit-{kind}-limit", str(limit.limit)))
        headers.append((f"anthropic-ratelimit-{kind}-remaining", str(limit.left)))
        if limit.reset is not None:
            at = datetime.fromtimestamp(now + limit.reset, UTC)
            headers.append((f"anthropic-ratelimit-{kind}-reset", at.strftime("%Y-%m-%dT%H:%M:%SZ")))
    return tuple(headers)


def _kinds(limits: dict[LimitName, Allowance]) -> Iterable[tuple[str, Allowance]]:
    """The limits under the words of headers. Clients read `requests`: that is the minute's, or the
    day's where there is no other."""
    minute, day = limits.get("requests_per_minute"), limits.get("requests_per_day")
    found = (
        ("requests", minute or day),
        ("tokens", limits.get("tokens_per_minute")),
        ("requests-day", day if minute else None),
        ("concurrent", limits.get("concurrent")),
    )
    return ((kind, limit) for kind, limit in found if limit is not None)


def span(seconds: float) -> str:
    """A time as OpenAI writes it: 120ms, 8.64s, 6m0s, 3h5m0s."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    if seconds < 60:
        return f"{round(seconds, 2):g}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes}m{rest}s" if hours else f"{minutes}m{rest}s"


_WRITERS: dict[str, Callable[[dict[LimitName, Allowance], float], Pairs]] = {
    "openai_chat": _openai,
    "openai_responses": _openai,
    "anthropic_messages": _anthropic,
}
