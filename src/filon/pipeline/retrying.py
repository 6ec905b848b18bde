"""What comes after a failed attempt: the same again, another key, another target, or the end.

Pure: chance and time are given. `route` chooses the next target, `send` the key.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import Problem
from filon.pipeline.kinds import Kind, kind_of

# Seconds that must be left for an attempt, or its answer could not be waited for anyway.
ROOM = 1.0
# A wait that a provider named grows by a tenth at most, and by no more than this many seconds, so
# that those who were told the same do not come back together.
_SPREAD = 1.0

_WHY: dict[Kind, str] = {
    "request": "The request itself is refused; the same again would be refused again.",
    "target": "It cannot serve this request; another model may.",
    "silence": "It has sent nothing for as long as is allowed; a second wait would be as long.",
    "lasting": "Trying again would find the same.",
    "key": "The key was refused",
    "credit": "The key's account has no credit",
    "right": "The key is not allowed this",
    "pace": "It asks to slow down",
    "passing": "The fault may be over in a moment",
}


class Policy(Struct, frozen=True, kw_only=True):
    """How much is tried. `attempts` is per target, the first one included.

    Without a wait named by the provider, the wait before the attempt n + 1 is drawn from 0 to
    `first_wait` * 2 ** (n - 1) seconds, and to `longest_wait` at most. A provider's own wait is
    kept if it is no longer than `patience` seconds, or than `patience_with_next` where the route
    has another target: that one answers sooner.

    0.5 and 8 s are what openai-python 3.54 takes (_constants.py, read 2026-11-27); the two kinds
    of patience are our own choice.
    """

    attempts: int = 3
    first_wait: float = 0.5
    longest_wait: float = 8.0
    patience: float = 60.0
    patience_with_next: float = 5.0


class Tried(Struct, frozen=True, kw_only=True):
    """What has happened so far. `attempts` at this target, the failed one included; `fresh_keys`
    are the endpoint's other keys that can be used and have not failed in this turn; `committed`
    says that output has been passed on; `time_left` is seconds until the turn's deadline."""

    attempts: int
    fresh_keys: int = 0
    committed: bool = False
    time_left: float
    has_next: bool = False


class Again(Struct, frozen=True, kw_only=True):
    """Another attempt at the same target, after `wait` seconds, with the same or another key."""

    key: Literal["same", "other"]
    wait: float
    why: str


class GiveUp(Struct, frozen=True, kw_only=True):
    """No more of this target; `problem` is what the caller is told if no other can be had."""

    problem: Problem
    why: str


class End(Struct, frozen=True, kw_only=True):
    """The failure goes to the caller, whatever else there is to try."""

    why: str


Verdict = Again | GiveUp | End


def after(problem: Problem, tried: Tried, policy: Policy, random01: float) -> Verdict:
    """What to do after this failure. `random01` is drawn anew for each call, from 0 to below 1."""
    kind = kind_of(problem)
    if tried.committed:
        return End(why="Output has been passed on; a second answer cannot take its place.")
    match kind:
        case "request":
            return End(why=_WHY[kind])
        case "target" | "silence" | "lasting":
            return GiveUp(problem=problem, why=_WHY[kind])
        case "key" | "credit" | "right":
            return _with_other_key(problem, kind, tried, policy)
        case "pace" | "passing":
            return _later(problem, kind, tried, policy, random01)


def _with_other_key(problem: Problem, kind: Kind, tried: Tried, policy: Policy) -> Verdict:
    """A key that fails for good is not waited for."""
    if kind == "key":
        # Some answer 400 to a wrong key. It is ours and not the caller's: decision 0010.
        problem = replace(problem, status=502)
    if not tried.fresh_keys:
        return GiveUp(problem=problem, why=f"{_WHY[kind]}, and there is no other key.")
    if tried.attempts >= policy.attempts:
        return GiveUp(problem=problem, why=_spent(kind, tried))
    return Again(key="other", wait=0.0, why=f"{_WHY[kind]}; another key is tried.")


def _later(problem: Problem, kind: Kind, tried: Tried, policy: Policy, random01: float) -> Verdict:
    if tried.attempts >= policy.attempts:
        return GiveUp(problem=problem, why=_spent(kind, tried))
    # What the provider says of when holds for the key that it was said to.
    other = kind == "pace" and tried.fresh_keys > 0
    named = None if other else problem.retry_after
    patience = policy.patience_with_next if tried.has_next else policy.patience
    if named is not None and named > patience:
        return GiveUp(
            problem=problem,
            why=f"It asks to wait {named:,.0f} s, and no more than {patience:,.0f} s are waited.",
        )
    wait = _spread(named, random01) if named else backoff(tried.attempts, policy, random01)
    if wait + ROOM > tried.time_left:
        return GiveUp(
            problem=problem,
            why=f"The wait of {wait:.1f} s does not fit into the {max(0.0, tried.time_left):.1f} s "
            "that the turn has left.",
        )
    key = "other" if other else "same"
    which = "with another key" if other else "with the same key"
    number = f"attempt {tried.attempts + 1} of {policy.attempts}"
    return Again(key=key, wait=wait, why=f"{_WHY[kind]}: {number} in {wait:.1f} s, {which}.")


def backoff(attempts: int, policy: Policy, random01: float) -> float:
    """Seconds to wait after so many attempts, where the provider names none.

    Full jitter: anything from nothing to a bound that doubles, which spreads callers best (AWS
    Architecture Blog, "Exponential Backoff And Jitter", 2015, read 2026-11-27).
    """
    # Doubled beyond this it is past any bound, and in the end past what a float can hold.
    doublings = min(attempts - 1, 60)
    return random01 * min(policy.longest_wait, policy.first_wait * 2.0**doublings)


def _spread(named: float, random01: float) -> float:
    return named + random01 * min(_SPREAD, named / 10)


def _spent(kind: Kind, tried: Tried) -> str:
    count = "1 attempt was" if tried.attempts == 1 else f"{tried.attempts} attempts were"
    return f"{_WHY[kind]}, but {count} made, as many as are allowed."
