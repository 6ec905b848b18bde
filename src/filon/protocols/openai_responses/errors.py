"""Errors both ways. The bodies are those of chat completions; a reply and a stream can hold one."""

from typing import Any

import msgspec
from msgspec.structs import replace

from filon.conversation.errors import Blame, Problem
from filon.kit import sse
from filon.protocols.openai_chat.errors import error_object, parse_error, problem_of, render_error

__all__ = ["broken_frame", "failure_of", "parse_error", "problem_in", "render_error"]

# What a reply's own error means as a status: it names none, for the reply came with 200.
_STATUSES: dict[str, tuple[int, Blame]] = {
    "rate_limit_exceeded": (429, "provider"),
    "insufficient_quota": (429, "configuration"),
    "server_is_overloaded": (503, "provider"),
    "slow_down": (429, "provider"),
    "invalid_prompt": (400, "caller"),
    "context_length_exceeded": (400, "caller"),
    "invalid_image": (400, "caller"),
}


def problem_in(value: Any) -> Problem:
    """The error that a reply, or an event of a stream, holds or is."""
    problem = problem_of(value)
    if problem is None:
        return parse_error(200, (), b'"The provider says that it failed, but not why."', now=0.0)
    if problem.code not in _STATUSES:
        return problem
    status, blame = _STATUSES[problem.code]
    return replace(problem, status=status, blame=blame)


def failure_of(problem: Problem) -> dict[str, Any]:
    """The `error` of a reply that failed."""
    return {"code": problem.code, "message": error_object(problem)["error"]["message"]}


def broken_frame(problem: Problem, sequence_number: int | None = None) -> bytes:
    """The event `error`, by which a stream that breaks off says why.

    Its members stand flat, as they are documented, and once more under `error`, as they are sent:
    clients look for the one or the other.
    """
    error = error_object(problem)["error"]
    told: dict[str, Any] = {"type": "error"}
    if sequence_number is not None:
        told["sequence_number"] = sequence_number
    told |= {name: error[name] for name in ("code", "message", "param")}
    return sse.encode(msgspec.json.encode({**told, "error": error}), event="error")
