"""What a reply of the gateway says in its headers: where it came from, in how many attempts, what
it cost, and how much of its time was Filon's own. Pure, but for the clock."""

import re
from collections.abc import Set
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

Pairs = tuple[tuple[str, str], ...]

# What a client reads to pace itself. `retry-after` is not among them: it is rendered anew, in
# seconds, from whatever the provider said.
_PASSED = ("x-ratelimit-", "ratelimit", "anthropic-ratelimit-", "retry-after-ms")
# More than any provider sends; a reply's head must stay small enough for every proxy.
_MOST_PASSED = 40
_LONGEST = 256
_NAME = re.compile(r"[\w.~!#$%&'*+^`|-]+", re.ASCII)
_NONE: frozenset[str] = frozenset()

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


def of_turn(turn: Turn, opened: Opened | None, watch: Watch, request_id: str) -> bytes:
    """The lines in a reply's head. `opened` is what a provider accepted, if one did; the turn is
    as it stood then, or settled. `request_id` is the header in which the protocol's clients look
    for the id that they log."""
    lines = f"x-filon-trace: {turn.id}\r\n{request_id}: {turn.id}\r\n"
    if opened is None:
        seen = turn
        attempts = [record for record in turn.records if isinstance(record, Attempt)]
        number = len(attempts)
        reply_headers = attempts[-1].reply_headers if attempts else ()
    else:
        seen, number, reply_headers = opened.turn, opened.number, opened.headers
    if seen.endpoint is not None and seen.model is not None:
        target = seen.endpoint.target
        lines += of_model(seen.endpoint.name, target.model if target else seen.model)
    own = watch.own(opened, turn) * 1000
    lines += f"x-filon-attempts: {number}\r\nx-filon-overhead-ms: {own:.2f}\r\n"
    end = settled(turn)
    if end is not None and turn.problem is None:
        lines += of_cost(end.cost)
    limits = own_limits(seen)
    # Where the key has a limit of its own, that is the one that its caller meets.
    passed = _passed_on(reply_headers, {name for name, _ in limits} if limits else _NONE)
    if limits or passed:
        lines += "".join([f"{name}: {value}\r\n" for name, value in (*limits, *passed)])
    return lines.encode("ascii")


def of_problem(problem: Problem) -> bytes:
    """The lines by which a client learns whose fault it was, whether and when to ask again."""
    lines = f"x-filon-blame: {problem.blame}\r\n"
    if problem.provider_status is not None:
        lines += f"x-filon-provider-status: {problem.provider_status}\r\n"
    if problem.retry_after is not None:
        lines += f"retry-after: {max(1, ceil(problem.retry_after))}\r\n"
    elif _is_in_vain(problem):
        # OpenAI's and Anthropic's clients try a 429 and every 5xx again unless they are told, and
        # Claude Code a 401, for minutes.
        lines += "x-should-retry: false\r\n"
    return lines.encode("ascii")


def _is_in_vain(problem: Problem) -> bool:
    if problem.status == 401 or kind_of(problem) == "credit":
        return True
    if problem.provider_status in _ACCOUNT:
        return True
    return problem.status >= 500 and problem.blame in ("caller", "configuration")


def of_cost(cost: Cost) -> str:
    """Nothing where the cost is unknown; 0 where nobody is paid."""
    usd = 0.0 if cost.kind in ("free", "local") else cost.usd
    if usd is None:
        return ""
    told = repr(usd)
    if "e" in told:
        told = f"{Decimal(told):f}"
    return f"x-filon-cost-usd: {told.removesuffix('.0')}\r\n"


def _passed_on(headers: Pairs, but: Set[str]) -> Pairs:
    found = [
        (passed, value)
        for name, value in headers
        if (passed := passes(name)) and passed not in but and len(name) + len(value) <= _LONGEST
        if value.isascii() and value.isprintable()
    ]
    return tuple(found[:_MOST_PASSED]) if found else ()


@lru_cache(maxsize=1024)
def passes(name: str) -> str | None:
    """The name under which a provider's header is passed on, if it is."""
    small = name.lower()
    return small if small.startswith(_PASSED) and _NAME.fullmatch(small) else None


@lru_cache(maxsize=1024)
def of_model(endpoint: str, model: str) -> str:
    """Who answered, whatever letters their names have."""
    return f"x-filon-endpoint: {_plain(endpoint)}\r\nx-filon-model: {_plain(model)}\r\n"


def _plain(name: str) -> str:
    """A name as a header can carry it: what is not ASCII stands in percent signs."""
    return quote(name, safe="/:@ +,;=!*'()[]{}~$&?#|^<>\"\\").strip()
