"""A refusal in a provider's words: its status, its body's shape, its headers."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from filon.conversation.errors import Problem
from filon.kit import ids
from filon.practice.dialects.dialect import Dialect, Words
from filon.practice.http import Headers, Response
from filon.practice.refusal import Kind, Refusal

_PAGE = """<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>practice-proxy</center>
</body>
</html>
"""

_INVALID = "invalid_request_error"

# What a dialect says unless its data says otherwise; statuses and names as OpenAI has them.
_ROWS: tuple[tuple[Kind, int, str | None, str | None, str | None], ...] = (
    ("bad_request", 400, "{message}", _INVALID, None),
    ("missing_key", 401, "No API key was sent.", _INVALID, None),
    ("wrong_key", 401, "The API key {key} is not valid.", _INVALID, "invalid_api_key"),
    ("no_money", 402, "The account has no money left.", "insufficient_quota", None),
    ("forbidden", 403, "This key may not use {model}.", "permission_error", None),
    (
        "unknown_model",
        404,
        "The model `{model}` does not exist or you do not have access to it.",
        _INVALID,
        "model_not_found",
    ),
    ("not_found", 404, "{message}", _INVALID, None),
    ("timeout", 408, "The request timed out.", "timeout", None),
    ("too_large", 413, "The request is too large.", _INVALID, None),
    ("unknown_parameter", 400, "Unknown parameter: '{param}'.", _INVALID, "unknown_parameter"),
    (
        "unsupported_parameter",
        400,
        "Unsupported parameter: '{param}' is not supported with this model.",
        _INVALID,
        "unsupported_parameter",
    ),
    (
        "context_too_long",
        400,
        "This model's maximum context length is {context} tokens, and {total} were wanted "
        "({prompt} in the messages, {answer} in the answer).",
        _INVALID,
        "context_length_exceeded",
    ),
    ("unprocessable", 422, "{message}", _INVALID, None),
    (
        "rate_limited",
        429,
        "Rate limit reached for {model} on {metric}: limit {limit}, used {used}, requested "
        "{requested}. Try again in {wait}s.",
        "rate_limit_exceeded",
        "rate_limit_exceeded",
    ),
    (
        "request_over_limit",
        429,
        "Request too large for {model} on {metric}: limit {limit}, requested {requested}.",
        "tokens",
        "rate_limit_exceeded",
    ),
    (
        "too_many_at_once",
        429,
        "Too many requests are being answered at once: the limit is {limit}.",
        "rate_limit_exceeded",
        "rate_limit_exceeded",
    ),
    (
        "quota_exhausted",
        429,
        "You exceeded your current quota; check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    ("capacity", 498, "Capacity is exceeded for this tier.", "capacity", "capacity_exceeded"),
    ("client_closed", 499, "The request was cancelled by the client.", _INVALID, None),
    ("internal", 500, "The server had an error.", "server_error", None),
    ("bad_gateway", 502, None, None, None),
    ("unavailable", 503, "The service is unavailable.", "server_error", None),
    ("gateway_timeout", 504, "The upstream did not answer in time.", "server_error", None),
    ("overloaded", 503, "The engine is overloaded.", "server_error", None),
)

_USUAL: Mapping[Kind, Words] = {
    kind: Words(status=status, message=message, type=type_, code=code, sure="practice")
    for kind, status, message, type_, code in _ROWS
}


class _Unsaid(dict[str, Any]):
    """A value that nobody knows leaves a word in its place."""

    def __missing__(self, key: str) -> str:
        return f"unknown {key}"


def refuse(
    dialect: Dialect, refusal: Refusal, extra: Headers = (), *, request: str | None = None
) -> Response:
    """The response with which this dialect refuses. `request` is the request's id, for a body that
    repeats it."""
    words = words_of(dialect, refusal.kind)
    status = refusal.status or words.status
    told = _told(words, refusal)
    shape = words.shape or ("html" if refusal.kind == "bad_gateway" else dialect.errors.shape.use)
    body = SHAPES[shape](msgspec.structs.replace(told, request=request), status)
    kind = _TYPES.get(shape, "application/json")
    if dialect.errors.content_type is not None and shape not in _TYPES:
        kind = dialect.errors.content_type.use
    headers = [("content-type", kind), *extra]
    if refusal.retry_after is not None and not any(name == "retry-after" for name, _ in extra):
        headers.append(("retry-after", f"{refusal.retry_after:g}"))
    return Response(status=status, headers=tuple(headers), body=body)


def error_value(dialect: Dialect, refusal: Refusal, request: str | None = None) -> dict[str, Any]:
    """The error's JSON, for a place other than a body of its own: a frame of a stream."""
    words = words_of(dialect, refusal.kind)
    shape = words.shape or dialect.errors.shape.use
    shape = shape if shape not in _TYPES else dialect.errors.shape.use
    status = refusal.status or words.status
    told = msgspec.structs.replace(_told(words, refusal), request=request)
    return msgspec.json.decode(SHAPES[shape](told, status))


def words_of(dialect: Dialect, kind: Kind) -> Words:
    """How this dialect says this kind of refusal."""
    own, usual = dialect.errors.kinds.get(kind), _USUAL[kind]
    if own is None:
        return usual
    return own if own.message is not None else msgspec.structs.replace(own, message=usual.message)


def refusal_of(dialect: Dialect, problem: Problem) -> Refusal:
    """A problem of the request itself, found by code that knows no dialect."""
    kind: Kind = "bad_request"
    if problem.status == 404:
        kind = "not_found"
    elif problem.status == 413:
        kind = "too_large"
    elif problem.status == 400 and problem.param:
        kind = dialect.invalid.use
    words = f"{problem.message} {problem.fix}" if problem.fix else problem.message
    status = problem.status if problem.status not in (400, 404) else None
    return Refusal(
        kind=kind, status=status, message=words, param=problem.param, values={"message": words}
    )


class _Told(msgspec.Struct, frozen=True):
    message: str
    type: str | None
    code: str | int | None
    param: str | None
    value: Any = None
    request: str | None = None


def _told(words: Words, refusal: Refusal) -> _Told:
    values = _Unsaid(refusal.values)
    if refusal.param is not None:
        values.setdefault("param", refusal.param)
    message = refusal.message or (words.message or "").format_map(values)
    code = refusal.code or words.code
    return _Told(message, words.type, code, refusal.param, values.get("value"))


def _openai(told: _Told, _status: int) -> bytes:
    return msgspec.json.encode(
        {
            "error": {
                "message": told.message,
                "type": told.type,
                "param": told.param,
                "code": told.code,
            }
        }
    )


def _openai_without_param(told: _Told, _status: int) -> bytes:
    error = {"message": told.message, "type": told.type, "param": None, "code": told.code}
    return msgspec.json.encode({"error": error})


def _openai_without_nulls(told: _Told, _status: int) -> bytes:
    members = {
        "message": told.message,
        "type": told.type,
        "param": told.param,
        "code": told.code,
    }
    error = {name: value for name, value in members.items() if value is not None}
    return msgspec.json.encode({"error": error})


def _message(told: _Told, _status: int) -> bytes:
    return msgspec.json.encode({"message": told.message, "request_id": ids.new_id("req")})


def _mistral(told: _Told, status: int) -> bytes:
    return msgspec.json.encode(
        {
            "object": "error",
            "message": told.message,
            "type": told.type,
            "param": told.param,
            "code": told.code,
            "raw_status_code": status,
        }
    )


def _mistral_detail(told: _Told, status: int) -> bytes:
    where = ["body", *(told.param or "").split(".")] if told.param else ["body"]
    one = {
        "type": told.code or told.type,
        "loc": where,
        "msg": told.message,
        "input": told.value,
    }
    return msgspec.json.encode(
        {
            "object": "error",
            "message": {"detail": [one]},
            "type": told.type,
            "param": None,
            "code": None,
            "raw_status_code": status,
        }
    )


def _detail(told: _Told, _status: int) -> bytes:
    return msgspec.json.encode({"detail": told.message})


def _openrouter(told: _Told, status: int) -> bytes:
    error: dict[str, Any] = {"message": told.message, "code": status}
    if told.code is not None:
        error["metadata"] = {"error_type": told.code}
    return msgspec.json.encode({"error": error, "user_id": "user_practice"})


def _xai(told: _Told, _status: int) -> bytes:
    return msgspec.json.encode({"code": told.code or told.type, "error": told.message})


def _fireworks(told: _Told, _status: int) -> bytes:
    error = {
        "message": told.message,
        "param": told.param,
        "code": told.code,
        "type": told.type,
    }
    return msgspec.json.encode({"error": error, "request_id": ids.new_id("req")})


# What docs.anthropic.com/en/api/errors has, read by 2026-11-23: the type says the status once more.
_ANTHROPIC: Mapping[int, str] = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def _anthropic(told: _Told, status: int) -> bytes:
    usual = "invalid_request_error" if status < 500 else "api_error"
    error = {"type": _ANTHROPIC.get(status, usual), "message": told.message}
    return msgspec.json.encode({"type": "error", "error": error, "request_id": told.request})


def _ollama_native(told: _Told, _status: int) -> bytes:
    return msgspec.json.encode({"error": told.message})


def _html(_told: _Told, status: int) -> bytes:
    return _PAGE.replace("502 Bad Gateway", f"{status} Bad Gateway").encode()


def _text(told: _Told, _status: int) -> bytes:
    return told.message.encode()


SHAPES: Mapping[str, Callable[[_Told, int], bytes]] = {
    "openai": _openai,
    "openai_without_param": _openai_without_param,
    "openai_without_nulls": _openai_without_nulls,
    "message": _message,
    "mistral": _mistral,
    "mistral_detail": _mistral_detail,
    "detail": _detail,
    "openrouter": _openrouter,
    "xai": _xai,
    "fireworks": _fireworks,
    "ollama": _openai,
    "anthropic": _anthropic,
    "ollama_native": _ollama_native,
    "html": _html,
    "text": _text,
}
_TYPES = {"html": "text/html", "text": "text/plain; charset=utf-8"}


def request_id(dialect: Dialect) -> str:
    """An id for a reply or a request, in this dialect's spelling."""
    beginning = str(dialect.wire.id.use)
    fresh = ids.new_id("x").partition("_")[2]
    return f"{beginning}{fresh}" if beginning else fresh
