"""Errors both ways: Anthropic's envelope, in which a type stands for the status."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from filon.conversation.errors import Problem
from filon.protocols.lenient_json import decode_lenient
from filon.protocols.openai_chat import errors as openai

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
# In a stream an error has no status but what its type says. 408 is how only we say it.
_STATUSES = {kind: status for status, kind in _TYPES.items() if status != 408}
_OVERLOADED = 529


def parse_error(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, *, now: float
) -> Problem:
    """What a provider answered instead of a reply, in this envelope or any other. Never raises.

    With a status below 400 the status is taken from the error's type, or else as its body has it.
    """
    kind = _type_in(body)
    meant = status if status >= 400 else _STATUSES.get(kind or "", status)
    told = openai.parse_error(meant, headers, body, now=now)
    if meant == _OVERLOADED:
        fix = "Wait a little and try again: too many ask at once. Or choose another endpoint."
        return msgspec.structs.replace(told, fix=fix)
    return told


def problem_of(value: Any) -> Problem | None:
    """The error that a JSON value of a reply is, or None when it is none. For errors under 200."""
    if openai.problem_of(value) is None:
        return None
    return parse_error(200, (), msgspec.json.encode(value), now=0.0)


def _type_in(body: bytes) -> str | None:
    try:
        value = decode_lenient(body)
    except ValueError:
        return None
    error = cast("dict[str, Any]", value).get("error") if isinstance(value, dict) else None
    kind = cast("dict[str, Any]", error).get("type") if isinstance(error, dict) else None
    return kind if isinstance(kind, str) else None


def render_error(problem: Problem, request_id: str | None = None) -> tuple[int, bytes]:
    """A problem as Anthropic's clients read it: a status and a body."""
    status = problem.status if 400 <= problem.status < 600 else 500
    return status, msgspec.json.encode(error_object(problem, request_id))


def error_object(problem: Problem, request_id: str | None = None) -> dict[str, Any]:
    """The envelope of an error, in a body as in the frame of a stream that breaks off.

    `request_id` is what a caller would quote in a complaint; the header `request-id` says the same.
    """
    return {
        "type": "error",
        "error": {"type": _type_of(problem), "message": openai.words_of(problem)},
        "request_id": request_id,
    }


def _type_of(problem: Problem) -> str:
    status = problem.status
    if status not in _TYPES and problem.provider_status == _OVERLOADED:
        status = _OVERLOADED
    fallback = "invalid_request_error" if 400 <= status < 500 else "api_error"
    return _TYPES.get(status, fallback)
