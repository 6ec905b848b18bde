"""What a reply of the gateway says in its headers: where it came from, in how many attempts, what
it cost, and how much of its time was Filon's own. Pure, but for the clock."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from math import ceil
from urllib.parse import quote

from filon.conversation.errors import Problem
from filon.kit import clock
from filon.pipeline.ending import settled
from filon.pipeline.kinds import kind_of
from filon.pipeline.recording import waited
from filon.pipeline.turn import Opened, Turn
from filon.server.own_limits import own_limits
from filon.trace.records import Attempt, Cost

Pairs = tuple[tuple[bytes, bytes], ...]

# What a client reads to pace itself. `retry-after` is not among them: it is rendered anew, in
# seconds, from whatever the provider said.
_PASSED = ("x-ratelimit-", "ratelimit", "anthropic-ratelimit-", "retry-after-ms")
# More than any provider sends; a reply's head must stay small enough for every proxy.
_MOST_PASSED = 40
_LONGEST = 256

# Refusals of our own account with the provider: it is the operator who must act.
_ACCOUNT = frozenset({401, 402, 403, 407})


class Watch:
    """Measures what Filon itself takes of a request's time, in seconds.

    That is from when the request's head is here until the head of the provider's reply is, without
    the time in which the caller's body was still coming and without the time in which a provider
    was waited for: a connection being made, a request on its way, a reply not begun.
    """

    def __init__(self) -> None:
        self._since = clock.monotonic()
        self._before = 0.0

    def body_comes(self) -> None:
        """From now on it is the caller that is waited for."""
        self._before += clock.monotonic() - self._since

    def body_is_here(self) -> None:
        """Filon's own time goes on."""
        self._since = clock.monotonic()

    def own(self, opened: Opened | None, turn: Turn) -> float:
        """Filon's own seconds; of a turn that no provider accepted, until now."""
        at, lost = (
            (clock.monotonic(), waited(turn)) if opened is None else (opened.at, opened.waited)
        )
        return max(0.0, self._before + at - self._since - lost)


def of_turn(turn: Turn, opened: Opened | None, watch: Watch, request_id: str) -> Pairs:
    """The headers of a reply. `opened` is what a provider accepted, if one did; the turn is as it
    stood then, or settled. `request_id` is the header in which the protocol's clients look for the
    id that they log."""
    seen = turn if opened is None else opened.turn
    trace = turn.id.encode()
    pairs = [(b"x-filon-trace", trace), (request_id.encode(), trace)]
    if seen.endpoint is not None and seen.model is not None:
        target = seen.endpoint.target
        model = target.model if target else seen.model
        pairs += [
            (b"x-filon-endpoint", _plain(seen.endpoint.name)),
            (b"x-filon-model", _plain(model)),
        ]
    attempts = [record for record in turn.records if isinstance(record, Attempt)]
    number = max(len(attempts), opened.number if opened else 0)
    own = watch.own(opened, turn) * 1000
    pairs += [
        (b"x-filon-attempts", str(number).encode()),
        (b"x-filon-overhead-ms", f"{own:.2f}".encode()),
    ]
    end = settled(turn)
    if end is not None and turn.problem is None:
        pairs += _cost(end.cost)
    limits = own_limits(seen)
    passed: Pairs = ()
    if opened is not None:
        passed = _passed_on(opened.headers)
    elif attempts:
        passed = _passed_on(attempts[-1].reply_headers)
    # Where the key has a limit of its own, that is the one that its caller meets.
    names = {name for name, _ in limits}
    return (*pairs, *limits, *(pair for pair in passed if pair[0] not in names))


def of_problem(problem: Problem | None) -> Pairs:
    """The headers by which a client learns whose fault it was, whether and when to ask again."""
    if problem is None:
        return ()
    pairs = [(b"x-filon-blame", problem.blame.encode())]
    if problem.provider_status is not None:
        pairs.append((b"x-filon-provider-status", str(problem.provider_status).encode()))
    if problem.retry_after is not None:
        pairs.append((b"retry-after", str(max(1, ceil(problem.retry_after))).encode()))
    elif _is_in_vain(problem):
        # OpenAI's and Anthropic's clients try a 429 and every 5xx again unless they are told, and
        # Claude Code a 401, for minutes.
        pairs.append((b"x-should-retry", b"false"))
    return tuple(pairs)


def _is_in_vain(problem: Problem) -> bool:
    if problem.status == 401 or kind_of(problem) == "credit":
        return True
    if problem.provider_status in _ACCOUNT:
        return True
    return problem.status >= 500 and problem.blame in ("caller", "configuration")


def _cost(cost: Cost) -> Pairs:
    """Nothing where the cost is unknown; 0 where nobody is paid."""
    usd = 0.0 if cost.kind in ("free", "local") else cost.usd
    if usd is None:
        return ()
    return ((b"x-filon-cost-usd", f"{Decimal(repr(usd)).normalize():f}".encode()),)


def _passed_on(headers: Sequence[tuple[str, str]]) -> Pairs:
    found = [
        (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in headers
        if name.lower().startswith(_PASSED) and len(name) + len(value) <= _LONGEST
        if value.isascii() and value.isprintable()
    ]
    return tuple(found[:_MOST_PASSED])


@lru_cache(maxsize=1024)
def _plain(name: str) -> bytes:
    """A name as a header can carry it: what is not ASCII stands in percent signs."""
    return quote(name, safe="/:@ +,;=!*'()[]{}~$&?#|^<>\"\\").strip().encode("ascii")
